"""Erases a person: every row and every text of theirs, and the bytes in the file."""

from collections.abc import Collection

from sqlalchemy import Column, Connection, delete, or_, select, text, update

from newsletter.errors import StoreBusy
from newsletter.store.engine import Store
from newsletter.store.schema import (
    batches,
    campaigns,
    consents,
    deliveries,
    events,
    notices,
    sign_ups,
    subscriber_tags,
    subscribers,
    suppressions,
)

ERASED = "erased"
NOTHING = '{"name": "", "attributes": {}}'
"""What a delivery keeps of the name and the attributes of somebody erased."""

# Texts of others' that a provider's answer, or the author, may have put an address in.
_TEXTS: tuple[Column[str], ...] = (
    batches.c.reason,
    campaigns.c.reason,
    deliveries.c.reason,
    events.c.reason,
    notices.c.reason,
    suppressions.c.note,
)
_TABLES = (
    subscribers,
    subscriber_tags,
    consents,
    suppressions,
    deliveries,
    events,
    notices,
    sign_ups,
)


def erase(
    connection: Connection, subscriber_id: int | None, spellings: Collection[str]
) -> None:
    """Remove all that is kept of a person, known by id and all spellings of an address.

    Deliveries and events stay, to be counted, without anything that is theirs. What a
    frozen issue says is not touched.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA secure_delete=ON"))
    if subscriber_id is not None:
        _erase_rows(connection, subscriber_id)
    for table in (suppressions, notices, sign_ups):
        there = table.c.address_key.in_(spellings)
        connection.execute(delete(table).where(there))
    for column in _TEXTS:
        named = or_(*(column.icontains(each, autoescape=True) for each in spellings))
        statement = update(column.table).where(named).values({column.name: ERASED})
        connection.execute(statement)


def _erase_rows(connection: Connection, subscriber_id: int) -> None:
    connection.execute(delete(subscribers).where(subscribers.c.id == subscriber_id))
    for table in (subscriber_tags, consents, notices):
        theirs = table.c.subscriber_id == subscriber_id
        connection.execute(delete(table).where(theirs))
    told = update(events).where(events.c.subscriber_id == subscriber_id)
    connection.execute(told.values(reason=""))
    # By the campaigns, so that on SQLite the primary key leads to the few rows.
    sent = update(deliveries).where(
        deliveries.c.campaign_id.in_(select(campaigns.c.id)),
        deliveries.c.subscriber_id == subscriber_id,
    )
    gone = {"address": "", "merge": NOTHING, "reason": "", "provider_message_id": ""}
    connection.execute(sent.values(gone))


def scrub(store: Store) -> None:
    """Overwrite what was erased in the database's file, and in its write-ahead log.

    On PostgreSQL the server decides when it reuses the place of what was erased. Raises
    StoreBusy when another process holds the file.
    """
    with store.driver() as driver:
        if store.dialect == "postgresql":
            names = ", ".join(table.name for table in _TABLES)
            driver.execute(f"VACUUM {names}")
            return
        driver.execute("VACUUM")
        busy, *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        message = "The person is erased, but their bytes may still be in the file."
        raise StoreBusy(
            message, hint="another process reads it; run the command again later"
        )
