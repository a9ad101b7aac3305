"""`newsletter send`: an issue to its subscribers, each once."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import typer

from newsletter.cli.context import Context, open_store
from newsletter.cli.options import (
    AsJson,
    DryRun,
    IssueName,
    NewOnly,
    ProviderName,
    Resume,
    Segment,
    Yes,
)
from newsletter.cli.output import (
    console,
    plural,
    say,
    say_json,
    say_problems,
    say_table,
    warn,
)
from newsletter.errors import Incomplete, ProviderError, StoreError, UsageError
from newsletter.model.campaign import DeliveryState

if TYPE_CHECKING:
    from newsletter.model.publication import Publication
    from newsletter.sending.controls import Controls
    from newsletter.sending.deliver import Sent
    from newsletter.sending.plan import Forecast, Order
    from newsletter.sending.report import CampaignReport
    from newsletter.store.engine import Store

INTERRUPTED = 130
NAMED = 20
"""Uncertain and rejected recipients that are listed at the end of a send."""


def send(
    context: typer.Context,
    issue: IssueName = "",
    segment: Segment = "",
    provider: ProviderName = "",
    yes: Yes = False,
    dry_run: DryRun = False,
    new_only: NewOnly = False,
    resume: Resume = False,
    as_json: AsJson = False,
) -> None:
    """Send an issue to its subscribers, each once.

    `--resume` goes on with a send that was cut short. What is sent is frozen first: the
    email, each recipient, each batch. A second send of the same issue refuses. Ends
    with exit code 8 when some deliveries were rejected or are uncertain: `newsletter
    status` and `newsletter why` tell which.
    """
    options: Context = context.obj
    publication = options.publication()
    how = _How(yes=yes, dry_run=dry_run, as_json=as_json)
    if resume:
        if segment or provider or new_only:
            raise UsageError(
                "--resume goes on with what was planned",
                hint="leave out --segment, --provider and --new-only",
            )
        _resume(publication, issue, how)
        return
    if not issue:
        raise UsageError(
            "which issue?", hint="newsletter send ISSUE, or newsletter send --resume"
        )
    order, through = _order(publication, issue, segment, provider, new_only=new_only)
    order = replace(order, today=options.now.date())
    with open_store(publication) as store:
        _send(store, order, through, how)


@dataclass(frozen=True, slots=True)
class _How:
    """The options that a first send and a resumed one share."""

    yes: bool
    dry_run: bool
    as_json: bool


def _send(store: "Store", order: "Order", through: str, how: _How) -> None:
    from newsletter.sending.deliver import send_issue

    forecast = _forecast(store, order)
    if how.dry_run:
        _say_forecast(order, through, forecast, as_json=how.as_json)
        return
    if not how.as_json:
        _say_forecast(order, through, forecast, as_json=False)
    _confirm(forecast.recipients, how)
    with (
        _told_what_is_left(store, order.composed.issue.slug),
        _watched(forecast.recipients, quiet=how.as_json) as controls,
    ):
        sent = send_issue(store, order, through, controls)
    _conclude(store, [sent], how)


def _order(
    publication: "Publication",
    issue: str,
    segment: str,
    provider: str,
    *,
    new_only: bool,
) -> "tuple[Order, str]":
    """Options win over the issue's front matter, and that over newsletter.yaml."""
    from newsletter.providers.registry import open_provider
    from newsletter.sending.compose import compose
    from newsletter.sending.plan import Order

    composed = compose(publication, issue)
    order = Order(
        composed=composed,
        publication=publication,
        segment=segment or composed.issue.segment,
        new_only=new_only,
    )
    through = provider or composed.issue.provider or publication.provider
    open_provider(through, publication).close()  # a wrong name is told before asking
    return order, through


def _forecast(store: "Store", order: "Order") -> "Forecast":
    from newsletter.sending.plan import forecast, refuse_unready

    refuse_unready(order)
    say_problems(order.composed.problems)
    return forecast(store, order)


def _say_forecast(
    order: "Order", through: str, forecast: "Forecast", *, as_json: bool
) -> None:
    if as_json:
        say_json(
            {
                "issue": order.composed.issue.slug,
                "segment": order.segment,
                "provider": through,
                "recipients": forecast.recipients,
                "skipped": forecast.skipped,
            }
        )
        return
    slug, people = order.composed.issue.slug, plural(forecast.recipients, "subscriber")
    say(f"{slug} → {people} in `{order.segment}`, through {through}")
    for reason, number in sorted(forecast.skipped.items()):
        say(f"  {number} left out: {reason}")


