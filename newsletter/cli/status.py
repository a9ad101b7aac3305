"""`newsletter status`: campaigns and what became of their deliveries."""

from typing import Annotated

import typer

from newsletter.cli.context import Context, open_store
from newsletter.cli.options import AsJson
from newsletter.cli.output import say, say_json, say_table


def status(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="Only this issue (slug).")] = "",
    as_json: AsJson = False,
) -> None:
    """Show campaigns and what became of them."""
    from newsletter.sending.report import overview

    options: Context = context.obj
    with open_store(options.publication()) as store:
        reports = overview(store, issue)
    if as_json:
        say_json([report.as_data() for report in reports])
        return
    if not reports:
        say("nothing was sent yet")
        return
    say_table(
        ("issue", "segment", "state", "planned", "accepted", "skipped", "others"),
        (report.row() for report in reports),
    )
