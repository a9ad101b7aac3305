"""The pages that lead to others: the front page, lists, what the publication is."""

from collections.abc import Iterator, Sequence
from functools import partial

from newsletter.archive.index import Index, ListedIssue, shown
from newsletter.archive.job import Job, Sources
from newsletter.content.about import read_about
from newsletter.model.issue import Issue
from newsletter.model.page import Page
from newsletter.model.publication import Publication
from newsletter.render.address import (
    ABOUT,
    INDEX,
    ISSUES,
    MISSING,
    MUSIC,
    ROUNDTABLES,
    TAGS,
    tag_path,
)
from newsletter.render.page import Site
from newsletter.render.page_about import render_about_page
from newsletter.render.page_front import RECENT, RECENT_ROUNDTABLES, render_front_page
from newsletter.render.page_issue import issue_picture
from newsletter.render.page_lists import (
    render_issues_page,
    render_missing_page,
    render_music_page,
    render_roundtables_page,
    render_tag_page,
    render_tags_page,
)
from newsletter.render.page_moved import render_moved_page
from newsletter.render.paging import paged
from newsletter.render.tags import by_tag


def list_jobs(
    index: Index, publication: Publication, sources: Sources
) -> Iterator[Job]:
    """Every page that is about more than one issue or roundtable."""
    about = read_about(publication.root)
    yield _front(index, sources, about)
    yield from _issues(index)
    yield from _music(index)
    yield from _tags(index)
    tables = [item.entry for item in index.roundtables]
    if tables:
        make = partial(render_roundtables_page, roundtables=tables)
        yield Job(ROUNDTABLES, (shown(index.roundtables),), make)
    text = about.source if about else None
    yield Job(ABOUT, (text,), partial(render_about_page, about=about))
    yield Job(MISSING, (), render_missing_page)


def _front(index: Index, sources: Sources, about: Issue | None) -> Job:
    issues = index.issues[:RECENT]
    # One more than is shown tells that there are more.
    tables = index.roundtables[: RECENT_ROUNDTABLES + 1]

    def make(site: Site) -> Page:
        return render_front_page(
            site,
            [item.entry for item in issues],
            [item.entry for item in tables],
            picture=issue_picture(sources.issue(issues[0].slug), site)
            if issues
            else None,
            about=site.brief(about.body) if about else "",
        )

    # The picture of the latest issue may be in its text.
    latest = issues[0].text if issues else None
    text = about.source if about else None
    return Job(INDEX, (latest, text, shown(issues), shown(tables)), make)


def _issues(index: Index) -> Iterator[Job]:
    shown_of = _shown_of(index.issues)
    for part in paged([item.entry for item in index.issues], ISSUES):
        what = " ".join(shown_of[entry.slug] for entry in part.entries)
        yield Job(part.path, (part.pages, what), partial(render_issues_page, part=part))


def _music(index: Index) -> Iterator[Job]:
    with_music = [item for item in index.issues if item.entry.music]
    shown_of = _shown_of(with_music)
    for part in paged([item.entry for item in with_music], MUSIC) if with_music else ():
        what = " ".join(shown_of[entry.slug] for entry in part.entries)
        yield Job(part.path, (part.pages, what), partial(render_music_page, part=part))


def _tags(index: Index) -> Iterator[Job]:
    shown_of = _shown_of(index.issues)
    tags = by_tag(item.entry for item in index.issues)
    for tag in tags:
        for part in paged(tag.entries, tag_path(tag.slug)):
            what = " ".join(shown_of[entry.slug] for entry in part.entries)
            make = partial(render_tag_page, tag=tag, part=part)
            yield Job(part.path, (tag.name, part.pages, what), make)
        if tag.former:
            old, new = tag_path(tag.former), tag_path(tag.slug)
            yield Job(
                old, (tag.name, new), partial(render_moved_page, old, tag.name, new)
            )
    if tags:
        names = (f"{tag.slug} {len(tag.entries)} {tag.name}" for tag in tags)
        yield Job(TAGS, tuple(names), partial(render_tags_page, tags=tags))


def _shown_of(issues: Sequence[ListedIssue]) -> dict[str, str]:
    """What is shown of each issue, by its slug."""
    return {item.slug: item.shown for item in issues}
