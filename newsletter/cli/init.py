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
    github_pages: Annotated[
        bool,
        typer.Option(
            "--github-pages", help="Also a workflow that publishes on GitHub Pages."
        ),
    ] = False,
) -> None:
    """Start a publication in a folder.

    Writes newsletter.yaml, about.md, a first issue, .gitignore. Files that exist are
    left as they are; `--github-pages` adds the workflow to what is there.
    """
    from newsletter.config.home import FILE_NAME
    from newsletter.content.github_pages import write_workflow
    from newsletter.content.starter import start_publication

    options: Context = context.obj
    root = options.directory / folder
    made = start_publication(root, name, address, options.now.date())
    workflow = write_workflow(root) if github_pages else None
    made += [workflow] if workflow else []
    for path in made:
        say(f"wrote {path}")
    if not made:
        say("everything is there already")
    if root / FILE_NAME in made:
        say("base_url is a guess: see newsletter.yaml, and put your postal address in")
        say("no form to join is there yet: about.md tells readers how to reach you")
    if github_pages:
        _say_workflow(written=workflow is not None)
    say("next: newsletter check, newsletter render, newsletter build")


def _say_workflow(*, written: bool) -> None:
    from newsletter.content.github_pages import WORKFLOW

    if written:
        say("on GitHub, once: Settings → Pages → Source: GitHub Actions")
    else:
        say(f"{WORKFLOW} is there already; it was left as it is")
