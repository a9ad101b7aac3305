"""The pulse is another whenever a campaign, a batch or an event is."""

from datetime import UTC, datetime

from newsletter.events.apply import apply
from newsletter.model.event import Event, EventKind
from newsletter.store.engine import Store
from newsletter.store.pulse import pulse
from tests.store.ledger import claim, plan, subscribe


def felt(store: Store) -> str:
    with store.read() as connection:
        return pulse(connection)


def test_whatever_is_written_down_is_felt(store: Store) -> None:
    ids = subscribe(store, 5)
    empty = felt(store)
    made = plan(store, ids)
    planned = felt(store)
    claim(store, made)
    claimed = felt(store)
    now = datetime.now(UTC)
    event = Event(kind=EventKind.DELIVERED, id="1", at=now, address="x@example.com")
    apply(store, "outbox", [event], now)
    told = felt(store)

    assert len({empty, planned, claimed, told}) == 4
    assert felt(store) == told
