"""`kill -9` at random moments of a send: nobody lost, nobody twice."""

import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

from tests.cli.conftest import environment

PEOPLE = 10_000
KILLS = 20
ISSUE = "pull-up-the-second-chair"


def start(home: Path, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "newsletter", *arguments],
        cwd=home,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def accepted(home: Path) -> int:
    """How many deliveries the ledger calls accepted, read from outside."""
    path = home / ".newsletter" / "newsletter.db"
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
    try:
        query = "SELECT count(*) FROM deliveries WHERE state = 'accepted'"
        return int(connection.execute(query).fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


def recipients(home: Path) -> Counter[str]:
    """Whom the outbox has messages for, and how many."""
    found: Counter[str] = Counter()
    for path in (home / ".newsletter" / "outbox" / "new").iterdir():
        message = message_from_bytes(path.read_bytes(), policy=SMTP)
        assert message.get_body(("html",)) is not None, f"{path} is not whole"
        found[str(message["To"])] += 1
    return found


def test_twenty_kills_lose_nobody_and_mail_nobody_twice(
    publication: Path, tmp_path: Path
) -> None:
    rows = "\n".join(f"reader{n}@example.com,Zoë {n}" for n in range(PEOPLE))
    (publication / "many.csv").write_text(f"email,first_name\n{rows}\n")
    assert start(publication, "subscribers", "import", "many.csv").wait(60) == 0
    kills = campaigns = 0
    while kills < KILLS:
        # Where this process stood still, one may have ended before its kill: then the
        # other kills are for another campaign.
        campaigns += 1
        home = shutil.copytree(publication, tmp_path / f"campaign-{campaigns}")
        kills += killed(home, KILLS - kills)
        assert start(home, "resume", "--yes").wait(120) == 0

        found = recipients(home)
        assert len(found) == PEOPLE, f"{PEOPLE - len(found)} lost"
        assert set(found.values()) == {1}, "somebody got it twice"
        assert accepted(home) == PEOPLE


def killed(home: Path, times: int) -> int:
    """Send, and kill it at so many moments; how often it was in the middle by then."""
    # The moments: spread over the send by how far it is, not by the clock, so that
    # a fast or a slow machine is killed in the middle all the same.
    marks = sorted(random.sample(range(PEOPLE * 3 // 4), times))

    arguments = ["send", ISSUE, "--yes"]
    for kills, mark in enumerate(marks):
        before = accepted(home)
        process = start(home, *arguments)
        # Only once it has sent something itself: a kill while Python is still
        # importing would prove nothing.
        while process.poll() is None:
            if (done := accepted(home)) > before and done >= mark:
                break
            time.sleep(0.005)
        time.sleep(random.uniform(0, 0.05))
        # Does nothing to one that has ended, as long as it was not waited for.
        process.send_signal(signal.SIGKILL)
        if process.wait(60) != -signal.SIGKILL:
            assert process.returncode == 0
            return kills
        arguments = ["resume", "--yes"]
    return times
