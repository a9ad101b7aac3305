"""Old campaigns leave the ledger for a file, and come back.

The file is written, read back and compared before anything leaves; both happen in one
transaction. Whatever breaks off, the deliveries are in the ledger or in a whole file,
and no file that is there is ever replaced.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from newsletter.errors import CampaignError, StoreError
from newsletter.model.campaign import (
    Campaign,
    CampaignTotals,
    DeliveryRecord,
    DeliveryState,
)
from newsletter.store import (
    campaigns,
    events,
    history,
    ledger_csv,
    ledger_files,
    suppressions,
)
from newsletter.store.engine import Store
from newsletter.store.fingerprint import Fingerprint, sum_up
from newsletter.store.ledger_files import LedgerFile


@dataclass(frozen=True, slots=True)
class Chosen:
    """The campaigns to archive; those that stay, each with why."""

    leaving: Sequence[Campaign]
    staying: Sequence[tuple[Campaign, str]]


def choose(store: Store, issues: Sequence[str], before: datetime | None) -> Chosen:
    """Find the campaigns of issues, or all that ended before a moment."""
    leaving: list[Campaign] = []
    staying: list[tuple[Campaign, str]] = []
    with store.read() as connection:
        for each in reversed(campaigns.latest(connection)):
            if not (each.issue in issues or _ended(each, before)):
                continue
            totals = campaigns.totals(connection, each.id)
            if why := ledger_files.why_not(connection, each, totals):
                staying.append((each, why))
            else:
                leaving.append(each)
    return Chosen(leaving, staying)


def _ended(campaign: Campaign, before: datetime | None) -> bool:
    ended = campaign.ended_at
    return before is not None and ended is not None and ended < before


def archive(store: Store, campaign: Campaign, folder: Path) -> LedgerFile:
    """Move the deliveries of a campaign that is over into a file in `folder`.

    Beside it is a manifest, which says what it is. Raises StoreError when the file
    cannot be written or is not what was written, StoreBusy when somebody changes the
    deliveries meanwhile or archives them too, CampaignError for a campaign that is not
    over, or away already.
    """
    path = folder.resolve() / f"{campaign.issue}-{campaign.uid}{ledger_csv.SUFFIX}"
    with ledger_csv.unfinished(path) as partial:
        with store.read() as connection:
            _refuse(connection, campaign)
            ledger_csv.write(partial, history.every(connection, campaign.id))
        written = sum_up(ledger_csv.read(partial))
        with store.write() as connection:
            return _let_go(connection, campaign, partial, path, written)


def _refuse(connection: Any, campaign: Campaign) -> CampaignTotals:
    """Raise CampaignError for a campaign that stays, as it is by now."""
    now = campaigns.get(connection, campaign.id) or campaign
    totals = campaigns.totals(connection, campaign.id)
    if why := ledger_files.why_not(connection, now, totals):
        raise CampaignError(f"{campaign.issue} {why}", hint="it stays where it is")
    return totals


def _let_go(
    connection: Any,
    campaign: Campaign,
    partial: Path,
    path: Path,
    written: Fingerprint,
) -> LedgerFile:
    ledger_files.keep_still(connection, campaign.id)
    totals = _refuse(connection, campaign)
    if sum_up(history.every(connection, campaign.id)) != written:
        message = f"{campaign.issue} was changed while it was written to its file"
        raise StoreError(message, hint="archive it once more; nothing was taken out")
    digest = ledger_csv.sha256(partial)
    try:
        with ledger_csv.settled(partial, path, digest) as place:
            _describe(campaign, place, digest, written)
            ledger_files.let_go(connection, campaign.id, place, digest, totals)
            found = ledger_files.of_campaign(connection, campaign.id)
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}"
        raise StoreError(message, hint="nothing was taken out of the ledger") from error
    assert found is not None  # noqa: S101  it was just written
    return found


def _describe(
    campaign: Campaign, path: Path, digest: str, written: Fingerprint
) -> None:
    """Write the manifest, for whoever finds the file without its database.

    Raises OSError.
    """
    told = {
        "file": path.name,
        "sha256": digest,
        "rows": written.rows,
        "campaign": campaign.uid,
        "issue": campaign.issue,
        "segment": campaign.segment,
        "part": campaign.part,
        "provider": campaign.provider,
        "planned_at": campaign.planned_at.isoformat(),
    }
    manifest = ledger_csv.manifest(path)
    with ledger_csv.unfinished(manifest) as partial:
        partial.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
        partial.replace(manifest)


def restore(store: Store, path: Path) -> LedgerFile:
    """Bring the deliveries in a file back into the ledger; the file stays.

    What was told of them since is applied, and who was erased since stays erased.
    Raises StoreError for a file that is damaged, or of no archived campaign here.
    """
    digest = ledger_csv.sha256(path)
    with store.write() as connection:
        # Who is erased meanwhile would come back: it has ended, or it waits.
        suppressions.hold_back_imports(connection, alone=False)
        found = ledger_files.by_sha256(connection, digest)
        # Another who restores it may come first.
        if found is None or not ledger_files.take_back(connection, found.campaign_id):
            message = f"{path} is no campaign that is archived from this database"
            hint = "or it is damaged: `newsletter why` names the files"
            raise StoreError(message, hint=hint)
        for rows in ledger_csv.read(path):
            history.load(connection, rows)
        events.mark_again(connection, found.campaign_id, found.archived_at)
        ledger_files.forget_erased(connection, found.campaign_id)
    return found


def in_state(
    file: LedgerFile, campaign: Campaign, state: DeliveryState
) -> Iterator[DeliveryRecord]:
    """The deliveries in a file that are in a state, by id."""
    for rows in ledger_csv.read(file.path):
        for row in map(ledger_csv.named, rows):
            if row["state"] == state:
                yield record(campaign, row)


def record(campaign: Campaign, row: dict[str, Any]) -> DeliveryRecord:
    """A delivery as `why` tells of it, from a row of a file."""
    return DeliveryRecord(
        campaign=campaign,
        address=row["address"],
        state=DeliveryState(row["state"]),
        reason=row["reason"],
        provider_message_id=row["provider_message_id"],
        attempts=0,
        updated_at=row["updated_at"],
    )
