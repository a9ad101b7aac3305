"""Campaigns whose deliveries are in a file by now: which file, and what is in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    bindparam,
    delete,
    exists,
    insert,
    select,
    text,
    update,
)

from newsletter.errors import CampaignError
from newsletter.model.campaign import (
    BatchState,
    Campaign,
    CampaignState,
    CampaignTotals,
    DeliveryState,
)
from newsletter.store import partitions
from newsletter.store.clock import utc_now
from newsletter.store.erasure import NOTHING
from newsletter.store.schema import (
    batches,
    campaigns,
    deliveries,
    ledger_files,
    subscribers,
)

_OVER = (CampaignState.DONE, CampaignState.CANCELLED)
_OPEN = (DeliveryState.PENDING, DeliveryState.IN_FLIGHT, DeliveryState.UNCERTAIN)
# Before a deadlock with one who writes would be looked for, after a second: then it is
# this that gives up, not he.
_PATIENCE = "SET LOCAL lock_timeout TO '900ms'"


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """A campaign, and the file that its deliveries are in."""

    campaign_id: int
    issue: str
    path: Path
    sha256: str
    rows: int
    archived_at: datetime


_FILES = (
    select(
        campaigns.c.id,
        campaigns.c.issue,
        ledger_files.c.file,
        ledger_files.c.sha256,
        ledger_files.c.rows,
        ledger_files.c.archived_at,
    )
    .join(campaigns, campaigns.c.id == ledger_files.c.campaign_id)
    .order_by(campaigns.c.id)
)

# Before the lock of the deliveries, which two may have at once, and which is gone with
# them.
_LOCK = (
    select(campaigns.c.id)
    .where(campaigns.c.id == bindparam("campaign"))
    .with_for_update(key_share=True)
)


def every(connection: Connection) -> list[LedgerFile]:
    """All of them, the oldest campaign first."""
    return [_file(row) for row in connection.execute(_FILES)]


def of_campaign(connection: Connection, campaign_id: int) -> LedgerFile | None:
    """The file of a campaign; None while its deliveries are in the ledger."""
    query = _FILES.where(campaigns.c.id == campaign_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else _file(row)


def by_sha256(connection: Connection, sha256: str) -> LedgerFile | None:
    """The file with these bytes, wherever it is now; None for one of nobody's."""
    row = connection.execute(_FILES.where(ledger_files.c.sha256 == sha256)).first()
    return None if row is None else _file(row)


def refuse(connection: Connection, issue: str) -> None:
    """Raise CampaignError if a file says who got an issue: they would get it twice."""
    query = _FILES.where(campaigns.c.issue == issue)
    row = connection.execute(query).first()
    if row is not None:
        path = _file(row).path
        message = f"who got {issue} is archived in {path}"
        raise CampaignError(message, hint=f"newsletter db restore {path}")


def why_not(connection: Connection, campaign: Campaign, totals: CampaignTotals) -> str:
    """Why a campaign stays in the ledger, in words; empty where it may leave."""
    if of_campaign(connection, campaign.id):
        return "is archived already"
    if campaign.state not in _OVER:
        return f"is {campaign.state}"
    flying = batches.c.state.in_([BatchState.PENDING, BatchState.IN_FLIGHT])
    if connection.scalar(
        select(exists().where(batches.c.campaign_id == campaign.id, flying))
    ):
        return "has batches under way"
    for state in _OPEN:
        if number := totals.states.get(state, 0):
            return f"has {number:,} deliveries that are {state}"
    return "" if totals.recipients else "has no deliveries"


def keep_still(connection: Connection, campaign_id: int) -> None:
    """Let nobody change, archive or restore a campaign until the transaction ends.

    Raises StoreBusy where somebody does at the moment; SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(_PATIENCE))
        connection.execute(_LOCK, {"campaign": campaign_id})
        if of_campaign(connection, campaign_id) is None:
            partitions.lock(connection, campaign_id)


def let_go(
    connection: Connection,
    campaign_id: int,
    path: Path,
    sha256: str,
    totals: CampaignTotals,
) -> None:
    """Take a campaign's deliveries out of the ledger, and write down where they are."""
    counts: list[Sequence[object]] = [
        (state.value, "", number)
        for state, number in totals.states.items()
        if state is not DeliveryState.SKIPPED
    ]
    skipped = DeliveryState.SKIPPED.value
    counts += [(skipped, why, number) for why, number in totals.skipped.items()]
    new = insert(ledger_files).values(
        campaign_id=campaign_id,
        file=str(path),
        sha256=sha256,
        rows=totals.recipients,
        counts=counts,
        archived_at=utc_now(),
    )
    connection.execute(new)
    if connection.dialect.name == "postgresql":
        partitions.drop(connection, campaign_id)
    else:
        theirs = deliveries.c.campaign_id == campaign_id
        connection.execute(delete(deliveries).where(theirs))


def take_back(connection: Connection, campaign_id: int) -> bool:
    """Make room for the deliveries of a campaign, which leave their file.

    False where they have left it already.
    """
    theirs = ledger_files.c.campaign_id == campaign_id
    if not connection.execute(delete(ledger_files).where(theirs)).rowcount:
        return False
    partitions.make(connection, campaign_id)
    return True


def forget_erased(connection: Connection, campaign_id: int) -> None:
    """Take out of deliveries that came back what is of people erased since."""
    known = exists().where(subscribers.c.id == deliveries.c.subscriber_id)
    gone = {"address": "", "merge": NOTHING, "reason": "", "provider_message_id": ""}
    theirs = update(deliveries).where(deliveries.c.campaign_id == campaign_id, ~known)
    connection.execute(theirs.values(gone))


def _file(row: Row[*tuple[Any, ...]]) -> LedgerFile:
    id, issue, path, sha256, rows, archived_at = row
    return LedgerFile(id, issue, Path(path), sha256, rows, archived_at)
