"""`kill -9` at random moments of a send: nobody lost, nobody twice."""

import os
import random
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


def test_twenty_kills_lose_nobody_and_mail_nobody_twice(publication: Path) -> None:
    rows = "\n".join(f"reader{n}@example.com,Zoë {n}" for n in range(PEOPLE))
    (publication / "many.csv").write_text(f"email,first_name\n{rows}\n")
    assert start(publication, "subscribers", "import", "many.csv").wait(60) == 0
    # The moments: spread over the send by how far it is, not by the clock, so that
    # a fast or a slow machine is killed in the middle all the same.
    marks = sorted(random.sample(range(PEOPLE * 3 // 4), KILLS))

    arguments = ["send", ISSUE, "--yes"]
    kills = 0
    for mark in marks:
        before = accepted(publication)
        process = start(publication, *arguments)
        # Only once it has sent something itself: a kill while Python is still
        # importing would prove nothing.
        while process.poll() is None:
            if (done := accepted(publication)) > before and done >= mark:
                break
            time.sleep(0.005)
        time.sleep(random.uniform(0, 0.05))
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        process.wait(60)
        if accepted(publication) or process.returncode == 0:
            arguments = ["resume", "--yes"]
    assert start(publication, "resume", "--yes").wait(120) == 0

    found = recipients(publication)
    assert kills == KILLS
    assert len(found) == PEOPLE, f"{PEOPLE - len(found)} lost"
    assert set(found.values()) == {1}, "somebody got it twice"
    assert accepted(publication) == PEOPLE
