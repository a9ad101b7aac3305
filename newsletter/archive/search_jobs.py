"""The search: its page, its script, and what can be found, a file for each year.

By year, so that an issue that is changed makes no more than its own year anew.
"""

import hashlib
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import newsletter
from newsletter.archive.index import Index, ListedIssue, ListedRoundtable, shown
from newsletter.archive.job import Job, Sources
from newsletter.model.publication import Publication
from newsletter.render.address import SEARCH
from newsletter.render.experts import expert_slugs
from newsletter.render.page import Site
from newsletter.render.page_expert import expert_entries
from newsletter.render.page_search import render_search_page
from newsletter.render.search_document import (
    expert_document,
    issue_document,
    roundtable_document,
    search_script,
)
from newsletter.render.templates import template_source

SCRIPT = "search/search.js"
ENGINE = "search/minisearch.js"
EXPERTS = "search/experts.js"

_BUILT = Path(newsletter.__file__).parent / "built"


class _Year(NamedTuple):
    """Everything of one year that can be found."""

    path: str
    issues: list[ListedIssue]
    roundtables: list[ListedRoundtable]


def search_jobs(
    index: Index, publication: Publication, sources: Sources
) -> Iterator[Job]:
    """The page and its scripts; nothing, when the publication wants no search."""
    if not publication.search:
        return
    years = _years(index)
    for year in years:
        texts = [item.whole for item in year.issues]
        texts += [item.whole for item in year.roundtables]
        yield Job(year.path, tuple(texts), partial(_year, year, sources))
    parts = [year.path for year in years]
    if index.roundtables:
        parts.insert(0, EXPERTS)
        make = partial(_experts, index)
        yield Job(EXPERTS, (shown(index.roundtables),), make)
    engine = read_engine()
    if engine:
        parts.insert(0, ENGINE)
        version = hashlib.blake2b(engine, digest_size=8).hexdigest()
        yield Job(ENGINE, (version,), lambda _: engine)
    yield Job(
        SCRIPT, (), lambda site: template_source(site.publication.root, "web/search.js")
    )
    page = partial(render_search_page, script=SCRIPT, parts=parts)
    yield Job(SEARCH, tuple(parts), page)


@cache
def read_engine() -> bytes:
    """MiniSearch, its licence in front; empty where `make assets` was not run.

    Without it the page finds whole words by itself.
    """
    try:
        licence = (_BUILT / "minisearch.NOTICE").read_bytes()
        script = (_BUILT / "minisearch.js").read_bytes()
    except FileNotFoundError:
        return b""
    return b"/*\n" + licence.replace(b"*/", b"") + b"*/\n" + script + b"\n"


def _years(index: Index) -> list[_Year]:
    """Everything by the year it is of, newest first; what has no date comes last."""
    found: dict[int, _Year] = {}
    for issue in index.issues:
        _in(found, issue.entry.date.year).issues.append(issue)
    for table in index.roundtables:
        day = table.entry.date
        _in(found, day.year if day else 0).roundtables.append(table)
    return [found[year] for year in sorted(found, reverse=True)]


def _in(years: dict[int, _Year], year: int) -> _Year:
    return years.setdefault(year, _Year(f"search/{year or 'undated'}.js", [], []))


def _year(year: _Year, sources: Sources, site: Site) -> str:
    issues = (
        issue_document(sources.issue(item.slug), item.entry, site)
        for item in year.issues
    )
    tables = (
        roundtable_document(sources.roundtable(item.slug), item.entry, site)
        for item in year.roundtables
    )
    return search_script([*issues, *tables])


def _experts(index: Index, site: Site) -> str:
    tables = [item.entry for item in index.roundtables]
    slugs = expert_slugs(person.name for item in tables for person in item.panel)
    return search_script(
        expert_document(expert, site) for expert in expert_entries(tables, slugs)
    )
