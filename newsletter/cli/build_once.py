"""Builds the archive once for `newsletter build`, and says what was done."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from newsletter.archive.glance import nothing_changed
from newsletter.archive.stamps import look
from newsletter.archive.wanted import Wanted
from newsletter.cli.context import Context
from newsletter.cli.output import plural, say, say_json
from newsletter.config.home import find_root

if TYPE_CHECKING:
    from newsletter.archive.report import BuildReport


class Asked(NamedTuple):
    """What the command line asks of a build; no `out` is `site`, 0 `jobs` are all."""

    out: Path | None = None
    base_url: str = ""
    jobs: int = 0
    search: bool = True
    pictures: bool = True
    as_json: bool = False

    def folder(self, options: Context, root: Path) -> Path:
        """Where to build."""
        return options.path(self.out) if self.out else root / "site"

    @property
    def wanted(self) -> Wanted:
        """What to build."""
        return Wanted(self.base_url, self.search, self.pictures)

    @property
    def processes(self) -> int:
        """How many may work together."""
        return self.jobs or processors()


def build_once(options: Context, asked: Asked) -> None:
    """Build what is not up to date, and say so."""
    root = find_root(options.directory)
    folder, today = asked.folder(options, root), options.now.date()
    inputs = look(root)
    report = nothing_changed(root, folder, today, asked.wanted, inputs)
    if report is None:
        from newsletter.archive.build import SiteBuilder
        from newsletter.cli.build_progress import progress_bar

        with progress_bar() as seen:
            builder = SiteBuilder(root, folder, asked.wanted, asked.processes, seen)
            report = builder.build(options.publication(), today, inputs)
    if asked.as_json:
        _say_json(report, folder)
    else:
        say_report(report, folder)
        say(f"open {folder / 'index.html'}")


_SEARCH, _ENGINE = "search/index.html", "search/minisearch.js"


def say_report(report: "BuildReport", folder: Path) -> None:
    """Say in a line what a build did, and in another if the search is the plain one."""
    say(
        f"built {plural(len(report.pages), 'page')} in {folder}: "
        f"{plural(report.written, 'file')} written, {report.unchanged} unchanged, "
        f"{report.removed} removed"
    )
    if _SEARCH in report.pages and not (folder / _ENGINE).exists():
        say(
            "the search finds whole words only: its engine is not built "
            "(`make assets` where newsletter is checked out; needs Node)"
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
