"""Planning a campaign: who gets an issue, who does not and why, cut into batches.

All of it happens inside the database: nothing is read out to be written back, so that a
million recipients take seconds and no memory.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Text,
    case,
    cast,
    exists,
    func,
    insert,
    literal,
    not_,
    select,
)

from newsletter.model.campaign import BatchState, DeliveryState
from newsletter.model.segment import Rule
from newsletter.model.subscriber import SubscriberStatus
from newsletter.store import ledger_files, partitions
from newsletter.store.clock import utc_now
from newsletter.store.rows import insert_rows
from newsletter.store.schema import (
    batches,
    campaigns,
    deliveries,
    subscribers,
    suppressions,
)
from newsletter.store.segments import condition

ALREADY = "already has this issue"
UNSUBSCRIBED = "unsubscribed"
NOT_CONFIRMED = "not confirmed"
NOT_IN_SEGMENT = "not in the segment"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRange:
    """The recipients of one call to the provider: ids from `lo` to `hi`, inclusive.

    `size` is how many deliveries of the campaign in this range belong to the batch;
    skipped ones lie between them.
    """

    number: int
    lo: int
    hi: int
    size: int


# Rejected and skipped deliveries never reached anybody.
_REACHED = deliveries.c.state.not_in(
    [DeliveryState.REJECTED.value, DeliveryState.SKIPPED.value]
)


def _candidates(earlier: Sequence[int], segment: Rule | None) -> Select[Any]:
    """Every subscriber with the reason that leaves them out; '' where none does.

    `earlier` are the campaigns that sent this issue before, to whichever segment: who
    got it from one of them, may have, or still will, does not get it again.
    """
    had = exists().where(
        deliveries.c.campaign_id.in_(earlier),
        deliveries.c.subscriber_id == subscribers.c.id,
        _REACHED,
    )
    rules: list[tuple[ColumnElement[bool], ColumnElement[str]]] = [
        (
            suppressions.c.reason.is_not(None),
            literal("suppressed: ") + suppressions.c.reason,
        ),
        (
            subscribers.c.status == SubscriberStatus.UNSUBSCRIBED.value,
            literal(UNSUBSCRIBED),
        ),
        (
            subscribers.c.status == SubscriberStatus.PENDING.value,
            literal(NOT_CONFIRMED),
        ),
    ]
    if segment is not None:
        rules.append((not_(condition(segment)), literal(NOT_IN_SEGMENT)))
    if earlier:
        rules.append((had, literal(ALREADY)))
    return select(
        subscribers.c.id,
        subscribers.c.address,
        subscribers.c.address_key,
        subscribers.c.name,
        subscribers.c.attributes,
        case(*rules, else_="").label("reason"),
    ).outerjoin(suppressions, suppressions.c.address_key == subscribers.c.address_key)


_COUNT = func.count().label("number")


def forecast(
    connection: Connection, issue: str, segment: Rule | None = None
) -> dict[str, int]:
    """Count the subscribers by the reason to leave them out; '' for the recipients.

    Without a `segment` it is for everybody.
    """
    found = _candidates(_earlier(connection, issue), segment).subquery()
    query = select(found.c.reason, _COUNT).group_by(found.c.reason)
    return dict(connection.execute(query).all())


def add_deliveries(
    connection: Connection,
    campaign_id: int,
    issue: str,
    batch_size: int,
    segment: Rule | None = None,
) -> list[BatchRange]:
    """Freeze every subscriber as a delivery of the campaign; tells how to cut batches.

    Recipients are `pending` and numbered into batches of `batch_size` in the order of
    their ids; all others are `skipped`, with the reason.
    """
    # Before it is asked who is in a file: nobody may move there until this is written.
    partitions.keep_all(connection)
    earlier = [id for id in _earlier(connection, issue) if id != campaign_id]
    found = _candidates(earlier, segment).subquery()
    mailed = found.c.reason == ""
    # A running count: to number the mailed ones by themselves would sort them all.
    place = func.sum(case((mailed, 1), else_=0)).over(
        order_by=found.c.id, rows=(None, 0)
    )
    number = (place - 1) // batch_size + 1
    rows = select(
        literal(campaign_id),
        found.c.id,
        case((mailed, number)),
        _mail_address(connection, found),
        _frozen(connection, found),
        case((mailed, DeliveryState.PENDING.value), else_=DeliveryState.SKIPPED.value),
        found.c.reason,
        literal(""),
        utc_now(),
    )
    connection.execute(insert(deliveries).from_select(_COLUMNS, rows))
    return _ranges(connection, campaign_id)


def add_batches(
    connection: Connection, campaign_id: int, keyed: Sequence[tuple[BatchRange, str]]
) -> None:
    """Write down batches with their idempotency keys, ready to be claimed."""
    rows = [
        {"campaign_id": campaign_id, **asdict(batch), "key": key}
        for batch, key in keyed
    ]
    if rows:
        state = BatchState.PENDING.value
        same = {"state": state, "attempt": 0, "in_doubt": False, "reason": ""}
        insert_rows(connection, insert(batches), rows, **same)


_COLUMNS = (
    "campaign_id",
    "subscriber_id",
    "batch",
    "address",
    "merge",
    "state",
    "reason",
    "provider_message_id",
    "updated_at",
)


def _earlier(connection: Connection, issue: str) -> Sequence[int]:
    """The campaigns that have sent an issue, or are about to.

    Raises CampaignError when the deliveries of one are in a file.
    """
    ledger_files.refuse(connection, issue)
    query = select(campaigns.c.id).where(campaigns.c.issue == issue)
    return connection.scalars(query.order_by(campaigns.c.id)).all()


def _mail_address(connection: Connection, found: FromClause) -> ColumnElement[str]:
    """The part before the @ as typed, the domain in the ASCII form of the key."""
    place = func.instr if connection.dialect.name == "sqlite" else func.strpos
    address, key = found.c.address, found.c.address_key
    local = func.substr(address, 1, place(address, "@") - 1)
    return local.concat(func.substr(key, place(key, "@")))


def _frozen(connection: Connection, found: FromClause) -> ColumnElement[str]:
    """Name and attributes as one JSON text, on either database."""
    if connection.dialect.name == "sqlite":
        attributes = func.json(cast(found.c.attributes, Text))
        return func.json_object("name", found.c.name, "attributes", attributes)
    built = func.json_build_object(
        cast("name", Text), found.c.name, cast("attributes", Text), found.c.attributes
    )
    return cast(built, Text)


def _ranges(connection: Connection, campaign_id: int) -> list[BatchRange]:
    query = (
        select(
            deliveries.c.batch,
            func.min(deliveries.c.subscriber_id),
            func.max(deliveries.c.subscriber_id),
            func.count(),
        )
        .where(deliveries.c.campaign_id == campaign_id, deliveries.c.batch.is_not(None))
        .group_by(deliveries.c.batch)
        .order_by(deliveries.c.batch)
    )
    return [
        BatchRange(number=number, lo=lo, hi=hi, size=size)
        for number, lo, hi, size in connection.execute(query)
    ]
