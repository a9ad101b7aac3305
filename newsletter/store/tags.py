"""Tags: words that the author puts on subscribers, to make segments of them."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, delete, func, select

from newsletter.store.rows import among, insert_new, insert_rows
from newsletter.store.schema import subscriber_tags

_OF_MANY = select(subscriber_tags.c.subscriber_id, subscriber_tags.c.tag).order_by(
    subscriber_tags.c.subscriber_id, subscriber_tags.c.tag
)
_COUNTS = (
    select(subscriber_tags.c.tag, func.count())
    .group_by(subscriber_tags.c.tag)
    .order_by(subscriber_tags.c.tag)
)


def add(connection: Connection, pairs: Iterable[tuple[int, str]]) -> None:
    """Put tags on subscribers, given by their ids; one that is there already stays."""
    rows = [{"subscriber_id": id, "tag": tag} for id, tag in pairs]
    if rows:
        statement = insert_new(connection, subscriber_tags, ["subscriber_id", "tag"])
        insert_rows(connection, statement, rows)


def remove(connection: Connection, subscriber_id: int, tags: Sequence[str]) -> int:
    """Take tags off a subscriber; tells how many were there."""
    statement = delete(subscriber_tags).where(
        subscriber_tags.c.subscriber_id == subscriber_id,
        subscriber_tags.c.tag.in_(tags),
    )
    return connection.execute(statement).rowcount


def of_subscriber(connection: Connection, subscriber_id: int) -> tuple[str, ...]:
    """The tags of one subscriber, in order."""
    return of_subscribers(connection, [subscriber_id]).get(subscriber_id, ())


def of_subscribers(
    connection: Connection, ids: Sequence[int]
) -> dict[int, tuple[str, ...]]:
    """The tags of those among at most some thousand subscribers who have any."""
    found: dict[int, list[str]] = {}
    query = _OF_MANY.where(among(connection, subscriber_tags.c.subscriber_id))
    for id, tag in connection.execute(query, {"keys": list(ids)}):
        found.setdefault(id, []).append(tag)
    return {id: tuple(tags) for id, tags in found.items()}


def counts(connection: Connection) -> dict[str, int]:
    """How many subscribers have each tag, in order of the tags."""
    return dict(connection.execute(_COUNTS).all())
