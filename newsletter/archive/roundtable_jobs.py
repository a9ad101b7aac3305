"""The pages of roundtables, of their remarks and of their experts."""

from collections.abc import Iterator, Sequence
from functools import partial

from newsletter.archive.index import Index, ListedRoundtable, shown
from newsletter.archive.job import Job, Sources
from newsletter.model.page import Page
from newsletter.render.address import EXPERTS, expert_path, remark_path
from newsletter.render.experts import expert_key, expert_slugs, former_slug
from newsletter.render.page import Entry, Site
from newsletter.render.page_expert import (
    expert_entries,
    render_expert_page,
    render_experts_page,
)
from newsletter.render.page_moved import render_moved_page
from newsletter.render.page_remark import render_remark_page
from newsletter.render.page_roundtable import render_roundtable_page
from newsletter.render.roundtable_entry import RoundtableEntry, neighbours


def roundtable_jobs(index: Index, sources: Sources) -> Iterator[Job]:
    """Every roundtable, every remark to share, every expert, and the list of them."""
    slugs = expert_slugs(
        person.name for table in index.roundtables for person in table.entry.panel
    )
    yield from _roundtables(index, sources, slugs)
    yield from _remarks(index, sources)
    yield from _experts(index, sources, slugs)


def _roundtables(
    index: Index, sources: Sources, slugs: dict[str, str]
) -> Iterator[Job]:
    tables = {table.slug: table for table in index.roundtables}
    around = neighbours([table.entry for table in index.roundtables])
    for table in index.roundtables:
        issues = index.featuring(table)
        older, newer = around[table.slug]
        experts = {key: slugs[key] for key in _keys(table)}
        shows = (
            table.whole,
            shown(issues),
            older and tables[older.slug].shown,
            newer and tables[newer.slug].shown,
            *experts.values(),
        )
        featuring = [item.entry for item in issues]
        given = (table.slug, featuring, older, newer, experts)
        yield Job(table.entry.path, shows, partial(_roundtable, sources, *given))


def _roundtable(
    sources: Sources,
    slug: str,
    featuring: Sequence[Entry],
    older: RoundtableEntry | None,
    newer: RoundtableEntry | None,
    experts: dict[str, str],
    site: Site,
) -> Page:
    return render_roundtable_page(
        sources.roundtable(slug),
        site,
        featuring,
        older=older,
        newer=newer,
        experts=experts,
    )


def _remarks(index: Index, sources: Sources) -> Iterator[Job]:
    for table in index.roundtables:
        for anchor in table.entry.remarks:
            make = partial(_remark, sources, table.slug, anchor)
            yield Job(remark_path(table.slug, anchor), (table.whole,), make)


def _remark(sources: Sources, slug: str, anchor: str, site: Site) -> Page:
    return render_remark_page(sources.roundtable(slug), anchor, site)


def _experts(index: Index, sources: Sources, slugs: dict[str, str]) -> Iterator[Job]:
    seats: dict[str, list[ListedRoundtable]] = {}
    for table in index.roundtables:
        for key in _keys(table):
            seats.setdefault(key, []).append(table)
    for key, tables in seats.items():
        make = partial(_expert, sources, slugs[key], key, tables)
        texts = (table.whole for table in tables)
        yield Job(expert_path(slugs[key]), (key, *texts), make)
        yield from _former_expert(key, slugs[key], tables[0])
    if seats:
        entries = expert_entries((item.entry for item in index.roundtables), slugs)
        make = partial(render_experts_page, entries=entries)
        yield Job(EXPERTS, (shown(index.roundtables),), make)


def _former_expert(key: str, slug: str, table: ListedRoundtable) -> Iterator[Job]:
    """The page at the address that an expert's page had in older versions."""
    former = former_slug(key, slug)
    if former:
        panel = table.entry.panel
        name = next(item.name for item in panel if expert_key(item.name) == key)
        old, new = expert_path(former), expert_path(slug)
        yield Job(old, (name, new), partial(render_moved_page, old, name, new))


def _expert(
    sources: Sources,
    slug: str,
    key: str,
    tables: Sequence[ListedRoundtable],
    site: Site,
) -> Page:
    found = [sources.roundtable(table.slug) for table in tables]
    return render_expert_page(slug, key, found, site)


def _keys(table: ListedRoundtable) -> list[str]:
    """Who is on the panel, each once."""
    keys = (expert_key(person.name) for person in table.entry.panel)
    return [*dict.fromkeys(keys)]
