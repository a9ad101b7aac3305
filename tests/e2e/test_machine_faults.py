"""What goes wrong on our side of the network: nobody lost, said in a sentence, resumed.

By the commands an author types, through a simulated provider. The full disk, Ctrl-C and
`kill -9` have files of their own.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from newsletter.providers.simulator.plan import Plan
from newsletter.providers.simulator.process import Simulator
from newsletter.sending.lock import sender_lock
from tests.e2e.sites import ISSUE, Site, everybody_once, site

# Whole batches: which of those that go side by side is the first is open.
PEOPLE = 3_000


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    """One process for all tests here."""
    with Simulator(Plan(dialect="mailgun")) as simulator:
        yield simulator


@pytest.fixture
def simulator(running: Simulator) -> Simulator:
    """Nothing was sent to it yet."""
    running.begin(Plan(dialect="mailgun"))
    return running


@pytest.fixture
def ours(publication: Path, simulator: Simulator) -> Site:
    """A publication that sends through Mailgun."""
    return site(publication, simulator, "mailgun", PEOPLE)


def test_of_two_senders_the_second_is_told_who_the_first_is(
    ours: Site, simulator: Simulator
) -> None:
    with sender_lock(ours.database):
        refused = ours.newsletter("send", ISSUE, "--yes")

    assert refused.returncode == 7
    assert f"another newsletter (process {os.getpid()}) is sending" in refused.stderr
    assert simulator.counts().calls == 0
    assert ours.newsletter("send", ISSUE, "--yes").returncode == 0
    assert everybody_once(ours, simulator)


@pytest.mark.parametrize("place", [0, 6_000], ids=["header", "middle"])
def test_a_corrupt_database_sends_nothing_until_it_is_restored(
    ours: Site, simulator: Simulator, tmp_path: Path, place: int
) -> None:
    backup = shutil.copy(ours.database, tmp_path / "backup.db")
    with ours.database.open("r+b") as file:
        file.seek(place)
        file.write(os.urandom(30_000))

    refused = ours.newsletter("send", ISSUE, "--yes")

    assert refused.returncode == 6
    assert "newsletter.db" in refused.stderr
    assert "hint:" in refused.stderr
    assert simulator.counts().calls == 0
    shutil.copy(backup, ours.database)
    assert ours.newsletter("send", ISSUE, "--yes").returncode == 0
    assert everybody_once(ours, simulator)


def test_a_database_that_cannot_be_written_sends_nothing(
    ours: Site, simulator: Simulator
) -> None:
    folder = ours.database.parent
    ours.database.chmod(0o444)
    folder.chmod(0o555)

    refused = ours.newsletter("send", ISSUE, "--yes")

    assert refused.returncode in (6, 7)
    assert str(folder) in refused.stderr
    assert "hint:" in refused.stderr
    assert simulator.counts().calls == 0
    folder.chmod(0o755)
    ours.database.chmod(0o644)
    assert ours.newsletter("send", ISSUE, "--yes").returncode == 0
    assert everybody_once(ours, simulator)


@pytest.mark.parametrize("room", [0, 60_000, 150_000, 400_000])
def test_a_disk_that_fills_up_during_the_send_loses_nobody(
    ours: Site, simulator: Simulator, room: int
) -> None:
    """Without keys: what a call did whose outcome has no room is not known later."""
    largest = ours.database.stat().st_size + room

    stopped = ours.newsletter("send", ISSUE, "--yes", largest_file=largest)

    assert stopped.returncode in (0, 6)
    assert "newsletter.db" in stopped.stderr or stopped.returncode == 0
    again = ["resume"] if "newsletter resume" in stopped.stderr else ["send", ISSUE]
    if stopped.returncode:
        assert ours.newsletter(*again, "--yes").returncode in (0, 8)
    assert simulator.counts().twice == 0
    states = ours.states()
    accepted, uncertain = states.get("accepted", 0), states.get("uncertain", 0)
    # With little room it may be all of them: the three calls were under way at once.
    assert accepted + uncertain == PEOPLE
    assert simulator.counts().recipients >= accepted


def test_a_key_revoked_in_the_middle_stops_and_goes_on_with_a_new_one(
    ours: Site, simulator: Simulator
) -> None:
    simulator.follow(Plan(dialect="mailgun", script=("ok", "revoked*9")))

    stopped = ours.newsletter("send", ISSUE, "--yes")

    assert stopped.returncode != 0
    assert "see that the key is right" in stopped.stderr
    assert "newsletter resume" in stopped.stderr
    assert simulator.counts().calls <= 4
    assert ours.states()["pending"] == PEOPLE - simulator.counts().recipients
    assert "paused" in ours.newsletter("status").stdout
    simulator.follow(Plan(dialect="mailgun"))
    assert ours.newsletter("resume", "--yes").returncode == 0
    assert everybody_once(ours, simulator)


def test_a_certificate_that_proves_nothing_is_not_sent_to(
    publication: Path, tmp_path: Path
) -> None:
    pem = tmp_path / "certificate.pem"
    issued = trustme.CA().issue_cert("127.0.0.1")
    issued.private_key_and_cert_chain_pem.write_to_path(str(pem))
    with Simulator(Plan(dialect="mailgun"), pem) as simulator:
        ours = site(publication, simulator, "mailgun", PEOPLE)
        stopped = ours.newsletter("send", ISSUE, "--yes")

    assert stopped.returncode != 0
    assert "cannot prove who it is" in stopped.stderr
    assert "nothing was sent" in stopped.stderr
    assert "newsletter resume" in stopped.stderr
    assert ours.states() == {"pending": PEOPLE}


@pytest.mark.parametrize("provider", ["mailgun", "resend"])
def test_a_power_cut_that_takes_the_last_marks_with_it(
    provider: str, publication: Path, running: Simulator
) -> None:
    """The database as it was before the send, and a provider that has the mail."""
    running.begin(Plan(dialect=provider))
    people = 300 if provider == "resend" else PEOPLE
    ours = site(publication, running, provider, people)
    running.follow(Plan(dialect=provider, script=("ok", "revoked*9")))
    ours.newsletter("send", ISSUE, "--yes")
    running.follow(Plan(dialect=provider))
    ours.ask("UPDATE batches SET state = 'in_flight' WHERE state = 'accepted'")
    ours.ask("UPDATE deliveries SET state = 'pending' WHERE state = 'accepted'")

    ended = ours.newsletter("resume", "--yes")

    counts = running.counts()
    assert (counts.recipients, counts.twice) == (people, 0)
    if provider == "resend":
        assert ended.returncode == 0
        assert everybody_once(ours, running)
    else:
        assert ended.returncode == 8
        assert ours.states() == {"accepted": people - 1_000, "uncertain": 1_000}
        listed = ours.newsletter("status", ISSUE, "--list", "uncertain").stdout
        assert len(listed.splitlines()) == 1_000


def test_everybody_in_doubt_is_listed_and_settled_by_a_word(
    ours: Site, simulator: Simulator
) -> None:
    simulator.follow(Plan(dialect="mailgun", script=("reset-after",)))

    ended = ours.newsletter("send", ISSUE, "--yes")

    assert ended.returncode == 8
    assert "uncertain" in ended.stdout
    listed = ours.newsletter("status", ISSUE, "--list", "uncertain").stdout
    assert len(listed.splitlines()) == 1_000
    assert ours.newsletter("resume", "--yes").returncode == 0
    assert simulator.counts().twice == 0
    assert ours.newsletter("resolve", ISSUE, "--assume-sent", "--yes").returncode == 0
    assert everybody_once(ours, simulator)
