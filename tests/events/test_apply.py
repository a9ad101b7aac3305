"""Events: each once, in any order, about our own deliveries only."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import text

from newsletter.errors import CampaignPaused
from newsletter.events.apply import NEW, REPEATED, STRANGE, apply
from newsletter.model.campaign import Campaign, DeliveryResult, DeliveryState
from newsletter.model.event import Bounce, Event, EventKind
from newsletter.model.message import Batch, delivery_id
from newsletter.model.subscriber import SuppressionReason
from newsletter.sending import breaker
from newsletter.sending.run import run
from newsletter.sending.why import explain
from newsletter.store import batches, event_counts, suppressions
from newsletter.store.engine import Store
from tests.events.conftest import SIGNER
from tests.sending.conftest import at_once
from tests.sending.simulators import Simulator

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def told(campaign: Campaign, kind: EventKind, number: int = 1, **values: Any) -> Event:
    """An event about the message to reader `number`."""
    given: dict[str, Any] = {
        "kind": kind,
        "id": f"{kind}-{number}",
        "at": NOW,
        "address": f"reader{number}@example.com",
        "delivery_id": delivery_id(campaign.uid, number),
    }
    return Event(**(given | values))


def bounce(campaign: Campaign, which: Bounce, **values: Any) -> Event:
    return told(campaign, EventKind.BOUNCED, bounce=which, reason="550", **values)


def applied(store: Store, *given: Event) -> dict[str, int]:
    return dict(apply(store, "simulator", given, NOW))


def state(store: Store, number: int = 1) -> DeliveryState:
    return explain(store, f"reader{number}@example.com").deliveries[0].state


def suppressed(store: Store, number: int = 1) -> SuppressionReason | None:
    with store.read() as connection:
        found = suppressions.get(connection, f"reader{number}@example.com")
    return found.reason if found else None


def sent(store: Store, campaign: Campaign) -> None:
    assert run(store, campaign, Simulator(), SIGNER, at_once())


@pytest.mark.parametrize(
    ("kind", "expected", "reason"),
    [
        (EventKind.ACCEPTED, DeliveryState.ACCEPTED, None),
        (EventKind.DEFERRED, DeliveryState.ACCEPTED, None),
        (EventKind.DELIVERED, DeliveryState.DELIVERED, None),
        (EventKind.REJECTED, DeliveryState.REJECTED, None),
        (EventKind.COMPLAINED, DeliveryState.DELIVERED, SuppressionReason.COMPLAINT),
        (
            EventKind.UNSUBSCRIBED,
            DeliveryState.DELIVERED,
            SuppressionReason.UNSUBSCRIBE,
        ),
        (EventKind.OPENED, DeliveryState.DELIVERED, None),
        (EventKind.CLICKED, DeliveryState.DELIVERED, None),
    ],
)
def test_what_an_event_proves(
    store: Store,
    campaign: Campaign,
    kind: EventKind,
    expected: DeliveryState,
    reason: SuppressionReason | None,
) -> None:
    sent(store, campaign)

    applied(store, told(campaign, kind))

    assert state(store) is expected
    assert suppressed(store) is reason
    assert state(store, 2) is DeliveryState.ACCEPTED


@pytest.mark.parametrize(
    ("which", "expected", "reason"),
    [
        (Bounce.HARD, DeliveryState.BOUNCED, SuppressionReason.BOUNCE),
        (Bounce.SOFT, DeliveryState.ACCEPTED, None),
        (Bounce.POLICY, DeliveryState.BOUNCED, None),
        (Bounce.UNKNOWN, DeliveryState.ACCEPTED, None),
    ],
)
def test_only_a_hard_bounce_is_the_recipient_s_fault(
    store: Store,
    campaign: Campaign,
    which: Bounce,
    expected: DeliveryState,
    reason: SuppressionReason | None,
) -> None:
    sent(store, campaign)

    applied(store, bounce(campaign, which))

    assert (state(store), suppressed(store)) == (expected, reason)


def test_the_same_event_told_twice_changes_nothing(
    store: Store, campaign: Campaign
) -> None:
    sent(store, campaign)
    event = bounce(campaign, Bounce.SOFT)

    assert applied(store, event, event) == {NEW: 1, REPEATED: 1}
    assert applied(store, event) == {REPEATED: 1}
    with store.read() as connection:
        assert event_counts.of_campaign(connection, campaign.id)["bounced soft"] == 1


def test_the_order_of_events_does_not_matter(store: Store, campaign: Campaign) -> None:
    sent(store, campaign)
    kinds = (EventKind.DELIVERED, EventKind.BOUNCED, EventKind.ACCEPTED)

    for number, order in enumerate(permutations(kinds), start=1):
        for kind in order:
            which = Bounce.HARD if kind is EventKind.BOUNCED else None
            applied(store, told(campaign, kind, number, bounce=which))

    found = {state(store, number) for number in range(1, 7)}
    assert found == {DeliveryState.BOUNCED}


def test_an_event_may_come_before_our_own_mark(
    store: Store, campaign: Campaign
) -> None:
    class Eager(Simulator):
        """Tells of a delivery before it has answered the call."""

        def accept(self, batch: Batch, step: str) -> list[DeliveryResult]:
            applied(store, told(campaign, EventKind.DELIVERED))
            return super().accept(batch, step)

    assert run(store, campaign, Eager(), SIGNER, at_once())

    assert state(store) is DeliveryState.DELIVERED
    assert state(store, 2) is DeliveryState.ACCEPTED


def test_an_event_settles_what_is_uncertain(store: Store, campaign: Campaign) -> None:
    assert run(store, campaign, Simulator(["unknown-after"]), SIGNER, at_once())
    assert state(store) is DeliveryState.UNCERTAIN

    applied(
        store,
        told(campaign, EventKind.DELIVERED, provider_message_id="id-1"),
        told(campaign, EventKind.ACCEPTED, 2),
    )

    assert state(store) is DeliveryState.DELIVERED
    assert state(store, 2) is DeliveryState.ACCEPTED
    record = explain(store, "reader1@example.com").deliveries[0]
    assert record.provider_message_id == "id-1"


@pytest.mark.parametrize(
    "values",
    [
        {"delivery_id": ""},
        {"delivery_id": "x" * 32 + "-" + "0" * 20},
        {"address": "somebody@example.org"},
        {"address": "reader2@example.com"},
    ],
)
def test_an_event_about_none_of_ours_changes_nobody(
    store: Store, campaign: Campaign, values: dict[str, Any]
) -> None:
    sent(store, campaign)
    event = told(campaign, EventKind.COMPLAINED, **values)

    assert applied(store, event) == {STRANGE: 1}

    assert {state(store, n) for n in (1, 2)} == {DeliveryState.ACCEPTED}
    assert (suppressed(store), suppressed(store, 2)) == (None, None)


def test_another_provider_cannot_speak_for_this_one(
    store: Store, campaign: Campaign
) -> None:
    sent(store, campaign)

    found = apply(store, "postmark", [told(campaign, EventKind.COMPLAINED)], NOW)

    assert dict(found) == {STRANGE: 1}
    assert suppressed(store) is None


def test_an_address_spelt_otherwise_is_found_by_the_provider_s_id(
    store: Store, campaign: Campaign
) -> None:
    sent(store, campaign)
    record = explain(store, "reader3@example.com").deliveries[0]

    counts = applied(
        store,
        told(
            campaign,
            EventKind.DELIVERED,
            3,
            address="Reader.3@EXAMPLE.com",
            provider_message_id=record.provider_message_id,
        ),
    )

    assert counts == {NEW: 1}
    assert state(store, 3) is DeliveryState.DELIVERED


def test_why_tells_the_events(store: Store, campaign: Campaign) -> None:
    sent(store, campaign)
    applied(
        store,
        told(campaign, EventKind.DELIVERED),
        told(campaign, EventKind.COMPLAINED, at=NOW + timedelta(minutes=5)),
    )

    lines = "\n".join(explain(store, "reader1@example.com").lines())

    assert "2026-11-20 09:00:00 UTC delivered" in lines
    assert "2026-11-20 09:05:00 UTC complained" in lines
    assert "suppressed since" in lines


def test_too_many_complaints_pause_the_rest_of_the_send(
    store: Store, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaker, "MIN_SENT", 1)
    monkeypatch.setattr("newsletter.sending.run.WATCH_SECONDS", 0)

    class Disliked(Simulator):
        """Its readers complain at once."""

        def accept(self, batch: Batch, step: str) -> list[DeliveryResult]:
            applied(store, told(campaign, EventKind.COMPLAINED))
            return super().accept(batch, step)

    provider = Disliked()
    with store.write() as connection:
        batches.send_again(connection, campaign.id, DeliveryState.PENDING, 3)
        connection.execute(text("DELETE FROM batches WHERE number = 1"))  # nobody's

    with pytest.raises(CampaignPaused, match="1 of 3 readers complained"):
        run(store, campaign, provider, SIGNER, at_once())

    assert len(provider.mailboxes) == 6
    # A person has read that, and goes on.
    assert run(store, campaign, Simulator(), SIGNER, at_once())
    assert state(store, 9) is DeliveryState.ACCEPTED


def test_what_no_database_holds_is_left_out_of_an_event(
    store: Store, campaign: Campaign
) -> None:
    strange = "a\0b\ud800c"
    event = bounce(campaign, Bounce.HARD, provider_message_id=strange)
    event = replace(event, id=strange, reason=strange)

    assert applied(store, event) == {NEW: 1}

    assert applied(store, event) == {REPEATED: 1}
    assert state(store) is DeliveryState.BOUNCED
    (told,) = explain(store, "reader1@example.com").events
    assert told.reason == "a b c"
