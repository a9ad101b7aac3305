"""Several workers on one PostgreSQL: they share the work, the limits and the news."""

import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from newsletter.model.campaign import CampaignState, DeliveryState
from newsletter.providers.simulator.plan import Plan
from newsletter.providers.simulator.process import Simulator
from tests.e2e.fleet import Fleet, fleet
from tests.e2e.sites import ISSUE
from tests.store.databases import fresh_schema

CALLS = 16
PEOPLE = 100 * CALLS


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    """One process for all tests here."""
    with Simulator(Plan(dialect="resend")) as simulator:
        yield simulator


@pytest.fixture
def crew(publication: Path, postgres_url: str, running: Simulator) -> Iterator[Fleet]:
    """Nobody works yet."""
    running.begin(Plan(dialect="resend", latency=0.05))
    with (
        fresh_schema(postgres_url) as url,
        fleet(publication, url, "resend", running, PEOPLE) as found,
    ):
        yield found


def accepted(crew: Fleet) -> int:
    return crew.standing().count(DeliveryState.ACCEPTED)


def has_accepted(crew: Fleet, number: float) -> bool:
    return accepted(crew) >= number


def test_two_workers_share_the_work(crew: Fleet) -> None:
    # One that starts late finds something left to send.
    crew.simulator.begin(Plan(dialect="resend", latency=3))
    crew.plan()
    crew.start()
    crew.start()
    crew.wait_until(lambda: crew.senders() == 2)
    crew.simulator.follow(Plan(dialect="resend", latency=0.05))

    crew.wait_until(crew.is_done)

    assert crew.everybody_once()
    assert crew.simulator.counts().calls == CALLS
    assert crew.senders() == 2
    shown = crew.command("status", "--watch")
    assert shown.stdout.count("batches none, of 4 calls") == 2
    # What is done leaves nothing behind in the queue, once the last job is over.
    left = "SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE '%d'"
    crew.wait_until(lambda: crew.ask(left) == [(0,)])


def test_a_worker_that_is_told_to_stop_ends_what_is_in_hand(crew: Fleet) -> None:
    crew.simulator.begin(Plan(dialect="resend", latency=3))
    crew.plan()
    worker = crew.start("--concurrency", "2")
    crew.wait_until(lambda: crew.simulator.counts().calls > 0)

    worker.send_signal(signal.SIGTERM)
    out, err = worker.communicate(timeout=60)

    assert worker.returncode == 0, err
    assert out.endswith("stopped\n")
    counts = crew.simulator.counts()
    found = crew.standing()
    assert counts.copies == found.count(DeliveryState.ACCEPTED) > 0
    assert found.left == PEOPLE - counts.copies
    assert not found.count(DeliveryState.IN_FLIGHT)
    assert crew.ask("SELECT count(*) FROM workers") == [(0,)]


def test_the_providers_rate_is_that_of_all_workers(crew: Fleet) -> None:
    """The simulated provider answers 429 to whoever is faster.

    Calls that were allowed one after the other may arrive together, where something
    stood still meanwhile: as many as there are hands, which it takes at once.
    """
    crew.limit(per_second=8)
    crew.simulator.begin(Plan(dialect="resend", per_second=9))
    crew.plan()
    for _ in range(3):
        crew.start("--concurrency", "2")
    hands = 3 * 2

    crew.wait_until(crew.is_done)

    assert crew.everybody_once()
    counts = crew.simulator.counts()
    assert counts.statuses == {"200": CALLS}
    assert counts.last_at - counts.first_at > (CALLS - 1 - hands) / 8 * 0.9


def test_what_one_worker_is_told_to_wait_is_told_to_all(crew: Fleet) -> None:
    crew.simulator.begin(Plan(dialect="resend", script=["ok*4", "429-date*3"]))
    crew.plan()
    crew.start("--concurrency", "1")
    crew.start("--concurrency", "1")

    crew.wait_until(crew.is_done)

    assert crew.everybody_once()
    counts = crew.simulator.counts()
    # At most one more than was told it, and not one for each hint that there is.
    assert counts.statuses["429"] == 3
    assert counts.calls == CALLS + 3
    ((name,),) = crew.ask("SELECT name FROM rates WHERE blocked_until IS NOT NULL")
    assert name == "provider resend"


def test_what_is_scheduled_goes_out_at_its_time_without_cron(crew: Fleet) -> None:
    scheduled = crew.command("send", ISSUE, "--at", "in 1h", "--yes")
    assert scheduled.returncode == 0, scheduled.stderr
    crew.start()
    crew.start()
    crew.wait_until(partial(crew.all_here, 2))
    assert crew.simulator.counts().calls == 0

    crew.change("UPDATE campaigns SET not_before = now()")
    crew.wait_until(crew.is_done)

    assert crew.everybody_once()


def test_a_queue_that_is_deleted_again_and_again_loses_and_repeats_nothing(
    crew: Fleet,
) -> None:
    crew.simulator.begin(Plan(dialect="resend", latency=0.2))
    crew.plan()
    crew.start("--concurrency", "1")
    crew.start("--concurrency", "1")
    for part in range(1, 4):
        far = PEOPLE * part / 5
        crew.wait_until(partial(has_accepted, crew, far))
        crew.change("DELETE FROM procrastinate_jobs WHERE status = 'todo'")

    crew.wait_until(crew.is_done)

    assert crew.everybody_once()
    assert crew.simulator.counts().calls == CALLS


