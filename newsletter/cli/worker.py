"""`newsletter worker`: a process that sends what is due, until it is told to stop."""

import math
import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.context import Context, open_store
from newsletter.cli.options import Adopt
from newsletter.cli.outcome import stopping
from newsletter.cli.output import plural, print_at_once, say, warn
from newsletter.errors import NewsletterError, SenderBusy, UsageError

if TYPE_CHECKING:
    from newsletter.sending.deliver import Sent

_NAP = 0.5


def worker(
    context: typer.Context,
    every: Annotated[
        float, typer.Option(min=1, help="Seconds between two looks at what is due.")
    ] = 15.0,
    adopt: Adopt = False,
) -> None:
    """Send what is due, and go on with what was cut short.

    What is scheduled goes out at its time. Runs until Ctrl-C or SIGTERM, which let the
    calls in hand end. What goes wrong with one campaign pauses that one; the worker
    goes on.
    """
    from newsletter.sending.controls import Controls
    from newsletter.sending.deliver import Sender

    if not math.isfinite(every):
        raise UsageError("--every is a number of seconds", hint="such as 15")
    options: Context = context.obj
    publication = options.publication()
    print_at_once()
    with open_store(publication) as store, stopping() as should_stop:
        controls = Controls(should_stop=should_stop)
        sender = Sender(
            store=store, publication=publication, controls=controls, adopt=adopt
        )
        say("waiting for what is due; Ctrl-C stops")
        while not should_stop():
            _look(sender.due)
            # Once is enough: by now this is the original.
            sender = Sender(store=store, publication=publication, controls=controls)
            _nap(every, should_stop)
    say("stopped")


def _look(due: "Callable[[], list[Sent]]") -> None:
    try:
        for sent in due():
            found = sent.report
            left = f", {found.left:,} left" if found.left else ""
            total = plural(found.totals.recipients, "recipient")
            campaign = found.campaign
            why = f" ({campaign.reason})" if campaign.reason else ""
            say(f"{_now()} {campaign.issue}: {campaign.state}{why}, {total}{left}")
    except SenderBusy:
        return  # it goes on with what is due itself, or we do next time
    except NewsletterError as error:
        warn(f"{_now()} {error.message}")
        if error.hint:
            warn(f"  hint: {error.hint}")


def _nap(seconds: float, should_stop: Callable[[], bool]) -> None:
    """Sleep, but not through a request to stop."""
    end = time.monotonic() + seconds
    while not should_stop() and time.monotonic() < end:
        time.sleep(_NAP)


def _now() -> str:
    return datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S")
