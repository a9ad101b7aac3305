"""Mail to one person: written down before the call, and never repeated by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, insert, select, update

from newsletter.model.campaign import DeliveryState
from newsletter.model.consent import NoticeKind
from newsletter.store.clock import seconds_until, utc_now
from newsletter.store.schema import notices

_S = DeliveryState
# What a state may become: what is worse, or later in a message's life, stays.
_BEFORE: Mapping[DeliveryState, tuple[DeliveryState, ...]] = {
    _S.ACCEPTED: (_S.PENDING, _S.UNCERTAIN),
    _S.UNCERTAIN: (_S.PENDING,),
    _S.REJECTED: (_S.PENDING, _S.UNCERTAIN, _S.ACCEPTED),
    _S.DELIVERED: (_S.PENDING, _S.UNCERTAIN, _S.ACCEPTED),
    _S.BOUNCED: (_S.PENDING, _S.UNCERTAIN, _S.ACCEPTED, _S.DELIVERED),
}
_BY_UID = select(
    notices.c.uid, notices.c.kind, notices.c.subscriber_id, notices.c.provider
).where(notices.c.uid == bindparam("uid"))
_OF_ADDRESS = (
    select(notices)
    .where(notices.c.address_key == bindparam("address_key"))
    .order_by(notices.c.id.desc())
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNotice:
    """A mail to one person that is about to be sent; `uid` is 32 hex digits."""

    uid: str
    kind: NoticeKind
    subscriber_id: int
    address_key: str
    provider: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Whose mail it is, and through whom it went."""

    uid: str
    kind: NoticeKind
    subscriber_id: int
    provider: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRecord:
    """One line of `why ADDRESS`: a mail to one person, and what became of it."""

    kind: NoticeKind
    provider: str
    state: DeliveryState
    reason: str
    provider_message_id: str
    planned_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """How many were sent to an address, and how many seconds ago the last one was."""

    number: int
    seconds_ago: float


def lock(connection: Connection, address_key: str) -> None:
    """Let nobody else decide about this address until the transaction ends.

    SQLite has one writer at a time anyhow.
    """
    if connection.dialect.name == "postgresql":
        number = func.hashtextextended(address_key, 0)
        connection.execute(select(func.pg_advisory_xact_lock(number)))


@dataclass(frozen=True, slots=True)
class Planned:
    """Whom a notice was for, when, and how many seconds ago that is."""

    kind: NoticeKind
    subscriber_id: int
    planned_at: datetime
    age_seconds: float


def plan(connection: Connection, new: NewNotice) -> int:
    """Write down that a mail is about to be sent; the call comes after the commit.

    Gives the number of the notice.
    """
    added = connection.execute(
        insert(notices).values(
            uid=new.uid,
            kind=new.kind.value,
            subscriber_id=new.subscriber_id,
            address_key=new.address_key,
            provider=new.provider,
            state=DeliveryState.PENDING.value,
            reason="",
            provider_message_id="",
            planned_at=utc_now(),
            updated_at=utc_now(),
        )
    )
    key: Any = added.inserted_primary_key
    return int(key[0])


def planned(connection: Connection, number: int) -> Planned | None:
    """Find a notice by its number."""
    query = select(
        notices.c.kind,
        notices.c.subscriber_id,
        notices.c.planned_at,
        -seconds_until(notices.c.planned_at),
    ).where(notices.c.id == number)
    row: Any = connection.execute(query).one_or_none()
    if row is None:
        return None
    kind, subscriber_id, moment, seconds = row
    return Planned(NoticeKind(kind), subscriber_id, moment, float(seconds))


def mark(
    connection: Connection,
    uid: str,
    state: DeliveryState,
    *,
    provider_message_id: str = "",
    reason: str = "",
) -> bool:
    """Bring a notice into a state; False where it stays in a worse or later one."""
    among = [each.value for each in _BEFORE[state]]
    values: dict[str, Any] = {
        "state": state.value,
        "reason": reason[:500],
        "updated_at": utc_now(),
    }
    if provider_message_id:
        values["provider_message_id"] = provider_message_id
    statement = (
        update(notices)
        .where(notices.c.uid == uid, notices.c.state.in_(among))
        .values(values)
    )
    return connection.execute(statement).rowcount == 1


def by_uid(connection: Connection, uid: str) -> Notice | None:
    """Find a notice by the name that providers know its message by."""
    row = connection.execute(_BY_UID, {"uid": uid}).one_or_none()
    return row and Notice(
        row.uid, NoticeKind(row.kind), row.subscriber_id, row.provider
    )


def of_address(connection: Connection, address_key: str) -> list[NoticeRecord]:
    """All that were sent to an address, or were about to be, newest first."""
    return [
        NoticeRecord(
            kind=NoticeKind(row.kind),
            provider=row.provider,
            state=DeliveryState(row.state),
            reason=row.reason,
            provider_message_id=row.provider_message_id,
            planned_at=row.planned_at,
            updated_at=row.updated_at,
        )
        for row in connection.execute(_OF_ADDRESS, {"address_key": address_key})
    ]


def sent(
    connection: Connection,
    address_key: str,
    kind: NoticeKind,
    since: datetime | None = None,
) -> Sent:
    """What was sent to an address, or is about to be.

    With `since` only later ones are counted; the last one is the last one of all.
    """
    counted: Any = func.count()
    if since is not None:
        counted = func.count(case((notices.c.planned_at > since, 1)))
    statement = select(counted, -seconds_until(func.max(notices.c.planned_at))).where(
        notices.c.address_key == address_key, notices.c.kind == kind.value
    )
    row: Any = connection.execute(statement).one()
    number, seconds = row
    return Sent(number, float("inf") if seconds is None else float(seconds))
