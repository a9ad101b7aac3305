"""The list of everything a site consists of: one job per file.

To add a page: write a pure function that renders it, and yield a Job for it in one of
the functions below, or in one of the other `…_jobs.py`. Give `shows` everything that
the page shows and that is not the same for the whole site: `item.whole` where it shows
the whole of an issue or a roundtable, `item.shown` where it shows no more than its
entry, `shown(items)` for a list of entries. The publication's settings, the templates,
the fields of `site`, the images and the pages that its texts link to need not be named:
they are looked after. `make` is called only when any of that is another than when the
file was made, in any of several processes; the full Issue or Roundtable is read there,
by `sources`, and nowhere else.
"""

from collections.abc import Iterator
from functools import partial

from newsletter.archive.index import Index, ListedIssue, ListedRoundtable
from newsletter.archive.job import Job, Sources
from newsletter.archive.list_jobs import list_jobs
from newsletter.archive.machine_jobs import machine_jobs
from newsletter.archive.picture_jobs import picture_jobs
from newsletter.archive.roundtable_jobs import roundtable_jobs
from newsletter.archive.search_jobs import search_jobs
from newsletter.model.page import Page
from newsletter.model.publication import Publication
from newsletter.render.page import Site
from newsletter.render.page_issue import render_issue_page


def jobs(index: Index, publication: Publication, sources: Sources) -> Iterator[Job]:
    """Every file of the site but its images; each path is there once."""
    yield from _issues(index, sources)
    yield from roundtable_jobs(index, sources)
    yield from list_jobs(index, publication, sources)
    yield from machine_jobs(index, sources)
    yield from search_jobs(index, publication, sources)
    yield from picture_jobs(index, publication, sources)


def _issues(index: Index, sources: Sources) -> Iterator[Job]:
    issues = index.issues
    neighbours = zip((None, *issues), issues, (*issues[1:], None), strict=False)
    for newer, issue, older in neighbours:
        table = index.featured_by(issue)
        yield Job(
            issue.entry.path,
            (
                issue.whole,
                table and table.whole,
                older and older.shown,
                newer and newer.shown,
            ),
            partial(_issue, sources, issue, table, older, newer),
        )


def _issue(
    sources: Sources,
    issue: ListedIssue,
    table: ListedRoundtable | None,
    older: ListedIssue | None,
    newer: ListedIssue | None,
    site: Site,
) -> Page:
    return render_issue_page(
        sources.issue(issue.slug),
        site,
        sources.roundtable(table.slug) if table else None,
        older=older.entry if older else None,
        newer=newer.entry if newer else None,
    )
