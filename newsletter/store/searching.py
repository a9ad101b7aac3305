"""Finds subscribers by a part of their name or address."""

from collections.abc import Iterator

from sqlalchemy import Connection, or_, select

from newsletter.model.subscriber import Subscriber
from newsletter.store.schema import subscribers
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
