"""Suppressions: once never, always never, and the first reason stays."""

from datetime import UTC, datetime, timedelta

import pytest

from newsletter.model.subscriber import SuppressionReason
from newsletter.store import suppressions
from newsletter.store.engine import Store

ANN = "ann@example.com"


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
