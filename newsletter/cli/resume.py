"""`newsletter resume`: goes on where a send stopped."""

import sys
from typing import TYPE_CHECKING

import typer

from newsletter.cli.context import Context, open_store
from newsletter.cli.options import Adopt, AsJson, DryRun, IssueName, Yes
from newsletter.cli.outcome import conclude, told_what_is_left, watched
from newsletter.cli.output import plural, say, say_json
from newsletter.errors import UsageError

if TYPE_CHECKING:
    from newsletter.sending.status import CampaignStatus
    from newsletter.store.engine import Store


def resume(
    context: typer.Context,
    issue: IssueName = "",
    yes: Yes = False,
    dry_run: DryRun = False,
    adopt: Adopt = False,
    as_json: AsJson = False,
) -> None:
    """Go on with what was begun and is not finished, or was paused.

    Of one issue, or of all. What was sent is not sent again, what was in flight when
    the process died is repeated only where the provider recognises it; everybody else
    of those batches is uncertain, and listed.
    """
    from newsletter.content.library import issue_slug
    from newsletter.sending.deliver import Sender, waiting
    from newsletter.sending.status import issues

    options: Context = context.obj
    publication = options.publication()
    with open_store(publication) as store:
        slug = issue_slug(publication.root, issue, issues(store)) if issue else ""
        found = _begun(store, slug)
        if dry_run or not found or not as_json:
            _say_left(store, found, as_json=as_json)
        if dry_run or not found:
            return
        people = sum(waiting(store, item) for item in found)
        _confirm(people, yes=yes, as_json=as_json)
        with (
            told_what_is_left(store, slug),
            watched(people, quiet=as_json) as controls,
        ):
            sender = Sender(
                store=store, publication=publication, controls=controls, adopt=adopt
            )
            sent = sender.resume(slug)
        conclude(store, sent, as_json=as_json)


def _begun(store: "Store", issue: str) -> "list[CampaignStatus]":
    from newsletter.model.campaign import CampaignState
    from newsletter.sending.deliver import left

    scheduled = CampaignState.SCHEDULED
    return [r for r in left(store, issue) if r.campaign.state is not scheduled]


def _say_left(store: "Store", found: "list[CampaignStatus]", *, as_json: bool) -> None:
    from newsletter.sending.deliver import waiting

    if as_json:
        say_json([item.as_data() for item in found])
        return
    for item in found:
        campaign = item.campaign
        people = plural(waiting(store, item), "subscriber")
        why = f"; {campaign.state}: {campaign.reason}" if campaign.reason else ""
        say(f"{campaign.issue}: {people} left, through {campaign.provider}{why}")
    if not found:
        say("nothing is left to send")


def _confirm(recipients: int, *, yes: bool, as_json: bool) -> None:
    if yes or recipients <= 1:
        return
    if as_json or not sys.stdin.isatty():
        raise UsageError(
            "nobody is there to confirm", hint="add --yes to send without being asked"
        )
    if not typer.confirm(f"send it to {recipients:,} people now?"):
        raise UsageError("nothing was sent")
