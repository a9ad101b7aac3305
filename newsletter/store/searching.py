"""Finds subscribers: by a part of their name or address, or who is suppressed."""

from collections.abc import Iterator

from sqlalchemy import Connection, or_, select

from newsletter.model.subscriber import Subscriber, Suppression, SuppressionReason
from newsletter.store.schema import subscribers, suppressions
from newsletter.store.subscribers import COLUMNS, subscriber


def search(connection: Connection, text: str, limit: int) -> Iterator[Subscriber]:
    """The first `limit` subscribers with `text` in their name or address.

    Small and capital letters are the same, on SQLite those of ASCII only. A blank text
    is in everybody's.
    """
    columns = (subscribers.c.name, subscribers.c.address)
    found = or_(*(column.icontains(text, autoescape=True) for column in columns))
    query = select(*COLUMNS).where(found).order_by(subscribers.c.id).limit(limit)
    yield from map(subscriber, connection.execute(query))


def suppressed(
    connection: Connection, limit: int
) -> Iterator[tuple[Subscriber, Suppression]]:
    """The `limit` subscribers who were suppressed last, the last one first, and why."""
    same = suppressions.c.address_key == subscribers.c.address_key
    why = suppressions.c.reason.label("why"), suppressions.c.since, suppressions.c.note
    query = select(*COLUMNS, *why).join_from(subscribers, suppressions, same)
    newest = suppressions.c.since.desc(), subscribers.c.id
    for row in connection.execute(query.order_by(*newest).limit(limit)):
        yield (
            subscriber(row),
            Suppression(
                address_key=row.address_key,
                reason=SuppressionReason(row.why),
                since=row.since,
                note=row.note,
            ),
        )
