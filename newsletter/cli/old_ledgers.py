"""`newsletter db archive` and `restore`: old campaigns in files, and back again."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from newsletter.cli.context import Context, open_store
from newsletter.cli.options import DryRun
from newsletter.cli.output import say, warn
from newsletter.errors import UsageError

if TYPE_CHECKING:
    from newsletter.model.campaign import Campaign
    from newsletter.store.engine import Store


def archive(
    context: typer.Context,
    to: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the files go.")],
    issues: Annotated[
        list[str] | None, typer.Argument(metavar="[ISSUE]...", help="Slugs.")
    ] = None,
    before: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="All that ended before this day."),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Move the deliveries of old campaigns into files, one for each.

    A campaign leaves the database when its file was written, read back and compared;
    one that is not over stays. `status`, `why` and the export of a person's data know
    where they are. Keep the files: without them nobody knows who got the issue.
    """
    from newsletter.sending import old_ledgers

    options: Context = context.obj
    publication = options.publication()
    if not issues and before is None:
        hint = "newsletter db archive ISSUE, or --before 2025-01-01"
        raise UsageError("which campaigns?", hint=hint)
    if before is not None:
        before = before.replace(tzinfo=ZoneInfo(publication.timezone))
    folder = options.path(to)
    if not folder.is_dir():
        raise UsageError(f"{to} is no folder", hint="make it first")
    with open_store(publication) as store:
        chosen = old_ledgers.choose(store, issues or (), before)
        if not chosen.leaving and not chosen.staying:
            raise UsageError("no such campaign", hint="`newsletter status` shows them")
        for campaign, why in chosen.staying:
            warn(f"{campaign.issue} to {campaign.segment} stays: it {why}")
        for campaign in chosen.leaving:
            _archive(store, campaign, folder, dry_run=dry_run)


def _archive(
    store: "Store", campaign: "Campaign", folder: Path, *, dry_run: bool
) -> None:
    from newsletter.sending import old_ledgers

    if dry_run:
        say(f"{campaign.issue} to {campaign.segment} would be archived")
        return
    done = old_ledgers.archive(store, campaign, folder)
    say(f"{campaign.issue}: {done.rows:,} deliveries are in {done.path}")


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A file that `archive` has made.")],
) -> None:
    """Bring the deliveries of an archived campaign back into the database.

    The file stays where it is. What providers told since is applied, and who was
    erased since stays erased.
    """
    from newsletter.sending import old_ledgers

    options: Context = context.obj
    with open_store(options.publication()) as store:
        done = old_ledgers.restore(store, options.path(file))
    say(f"{done.issue}: {done.rows:,} deliveries are in the database again")
