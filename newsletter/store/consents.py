"""Consents: what subscribers said yes and no to; added, read, and never changed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from newsletter.model.consent import Consent, ConsentKind
from newsletter.store.clock import utc_now
from newsletter.store.rows import insert_rows
from newsletter.store.schema import consents

_TEXTS = ("address", "ip", "user_agent", "source", "text", "note")
_OF_SUBSCRIBER = (
    select(consents.c.kind, consents.c.at, *(consents.c[name] for name in _TEXTS))
    .where(consents.c.subscriber_id == bindparam("subscriber_id"))
    .order_by(consents.c.id)
)


def add(connection: Connection, subscriber_id: int, consent: Consent) -> None:
    """Write down what a subscriber has said; the clock is the database's."""
    values: dict[str, Any] = {name: getattr(consent, name) for name in _TEXTS}
    statement = insert(consents).values(
        subscriber_id=subscriber_id,
        kind=consent.kind.value,
        at=utc_now() if consent.at is None else consent.at,
        recorded_at=utc_now(),
        **values,
    )
    connection.execute(statement)


def add_many(connection: Connection, said: Sequence[tuple[int, Consent]]) -> None:
    """Write down what many subscribers have said, each at a time of its own."""
    rows = [
        {
            "subscriber_id": subscriber_id,
            "kind": consent.kind.value,
            "at": consent.at,
            **{name: getattr(consent, name) for name in _TEXTS},
        }
        for subscriber_id, consent in said
    ]
    if rows:
        insert_rows(connection, insert(consents), rows, recorded_at=utc_now())


def of_subscriber(connection: Connection, subscriber_id: int) -> list[Consent]:
    """All that a subscriber has said, in the order in which it was written down."""
    rows = connection.execute(_OF_SUBSCRIBER, {"subscriber_id": subscriber_id})
    return [
        Consent(**{**row, "kind": ConsentKind(row["kind"])}) for row in rows.mappings()
    ]
