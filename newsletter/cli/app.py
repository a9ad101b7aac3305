"""The verbs of the command `newsletter`, and the options that stand before them."""

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
from newsletter.errors import UsageError

app = typer.Typer(
    name="newsletter",
    help="Write newsletter issues in Markdown; get an email, an archive and a send "
    "that loses nobody and mails nobody twice.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


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
