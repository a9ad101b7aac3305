"""A worker in a copy of the database: it does nothing, says so, and waits."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from newsletter.errors import CampaignError, ConfigError
from newsletter.model.campaign import CampaignState
from newsletter.sending import copies
from newsletter.sending.controls import Controls
from newsletter.sending.engine import Shift
from newsletter.sending.order import Order
from newsletter.sending.queued import worker as worker_module
from newsletter.sending.queued.desks import NotHere
from newsletter.sending.queued.worker import Worker
from newsletter.sending.run import run
from newsletter.store import origin
from newsletter.store.listening import Again
from newsletter.store.origin import Origin
from tests.sending.conftest import SIGNER
from tests.sending.queued.conftest import SENT, WAITS, Crew

ORIGINAL = Origin("1/2/3", 1)


def become_a_copy(crew: Crew) -> None:
    """Be a clone of a database of the same server."""
    copies.confirm(crew.store)
    crew.change("UPDATE instance SET place = split_part(place, '/', 1) || '/1/1'")


def worker(crew: Crew, *, adopt: bool = False) -> Worker:
    sender = replace(crew.sender, adopt=adopt)
    tell, trouble = crew.told.append, crew.said.append
    return Worker(sender, Shift(every=1, slots=1, tell=tell, trouble=trouble))


@pytest.mark.parametrize(
    ("here", "why"),
    [
        ("1/2/3", ""),
        ("4/2/3", "it was last sent from on another server"),
        ("4/5/6", "it was last sent from on another server"),
        ("1/5/3", "it was last sent from as another database of this server"),
        ("1/2/6", "its tables were put here since the last send"),
        (None, ""),
    ],
)
def test_a_copy_is_elsewhere(here: str | None, why: str) -> None:
    assert copies.doubt(Origin(here, 1), ORIGINAL) == why
    assert copies.doubt(Origin(here, 1), Origin()) == ""


def test_nothing_is_sent_from_a_copy_and_that_is_said_once(keyed_crew: Crew) -> None:
    become_a_copy(keyed_crew)
    keyed_crew.change("DELETE FROM procrastinate_jobs")
    working = worker(keyed_crew)

    for _ in range(3):
        working._look()
        with pytest.raises(NotHere):
            working._desks.of(keyed_crew.campaign.id)

    (said,) = keyed_crew.said
    assert said.message.startswith("this may be a copy of the database: it was last")
    assert "--adopt" in said.hint
    assert working._troubles.words() == said.message
    with keyed_crew.store.read() as connection:
        jobs = connection.scalar(text("SELECT count(*) FROM procrastinate_jobs"))
    assert jobs == 0
    assert not keyed_crew.provider.calls
    assert keyed_crew.state() is CampaignState.SENDING


def test_when_it_was_adopted_a_worker_goes_on(keyed_crew: Crew) -> None:
    become_a_copy(keyed_crew)
    working = worker(keyed_crew)
    working._look()
    assert copies.confirm(keyed_crew.store, adopt=True) is None

    working._look()
    working._hand.send(keyed_crew.campaign.id, 1)

    assert working._troubles.words() == ""
    assert keyed_crew.batch().state == SENT


def test_a_worker_adopts(keyed_crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    become_a_copy(keyed_crew)
    monkeypatch.setattr(worker_module, "listen", lambda _url, _duties: None)
    with pytest.raises(CampaignError):
        copies.confirm(keyed_crew.store)

    worker(keyed_crew, adopt=True).work()

    assert copies.confirm(keyed_crew.store) is None


def test_a_copy_that_came_into_the_place_of_the_original_is_not_sent_from(
    keyed_crew: Crew,
) -> None:
    """Whatever was set up before: the ledger is asked right before the call."""
    assert keyed_crew.desks.of(keyed_crew.campaign.id)
    become_a_copy(keyed_crew)

    with pytest.raises(Again):
        keyed_crew.send()
    with pytest.raises(NotHere):
        keyed_crew.send()

    assert not keyed_crew.provider.calls
    assert keyed_crew.batch().state == WAITS


def test_nor_by_hand(keyed_crew: Crew) -> None:
    become_a_copy(keyed_crew)
    asked: list[bool] = []

    def stop() -> bool:
        asked.append(True)
        return len(asked) > 3

    controls = Controls(at=keyed_crew._at, at_once=1, should_stop=stop)

    run(keyed_crew.store, keyed_crew.campaign, keyed_crew.provider, SIGNER, controls)

    assert not keyed_crew.provider.calls


def test_a_new_timeline_is_told_once_and_stops_nobody(keyed_crew: Crew) -> None:
    copies.confirm(keyed_crew.store)
    keyed_crew.change("UPDATE instance SET timeline = 9")
    working = worker(keyed_crew)

    working._look()
    working._look()
    working._hand.send(keyed_crew.campaign.id, 1)

    (said,) = keyed_crew.said
    assert "is on timeline 1 now" in said.message
    assert "the provider's own records" in said.hint
    assert keyed_crew.batch().state == SENT
    assert working._troubles.words() == ""
    with keyed_crew.store.read() as connection:
        assert origin.known(connection).turned_at


@pytest.mark.parametrize("by", ["hand", "schedule", "a worker that adopts"])
def test_a_new_timeline_is_told_whoever_is_the_first(
    keyed_crew: Crew, ours: Order, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody says it a second time."""
    copies.confirm(keyed_crew.store)
    keyed_crew.change("UPDATE instance SET timeline = 9")
    controls = Controls(mention=keyed_crew.said.append, should_stop=lambda: True)
    url = {"store": keyed_crew.store.url}
    publication = keyed_crew.publication.model_copy(update=url)
    sender = replace(keyed_crew.sender, controls=controls, publication=publication)
    if by == "hand":
        with pytest.raises(ConfigError, match="no provider `simulator`"):
            sender.resume()
    elif by == "schedule":
        with pytest.raises(CampaignError, match="has begun"):
            sender.schedule(ours, "outbox")
    else:
        monkeypatch.setattr(worker_module, "listen", lambda _url, _duties: None)
        worker(keyed_crew, adopt=True).work()

    (said,) = keyed_crew.said
    assert "is on timeline 1 now" in said.message


def test_nothing_is_scheduled_in_a_copy(keyed_crew: Crew, ours: Order) -> None:
    become_a_copy(keyed_crew)

    with pytest.raises(CampaignError, match="may be a copy"):
        keyed_crew.sender.schedule(ours, "outbox")
