"""`newsletter new`: a new issue or roundtable with its front matter filled in."""

from typing import Annotated

import typer

from newsletter.cli.context import Context
from newsletter.cli.output import say


def new(
    context: typer.Context,
    title: Annotated[str, typer.Argument(help="Its title.")],
    roundtable: Annotated[
        bool, typer.Option("--roundtable", help="A roundtable instead of an issue.")
    ] = False,
    slug: Annotated[
        str, typer.Option(help="Its name in addresses; else made from the title.")
    ] = "",
) -> None:
    """Write a new issue (or roundtable) to fill in.

    An issue is a draft, which is neither published nor sent, until you set
    `status: ready`.
    """
    from newsletter.content.starter import new_issue, new_roundtable

    options: Context = context.obj
    root = options.publication().root
    make = new_roundtable if roundtable else new_issue
    path = make(root, title, options.now.date(), slug)
    say(f"wrote {path}")
    if roundtable:
        say("`build` publishes it: begin its name with `_` while nobody is to see it")
    else:
        say("it is a draft: set `status: ready` when it may be published and sent")
