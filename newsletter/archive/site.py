"""The site as all its pages know it, and the list of its files."""

import dataclasses
import hashlib
from typing import NamedTuple

from newsletter.archive.index import Index
from newsletter.archive.job import Job, Sources
from newsletter.archive.moved import moved_jobs
from newsletter.archive.pages import jobs
from newsletter.model.publication import Publication
from newsletter.render.findings import ImagesBeside
from newsletter.render.page import STYLES, Site, render_style
from newsletter.render.site_menu import site_menu

# What is looked after in other ways than by its value.
_APART = frozenset({"publication", "images_beside", "pages"})


class Pages(frozenset[str]):
    """The places of all pages; `asked` is what was asked for since it was emptied."""

    def __init__(self, *_: object) -> None:
        """Begin with nothing asked for."""
        self.asked: set[str] = set()

    def __contains__(self, path: object) -> bool:
        """Whether there is such a page."""
        self.asked.add(str(path))
        return super().__contains__(path)


def make_site(
    publication: Publication, images_beside: ImagesBeside, style_version: str = ""
) -> Site:
    """The site as long as its pages are not known: what summaries need of it.

    `style_version` saves making the style sheets, where it is known.
    """
    if not style_version:
        styles = "".join(render_style(publication, name) for name in STYLES)
        digest = hashlib.blake2b(styles.encode(), digest_size=4)
        style_version = digest.hexdigest()
    return Site(
        publication=publication,
        images_beside=images_beside,
        style_version=style_version,
        pictures=publication.pictures,
    )


class Listing(NamedTuple):
    """The site of what is public: a job for each file, and for each that moved."""

    site: Site
    jobs: list[Job]
    moved: list[Job]


def site_of(index: Index, bare: Site, sources: Sources) -> Listing:
    """List the site of what is public."""
    publication = bare.publication
    found = [*jobs(index, publication, sources)]
    first = frozenset(job.path for job in found)
    moved = [*moved_jobs(index, publication, first)]
    pages = Pages([*first, *(job.path for job in moved)])
    menu = site_menu(publication.labels, first)
    return Listing(dataclasses.replace(bare, pages=pages, menu=menu), found, moved)


def same_for_all(site: Site) -> str:
    """Names everything of a site that any page may show."""
    fields = (field.name for field in dataclasses.fields(site))
    values = [(name, getattr(site, name)) for name in fields if name not in _APART]
    return repr((values, site.logo))
