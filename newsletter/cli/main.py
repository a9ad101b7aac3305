"""The command `newsletter`: global options, verbs, and the one error handler."""

import gc
import io
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from newsletter import __version__
from newsletter.cli import (
    approve,
    build,
    check,
    db,
    diff,
    doctor,
    import_text,
    init,
    new,
    preview,
    rehearse,
    render,
    report,
    resume,
    send,
    serve,
    status,
    steer,
    subscribers,
    why,
    worker,
)
from newsletter.cli.context import Context, parse_now
from newsletter.cli.output import show_error, warn
from newsletter.errors import NewsletterError, UsageError

app = typer.Typer(
    name="newsletter",
    help="Write newsletter issues in Markdown; get an email, an archive and a send "
    "that loses nobody and mails nobody twice.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it."""


BROKEN_PIPE = 141
"""The exit code when the reader of our output has gone, as shells have it."""


def _version(value: bool) -> None:
    if value:
        sys.stdout.write(f"newsletter {__version__}\n")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    directory: Annotated[
        Path,
        typer.Option("--directory", "-C", help="Work in this folder."),
    ] = Path(),
    now: Annotated[
        str,
        typer.Option(help="Pretend it is this time, for output that can be repeated."),
    ] = "",
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Version."),
    ] = False,
) -> None:
    """Read the options that stand before the verb."""
    del version
    if not directory.is_dir():
        raise UsageError(f"there is no folder {directory}", hint="see -C")
    context.obj = Context(directory, parse_now(now))


app.command("init")(init.init)
app.command("new")(new.new)
app.command("check")(check.check)
app.command("diff")(diff.diff)
app.command("render")(render.render)
app.command("preview")(preview.preview)
app.command("build")(build.build)
app.command("approve")(approve.approve)
app.command("send")(send.send)
app.command("resume")(resume.resume)
app.command("pause")(steer.pause)
app.command("cancel")(steer.cancel)
app.command("retry")(steer.retry)
app.command("resolve")(steer.resolve)
app.command("serve")(serve.serve)
app.command("worker")(worker.worker)
app.command("rehearse")(rehearse.rehearse)
app.command("status")(status.status)
app.command("report")(report.report)
app.command("why")(why.why)
app.command("doctor")(doctor.doctor)
app.add_typer(subscribers.app, name="subscribers")
app.add_typer(import_text.app, name="import")
app.add_typer(db.app, name="db")


def main() -> None:
    """Run the command line; the only place where errors become text."""
    # To look for cycles among the many small values of a send, and of what is imported,
    # takes a sixth to a quarter of the time; there are hardly any.
    gc.set_threshold(100_000)
    _prepare_streams()
    try:
        _refuse_odd_arguments()
        app()
    except NewsletterError as error:
        sys.exit(show_error(error))
    except KeyboardInterrupt:
        warn("interrupted")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output has gone, as `head` does; not our fault.
        sys.stderr.close()
        sys.exit(BROKEN_PIPE)


def _prepare_streams() -> None:
    """Make printing safe: without a terminal's encoding, or without any output."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            # Closed by whoever started us, as by some daemons.
            nothing = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
            setattr(sys, name, nothing)
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _refuse_odd_arguments() -> None:
    """Refuse bytes that are no text in this locale, before a name is garbled."""
    for argument in sys.argv[1:]:
        try:
            argument.encode()
        except UnicodeEncodeError:
            shown = argument.encode(errors="backslashreplace").decode()
            raise UsageError(
                f"the argument {shown} is not text in this locale",
                hint="set LC_ALL=C.UTF-8, or PYTHONUTF8=1",
            ) from None
