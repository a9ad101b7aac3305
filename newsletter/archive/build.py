"""Builds the archive: reads and renders everything, then writes what has changed."""

from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from newsletter.archive.feed import FEED, render_feed
from newsletter.archive.pages import make_site, render_pages
from newsletter.archive.public import public_part
from newsletter.archive.sitemap import ROBOTS, SITEMAP, render_robots, render_sitemap
from newsletter.archive.writing import SiteFile, text_file, write_site
from newsletter.config.publication import FILE_NAME
from newsletter.content.images import ImageFolder
from newsletter.content.library import ISSUES, Library, load_library
from newsletter.errors import SourceError, UsageError
from newsletter.model.problem import Problem, Severity
from newsletter.model.publication import Publication
from newsletter.model.text import WebUrl
from newsletter.render.page import Site, render_style

STYLE = "style.css"
_SOURCES = (ISSUES, "templates", ".git", ".newsletter")


@dataclass(frozen=True, slots=True)
class BuildReport:
    """How many files were written, were right already, were removed; all pages."""

    written: int
    unchanged: int
    removed: int
    pages: tuple[str, ...]


def build_site(
    publication: Publication, out: Path, *, today: date, base_url: str | None = None
) -> BuildReport:
    """Build the site of what is public on `today` into the folder `out`.

    The same publication gives the same bytes, whenever it is built. Raises SourceError
    for mistakes in the publication and UsageError for a folder that cannot be used;
    then nothing was written.
    """
    if base_url is not None:
        publication = _at(publication, base_url)
    out = _usable(out, publication.root)
    files = _render(publication, today)
    changes = write_site(out, files)
    pages = tuple(file.path for file in files if file.path.endswith(".html"))
    return BuildReport(changes.written, changes.unchanged, changes.removed, pages)


def _render(publication: Publication, today: date) -> list[SiteFile]:
    images = ImageFolder(publication.root)
    library = public_part(load_library(publication.root), today)
    site = make_site(publication, library, images)
    files = _render_pages(site, library)
    texts = {
        STYLE: render_style(publication),
        FEED: render_feed(site, library),
        SITEMAP: render_sitemap(site, library),
        ROBOTS: render_robots(site),
    }
    files += [text_file(path, text) for path, text in texts.items()]
    files += [SiteFile(f"images/{name}", path) for name, path in images.files.items()]
    return sorted(files, key=lambda file: file.path)


def _render_pages(site: Site, library: Library) -> list[SiteFile]:
    """The pages as files; refused together with all that is wrong in any of them."""
    files: list[SiteFile] = []
    found: set[Problem] = set()
    for page in render_pages(site, library):
        files.append(text_file(page.path, page.html))
        found |= {item for item in page.problems if item.severity is Severity.ERROR}
    if found:
        place = attrgetter("file", "line", "column", "message")
        raise SourceError(sorted(found, key=place))
    return files


def _at(publication: Publication, base_url: str) -> Publication:
    """The publication at another address, such as that of a trial run."""
    try:
        url = TypeAdapter(WebUrl).validate_python(base_url)
    except ValidationError:
        message = f"`{base_url}` is not a web address"
        raise UsageError(message, hint="start it with https://") from None
    return publication.model_copy(update={"base_url": url.rstrip("/")})


def _usable(out: Path, root: Path) -> Path:
    """The real folder to build into: never one that holds sources."""
    real, home = out.resolve(), root.resolve()
    hint = "build into a folder of its own, such as `site`"
    if home.is_relative_to(real) or (real / FILE_NAME).exists():
        raise UsageError(f"{out} holds a publication, not a site", hint=hint)
    if any(real.is_relative_to(home / name) for name in _SOURCES):
        raise UsageError(f"{out} holds sources of the publication", hint=hint)
    return real
