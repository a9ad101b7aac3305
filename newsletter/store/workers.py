"""The processes that send from one PostgreSQL: who they are, and what they have.

What a batch is claimed with, its owner, is the name of a worker and, after a `/`, a
word of this one claim.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Connection,
    Float,
    bindparam,
    delete,
    exists,
    func,
    select,
    update,
)

from newsletter.model.campaign import BatchState, CampaignState
from newsletter.store.clock import seconds_until, utc_now, utc_now_plus
from newsletter.store.rows import insert_new
from newsletter.store.schema import batches, campaigns, workers

GONE_SECONDS = 20.0
"""Who was not seen for so long is taken for dead: his batches, his jobs, himself."""

BEAT_SECONDS = 4.0
"""Who lives says so as often, in the ledger and in the queue."""

_FORGET_SECONDS = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A process that sends, which was seen `quiet_seconds` ago on the database's clock.

    `trouble` is what keeps it from sending a campaign, empty for nothing; `in_hand`
    are batches that it is sending, as (campaign, number); `sent` is how many
    recipients of the campaigns under way it has handed over.
    """

    name: str
    version: str
    slots: int
    started_at: datetime
    quiet_seconds: float
    trouble: str
    in_hand: tuple[tuple[int, int], ...]
    sent: int

    @property
    def gone(self) -> bool:
        """Whether it was not seen for too long."""
        return self.quiet_seconds > GONE_SECONDS


_quiet = -seconds_until(workers.c.seen_at)
_SEEN = update(workers).where(workers.c.name == bindparam("b_name"))
_FORGET = delete(workers).where(_quiet > bindparam("b_seconds", type_=Float))
_ALL = select(workers, _quiet.label("quiet")).order_by(workers.c.name)
_LIVING = select(func.count()).where(
    workers.c.name != bindparam("name"), _quiet <= bindparam("seconds", type_=Float)
)
_OTHERS = _LIVING.where(workers.c.trouble == "")
_owner = func.split_part(batches.c.owner, "/", 1)
_IN_HAND = (
    select(_owner, batches.c.campaign_id, batches.c.number)
    .where(batches.c.state == BatchState.IN_FLIGHT.value)
    .order_by(batches.c.campaign_id, batches.c.number)
)
_OTHERS_SENT = select(
    exists().where(
        batches.c.campaign_id == bindparam("campaign"),
        batches.c.state == BatchState.ACCEPTED.value,
        _owner != bindparam("name"),
        batches.c.first_sent_at > utc_now_plus(bindparam("seconds", type_=Float)),
    )
)
_OTHERS_HOLD = select(
    exists().where(
        batches.c.campaign_id == bindparam("campaign"),
        batches.c.state == BatchState.IN_FLIGHT.value,
        _owner != bindparam("name"),
        batches.c.lease_until > utc_now(),
    )
)
_SENT = (
    select(_owner, func.sum(batches.c.size))
    .join(campaigns, campaigns.c.id == batches.c.campaign_id)
    .where(
        campaigns.c.state == CampaignState.SENDING.value,
        batches.c.state == BatchState.ACCEPTED.value,
    )
    .group_by(_owner)
)


def seen(
    connection: Connection, name: str, version: str, slots: int, trouble: str = ""
) -> None:
    """Write down that a worker is there; whoever is long gone is forgotten."""
    values = {
        "version": version,
        "slots": slots,
        "seen_at": utc_now(),
        "trouble": trouble,
    }
    if connection.execute(_SEEN.values(values), {"b_name": name}).rowcount:
        return
    connection.execute(_FORGET, {"b_seconds": _FORGET_SECONDS})
    new = insert_new(connection, workers, ["name"])
    connection.execute(new.values(name=name, started_at=utc_now(), **values))


def left(connection: Connection, name: str) -> None:
    """Write down that a worker has ended."""
    connection.execute(delete(workers).where(workers.c.name == name))


def others_can(connection: Connection, name: str) -> bool:
    """Whether another worker than that lives, whom nothing keeps from sending."""
    return bool(connection.scalar(_OTHERS, {"name": name, "seconds": GONE_SECONDS}))


def alone(connection: Connection, name: str) -> bool:
    """Whether no other worker than that lives."""
    living = {"name": name, "seconds": GONE_SECONDS}
    return not connection.scalar(_LIVING, living)


def others_sent(
    connection: Connection, campaign_id: int, name: str, seconds: float
) -> bool:
    """Whether another than that worker has got a batch through that was first tried
    within so many seconds."""
    values = {"campaign": campaign_id, "name": name, "seconds": -seconds}
    return bool(connection.scalar(_OTHERS_SENT, values))


def others_hold(connection: Connection, campaign_id: int, name: str) -> bool:
    """Whether another than that sender has a batch in hand at the moment."""
    values = {"campaign": campaign_id, "name": name}
    return bool(connection.scalar(_OTHERS_HOLD, values))


def present(connection: Connection) -> list[Worker]:
    """Who sends, and who was killed within the last hour, by name.

    On SQLite nobody does: there is one process at a time.
    """
    if connection.dialect.name == "sqlite":
        return []
    rows = connection.execute(_ALL).all()
    if not rows:
        return []
    in_hand: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for owner, campaign_id, number in connection.execute(_IN_HAND):
        in_hand[owner].append((campaign_id, number))
    sent: dict[str, int] = dict(connection.execute(_SENT).all())
    return [
        Worker(
            name=row.name,
            version=row.version,
            slots=row.slots,
            started_at=row.started_at,
            quiet_seconds=row.quiet,
            trouble=row.trouble,
            in_hand=tuple(in_hand[row.name]),
            sent=sent.get(row.name, 0),
        )
        for row in rows
    ]
