"""Many new subscribers are copied into PostgreSQL, also while others add the same."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError

from newsletter.model.subscriber import NewSubscriber
from newsletter.store import clock, schema, subscribers
from newsletter.store.engine import Store
from newsletter.store.subscribers import UpsertOutcome
from tests.store.ledger import person

MANY = 60
ODD = person(
    7, name="\\. Zoë \\N \t \r\n “x”", attributes={"a": "é\\n\t", "b": "\U0001f389"}
)


def crowd() -> list[NewSubscriber]:
    """So many that they are copied, one of them odd, some with a time."""
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    people = [person(number) for number in range(MANY)]
    people[7] = ODD
    return people + [
        person(number, created_at=long_ago) for number in range(MANY, 2 * MANY)
    ]


def test_they_are_the_same_as_one_by_one(postgres: Store) -> None:
    with postgres.write() as connection:
        outcomes = subscribers.upsert(connection, crowd())
    with postgres.read() as connection:
        many = kept(connection)
    with postgres.write() as connection:
        connection.execute(text("DELETE FROM subscribers"))
        for each in crowd():
            subscribers.upsert(connection, [each])
        single = kept(connection)

    assert outcomes == [UpsertOutcome.ADDED] * 2 * MANY
    assert many == single


def kept(connection: Connection) -> list[Any]:
    """What is kept of everybody, but for what each time has anew."""
    anew = ("id", "uid", "updated_at", "created_at")
    table = schema.subscribers
    columns = [column for column in table.columns if column.name not in anew]
    when = table.c.created_at < datetime(2021, 1, 1, tzinfo=UTC)
    return list(connection.execute(select(*columns, when).order_by("address_key")))


def test_whoever_signs_up_meanwhile_is_there_once(
    postgres: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now
    late = [person(3, name="Ann"), person(99)]

    def signed_up(connection: Connection) -> datetime:
        while late:
            with postgres.write() as other:
                subscribers.upsert(other, [late.pop()])
        return now(connection)

    monkeypatch.setattr(clock, "now", signed_up)
    with postgres.write() as connection:
        outcomes = subscribers.upsert(connection, crowd())
        everybody = {each.address_key: each for each in subscribers.iterate(connection)}

    unchanged = UpsertOutcome.UNCHANGED
    assert [n for n, each in enumerate(outcomes) if each is unchanged] == [3, 99]
    assert len(everybody) == 2 * MANY
    assert everybody["reader3@example.com"].name == "Ann"


def test_another_mistake_is_not_taken_for_that(postgres: Store) -> None:
    refused = [person(number, name="\0") for number in range(MANY)]
    with postgres.write() as connection, pytest.raises(DBAPIError):
        subscribers.upsert(connection, refused)


def test_a_time_without_zone_is_refused(postgres: Store) -> None:
    somewhere = datetime(2020, 1, 1)  # noqa: DTZ001 - that is the point
    people = [person(number, created_at=somewhere) for number in range(MANY)]
    with postgres.write() as connection, pytest.raises(ValueError, match="no timezone"):
        subscribers.upsert(connection, people)
