"""The pulse is another whenever something happens to a campaign or its readers."""

from datetime import UTC, datetime

from newsletter.events.apply import apply
from newsletter.model.consent import Consent, ConsentKind
from newsletter.model.event import Event, EventKind
from newsletter.store import approvals, consents
from newsletter.store.engine import Store
from newsletter.store.pulse import pulse
from tests.store.ledger import claim, plan, subscribe


def felt(store: Store) -> str:
    with store.read() as connection:
        return pulse(connection)


def test_whatever_is_written_down_is_felt(store: Store) -> None:
    nobody = felt(store)
    ids = subscribe(store, 5)
    empty = felt(store)
    with store.write() as connection:
        consents.add(connection, ids[0], Consent(kind=ConsentKind.WITHDRAWN))
    left = felt(store)
    with store.write() as connection:
        approvals.put(
            connection,
            issue="hello",
            segment="all",
            provider="outbox",
            email_hash="0123",
            approved_by="mo",
        )
    approved = felt(store)
    made = plan(store, ids)
    planned = felt(store)
    claim(store, made)
    claimed = felt(store)
    now = datetime.now(UTC)
    event = Event(kind=EventKind.DELIVERED, id="1", at=now, address="x@example.com")
    apply(store, "outbox", [event], now)
    told = felt(store)

    assert len({nobody, empty, left, approved, planned, claimed, told}) == 7
    assert felt(store) == told
