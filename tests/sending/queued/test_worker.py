"""The looks of a worker at the ledger, and when it must not even begin."""

from collections.abc import Callable

import pytest

from newsletter.errors import (
    ConfigError,
    NewsletterError,
    SchemaOutOfDate,
    StoreError,
)
from newsletter.model.campaign import Campaign, CampaignState
from newsletter.model.publication import Publication
from newsletter.sending.deliver import Sender
from newsletter.sending.engine import Shift
from newsletter.sending.queued import beat
from newsletter.sending.queued import worker as worker_module
from newsletter.sending.queued.beat import Beat
from newsletter.sending.queued.worker import Worker
from newsletter.store import campaigns, workers
from newsletter.store.engine import Store
from tests.sending.queued.conftest import Crew
from tests.store.ledger import new_campaign

MINUTE = 60.0


def shift(crew: Crew) -> Shift:
    return Shift(every=1, slots=1, tell=crew.told.append, trouble=crew.said.append)


def look(crew: Crew) -> None:
    """Look at the ledger once."""
    Worker(crew.sender, shift(crew))._look()


def work(crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work while the queue is empty, and end at once."""
    monkeypatch.setattr(worker_module, "listen", lambda _url, _duties: None)
    Worker(crew.sender, shift(crew)).work()


def broken(crew: Crew, state: str) -> None:
    """Another campaign, which comes first and of which no email was kept."""
    with crew.store.write() as connection:
        made = campaigns.create(connection, new_campaign(issue="broken"))
    crew.change(
        f"UPDATE campaigns SET state = '{state}', not_before = "
        f"now() - interval '1 s', not_after = now() + interval '1 h' "
        f"WHERE id = {made.id}"
    )


def finish(crew: Crew) -> None:
    """Others have sent all of it, and died before they could say so."""
    for number in (1, 2, 3):
        crew.others_send(number)


def fail_for(
    issue: str, error: Exception, method: Callable[..., None]
) -> Callable[..., None]:
    """Do as before, but not for one campaign."""

    def do(self: Worker, campaign: Campaign) -> None:
        if campaign.issue == issue:
            raise error
        method(self, campaign)

    return do


@pytest.mark.parametrize(
    "error", [ValueError("a bug"), StoreError("torn"), NewsletterError("odd")]
)
def test_one_campaign_that_cannot_be_looked_at_hides_no_other(
    keyed_crew: Crew, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    finish(keyed_crew)
    broken(keyed_crew, "sending")
    see_to = fail_for("broken", error, Worker._see_to)
    monkeypatch.setattr(Worker, "_see_to", see_to)

    look(keyed_crew)

    assert keyed_crew.state() is CampaignState.DONE
    assert len(keyed_crew.said) == 1


def test_what_cannot_be_begun_here_is_left_to_others(
    keyed_crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_a_key(name: str, publication: Publication) -> None:
        raise ConfigError("RESEND_API_KEY is not set")

    finish(keyed_crew)
    broken(keyed_crew, "scheduled")
    monkeypatch.setattr("newsletter.sending.deliver.open_provider", without_a_key)

    look(keyed_crew)

    assert keyed_crew.state() is CampaignState.DONE
    assert [each.message for each in keyed_crew.said] == ["RESEND_API_KEY is not set"]
    with keyed_crew.store.read() as connection:
        (waits,) = campaigns.find(connection, "broken")
    assert waits.state is CampaignState.SCHEDULED


def test_who_cannot_send_holds_nothing_up(
    keyed_crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it looks at is hinted at for the others."""
    monkeypatch.setenv("NEWSLETTER_SECRET", "another secret than the one")
    keyed_crew.change("DELETE FROM procrastinate_jobs")

    look(keyed_crew)

    assert len(keyed_crew.said) == 1
    jobs = "SELECT count(*) FROM procrastinate_jobs"
    with keyed_crew.store.read() as connection:
        assert connection.exec_driver_sql(jobs).scalar() == 3


def test_another_version_ends_the_look_and_the_worker(
    keyed_crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(keyed_crew)
    error = SchemaOutOfDate("upgraded")
    upgraded = fail_for(keyed_crew.campaign.issue, error, Worker._see_to)
    monkeypatch.setattr(Worker, "_see_to", upgraded)
    worker = Worker(keyed_crew.sender, shift(keyed_crew))

    worker._look()

    assert worker._should_stop()


def test_what_stood_still_is_paused_unless_somebody_works(
    keyed_crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyed_crew.others_send()
    old = "first_sent_at = first_sent_at - interval '30 days'"
    keyed_crew.change(f"UPDATE batches SET {old}")
    with keyed_crew.store.write() as connection:
        workers.seen(connection, "other:1", "1.0", 4)

    work(keyed_crew, monkeypatch)
    assert keyed_crew.state() is CampaignState.SENDING

    keyed_crew.change("UPDATE workers SET seen_at = now() - interval '1 hour'")
    work(keyed_crew, monkeypatch)
    assert keyed_crew.state() is CampaignState.PAUSED


def test_without_a_secret_no_worker_begins(
    keyed_crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NEWSLETTER_SECRET")

    with pytest.raises(ConfigError, match="there is no secret here"):
        work(keyed_crew, monkeypatch)

    assert not (keyed_crew.publication.root / ".newsletter/secret").exists()
    with keyed_crew.store.read() as connection:
        assert workers.present(connection) == []


@pytest.mark.parametrize("error", [SchemaOutOfDate("upgraded"), ValueError("a bug")])
def test_a_heart_that_cannot_beat_ends_the_worker(
    keyed_crew: Crew, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Else its batches would be taken from its hands, and nobody would know why."""
    monkeypatch.setattr(beat, "BEAT_SECONDS", 0.01)
    beats: list[Store] = []

    def seen(*_: object) -> None:
        beats.append(keyed_crew.store)
        if len(beats) == 2:
            raise StoreError("away for a moment")
        if len(beats) == 3:
            raise error

    monkeypatch.setattr("newsletter.store.workers.seen", seen)
    with Beat(keyed_crew.store, 1, str, keyed_crew.fatal.append) as running:
        running._thread.join(MINUTE)

    assert keyed_crew.fatal == [error]


def test_a_worker_raises_what_ended_its_heart(
    keyed_crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = Worker(keyed_crew.sender, shift(keyed_crew))
    bug = ValueError("a bug")
    monkeypatch.setattr(worker_module, "listen", lambda *_: worker._end(bug))

    with pytest.raises(ValueError, match="a bug"):
        worker.work()


def test_a_sender_begins_what_is_due_and_pauses_what_it_cannot(
    keyed_crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By hand, or on SQLite, nobody else would begin it."""

    def without_a_key(name: str, publication: Publication) -> None:
        raise ConfigError("RESEND_API_KEY is not set")

    broken(keyed_crew, "scheduled")
    monkeypatch.setattr("newsletter.sending.deliver.open_provider", without_a_key)
    sender: Sender = keyed_crew.sender

    (told,) = sender.begin()

    assert told.report.campaign.state is CampaignState.PAUSED
    assert told.report.campaign.reason == "RESEND_API_KEY is not set"
