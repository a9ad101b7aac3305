"""`newsletter init`: starts a publication in a folder."""

from pathlib import Path
from typing import Annotated

import typer

from newsletter.cli.context import Context
from newsletter.cli.output import say


def init(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where; made when needed.")] = Path(),
    name: Annotated[
        str, typer.Option(help="The newsletter's name.")
    ] = "my friday letter",
    address: Annotated[
        str, typer.Option("--from", help="The address it is sent from.")
    ] = "me@example.com",
) -> None:
    """Start a publication in a folder.

    Writes newsletter.yaml, a first issue and .gitignore. Files that exist are left as
    they are.
    """
    from newsletter.config.publication import FILE_NAME
    from newsletter.content.starter import start_publication

    options: Context = context.obj
    root = options.directory / folder
    made = start_publication(root, name, address, options.now.date())
    for path in made:
        say(f"wrote {path}")
    if not made:
        say("everything is there already")
    if root / FILE_NAME in made:
        say("base_url is a guess: see newsletter.yaml, and put your postal address in")
    say("next: newsletter check, newsletter render, newsletter build")
