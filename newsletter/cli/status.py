"""`newsletter status`: campaigns and what became of their deliveries."""

from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from newsletter.cli.context import Context, open_store
from newsletter.cli.options import AsJson, IssueName
from newsletter.cli.output import say, say_json, say_table
from newsletter.cli.watch import watch
from newsletter.errors import UsageError
from newsletter.model.campaign import CampaignState, DeliveryState

if TYPE_CHECKING:
    from newsletter.sending.status import CampaignStatus
    from newsletter.store.engine import Store


def status(
    context: typer.Context,
    issue: IssueName = "",
    state: Annotated[
        DeliveryState | None,
        typer.Option("--list", help="Name everybody whose delivery is in this state."),
    ] = None,
    live: Annotated[
        bool,
        typer.Option(
            "--watch", help="Show it, and all workers, again and again while it sends."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show campaigns and what became of them.

    The newest 50 campaigns, or those of one issue. `--list uncertain` names everybody
    of whom nobody knows whether the issue reached them.
    """
    from newsletter.content.library import issue_slug
    from newsletter.sending.status import issues, overview, standing

    options: Context = context.obj
    publication = options.publication()
    zone = ZoneInfo(publication.timezone)
    if state is not None and not issue:
        raise UsageError("which issue?", hint="newsletter status ISSUE --list STATE")
    with open_store(publication) as store:
        slug = issue_slug(publication.root, issue, issues(store)) if issue else ""
        if live and as_json:
            raise UsageError("--watch is for people", hint="leave out one of the two")
        if live:
            watch(lambda: standing(store, slug), zone)
            return
        reports = overview(store, slug)
        if state is not None:
            _list(store, reports, state, as_json=as_json)
            return
    _say(reports, zone, as_json=as_json)


def _say(reports: "list[CampaignStatus]", zone: ZoneInfo, *, as_json: bool) -> None:
    if as_json:
        say_json([report.as_data() for report in reports])
        return
    if not reports:
        say("nothing was sent yet")
        return
    say_table(
        ("issue", "segment", "state", "planned", "accepted", "skipped", "others"),
        (report.row() for report in reports),
    )
    for report in reports:
        if report.campaign.state is CampaignState.SCHEDULED:
            say(f"{report.campaign.issue}: {report.standing_on(zone)}")


def _list(
    store: "Store",
    reports: "list[CampaignStatus]",
    state: DeliveryState,
    *,
    as_json: bool,
) -> None:
    from newsletter.sending.status import named

    found = [record for item in reports for record in named(store, item, state)]
    if as_json:
        say_json([{"address": each.address, "reason": each.reason} for each in found])
        return
    for each in found:
        say(f"{each.address}: {each.reason}" if each.reason else each.address)
