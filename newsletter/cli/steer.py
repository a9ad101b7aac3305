"""`newsletter pause`, `cancel`, `retry` and `resolve`: a person decides."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.context import Context, open_store
from newsletter.cli.options import AsJson, IssueOf, Yes
from newsletter.cli.output import plural, say, say_json
from newsletter.errors import UsageError
from newsletter.model.campaign import DeliveryState

if TYPE_CHECKING:
    from newsletter.model.campaign import Campaign
    from newsletter.model.publication import Publication
    from newsletter.store.engine import Store


def pause(context: typer.Context, issue: IssueOf) -> None:
    """Let a campaign stand still, also while it is being sent.

    Whoever sends it stops after the calls in hand. `newsletter resume` goes on.
    """
    from newsletter.sending import steer

    with _campaign(context, issue) as (store, _, campaign):
        steer.pause(store, campaign)
    say(f"{campaign.issue} is paused; newsletter resume {campaign.issue} goes on")


def cancel(context: typer.Context, issue: IssueOf, yes: Yes = False) -> None:
    """End a campaign: who did not get it yet will not.

    What is under way arrives. Takes a scheduled campaign back whole.
    """
    from newsletter.sending import steer
    from newsletter.sending.reached import reached_anybody
    from newsletter.sending.status import status_of

    with _campaign(context, issue) as (store, publication, campaign):
        left = status_of(store, campaign.id).left
        if left and not yes:
            _ask(f"{left:,} people will not get it; end it?", "nothing was cancelled")
        steer.cancel(store, campaign, publication.store_path)
        reached = reached_anybody(status_of(store, campaign.id).totals)
    who = "newsletter status shows who has it" if reached else "nobody got it"
    say(f"{campaign.issue} is cancelled; {who}")


def retry(
    context: typer.Context,
    issue: IssueOf,
    rejected: Annotated[
        bool, typer.Option("--rejected", help="Those whom the provider refused.")
    ] = False,
) -> None:
    """Put deliveries back to be sent again, by `newsletter resume`.

    A rejected delivery reached nobody, so trying it again never mails anybody twice.
    """
    from newsletter.sending import steer

    if not rejected:
        raise UsageError("which ones?", hint="newsletter retry ISSUE --rejected")
    state = DeliveryState.REJECTED
    with _campaign(context, issue, state) as (store, publication, campaign):
        number = steer.send_again(store, publication, campaign, state)
    people = plural(number, "delivery", "deliveries")
    say(f"{people} put back; newsletter resume {campaign.issue} sends them")


AssumeSent = Annotated[
    bool, typer.Option("--assume-sent", help="Say that they have it.")
]
Resend = Annotated[
    bool, typer.Option("--resend", help="Send it again: some may get it twice.")
]
Reconcile = Annotated[
    bool, typer.Option("--reconcile", help="Ask the provider's own records.")
]


def resolve(
    context: typer.Context,
    issue: IssueOf,
    assume_sent: AssumeSent = False,
    resend: Resend = False,
    reconcile: Reconcile = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Settle the deliveries that are uncertain.

    A call broke off, and the provider may or may not have taken it. `--reconcile` asks
    its records, where it keeps some: who is in them has it, who is not is put back. The
    other two are your word.
    """
    from newsletter.sending import steer

    if sum((assume_sent, resend, reconcile)) != 1:
        raise UsageError(
            "how?", hint="give one of --reconcile, --assume-sent and --resend"
        )
    state = DeliveryState.UNCERTAIN
    with _campaign(context, issue, state) as (store, publication, campaign):
        if reconcile:
            _say_settled(store, publication, campaign, as_json=as_json)
            return
        if assume_sent:
            number = steer.assume_sent(store, campaign)
            what = "called accepted"
        else:
            if not yes:
                _ask("some may get it twice; send again?", "nothing was changed")
            number = steer.send_again(store, publication, campaign, state)
            what = f"put back; newsletter resume {campaign.issue} sends them"
    if as_json:
        say_json({"issue": campaign.issue, "settled": number})
    else:
        say(f"{plural(number, 'delivery', 'deliveries')} {what}")


def _say_settled(
    store: "Store", publication: "Publication", campaign: "Campaign", *, as_json: bool
) -> None:
    from newsletter.sending import steer

    settled = steer.reconcile(store, publication, campaign)
    if as_json:
        say_json(
            {
                "issue": campaign.issue,
                "found": settled.found,
                "missing": settled.missing,
                "uncertain": settled.uncertain,
                "notes": settled.notes,
            }
        )
        return
    say(f"{settled.found:,} have it, by {campaign.provider}'s records")
    if settled.missing:
        say(
            f"{settled.missing:,} do not, and are put back; "
            f"newsletter resume {campaign.issue} sends them"
        )
    if settled.uncertain:
        say(f"{settled.uncertain:,} stay uncertain")
    for note in settled.notes:
        say(f"  {note}")


@contextmanager
def _campaign(
    context: typer.Context, issue: str, state: DeliveryState | None = None
) -> "Iterator[tuple[Store, Publication, Campaign]]":
    """The newest campaign of an issue, or the newest with a delivery in `state`."""
    from newsletter.content.library import issue_slug
    from newsletter.sending import steer
    from newsletter.sending.status import issues

    options: Context = context.obj
    publication = options.publication()
    with open_store(publication) as store:
        slug = issue_slug(publication.root, issue, issues(store))
        yield store, publication, steer.of_issue(store, slug, state)


def _ask(question: str, otherwise: str) -> None:
    import sys

    if not sys.stdin.isatty():
        raise UsageError(
            "nobody is there to confirm", hint="add --yes to do it without being asked"
        )
    if not typer.confirm(question):
        raise UsageError(otherwise)
