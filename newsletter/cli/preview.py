"""`newsletter preview`: the publication in the browser, live while it is written."""

import io
import sys
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from newsletter.cli.context import Context
from newsletter.cli.output import print_at_once, say, warn


def preview(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="Path or slug; else the library.")] = "",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Its port; 0 for one that is free.")
    ] = 8025,
    open_it: Annotated[
        bool, typer.Option("--open", help="Open it in the browser.")
    ] = False,
    host: Annotated[
        str, typer.Option(help="An address of this machine, to open it on a phone.")
    ] = "",
) -> None:
    """Show the publication in the browser, live.

    It is what a send would make of it, byte for byte. Only this machine can open it;
    with --host others can, too, who have the key in the address that is printed. Runs
    until Ctrl-C.
    """
    from newsletter.config.home import find_root
    from newsletter.web.studio.serving import new_key, open_doors, serve_studio

    options: Context = context.obj
    root = find_root(options.directory)
    path = _path(root, issue)
    doors = open_doors(port, host)
    key = new_key() if host else ""
    url = doors.url(path, key)
    print_at_once()
    say("preview, until Ctrl-C, at")
    # Alone, so that a double click marks it and nothing else.
    say(url)
    if host:
        _say_code(url)
        warn("whoever has this address can read and change the publication")
    if open_it:
        webbrowser.open(url)
    serve_studio(root, doors, key)


def _path(root: Path, issue: str) -> str:
    """Where the issue is in the studio; the library without one."""
    from newsletter.content.library import find_issue
    from newsletter.web.studio.looks import issue_url
    from newsletter.web.studio.naming import name_of

    return issue_url(name_of(find_issue(root, issue))) if issue else "/"


def _say_code(url: str) -> None:
    """The address as a picture that a phone's camera reads."""
    import segno

    drawn = io.StringIO()
    segno.make(url, micro=False).terminal(drawn, compact=True)
    sys.stdout.write(drawn.getvalue())
