"""`newsletter build`: the archive, as a folder of static files."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.context import Context
from newsletter.cli.options import AsJson, BaseUrl, SiteFolder
from newsletter.cli.output import plural, say, say_json

if TYPE_CHECKING:
    from newsletter.archive.report import BuildReport

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
    from newsletter.archive.glance import nothing_changed
    from newsletter.archive.wanted import Wanted
    from newsletter.config.home import find_root

    options: Context = context.obj
    root = find_root(options.directory)
    folder = options.path(out) if out else root / "site"
    wanted = Wanted(base_url, search, pictures)
    if watch:
        from newsletter.cli.build_watch import build_on

        build_on(options, root, folder, wanted, jobs or processors())
        return
    report = nothing_changed(root, folder, options.now.date(), wanted)
    if report is None:
        from newsletter.archive.build import SiteBuilder
        from newsletter.cli.build_progress import progress_bar

        with progress_bar() as seen:
            builder = SiteBuilder(root, folder, wanted, jobs or processors(), seen)
            report = builder.build(options.publication(), options.now.date())
    _say(report, folder, as_json=as_json)


def _say(report: "BuildReport", folder: Path, *, as_json: bool) -> None:
    if as_json:
        _say_json(report, folder)
    else:
        say_report(report, folder)
        say(f"open {folder / 'index.html'}")


def say_report(report: "BuildReport", folder: Path) -> None:
    """Say in a line what a build did."""
    say(
        f"built {plural(len(report.pages), 'page')} in {folder}: "
        f"{plural(report.written, 'file')} written, {report.unchanged} unchanged, "
        f"{report.removed} removed"
    )


def _say_json(report: "BuildReport", folder: Path) -> None:
    say_json(
        {
            "folder": str(folder),
            "pages": list(report.pages),
            "written": report.written,
            "unchanged": report.unchanged,
            "removed": report.removed,
        }
    )


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
