"""Where Amazon SNS asked to be answered: kept for a person, never followed by us."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, exists, select

from newsletter.store.clock import utc_now
from newsletter.store.rows import insert_new
from newsletter.store.schema import events, sns_subscriptions

_ALL = select(
    sns_subscriptions.c.topic, sns_subscriptions.c.url, sns_subscriptions.c.asked_at
).order_by(sns_subscriptions.c.topic)


class Asked(NamedTuple):
    """A topic that wants to be confirmed, and the link that does it."""

    topic: str
    url: str
    asked_at: datetime


def add(connection: Connection, topic: str, url: str) -> None:
    """Keep the newest link of a topic."""
    connection.execute(
        delete(sns_subscriptions).where(sns_subscriptions.c.topic == topic)
    )
    statement = insert_new(connection, sns_subscriptions, ["topic"])
    connection.execute(
        statement.values(topic=topic, url=url[:2000], asked_at=utc_now())
    )


def asked(connection: Connection) -> list[Asked]:
    """All topics that have asked, by their names."""
    return [Asked(*row) for row in connection.execute(_ALL)]


def waiting(connection: Connection, provider: str) -> list[Asked]:
    """Those that have asked and of whose provider nothing was heard since.

    Events come only from topics that were confirmed.
    """
    heard = exists().where(
        events.c.provider == provider,
        events.c.received_at > sns_subscriptions.c.asked_at,
    )
    return [Asked(*row) for row in connection.execute(_ALL.where(~heard))]
