"""Suppressions: once never, always never, for the first reason or a graver one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newsletter.model.subscriber import (
    NewSubscriber,
    NewSuppression,
    SubscriberStatus,
    SuppressionReason,
)
from newsletter.store import subscribers, suppressions
from newsletter.store.engine import Store

ANN = "ann@example.com"
GRAVEST = (SuppressionReason.COMPLAINT, SuppressionReason.ERASURE)


def test_a_suppression_says_since_when_and_why(store: Store) -> None:
    with store.write() as connection:
        added = suppressions.add(connection, ANN, SuppressionReason.BOUNCE, "550 no")
        found = suppressions.get(connection, ANN)

    assert added
    assert found is not None
    assert (found.address_key, found.note) == (ANN, "550 no")
    assert found.reason is SuppressionReason.BOUNCE
    assert abs(found.since - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_first_reason_stays(store: Store) -> None:
    with store.write() as connection:
        suppressions.add(connection, ANN, SuppressionReason.COMPLAINT, "first")
        before = suppressions.get(connection, ANN)

        again = suppressions.add(connection, ANN, SuppressionReason.MANUAL, "second")

        assert not again
        assert suppressions.get(connection, ANN) == before


@pytest.mark.parametrize("reason", SuppressionReason)
def test_every_reason_can_be_kept(store: Store, reason: SuppressionReason) -> None:
    with store.write() as connection:
        suppressions.add(connection, ANN, reason)
        found = suppressions.get(connection, ANN)

    assert found is not None
    assert found.reason is reason


def test_others_may_be_mailed(store: Store) -> None:
    with store.read() as connection:
        assert suppressions.get(connection, ANN) is None


def test_many_addresses_are_looked_up_at_once(store: Store) -> None:
    wanted = [f"{number}@example.com" for number in range(2500)]
    with store.write() as connection:
        for key in wanted[::500]:
            suppressions.add(connection, key, SuppressionReason.MANUAL)
        suppressions.add(connection, ANN, SuppressionReason.MANUAL)

        found = suppressions.keys(connection, wanted)

        assert suppressions.keys(connection, []) == {}
    assert sorted(found) == sorted(wanted[::500])
    assert {each.address_key for each in found.values()} == set(found)


@pytest.mark.parametrize("page_size", [1, 3, 4, 1000])
def test_all_are_gone_through_once(store: Store, page_size: int) -> None:
    wanted = sorted(f"{number}@example.com" for number in range(9))
    with store.write() as connection:
        for key in reversed(wanted):
            suppressions.add(connection, key, SuppressionReason.MANUAL)

        found = suppressions.iterate(connection, page_size=page_size)

        assert [each.address_key for each in found] == wanted


def test_a_complaint_takes_the_place_of_what_the_author_could_lift(
    store: Store,
) -> None:
    milder = [reason for reason in SuppressionReason if reason not in GRAVEST]
    with store.write() as connection:
        for reason in SuppressionReason:
            suppressions.add(connection, f"{reason}@x.test", reason)
        before = {each.address_key: each for each in suppressions.iterate(connection)}
        again = [
            NewSuppression(address_key=key, reason=GRAVEST[0], note="abuse")
            for key in before
        ]
        assert suppressions.add_many(connection, again) == set()
        after = {each.address_key: each for each in suppressions.iterate(connection)}

    for reason in milder:
        known = f"{reason}@x.test"
        worse = replace(before.pop(known), reason=GRAVEST[0], note="abuse")
        assert after.pop(known) == worse
    assert after == before


@pytest.mark.parametrize("status", SubscriberStatus)
def test_who_left_and_is_kept_out_by_hand_does_not_come_back_alone(
    store: Store, status: SubscriberStatus
) -> None:
    """Where nothing else says that they left, that is not forgotten."""
    with store.write() as connection:
        new = NewSubscriber(address=ANN, address_key=ANN, status=status)
        subscribers.upsert(connection, [new])
        suppressions.add(connection, ANN, SuppressionReason.UNSUBSCRIBE)
        suppressions.add(connection, ANN, SuppressionReason.MANUAL, "no")
        found = suppressions.get(connection, ANN)

    assert found is not None
    left = status is SubscriberStatus.UNSUBSCRIBED
    assert found.reason == ("manual" if left else "unsubscribe")