def test_a_send_by_hand_works_beside_workers(crew: Fleet) -> None:
    # So slow that the worker comes to it before all is in the hands of the other.
    crew.limit(at_once=2)
    crew.simulator.begin(Plan(dialect="resend", latency=0.7))
    crew.start("--concurrency", "1")
    crew.wait_until(partial(crew.all_here, 1))

    sent = crew.command("send", ISSUE, "--yes")

    assert sent.returncode == 0, sent.stderr
    assert crew.is_done()
    assert crew.everybody_once()
    assert crew.senders() == 2


def test_a_worker_that_is_set_up_wrong_leaves_it_to_the_others(crew: Fleet) -> None:
    crew.plan()
    crew.environment["NEWSLETTER_SECRET"] = "another secret than the one"
    wrong = crew.start()
    crew.wait_until(lambda: bool(crew.ask("SELECT 1 FROM workers WHERE trouble > ''")))
    assert crew.standing().campaign.state is CampaignState.SENDING
    crew.environment["NEWSLETTER_SECRET"] = ""
    without = crew.command("worker")
    assert without.returncode == 2
    assert "set NEWSLETTER_SECRET" in without.stderr
    del crew.environment["NEWSLETTER_SECRET"]
    crew.start()

    crew.wait_until(crew.is_done)

    assert crew.everybody_once()
    shown = crew.command("status", "--watch")
    words = " ".join(shown.stdout.split())
    assert "the secret was replaced since this campaign was planned" in words
    wrong.send_signal(signal.SIGTERM)
    _, err = wrong.communicate(timeout=60)
    assert wrong.returncode == 0
    assert err.count("the secret was replaced") == 1


def test_a_paused_campaign_stands_still_and_is_resumed(crew: Fleet) -> None:
    # A command takes its time to start; the campaign must not be over by then.
    crew.simulator.begin(Plan(dialect="resend", latency=2))
    crew.plan()
    crew.start("--concurrency", "1")
    crew.wait_until(lambda: accepted(crew) > 0)
    assert crew.command("pause", ISSUE).returncode == 0
    crew.wait_until(lambda: not crew.standing().count(DeliveryState.IN_FLIGHT))
    calls = crew.simulator.counts().calls
    crew.simulator.follow(Plan(dialect="resend", latency=0.2))

    resumed = crew.command("resume", "--yes")

    assert calls < CALLS
    assert resumed.returncode == 0, resumed.stderr
    assert crew.everybody_once()


def test_a_refused_recipient_is_found_by_all_together(crew: Fleet) -> None:
    """Halves of a refused batch are new ones, which the queue is told of."""
    crew.simulator.begin(Plan(dialect="resend", script=["413*3"]))
    crew.plan()
    crew.start()
    crew.start()

    crew.wait_until(crew.is_done)

    assert crew.everybody_once()
    assert crew.simulator.counts().calls > CALLS


def test_a_bug_in_a_call_pauses_its_campaign_only(crew: Fleet) -> None:
    crew.plan()
    crew.change("UPDATE campaign_emails SET email = '{}'")
    worker = crew.start()

    crew.wait_until(lambda: crew.standing().campaign.state is CampaignState.PAUSED)

    assert worker.poll() is None
    assert crew.simulator.counts().calls == 0
    assert crew.standing().campaign.reason


def test_an_upgraded_database_ends_the_workers_with_a_sentence(crew: Fleet) -> None:
    crew.simulator.begin(Plan(dialect="resend", latency=0.2))
    crew.plan()
    workers = [crew.start("--concurrency", "1") for _ in range(2)]
    # One that is still starting would be told otherwise.
    crew.wait_until(partial(crew.all_here, len(workers)))
    crew.wait_until(lambda: accepted(crew) > 0)

    crew.change("UPDATE alembic_version SET version_num = '9999'")

    for worker in workers:
        _, err = worker.communicate(timeout=60)
        assert worker.returncode == 6
        assert "was upgraded meanwhile (revision 9999)" in err
        assert "start newsletter again" in err
        assert "Traceback" not in err
    older = crew.command("worker")
    assert older.returncode == 6
    assert "written by a newer newsletter" in older.stderr


def test_a_worker_whose_clock_is_hours_off_does_no_harm(crew: Fleet) -> None:
    crew.plan()
    crew.change(
        "UPDATE batches SET not_before = now() + interval '3 seconds' "
        "WHERE number % 2 = 0"
    )
    crew.start("--concurrency", "1", clock_hours=2)
    crew.start("--concurrency", "1", clock_hours=-2)

    crew.wait_until(crew.is_done)

    assert crew.everybody_once()


def test_a_second_signal_ends_a_worker_at_once(crew: Fleet) -> None:
    crew.simulator.begin(Plan(dialect="resend", latency=60))
    crew.plan()
    worker = crew.start("--concurrency", "1")
    crew.wait_until(lambda: crew.simulator.counts().calls > 0)

    worker.send_signal(signal.SIGTERM)
    assert worker.stderr is not None
    assert "once more stops at once" in worker.stderr.readline()
    worker.send_signal(signal.SIGTERM)

    worker.communicate(timeout=20)
    assert worker.returncode == 130