def _confirm(recipients: int, how: _How) -> None:
    """Ask before more than one person gets something."""
    if how.yes or recipients <= 1:
        return
    if how.as_json or not sys.stdin.isatty():
        raise UsageError(
            "nobody is there to confirm", hint="add --yes to send without being asked"
        )
    if not typer.confirm(f"send it to {recipients:,} people now?"):
        raise UsageError("nothing was sent")


def _resume(publication: "Publication", issue: str, how: _How) -> None:
    from newsletter.content.library import issue_slug
    from newsletter.sending.deliver import left, resume
    from newsletter.sending.report import issues

    with open_store(publication) as store:
        slug = issue_slug(publication.root, issue, issues(store)) if issue else ""
        found = left(store, slug)
        waiting = sum(item.left for item in found)
        if how.dry_run or not found:
            _say_left(found, as_json=how.as_json)
            return
        if not how.as_json:
            _say_left(found, as_json=False)
        _confirm(waiting, how)
        with (
            _told_what_is_left(store, slug),
            _watched(waiting, quiet=how.as_json) as controls,
        ):
            sent = resume(store, publication, slug, controls)
        _conclude(store, sent, how)


def _say_left(found: "list[CampaignReport]", *, as_json: bool) -> None:
    if as_json:
        say_json([item.as_data() for item in found])
        return
    for item in found:
        people = plural(item.left, "subscriber")
        say(f"{item.campaign.issue}: {people} left, through {item.campaign.provider}")
    if not found:
        say("nothing is left to send")


@contextmanager
def _told_what_is_left(store: "Store", slug: str) -> Iterator[None]:
    """After an error in the middle of a send, say how far it got and how to go on."""
    from newsletter.sending.deliver import left

    try:
        yield
    except (ProviderError, StoreError, KeyboardInterrupt):
        # The store may be the very thing that failed.
        with suppress(StoreError):
            for item in left(store, slug):
                people = plural(item.totals.recipients, "subscriber")
                warn(
                    f"{item.campaign.issue}: {item.left:,} of {people} are left: "
                    "newsletter send --resume"
                )
        raise


@contextmanager
def _watched(total: int, *, quiet: bool) -> "Iterator[Controls]":
    """Show a progress bar, and let the batch in hand end after Ctrl-C."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Remaining

    from newsletter.sending.controls import Controls

    with _stopping() as should_stop:
        if quiet:
            yield Controls(should_stop=should_stop)
            return
        columns = (
            TextColumn("sending"),
            BarColumn(),
            MofNCompleteColumn(),
            Remaining(),
        )
        with Progress(*columns, console=console(), transient=False) as bar:
            task = bar.add_task("sending", total=total)
            yield Controls(
                should_stop=should_stop, progress=lambda done: bar.advance(task, done)
            )


@contextmanager
def _stopping() -> Iterator[Callable[[], bool]]:
    """Turn the first Ctrl-C (or SIGTERM) into a wish; a second one interrupts."""
    asked: list[int] = []

    def handler(number: int, _: object) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)
        warn("stopping after the batch in hand; once more stops at once")

    before = {
        number: signal.signal(number, handler)
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield lambda: bool(asked)
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def _conclude(store: "Store", sent: "list[Sent]", how: _How) -> None:
    if how.as_json:
        say_json([item.report.as_data() for item in sent])
    else:
        for item in sent:
            _say_outcome(store, item)
    if not all(item.finished for item in sent):
        held = sum(item.report.count(DeliveryState.IN_FLIGHT) for item in sent)
        if held:
            warn(
                f"{plural(held, 'delivery', 'deliveries')} in the hands of another "
                "newsletter, or of one that died less than two minutes ago"
            )
        warn("not finished: run `newsletter send --resume` to go on where it stopped")
        raise typer.Exit(INTERRUPTED)
    if not all(item.report.complete for item in sent):
        raise typer.Exit(Incomplete.exit_code)


def _say_outcome(store: "Store", sent: "Sent") -> None:
    from newsletter.sending.report import named

    say(f"{sent.report.campaign.issue}: {sent.report.campaign.state}")
    say_table(("outcome", "number", "why"), sent.report.outcomes())
    if sent.report.campaign.provider == "outbox":
        say("the messages are files in the outbox; nothing left this machine")
    for state in (DeliveryState.UNCERTAIN, DeliveryState.REJECTED):
        found = named(store, sent.report, state, limit=NAMED)
        for line in found:
            say(f"{state}: {line.address}: {line.reason}")
        if sent.report.count(state) > len(found):
            slug = sent.report.campaign.issue
            say(f"… all of them: newsletter status {slug} --list {state}")
