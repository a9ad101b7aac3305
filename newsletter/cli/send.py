"""`newsletter send`: an issue to its subscribers, each once; now, later, or a test."""

import sys
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
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
from newsletter.cli.outcome import conclude, told_what_is_left, watched
from newsletter.cli.output import plural, say, say_json, say_problems
from newsletter.cli.trial import say_trial
from newsletter.errors import SenderBusy, UsageError

if TYPE_CHECKING:
    from newsletter.sending.order import Order
    from newsletter.sending.plan import Forecast
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
    order = _paced(_timed(options, order, at), per_hour, spread)
    with open_store(order.publication) as store:
        _send(store, order, how)


def compose_order(
    options: Context, issue: str, segment: str, provider: str
) -> "tuple[Order, str]":
    """What to send and through whom.

    Options win over the issue's front matter, and that over newsletter.yaml.
    """
    from newsletter.providers.registry import open_provider
    from newsletter.sending.compose import compose
    from newsletter.sending.order import Order

    publication = options.publication()
    composed = compose(publication, issue)
    order = Order(
        composed=composed,
        publication=publication,
        segment=segment or composed.issue.segment,
        grace=timedelta(hours=publication.grace_hours),
    )
    through = provider or composed.issue.provider or publication.provider
    open_provider(through, publication).close()  # a wrong name is told before asking
    return order, through


def _timed(options: Context, order: "Order", at: str) -> "Order":
    if not at:
        return order
    from zoneinfo import ZoneInfo

    from newsletter.sending.when import parse_when

    zone = ZoneInfo(order.publication.timezone)
    moment = parse_when(at, zone, options.now)
    return replace(order, at=moment, today=moment.astimezone(zone).date())


def _paced(order: "Order", per_hour: int | None, spread: str) -> "Order":
    if not spread:
        return replace(order, per_hour=per_hour)
    if per_hour:
        raise UsageError("--per-hour and --spread say two things", hint="give one")
    from newsletter.sending.when import parse_span

    return replace(order, spread=parse_span(spread))


def _send(store: "Store", order: "Order", how: _How) -> None:
    from newsletter.sending.approval import refuse_unapproved
    from newsletter.sending.order import refuse_unready
    from newsletter.sending.plan import forecast, refuse_needless

    refuse_unready(order)
    say_problems(order.composed.problems)
    expected = forecast(store, order)
    if how.dry_run or not how.as_json:
        _say_forecast(order, how, expected)
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

    sender = Sender(store=store, publication=order.publication, controls=Controls())
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


def _say_forecast(order: "Order", how: _How, expected: "Forecast") -> None:
    slug, people = order.composed.issue.slug, plural(expected.recipients, "subscriber")
    when = _when(order, how)
    if how.as_json:
        say_json(
            {
                "issue": slug,
                "segment": order.segment,
                "provider": how.through,
                "at": order.at,
                "per_hour": order.per_hour,
                "spread_seconds": order.spread and order.spread.total_seconds(),
                "cost": _cost(order, how, expected),
                "recipients": expected.recipients,
                "skipped": expected.skipped,
            }
        )
        return
    say(f"{slug} → {people} in `{order.segment}`, through {how.through}{when}")
    if another := _another_day(order, how):
        say(f"  {another}")
    for reason, number in sorted(expected.skipped.items()):
        say(f"  {number} left out: {reason}")
    if (cost := _cost(order, how, expected)) is not None:
        say(f"  at {how.through}'s price that is {cost:,.2f}")


def _cost(order: "Order", how: _How, expected: "Forecast") -> float | None:
    """What it costs, in the currency of `price_per_thousand`; None without one."""
    price = order.publication.providers.of(how.through).price_per_thousand
    return None if price is None else round(expected.recipients / 1000 * price, 4)


def _when(order: "Order", how: _How) -> str:
    from zoneinfo import ZoneInfo

    from newsletter.sending.when import describe, span

    pace = f", at most {order.per_hour:,.0f} an hour" if order.per_hour else ""
    if order.spread:
        pace = f", spread over {span(order.spread)}"
    if order.at is None:
        return pace
    zone = ZoneInfo(order.publication.timezone)
    return f"{pace}, at {describe(order.at, zone, how.now)}"


def _another_day(order: "Order", how: _How) -> str:
    """That the letter's date, which its weekdays and labels follow, is not the day."""
    from zoneinfo import ZoneInfo

    dated = order.composed.issue.date
    day = (order.at or how.now).astimezone(ZoneInfo(order.publication.timezone)).date()
    if day == dated:
        return ""
    return f"the letter is dated {dated:%A %Y-%m-%d}, and goes out on {day:%A %Y-%m-%d}"


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
