"""What all pages of the archive share: the site, the head, the frame around a text."""

import datetime
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from newsletter.model.email import ImageFile, ImageTrouble
from newsletter.model.issue import Issue
from newsletter.model.problem import Problem
from newsletter.model.publication import Publication
from newsletter.render.address import MISSING, image_path, issue_path, public_url
from newsletter.render.dates import long_date, short_date
from newsletter.render.findings import ImagesBeside
from newsletter.render.labels import label
from newsletter.render.page_place import Place
from newsletter.render.page_text import PageFindings, public_tags, without_private
from newsletter.render.roundtable_card import brief
from newsletter.render.templates import render_template

# Nothing runs and nothing is loaded but our style sheet and images. It is a meta
# element because a static host sends no headers of ours.
POLICY = (
    "default-src 'none'; img-src 'self' https:; style-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True)
class Site:
    """A publication as a website: what every page of it needs to know.

    `pages` are the places of all its pages, `style_version` changes with the style
    sheet, `with_roundtables` says whether there are any.
    """

    publication: Publication
    images_beside: ImagesBeside
    pages: frozenset[str] = frozenset()
    style_version: str = ""
    with_roundtables: bool = False

    def place(self, path: str) -> Place:
        """The place of a page, from which it links to the others."""
        rooted = path == MISSING
        return Place(self.publication.base_url, path, self.pages, rooted=rooted)

    @property
    def smart(self) -> bool:
        """Whether quotes and dashes are set as in English print."""
        return self.publication.smart

    def findings(self, file: str, path: Path, place: Place) -> PageFindings:
        """What resolves the links and images of the texts of one file."""
        return PageFindings(
            file,
            self.publication.base_url,
            place.url,
            self.images_beside(path),
            seen=place.seen,
        )

    def line(self, text: str) -> str:
        """A text that is not Markdown as everybody may read it."""
        if "{{" not in text:
            return text
        tags = public_tags("", self.publication)
        return without_private(tags.in_text(tags.protect(text)))

    def brief(self, markdown: str) -> str:
        """The first sentences of a text as everybody may read them."""
        return brief(self.line(markdown))

    def label(self, text: str, issue: Issue) -> str:
        """A label with the weekday and the publication's name filled in."""
        return self.line(label(text, issue, self.publication))

    def image_url(self, file: ImageFile) -> str:
        """The public address of an image."""
        return public_url(self.publication.base_url, image_path(file))

    @cached_property
    def logo(self) -> ImageFile | ImageTrouble | None:
        """The image file that stands for the publication's name."""
        if not self.publication.logo:
            return None
        resolve = self.images_beside(self.publication.root / "newsletter.yaml")
        return resolve("/" + self.publication.logo)


@dataclass(frozen=True, slots=True)
class Entry:
    """An issue as lists, its neighbours and the feed show it.

    `day` is its date without the year, for lists that give the year once.
    """

    title: str
    deck: str
    date: datetime.date
    path: str
    day: str
    long_day: str


def entry(issue: Issue, site: Site) -> Entry:
    """What other pages show of an issue."""
    title, deck = site.line(issue.title), site.line(issue.description)
    language = site.publication.language
    return Entry(
        title=title,
        deck=deck,
        date=issue.date,
        path=issue_path(issue),
        day=short_date(issue.date, language),
        long_day=long_date(issue.date, language),
    )


def excerpt(issue: Issue, site: Site) -> str:
    """What search engines and feed readers show of an issue: a sentence or two."""
    line = site.line(issue.description or issue.preheader)
    return line or site.brief(issue.tldr or issue.body)


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says of itself to browsers, search engines and where it is shared."""

    title: str
    description: str = ""
    kind: str = "website"
    canonical: str = ""
    picture: str = ""
    picture_alt: str = ""
    published: datetime.date | None = None
    tags: tuple[str, ...] = ()
    hidden: bool = False


def render_frame(
    site: Site, place: Place, template: str, head: Head, /, **values: Any
) -> str:
    """Render a page from its template, which extends web/layout.html."""
    publication = site.publication
    html = render_template(
        publication.root,
        f"web/{template}",
        publication=publication,
        labels=publication.labels,
        site=site,
        place=place,
        head=head,
        policy=POLICY,
        feed_url=public_url(publication.base_url, "feed.atom"),
        logo=logo(site, place),
        **values,
    )
    return without_private(html)


def render_style(publication: Publication) -> str:
    """The style sheet of all pages, in the publication's colours."""
    return render_template(
        publication.root,
        "web/style.css",
        colours=publication.colours,
        fonts=publication.fonts,
    )


def logo_problems(site: Site) -> list[Problem]:
    """What is wrong with the publication's logo."""
    if not isinstance(site.logo, ImageTrouble):
        return []
    message = f"the logo `{site.publication.logo}` {site.logo.message}"
    hint = site.logo.hint
    return [Problem(code="image", message=message, hint=hint, file="newsletter.yaml")]


def logo(site: Site, place: Place) -> dict[str, Any] | None:
    """The picture that stands for the name, as it is shown on a page."""
    if not isinstance(site.logo, ImageFile):
        return None
    width = min(200, site.logo.width)
    return {
        "url": place.to(image_path(site.logo)),
        "width": width,
        "height": round(site.logo.height * width / site.logo.width),
    }
