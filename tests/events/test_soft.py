"""Soft bounces that do not end, opens that are kept, and events of the other mail."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from newsletter.events.apply import NEW, STRANGE, apply
from newsletter.model.campaign import Campaign, DeliveryState
from newsletter.model.consent import NoticeKind
from newsletter.model.event import Bounce, Event, EventKind
from newsletter.model.message import delivery_id
from newsletter.model.subscriber import SubscriberStatus, SuppressionReason
from newsletter.sending.order import Order
from newsletter.sending.plan import plan
from newsletter.store import event_counts, notices, subscribers, suppressions
from newsletter.store.engine import Store
from newsletter.store.notices import NewNotice
from newsletter.store.schema import notices as table
from tests.events.conftest import SIGNER
from tests.sending.simulators import Simulator

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SOFT: dict[str, Any] = {"kind": EventKind.BOUNCED, "bounce": Bounce.SOFT}


@pytest.fixture
def letters(store: Store, order: Order) -> Callable[[int], list[Campaign]]:
    """So many campaigns, of one issue to one list."""

    def make(number: int) -> list[Campaign]:
        made = []
        for _ in range(number):
            name = uuid.uuid4().hex
            issue = order.composed.issue.model_copy(update={"slug": name, "body": name})
            composed = replace(order.composed, issue=issue)
            this = replace(order, composed=composed)
            made.append(plan(store, this, Simulator(), SIGNER))
        return made

    return make


def event(campaign: Campaign, days: float = 0, **values: Any) -> Event:
    given: dict[str, Any] = {
        "id": uuid.uuid4().hex,
        "at": NOW + timedelta(days=days),
        "address": "reader1@example.com",
        "delivery_id": delivery_id(campaign.uid, 1),
        "reason": "452 4.2.2 full",
    }
    return Event(**(given | values))


def tell(store: Store, *told: Event, **options: Any) -> dict[str, int]:
    return dict(apply(store, "simulator", told, NOW, **options))


def suppressed(store: Store) -> tuple[SuppressionReason, str] | None:
    with store.read() as connection:
        found = suppressions.get(connection, "reader1@example.com")
    return (found.reason, found.note) if found else None


def test_the_third_letter_that_bounces_softly_is_the_last(
    store: Store, letters: Callable[[int], list[Campaign]]
) -> None:
    one, two, three = letters(3)

    tell(store, event(one, 0, **SOFT), event(one, 1, **SOFT), event(one, 2, **SOFT))
    tell(store, event(two, 7, **SOFT))
    assert suppressed(store) is None

    tell(store, event(three, 14, **SOFT))
    note = "3 letters bounced in 30 days: 452 4.2.2 full"
    assert suppressed(store) == (SuppressionReason.BOUNCE, note)


def test_one_that_arrives_in_between_begins_the_count_anew(
    store: Store, letters: Callable[[int], list[Campaign]]
) -> None:
    one, two, three, four = letters(4)

    tell(store, event(one, 0, **SOFT), event(two, 7, **SOFT))
    tell(store, event(three, 14, kind=EventKind.DELIVERED))
    tell(store, event(four, 21, **SOFT))

    assert suppressed(store) is None


def test_old_ones_are_forgotten(
    store: Store, letters: Callable[[int], list[Campaign]]
) -> None:
    one, two, three = letters(3)

    tell(store, event(one, -31, **SOFT), event(two, -7, **SOFT))
    tell(store, event(three, 0, **SOFT))

    assert suppressed(store) is None


@pytest.mark.parametrize("which", [Bounce.POLICY, Bounce.UNKNOWN])
def test_a_sender_who_is_refused_blames_nobody(
    store: Store, letters: Callable[[int], list[Campaign]], which: Bounce
) -> None:
    told = [
        event(each, number, kind=EventKind.BOUNCED, bounce=which)
        for number, each in enumerate(letters(5))
    ]

    tell(store, *told)

    assert suppressed(store) is None


@pytest.mark.parametrize("keep", [False, True])
def test_opens_are_kept_only_when_that_is_wanted(
    store: Store, campaign: Campaign, keep: bool
) -> None:
    found = tell(
        store,
        event(campaign, kind=EventKind.OPENED),
        event(campaign, kind=EventKind.OPENED, delivery_id="x"),
        keep_opens=keep,
    )

    assert found == {NEW: 1, STRANGE: 1}
    with store.read() as connection:
        assert event_counts.of_campaign(connection, campaign.id)["opened"] == keep


def test_who_unsubscribes_at_the_provider_has_left(
    store: Store, campaign: Campaign
) -> None:
    tell(store, event(campaign, kind=EventKind.UNSUBSCRIBED))

    with store.read() as connection:
        person = subscribers.get(connection, 1)
    assert person
    assert person.status is SubscriberStatus.UNSUBSCRIBED
    assert person.unsubscribed_at is not None
    assert suppressed(store) == (SuppressionReason.UNSUBSCRIBE, "452 4.2.2 full")


def test_an_event_about_somebody_who_was_erased_suppresses_nobody(
    store: Store, campaign: Campaign
) -> None:
    told = event(campaign, kind=EventKind.COMPLAINED, address="gone@example.com")

    assert tell(store, told) == {STRANGE: 1}
    assert suppressed(store) is None


@pytest.fixture
def notice(store: Store) -> str:
    """A confirmation to reader 1, under way."""
    uid = uuid.uuid4().hex
    with store.write() as connection:
        notices.plan(
            connection,
            NewNotice(
                uid=uid,
                kind=NoticeKind.CONFIRMATION,
                subscriber_id=1,
                address_key="reader1@example.com",
                provider="simulator",
            ),
        )
    return uid


@pytest.mark.parametrize(
    ("values", "expected", "reason"),
    [
        ({"kind": EventKind.ACCEPTED}, DeliveryState.ACCEPTED, None),
        ({"kind": EventKind.DELIVERED}, DeliveryState.DELIVERED, None),
        ({"kind": EventKind.OPENED}, DeliveryState.DELIVERED, None),
        (SOFT, DeliveryState.PENDING, None),
        (
            {"kind": EventKind.BOUNCED, "bounce": Bounce.HARD},
            DeliveryState.BOUNCED,
            SuppressionReason.BOUNCE,
        ),
        (
            {"kind": EventKind.COMPLAINED},
            DeliveryState.DELIVERED,
            SuppressionReason.COMPLAINT,
        ),
    ],
)
def test_events_of_mail_to_one_person_count_too(
    store: Store,
    notice: str,
    values: dict[str, Any],
    expected: DeliveryState,
    reason: SuppressionReason | None,
) -> None:
    told = Event(
        id="1",
        at=NOW,
        address="reader1@example.com",
        delivery_id=delivery_id(notice, 1),
        **values,
    )

    assert tell(store, told) == {NEW: 1}

    with store.read() as connection:
        assert connection.execute(table.select()).one().state == expected
    found = suppressed(store)
    assert (found and found[0]) is reason


@pytest.mark.parametrize("change", ["provider", "reader"])
def test_nobody_else_speaks_for_them(store: Store, notice: str, change: str) -> None:
    number = 2 if change == "reader" else 1
    told = Event(
        kind=EventKind.COMPLAINED,
        id="1",
        at=NOW,
        address="reader1@example.com",
        delivery_id=delivery_id(notice, number),
    )
    name = "postmark" if change == "provider" else "simulator"

    assert apply(store, name, [told], NOW) == {STRANGE: 1}
    assert suppressed(store) is None
