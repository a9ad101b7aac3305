"""`newsletter send`: an issue to its subscribers, each once; now, later, or a test."""

import sys
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.context import Context, open_store
from newsletter.cli.options import (
    Adopt,
    AsJson,
    DryRun,
    IssueName,
    NewOnly,
    ProviderName,
    Segment,
    Yes,
)
from newsletter.cli.outcome import conclude, mention, told_what_is_left, watched
from newsletter.cli.output import say, say_json, say_problems
from newsletter.cli.trial import say_trial
from newsletter.errors import SenderBusy, UsageError

if TYPE_CHECKING:
    from newsletter.sending.order import Order
    from newsletter.sending.outlook import Outlook
    from newsletter.store.engine import Store


@dataclass(frozen=True, slots=True)
class _How:
    """Options that say how, not what, to send."""

    through: str
    yes: bool
    dry_run: bool
    as_json: bool
    adopt: bool
    now: datetime


At = Annotated[
    str,
    typer.Option(
        help="When: `friday 9:00`, `in 2h`, `2026-11-27 09:00`; in the `timezone` of "
        "newsletter.yaml."
    ),
]
Due = Annotated[
    bool, typer.Option("--due", help="Send what is scheduled and due; for cron.")
]
PerHour = Annotated[
    int | None,
    typer.Option(
        "--per-hour", min=1, max=1_000_000_000, help="Most recipients in an hour."
    ),
]
Spread = Annotated[
    str, typer.Option(help="Spread it over this time, such as `3h` or `90m`.")
]
Test = Annotated[
    list[str] | None,
    typer.Option("--test", metavar="ADDRESS", help="Only to this address, as a test."),
]


def send(
    context: typer.Context,
    issue: IssueName = "",
    segment: Segment = "",
    provider: ProviderName = "",
    at: At = "",
    due: Due = False,
    per_hour: PerHour = None,
    spread: Spread = "",
    test: Test = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    new_only: NewOnly = False,
    adopt: Adopt = False,
    as_json: AsJson = False,
) -> None:
    """Send an issue to its subscribers, each once.

    What is sent is frozen first: the email, each recipient, each batch. A second send
    of the same issue refuses. `--at` only schedules it: `newsletter send --due` (from
    cron) or `newsletter worker` sends it then, to those who are subscribed by then.
    Ends with exit code 8 when some deliveries were rejected or are uncertain.
    """
    options: Context = context.obj
    if due:
        others = (issue, segment, provider, at, per_hour, spread, test, dry_run)
        _refuse("--due sends what is scheduled, as it is", *others, new_only)
        _send_due(options, adopt=adopt, as_json=as_json)
        return
    _refuse("which issue?", not issue, hint="newsletter send ISSUE")
    order, through = compose_order(options, issue, segment, provider)
    order = replace(order, new_only=new_only, today=options.now.date())
    if test:
        _refuse("--test sends at once", at, per_hour, spread, dry_run, new_only)
        say_trial(options, order, through, test, as_json=as_json)
        return
    how = _How(through, yes, dry_run, as_json, adopt, options.now)
    order = _when_and_how_fast(options, order, at, per_hour, spread)
    with open_store(order.publication) as store:
        _send(store, order, how)


def compose_order(
    options: Context, issue: str, segment: str, provider: str
) -> "tuple[Order, str]":
    """What to send and through whom.

    Options win over the issue's front matter, and that over newsletter.yaml.
    """
    from newsletter.sending.compose import compose
    from newsletter.sending.wishes import ordered

    publication = options.publication()
    return ordered(compose(publication, issue), publication, segment, provider)


def _when_and_how_fast(
    options: Context, order: "Order", at: str, per_hour: int | None, spread: str
) -> "Order":
    from newsletter.sending.wishes import paced, timed

    return paced(timed(order, at, options.now), per_hour, spread)


def _send(store: "Store", order: "Order", how: _How) -> None:
    from newsletter.sending.approval import refuse_unapproved
    from newsletter.sending.order import refuse_unready
    from newsletter.sending.outlook import look_ahead
    from newsletter.sending.plan import refuse_needless

    refuse_unready(order)
    say_problems(order.composed.problems)
    outlook = look_ahead(store, order, how.through, how.now)
    expected = outlook.expected
    if how.dry_run or not how.as_json:
        _say_outlook(outlook, as_json=how.as_json)
    # What planning would refuse is refused before anybody says yes, and in a dry run.
    refuse_needless(expected, order)
    refuse_unapproved(store, order, how.through)
    if how.dry_run:
        return
    _confirm(expected.recipients, how, order)
    slug = order.composed.issue.slug
    if order.at:
        _schedule(store, order, how)
        return
    with (
        told_what_is_left(store, slug),
        watched(expected.recipients, quiet=how.as_json) as controls,
    ):
        from newsletter.sending.deliver import Sender

        publication = order.publication
        sender = Sender(
            store=store, publication=publication, controls=controls, adopt=how.adopt
        )
        sent = sender.send(order, how.through)
    conclude(store, [sent], as_json=how.as_json)


def _schedule(store: "Store", order: "Order", how: _How) -> None:
    from newsletter.sending.controls import Controls
    from newsletter.sending.deliver import Sender

    sender = Sender(
        store=store,
        publication=order.publication,
        controls=Controls(mention=mention),
        adopt=how.adopt,
    )
    report = sender.schedule(order, how.through)
    if how.as_json:
        say_json([report.as_data()])
        return
    say(f"{report.campaign.issue} is scheduled; the text is frozen as it is now")
    say("  it is sent by `newsletter worker`, or by `newsletter send --due` from cron")
    say(f"  newsletter cancel {report.campaign.issue} takes it back")


def _refuse(why: str, *given: object, hint: str = "leave out the others") -> None:
    """Refuse options that would not be heeded, rather than do something else."""
    if any(given):
        raise UsageError(why, hint=hint)


def _send_due(options: Context, *, adopt: bool, as_json: bool) -> None:
    from newsletter.sending.deliver import Sender

    publication = options.publication()
    with open_store(publication) as store:
        with told_what_is_left(store), watched(0, quiet=True) as controls:
            sender = Sender(
                store=store, publication=publication, controls=controls, adopt=adopt
            )
            try:
                sent = sender.due()
            except SenderBusy as busy:
                # From cron, every few minutes during a long send: all is well.
                say(f"{busy.message}; what is due goes out when it ends")
                return
        if not sent and not as_json:
            say("nothing is due")
        conclude(store, sent, as_json=as_json)


def _say_outlook(outlook: "Outlook", *, as_json: bool) -> None:
    if as_json:
        say_json(outlook.as_data())
        return
    first, *more = outlook.lines()
    say(first)
    for line in more:
        say(f"  {line}")


def _confirm(recipients: int, how: _How, order: "Order") -> None:
    """Ask before more than one person gets something."""
    if how.yes or (recipients <= 1 and not order.at):
        return
    if how.as_json or not sys.stdin.isatty():
        raise UsageError(
            "nobody is there to confirm", hint="add --yes to send without being asked"
        )
    when = "then" if order.at else "now"
    if not typer.confirm(f"send it to {recipients:,} people {when}?"):
        raise UsageError("nothing was sent")
