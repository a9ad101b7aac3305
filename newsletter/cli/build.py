"""`newsletter build`: the archive, as a folder of static files."""

from typing import Annotated

import typer

from newsletter.cli.context import Context
from newsletter.cli.options import AsJson, BaseUrl, SiteFolder

Jobs = Annotated[
    int,
    typer.Option("--jobs", "-j", min=0, help="Processes; 0 is one for each processor."),
]
Search = Annotated[
    bool, typer.Option("--search/--no-search", help="Leave the search out.")
]
Pictures = Annotated[
    bool, typer.Option("--pictures/--no-pictures", help="Leave pictures to share out.")
]
Watch = Annotated[
    bool, typer.Option("--watch", help="Go on: build again whenever a file changes.")
]


def build(
    context: typer.Context,
    out: SiteFolder = None,
    base_url: BaseUrl = "",
    jobs: Jobs = 0,
    search: Search = True,
    pictures: Pictures = True,
    watch: Watch = False,
    as_json: AsJson = False,
) -> None:
    """Build the archive as a folder of static files.

    Index, issues, roundtables, feeds, search. Drafts and issues dated after today stay
    out. Only what has changed is made again. Nothing is written unless everything can
    be; files of yours in the folder are left alone.
    """
    from newsletter.cli.build_once import Asked, build_once

    options: Context = context.obj
    asked = Asked(out, base_url, jobs, search, pictures, as_json)
    if watch:
        from newsletter.cli.build_watch import build_on

        build_on(options, asked)
    else:
        build_once(options, asked)
