"""Watching a send from the terminal, and telling what came of it."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import typer

from newsletter.cli.output import console, plural, say, say_json, say_table, warn
from newsletter.errors import (
    CampaignError,
    Incomplete,
    NewsletterError,
    ProviderError,
    StoreError,
)
from newsletter.model.campaign import CampaignState, DeliveryState

if TYPE_CHECKING:
    from newsletter.sending.controls import Controls
    from newsletter.sending.deliver import Sent
    from newsletter.sending.status import CampaignStatus
    from newsletter.store.engine import Store

INTERRUPTED = 130
NAMED = 20
"""Uncertain and rejected recipients that are listed at the end of a send."""


@contextmanager
def told_what_is_left(store: "Store", slug: str = "") -> Iterator[None]:
    """After an error in the middle of a send, say how far it got and how to go on."""
    from newsletter.sending.deliver import left

    try:
        yield
    except (ProviderError, StoreError, CampaignError, KeyboardInterrupt):
        # The store may be the very thing that failed.
        with suppress(StoreError):
            for item in left(store, slug):
                if item.campaign.state is CampaignState.SCHEDULED:
                    continue
                people = plural(item.totals.recipients, "subscriber")
                warn(
                    f"{item.campaign.issue}: {item.left:,} of {people} are left: "
                    "newsletter resume"
                )
        raise


@contextmanager
def watched(total: int, *, quiet: bool) -> "Iterator[Controls]":
    """Show a progress bar, and let the calls in hand end after Ctrl-C."""
    from newsletter.sending.controls import Controls

    with stopping() as should_stop:
        if quiet:
            yield Controls(should_stop=should_stop, mention=mention)
            return
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        columns = (
            TextColumn("sending"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=console(), transient=False) as bar:
            task = bar.add_task("sending", total=total)
            yield Controls(
                should_stop=should_stop,
                progress=lambda done: bar.advance(task, done),
                mention=mention,
            )


def mention(error: NewsletterError) -> None:
    """Print what keeps nobody from sending, with its hint."""
    warn(error.message)
    if error.hint:
        warn(f"  hint: {error.hint}")


@contextmanager
def stopping() -> Iterator[Callable[[], bool]]:
    """Turn the first Ctrl-C (or SIGTERM) into a wish; a second one interrupts."""
    asked: list[int] = []

    def handler(number: int, _: object) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)
        warn("stopping after the calls in hand; once more stops at once")

    before = {
        number: signal.signal(number, handler)
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield lambda: bool(asked)
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def conclude(store: "Store", sent: "list[Sent]", *, as_json: bool) -> None:
    """Say what came of it; the exit code says whether everybody has it."""
    if as_json:
        say_json([item.report.as_data() for item in sent])
    else:
        for item in sent:
            _say_outcome(store, item)
    if not all(item.finished for item in sent):
        _say_unfinished(sent)
        raise typer.Exit(INTERRUPTED)
    if not all(item.report.complete for item in sent):
        raise typer.Exit(Incomplete.exit_code)


def _say_unfinished(sent: "list[Sent]") -> None:
    held = sum(item.report.count(DeliveryState.IN_FLIGHT) for item in sent)
    if held:
        warn(
            f"{plural(held, 'delivery', 'deliveries')} in the hands of another "
            "newsletter, or of one that died less than two minutes ago"
        )
    warn("not finished: run `newsletter resume` to go on where it stopped")


def say_outcomes(found: "CampaignStatus") -> None:
    """Print a table of what became of the deliveries; nothing where there are none."""
    if rows := found.outcomes():
        say_table(("outcome", "number", "why"), rows)


def _say_outcome(store: "Store", sent: "Sent") -> None:
    from newsletter.sending.status import named

    campaign = sent.report.campaign
    why = f": {campaign.reason}" if campaign.reason else ""
    say(f"{campaign.issue}: {campaign.state}{why}")
    say_outcomes(sent.report)
    if campaign.provider == "outbox":
        say("the messages are files in the outbox; nothing left this machine")
    for state in (DeliveryState.UNCERTAIN, DeliveryState.REJECTED):
        found = named(store, sent.report, state, limit=NAMED)
        for line in found:
            say(f"{state}: {line.address}: {line.reason}")
        if sent.report.count(state) > len(found):
            say(f"… all of them: newsletter status {campaign.issue} --list {state}")
        if found:
            say(_NEXT[state].format(issue=campaign.issue))


_NEXT = {
    DeliveryState.UNCERTAIN: "  do they have it? newsletter resolve {issue} --help",
    DeliveryState.REJECTED: "  to try again: newsletter retry {issue} --rejected",
}
