"""The disk is full while the ledger or the outbox is written: told, and nobody lost."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import environment
from tests.e2e.test_kill import ISSUE, accepted, recipients

PEOPLE = 2_000


def newsletter(
    home: Path, *arguments: str, largest_file: int = resource.RLIM_INFINITY
) -> subprocess.CompletedProcess[str]:
    """Run a command that cannot write a file beyond `largest_file` bytes."""
    limits = (largest_file, largest_file)
    return subprocess.run(
        [sys.executable, "-m", "newsletter", *arguments],
        cwd=home,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limits),
    )


@pytest.fixture
def home(publication: Path) -> Path:
    """A publication with many subscribers."""
    rows = "\n".join(f"reader{n}@example.com" for n in range(PEOPLE))
    (publication / "many.csv").write_text(f"email\n{rows}\n")
    assert newsletter(publication, "subscribers", "import", "many.csv").returncode == 0
    return publication


@pytest.mark.parametrize("share", [0.3, 0.6, 1.0])
def test_a_ledger_that_cannot_grow_any_more_stops_the_send_and_loses_nobody(
    home: Path, share: float
) -> None:
    size = (home / ".newsletter" / "newsletter.db").stat().st_size

    # With little room it is the plan that cannot be written, with more a claim.
    largest = int(size * share)
    ended = newsletter(home, "send", ISSUE, "--yes", largest_file=largest)

    assert "Traceback" not in ended.stderr
    assert ended.returncode == 6
    assert "newsletter.db" in ended.stderr
    again = ["resume"] if "newsletter resume" in ended.stderr else ["send", ISSUE]
    assert newsletter(home, *again, "--yes").returncode == 0
    assert set(recipients(home).values()) == {1}
    assert accepted(home) == PEOPLE


def test_an_outbox_that_cannot_be_written_stops_and_resumes(home: Path) -> None:
    box = home / ".newsletter" / "outbox"
    box.write_text("a file is in the way")

    ended = newsletter(home, "send", ISSUE, "--yes")

    assert ended.returncode == 5
    assert "newsletter resume" in ended.stderr
    assert accepted(home) == 0
    box.unlink()
    assert newsletter(home, "resume", "--yes").returncode == 0
    assert len(recipients(home)) == accepted(home) == PEOPLE
