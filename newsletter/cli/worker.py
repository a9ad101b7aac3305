"""`newsletter worker`: a process that sends what is due, until it is told to stop."""

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter import __version__
from newsletter.cli.context import Context, open_store
from newsletter.cli.options import Adopt
from newsletter.cli.outcome import stopping
from newsletter.cli.output import plural, print_at_once, say, warn
from newsletter.config.json_log import log_as_json
from newsletter.errors import NewsletterError, UsageError

if TYPE_CHECKING:
    from newsletter.sending.deliver import Sent
    from newsletter.sending.engine import Shift

_LOG = logging.getLogger(__name__)
_LOGGED = ("issue", "segment", "part", "provider", "state", "recipients", "deliveries")

Every = Annotated[
    float, typer.Option(min=1, help="Seconds between two looks; on SQLite only.")
]
Slots = Annotated[
    int, typer.Option(min=1, max=256, help="Calls at once; on PostgreSQL only.")
]
JsonLog = Annotated[
    bool, typer.Option("--json", help="Log JSON, a line for all that happens.")
]


def worker(
    context: typer.Context,
    every: Every = 15.0,
    concurrency: Slots = 4,
    adopt: Adopt = False,
    as_json: JsonLog = False,
) -> None:
    """Send what is due, and go on with what was cut short.

    What is scheduled goes out at its time. Runs until Ctrl-C or SIGTERM, which let the
    calls in hand end. What goes wrong with one campaign pauses that one; the worker
    goes on. On PostgreSQL any number of them share the work, on as many machines.
    """
    from newsletter.sending.controls import Controls
    from newsletter.sending.deliver import Sender
    from newsletter.sending.engine import Shift, engine_of

    if not math.isfinite(every):
        raise UsageError("--every is a number of seconds", hint="such as 15")
    options: Context = context.obj
    print_at_once()
    tell, trouble = (_tell_json, _warn_json) if as_json else (_tell, _warn)
    shift = Shift(every=every, slots=concurrency, tell=tell, trouble=trouble)
    with _logged_as_json(shift) if as_json else nullcontext():
        publication = options.publication()
        with open_store(publication) as store, stopping() as should_stop:
            controls = Controls(should_stop=should_stop)
            sender = Sender(
                store=store, publication=publication, controls=controls, adopt=adopt
            )
            if not as_json:
                say("waiting for what is due; Ctrl-C stops")
            for unused in _unused(context, shared=store.is_shared):
                trouble(unused)
            engine_of(store).work(sender, shift)
    if not as_json:
        say("stopped")


def _unused(context: typer.Context, *, shared: bool) -> Iterator[UsageError]:
    """The option that was given and means nothing with this database."""
    name = "every" if shared else "concurrency"
    source = context.get_parameter_source(name)
    if source is not None and source.name == "COMMANDLINE":
        database = "PostgreSQL" if shared else "SQLite"
        yield UsageError(f"--{name} changes nothing on {database}")


@contextmanager
def _logged_as_json(shift: "Shift") -> Iterator[None]:
    """All that happens is told a program, also why the worker ends."""
    log_as_json(worker=shift.name, version=__version__)
    _event("worker started", slots=shift.slots)
    try:
        yield
    except NewsletterError as error:
        ended = {"kind": type(error).__name__, "reason": error.message}
        _event("worker stopped", logging.ERROR, **ended, hint=error.hint)
        raise typer.Exit(error.exit_code) from error
    except Exception:
        # Its own words may name somebody; where it happened does not.
        _LOG.critical("worker stopped", exc_info=True)
        raise
    _event("worker stopped")


def _tell(sent: "Sent") -> None:
    found = sent.report
    left = f", {found.left:,} left" if found.left else ""
    total = plural(found.totals.recipients, "recipient")
    campaign = found.campaign
    why = f" ({campaign.reason})" if campaign.reason else ""
    say(f"{_now()} {campaign.issue}: {campaign.state}{why}, {total}{left}")


def _warn(error: NewsletterError) -> None:
    warn(f"{_now()} {error.message}")
    if error.hint:
        warn(f"  hint: {error.hint}")


def _tell_json(sent: "Sent") -> None:
    data = sent.report.as_data()
    fields = {name: data[name] for name in _LOGGED}
    fields |= {"left": sent.report.left, "reason": data["reason"]}
    _event(f"campaign {data['state']}", campaign=sent.report.campaign.id, **fields)


def _warn_json(error: NewsletterError) -> None:
    _event("trouble", logging.WARNING, kind=type(error).__name__, reason=error.message)


def _event(message: str, level: int = logging.INFO, **fields: object) -> None:
    _LOG.log(level, message, extra={"fields": fields})


def _now() -> str:
    return datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S")
