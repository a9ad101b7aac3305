"""Does the ledger add up: what must never be there, counted."""

from dataclasses import dataclass

from sqlalchemy import Column, Connection, Select, and_, func, select

from newsletter.model.campaign import BatchState, CampaignState, DeliveryState
from newsletter.store import event_counts, partitions
from newsletter.store.engine import Store
from newsletter.store.fingerprint import fingerprint
from newsletter.store.schema import (
    batches,
    campaigns,
    consents,
    deliveries,
    metadata,
    subscriber_tags,
    subscribers,
)

_COUNTS = {
    "campaigns whose events are counted wrongly (`--mend` counts anew)": event_counts,
    "campaigns that are counted wrongly (`--mend` counts anew)": partitions,
}
"""What keeps counts: each tells where they are wrong, and counts anew.

In the order in which a webhook writes, or it and who mends could wait for each other.
"""

_OPEN = (BatchState.PENDING, BatchState.IN_FLIGHT)


@dataclass(frozen=True, slots=True)
class Soundness:
    """What was found: rows of each table; contradictions and damage, in words."""

    rows: dict[str, int]
    contradictions: dict[str, int]
    damage: tuple[str, ...]


def examine_whole(store: Store) -> Soundness:
    """Read every row of a store; raises StoreError for what cannot be read at all."""
    with store.read() as connection:
        return Soundness(
            rows={
                table.name: fingerprint(connection, table).rows
                for table in metadata.sorted_tables
            },
            contradictions=_contradictions(connection),
            damage=_damage(connection),
        )


def mend(store: Store) -> int:
    """Count anew what is only counted wrongly; tells how many campaigns that were.

    Nothing else can be mended: who got what is written down once.
    """
    with store.write() as connection:
        wrong: set[int] = set()
        for kept in _COUNTS.values():
            if found := kept.miscounted(connection):
                kept.recount(connection)
                wrong |= found
    return len(wrong)


def _contradictions(connection: Connection) -> dict[str, int]:
    counted = {words: connection.scalar(query) for words, query in _QUERIES.items()}
    for words, kept in _COUNTS.items():
        counted[words] = len(kept.miscounted(connection))
    return {words: number for words, number in counted.items() if number}


def _damage(connection: Connection) -> tuple[str, ...]:
    """What SQLite finds wrong with its file; PostgreSQL tells when a row is read."""
    if connection.dialect.name != "sqlite":
        return ()
    found = connection.exec_driver_sql("PRAGMA integrity_check(10)").scalars()
    return tuple(str(line) for line in found if line != "ok")


def _lost() -> Select[int]:
    batch = and_(
        batches.c.campaign_id == deliveries.c.campaign_id,
        batches.c.number == deliveries.c.batch,
    )
    return (
        select(func.count())
        .select_from(deliveries.outerjoin(batches, batch))
        .where(
            deliveries.c.state == DeliveryState.PENDING,
            batches.c.number.is_(None) | batches.c.state.not_in(_OPEN),
        )
    )


def _done_too_early() -> Select[int]:
    return (
        select(func.count())
        .select_from(campaigns.join(batches))
        .where(
            campaigns.c.state == CampaignState.DONE,
            batches.c.state.in_(_OPEN),
        )
    )


def _strangers(column: Column[int], known: Column[int]) -> Select[int]:
    """Rows of those who are not known."""
    query = select(func.count()).select_from(column.table)
    return query.where(column.not_in(select(known)))


_QUERIES = {
    "recipients for whom no batch answers any more": _lost(),
    "batches that are left in campaigns that are done": _done_too_early(),
    "deliveries of no campaign": _strangers(deliveries.c.campaign_id, campaigns.c.id),
    "tags of nobody": _strangers(subscriber_tags.c.subscriber_id, subscribers.c.id),
    "consents of nobody": _strangers(consents.c.subscriber_id, subscribers.c.id),
}
