"""Ctrl-C in the middle of a send: it ends after the batch in hand, and can go on."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.cli.conftest import environment
from tests.e2e.test_kill import ISSUE, accepted, recipients

PEOPLE = 3_000


def test_ctrl_c_ends_after_the_batch_and_resume_finishes(publication: Path) -> None:
    rows = "\n".join(f"reader{n}@example.com" for n in range(PEOPLE))
    (publication / "many.csv").write_text(f"email\n{rows}\n")
    command = [sys.executable, "-m", "newsletter"]
    imported = [*command, "subscribers", "import", "many.csv"]
    subprocess.run(imported, cwd=publication, env=environment(), check=True)

    settings = publication / "newsletter.yaml"
    usual = settings.read_text()
    # So slow that it is in the middle whenever this process gets round to looking.
    settings.write_text(f"{usual}\nproviders:\n  outbox:\n    per_second: 0.01\n")

    process = subprocess.Popen(
        [*command, "send", ISSUE, "--yes"],
        cwd=publication,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not accepted(publication):
        assert process.poll() is None
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "newsletter resume" in err
    assert "Traceback" not in err
    before = accepted(publication)
    assert 0 < before < PEOPLE
    assert len(recipients(publication)) == before

    settings.write_text(usual)
    resumed = [*command, "resume", "--yes"]
    subprocess.run(resumed, cwd=publication, env=environment(), check=True)

    assert accepted(publication) == PEOPLE
    assert set(recipients(publication).values()) == {1}
