"""Texts made to be slow go the whole way: email, text, pages and every check."""

import json
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import environment
from tests.conftest import ROOT
from tests.render.bombs import BOMBS, TAGS

PATIENCE = 5
"""Seconds of CPU for 100 KB. A tenth is usual; what is quadratic takes minutes."""

DEADLINE = 600
"""Seconds after which the process is killed."""


def test_every_text_made_to_be_slow_is_made_or_refused_in_time(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.render.bombs", str(tmp_path)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE,
    )

    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    long, _ = found.pop("a megabyte")
    assert long < 10 * PATIENCE
    assert found.keys() == BOMBS.keys() | TAGS.keys()
    assert {name: each for name, each in found.items() if each[0] > PATIENCE} == {}
    outcomes = {name: outcome for name, (_, outcome) in found.items()}
    refused = {name for name in outcomes if "nested more than" in outcomes[name]}
    assert refused == {"quotes", "open blocks", "open tables", "bold in bold"}
    assert {outcomes[name] for name in outcomes.keys() - refused} == {"made"}
