"""Tags, consents and times of subscribers, the same on either database."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from newsletter.errors import StoreBusy
from newsletter.model.consent import Consent, ConsentKind
from newsletter.model.subscriber import (
    NewSubscriber,
    NewSuppression,
    SubscriberStatus,
    SuppressionReason,
)
from newsletter.store import consents, schema, subscribers, suppressions, tags
from newsletter.store.engine import Store
from newsletter.store.subscribers import UpsertOutcome

THEN = datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)
SAID = Consent(
    kind=ConsentKind.IMPORTED,
    at=THEN,
    address="Ann@x.test",
    ip="203.0.113.7",
    user_agent="Mosaic/9",
    source="people.csv",
    text="yes, please",
    note="n",
)
ANN = NewSubscriber(
    address="Ann@x.test",
    address_key="ann@x.test",
    tags=("b", "a"),
    created_at=THEN,
    confirmed_at=THEN + timedelta(hours=2),
    consents=(SAID,),
)
BO = NewSubscriber(address="bo@x.test", address_key="bo@x.test")


def test_what_is_known_of_somebody_new_is_kept_once(store: Store) -> None:
    with store.write() as connection:
        first = subscribers.upsert(connection, [ANN, BO, ANN])
        second = subscribers.upsert(connection, [BO, ANN])
        ann = subscribers.by_address_key(connection, "ann@x.test")
        assert ann is not None

        assert first == [UpsertOutcome.ADDED] * 2 + [UpsertOutcome.UNCHANGED]
        assert second == [UpsertOutcome.UNCHANGED] * 2
        assert ann.created_at == THEN
        assert ann.confirmed_at == THEN + timedelta(hours=2)
        assert ann.unsubscribed_at is None
        assert tags.of_subscriber(connection, ann.id) == ("a", "b")
        assert consents.of_subscriber(connection, ann.id) == [SAID]
        recorded = connection.scalar(select(schema.consents.c.recorded_at))
    assert recorded is not None
    assert datetime.now(UTC) - recorded < timedelta(minutes=5)


def test_new_tags_are_news_and_times_are_not(store: Store) -> None:
    later = NewSubscriber(
        address="x",
        address_key="ann@x.test",
        tags=("b", "c"),
        created_at=THEN + timedelta(days=9),
        consents=(SAID,),
    )
    with store.write() as connection:
        subscribers.upsert(connection, [ANN])
        assert subscribers.upsert(connection, [later]) == [UpsertOutcome.UPDATED]

        ann = subscribers.by_address_key(connection, "ann@x.test")
        assert ann is not None
        assert ann.created_at == THEN
        assert tags.of_subscriber(connection, ann.id) == ("a", "b", "c")
        assert len(consents.of_subscriber(connection, ann.id)) == 1


def test_tags_are_counted_and_taken_off(store: Store) -> None:
    with store.write() as connection:
        subscribers.upsert(connection, [ANN, BO])
        ids = [each.id for each in subscribers.iterate(connection)]
        tags.add(connection, [(id, "a") for id in ids])
        tags.add(connection, [])

        assert tags.counts(connection) == {"a": 2, "b": 1}
        assert tags.remove(connection, ids[0], ["a", "b", "gone"]) in (1, 2)
        assert tags.counts(connection)["a"] == 1


def test_what_is_said_now_is_said_at_the_databases_time(store: Store) -> None:
    with store.write() as connection:
        consents.add(connection, 7, Consent(kind=ConsentKind.REQUESTED, ip="::1"))
        consents.add(connection, 7, Consent(kind=ConsentKind.CONFIRMED, at=THEN))
        consents.add_many(connection, [])
        asked, confirmed = consents.of_subscriber(connection, 7)

        assert consents.of_subscriber(connection, 8) == []
    assert asked.at is not None
    assert abs(datetime.now(UTC) - asked.at) < timedelta(minutes=5)
    assert (asked.ip, confirmed.at) == ("::1", THEN)


def test_a_consent_is_only_ever_added() -> None:
    changing = {"update", "delete", "set", "remove", "erase"}

    assert not changing & set(dir(consents))


@pytest.mark.parametrize("status", SubscriberStatus)
def test_leaving_confirming_and_coming_back_have_their_times(
    store: Store, status: SubscriberStatus
) -> None:
    with store.write() as connection:
        subscribers.upsert(connection, [ANN])
        ann = subscribers.by_address_key(connection, "ann@x.test")
        assert ann is not None

        subscribers.set_status(connection, ann.id, status)
        now = subscribers.get(connection, ann.id)
        assert now is not None
        left = status is SubscriberStatus.UNSUBSCRIBED
        assert (now.unsubscribed_at is not None) is left

        assert subscribers.rejoin(connection, ann.id)
        back = subscribers.get(connection, ann.id)
        assert back is not None
        assert (back.status, back.unsubscribed_at) == ("active", None)
        assert back.confirmed_at == ANN.confirmed_at
        assert subscribers.confirm(connection, ann.id)
        confirmed = subscribers.get(connection, ann.id)
        assert confirmed is not None
        assert confirmed.confirmed_at is not None
        assert confirmed.confirmed_at > THEN + timedelta(days=1)
        assert not subscribers.rejoin(connection, 99)


def test_many_leave_at_once(store: Store) -> None:
    with store.write() as connection:
        subscribers.upsert(connection, [ANN, BO])
        subscribers.leave(connection, ["bo@x.test", "nobody@x.test"])
        people = {each.address_key: each for each in subscribers.iterate(connection)}

    assert people["ann@x.test"].status is SubscriberStatus.ACTIVE
    assert people["bo@x.test"].status is SubscriberStatus.UNSUBSCRIBED
    assert people["bo@x.test"].unsubscribed_at is not None


def test_many_are_suppressed_at_once_each_since_its_time(store: Store) -> None:
    reason = SuppressionReason.BOUNCE
    new = [
        NewSuppression(address_key="a@x.test", reason=reason, since=THEN, note="n"),
        NewSuppression(address_key="b@x.test", reason=reason),
    ]
    with store.write() as connection:
        assert suppressions.add_many(connection, new) == {"a@x.test", "b@x.test"}
        assert suppressions.add_many(connection, new) == set()
        first = suppressions.get(connection, "a@x.test")
        second = suppressions.get(connection, "b@x.test")
        assert first is not None
        assert second is not None
        assert (first.since, first.note) == (THEN, "n")
        assert datetime.now(UTC) - second.since < timedelta(minutes=5)

        assert suppressions.lift(connection, "a@x.test")
        assert not suppressions.lift(connection, "a@x.test")
        number = connection.scalar(
            select(func.count()).select_from(schema.suppressions)
        )
        assert number == 1


def test_the_erased_are_found_among_the_suppressed(store: Store) -> None:
    with store.write() as connection:
        for key in ("erased:00:11", "erased-by@x.test", "a@x.test"):
            suppressions.add(connection, key, SuppressionReason.ERASURE)
        suppressions.hold_back_imports(connection)
        suppressions.hold_back_imports(connection, alone=False)

        assert suppressions.erased(connection) == {"erased:00:11"}


def erase(store: Store) -> None:
    with store.write() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '50ms'"))
        suppressions.hold_back_imports(connection)


def test_nobody_is_erased_while_an_import_is_under_way(postgres: Store) -> None:
    with postgres.bulk() as importing:
        suppressions.hold_back_imports(importing, alone=False)
        with postgres.write() as another:
            suppressions.hold_back_imports(another, alone=False)

        with pytest.raises(StoreBusy):
            erase(postgres)

    erase(postgres)
