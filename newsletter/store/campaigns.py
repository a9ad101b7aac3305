"""Campaigns: made once, found again, counted, and finished when nothing is left."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Row,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
    update,
)

from newsletter.errors import AlreadySent
from newsletter.model.campaign import (
    BatchState,
    Campaign,
    CampaignState,
    CampaignTotals,
    DeliveryState,
    NewCampaign,
)
from newsletter.store import partitions, queue
from newsletter.store.clock import utc_now
from newsletter.store.rows import insert_new
from newsletter.store.schema import (
    batches,
    campaign_emails,
    campaigns,
    deliveries,
    ledger_files,
)

COLUMNS = (
    campaigns.c.id,
    campaigns.c.uid,
    campaigns.c.issue,
    campaigns.c.segment,
    campaigns.c.part,
    campaigns.c.provider,
    campaigns.c.email_hash,
    campaigns.c.state,
    campaigns.c.planned_at,
    campaigns.c.ended_at,
    campaigns.c.not_before,
    campaigns.c.not_after,
    campaigns.c.per_hour,
    func.coalesce(campaigns.c.reason, "").label("why"),
    campaigns.c.spread_seconds,
    campaigns.c.expression,
)
_ALL = select(*COLUMNS).order_by(campaigns.c.id)
_ENDED = (CampaignState.DONE.value, CampaignState.CANCELLED.value)
_SENDING = (CampaignState.SENDING.value, CampaignState.PAUSED.value)
_EMAIL = select(campaign_emails.c.email).where(
    campaign_emails.c.campaign_id == bindparam("campaign_id")
)

_reason = case(
    (deliveries.c.state == DeliveryState.SKIPPED.value, deliveries.c.reason), else_=""
)
_COUNTED = (
    select(
        deliveries.c.campaign_id,
        deliveries.c.state,
        _reason.label("reason"),
        func.count().label("number"),
    )
    .where(deliveries.c.campaign_id.in_(bindparam("campaigns", expanding=True)))
    .group_by(deliveries.c.campaign_id, deliveries.c.state, _reason)
)
_COUNTS = {"sqlite": _COUNTED, "postgresql": partitions.TALLIED}
_FLYING = (
    select(
        bindparam("campaign_id", type_=BigInteger),
        literal(DeliveryState.IN_FLIGHT.value),
        literal(""),
        func.count(),
    )
    .select_from(batches)
    .join(
        deliveries,
        and_(
            deliveries.c.campaign_id == batches.c.campaign_id,
            deliveries.c.subscriber_id.between(batches.c.lo, batches.c.hi),
            deliveries.c.batch == batches.c.number,
        ),
    )
    .where(
        batches.c.campaign_id == bindparam("campaign_id"),
        batches.c.state == BatchState.IN_FLIGHT.value,
        deliveries.c.state == DeliveryState.PENDING.value,
    )
)
# One statement, so that no delivery is counted twice, or not at all, while others send.
_TOTALS = {name: union_all(counts, _FLYING) for name, counts in _COUNTS.items()}
_UNDER_WAY = (
    select(batches.c.campaign_id)
    .where(
        batches.c.campaign_id.in_(bindparam("campaigns", expanding=True)),
        batches.c.state == BatchState.IN_FLIGHT.value,
    )
    .distinct()
)

_LOCK = (
    select(campaigns.c.id)
    .where(campaigns.c.id == bindparam("campaign_id"))
    .with_for_update()
)

_KEPT = select(ledger_files.c.campaign_id, ledger_files.c.counts).where(
    ledger_files.c.campaign_id.in_(bindparam("campaigns", expanding=True))
)

_open_batches = exists().where(
    batches.c.campaign_id == bindparam("b_id"),
    batches.c.state.in_([BatchState.PENDING.value, BatchState.IN_FLIGHT.value]),
)
_open_deliveries = exists().where(
    deliveries.c.campaign_id == bindparam("b_id"),
    deliveries.c.state == DeliveryState.PENDING.value,
)
_FINISH = (
    update(campaigns)
    .where(
        campaigns.c.id == bindparam("b_id"),
        campaigns.c.state.in_(_SENDING),
        ~_open_batches,
        ~_open_deliveries,
    )
    .values(state=CampaignState.DONE.value, ended_at=utc_now(), reason=None)
)


def create(connection: Connection, new: NewCampaign) -> Campaign:
    """Write down a campaign and its frozen email: `sending`, or else `scheduled`.

    Raises AlreadySent when this part of the issue was already sent to this segment.
    """
    statement = insert_new(connection, campaigns, ["issue", "segment", "part"])
    statement = statement.values(
        uid=new.uid,
        issue=new.issue,
        segment=new.segment,
        part=new.part,
        provider=new.provider,
        email_hash=new.email_hash,
        state=(
            CampaignState.SCHEDULED if new.not_before else CampaignState.SENDING
        ).value,
        planned_at=utc_now(),
        not_before=new.not_before,
        not_after=new.not_after,
        per_hour=new.per_hour,
        spread_seconds=new.spread_seconds,
        expression=new.expression,
    )
    row = connection.execute(statement.returning(*COLUMNS)).one_or_none()
    if row is None:
        message = f"{new.issue} was already sent to {new.segment} (part {new.part})."
        raise AlreadySent(message)
    made = campaign(row)
    partitions.make(connection, made.id)
    connection.execute(
        insert(campaign_emails).values(campaign_id=made.id, email=new.email)
    )
    return made


def set_pace(connection: Connection, campaign_id: int, per_hour: float) -> None:
    """Write down how many recipients an hour a campaign has, now that it begins."""
    statement = update(campaigns).where(campaigns.c.id == campaign_id)
    connection.execute(statement.values(per_hour=per_hour))


def get(connection: Connection, id: int) -> Campaign | None:
    """Read a campaign by its id."""
    row = connection.execute(_ALL.where(campaigns.c.id == id)).one_or_none()
    return None if row is None else campaign(row)


def by_uid(connection: Connection, uid: str) -> Campaign | None:
    """Read a campaign by the name that providers and messages know it by."""
    row = connection.execute(_ALL.where(campaigns.c.uid == uid)).one_or_none()
    return None if row is None else campaign(row)


def find(
    connection: Connection, issue: str, segment: str | None = None
) -> list[Campaign]:
    """Read the campaigns of an issue, to one segment or to any; the newest is last."""
    statement = _ALL.where(campaigns.c.issue == issue)
    if segment is not None:
        statement = statement.where(campaigns.c.segment == segment)
    return [campaign(row) for row in connection.execute(statement)]


def unfinished(connection: Connection) -> list[Campaign]:
    """Read the campaigns that are not over; the newest is last.

    A cancelled one is not, as long as a batch of it is under way: its process may have
    died since.
    """
    flying = exists().where(
        batches.c.campaign_id == campaigns.c.id,
        batches.c.state == BatchState.IN_FLIGHT.value,
        campaigns.c.state == CampaignState.CANCELLED.value,
    )
    statement = _ALL.where(or_(campaigns.c.state.not_in(_ENDED), flying))
    return [campaign(row) for row in connection.execute(statement)]


def latest(connection: Connection, limit: int | None = None) -> list[Campaign]:
    """Read all campaigns, or at most `limit`; the newest is first."""
    statement = _ALL.order_by(None).order_by(campaigns.c.id.desc()).limit(limit)
    return [campaign(row) for row in connection.execute(statement)]


def email(connection: Connection, campaign_id: int) -> str:
    """Read the frozen email of a campaign, as the JSON text it was made with."""
    return str(connection.scalars(_EMAIL, {"campaign_id": campaign_id}).one())


def totals(connection: Connection, campaign_id: int) -> CampaignTotals:
    """Count the deliveries of a campaign by state, the skipped ones by reason too.

    On SQLite it reads all of them: about two thirds of a second for a million.
    """
    query = _TOTALS[connection.dialect.name]
    given = {"campaign_id": campaign_id, "campaigns": [campaign_id]}
    found = _summed(connection.execute(query, given))
    return (found or _archived(connection, [campaign_id])).get(campaign_id, _none())


def totals_of_each(
    connection: Connection, campaign_ids: Collection[int]
) -> dict[int, CampaignTotals]:
    """The same of many campaigns: one question for all of which nothing is in flight.

    For a connection to read from, whose one view of the data holds for all questions.
    """
    some = {"campaigns": [*campaign_ids]}
    found = {id: totals(connection, id) for id in connection.scalars(_UNDER_WAY, some)}
    query = _COUNTS[connection.dialect.name]
    rest = [id for id in campaign_ids if id not in found]
    found |= _summed(connection.execute(query, {"campaigns": rest}))
    found |= _archived(connection, [id for id in rest if id not in found])
    return {id: found.get(id, _none()) for id in campaign_ids}


def _summed(rows: Iterable[Row[*tuple[Any, ...]]]) -> dict[int, CampaignTotals]:
    """The totals of campaigns that have deliveries, from rows of `_TOTALS`."""
    states: defaultdict[int, Counter[DeliveryState]] = defaultdict(Counter)
    skipped: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for id, word, reason, number in rows:
        state = DeliveryState(word)
        states[id][state] += int(number)
        if state is DeliveryState.SKIPPED:
            skipped[id][reason] = int(number)
    for counted in states.values():
        counted[DeliveryState.PENDING] -= counted[DeliveryState.IN_FLIGHT]
    return {
        id: CampaignTotals(states=+counted, skipped=skipped[id])
        for id, counted in states.items()
        if any(counted.values())
    }


def _archived(
    connection: Connection, campaign_ids: Collection[int]
) -> dict[int, CampaignTotals]:
    """What was counted when deliveries left the ledger for a file."""
    if not campaign_ids:
        return {}
    found = {}
    for id, kept in connection.execute(_KEPT, {"campaigns": campaign_ids}):
        states: Counter[DeliveryState] = Counter()
        for state, _, number in kept:
            states[DeliveryState(state)] += number
        skipped = {why: n for state, why, n in kept if state == DeliveryState.SKIPPED}
        found[id] = CampaignTotals(states=states, skipped=skipped)
    return found


def _none() -> CampaignTotals:
    return CampaignTotals(states=Counter(), skipped={})


def finish(connection: Connection, campaign_id: int) -> bool:
    """Call the campaign done, if the ledger shows that nothing is left to send.

    Tells whether it is now over; a delivery that is pending, or in flight, forbids it.
    """
    # The statement after it sees what was put back by whoever was waited for.
    lock(connection, campaign_id)
    if connection.execute(_FINISH, {"b_id": campaign_id}).rowcount:
        queue.forget(connection, campaign_id)
        return True
    found = get(connection, campaign_id)
    return found is not None and found.state is CampaignState.DONE


def lock(connection: Connection, campaign_id: int) -> None:
    """Let others wait who put deliveries of a campaign back, or call it done.

    Two that regroup must not take the same number. SQLite has one writer anyway, and
    ignores it.
    """
    connection.execute(_LOCK, {"campaign_id": campaign_id})


def campaign(row: Row[*tuple[Any, ...]]) -> Campaign:
    """Make a campaign of a row that begins with `COLUMNS`."""
    return Campaign(
        id=row[0],
        uid=row[1],
        issue=row[2],
        segment=row[3],
        part=row[4],
        provider=row[5],
        email_hash=row[6],
        state=CampaignState(row[7]),
        planned_at=row[8],
        ended_at=row[9],
        not_before=row[10],
        not_after=row[11],
        per_hour=row[12],
        reason=row[13],
        spread_seconds=row[14],
        expression=row[15],
    )
