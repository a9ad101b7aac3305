"""What all pages of the archive share: the site, the head, the frame around a text."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from markupsafe import Markup

from newsletter.model.email import ImageFile, ImageTrouble
from newsletter.model.issue import Issue, Music
from newsletter.model.problem import Problem
from newsletter.model.publication import Publication
from newsletter.render.address import MISSING, image_path, issue_path, public_url
from newsletter.render.dates import long_date, short_date
from newsletter.render.findings import ImagesBeside
from newsletter.render.labels import label
from newsletter.render.music import service
from newsletter.render.music_player import Player, player
from newsletter.render.page_place import Place
from newsletter.render.page_policy import page_policy
from newsletter.render.page_text import PageFindings, public_tags, without_private
from newsletter.render.roundtable_card import brief
from newsletter.render.squeezed import squeezed
from newsletter.render.templates import render_template


class Spot(NamedTuple):
    """What all pages at one depth have in common of their places."""

    to: Callable[[str], str]


@dataclass(frozen=True)
class Site:
    """A publication as a website: what every page of it needs to know.

    `pages` are the places of all its pages, `style_version` changes with the style
    sheets, `menu` are the places that every page links to, with the words for them,
    `pictures` says whether there are pictures to share.
    """

    publication: Publication
    images_beside: ImagesBeside
    pages: frozenset[str] = frozenset()
    style_version: str = ""
    menu: tuple[tuple[str, str], ...] = ()
    pictures: bool = False

    def place(self, path: str) -> Place:
        """The place of a page, from which it links to the others."""
        rooted = path == MISSING
        return Place(self.publication.base_url, path, self.pages, rooted=rooted)

    def part(self, template: str, place: Place) -> Markup:
        """A part of the frame, rendered once for all pages at one depth."""
        here = place.path if place.path in self._listed else ""
        key = template, place.to(""), here
        if key not in self._parts:
            html = render_template(
                self.publication.root,
                template,
                publication=self.publication,
                labels=self.publication.labels,
                site=self,
                place=Spot(place.to),
                here=here,
                logo=logo(self, place),
            )
            # Safe: it is a template's, which escapes what it shows.
            self._parts[key] = Markup(html.strip())  # noqa: S704
        return self._parts[key]

    @cached_property
    def _listed(self) -> frozenset[str]:
        return frozenset(path for path, _ in self.menu)

    @cached_property
    def _parts(self) -> dict[tuple[str, str, str], Markup]:
        return {}

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
        return brief(self.line(markdown), trusted=self.publication.trusted_html)

    def label(self, text: str, issue: Issue) -> str:
        """A label with the weekday and the publication's name filled in."""
        return self.line(label(text, issue, self.publication))

    def image_url(self, file: ImageFile) -> str:
        """The public address of an image."""
        return public_url(self.publication.base_url, image_path(file))

    @cached_property
    def joining(self) -> dict[str, str] | None:
        """The form to sign up: where it leads to, and its words; None without one."""
        service, name = self.publication.service, self.publication.name
        if not service.url:
            return None
        words = service.words
        texts = {"heading": words.join, "button": words.join_button}
        texts |= {"address": words.address, "agree": words.agree}
        filled = {
            key: text.replace("{publication}", name) for key, text in texts.items()
        }
        return filled | {"url": f"{service.url}/subscribe"}

    @cached_property
    def logo(self) -> ImageFile | ImageTrouble | None:
        """The image file that stands for the publication's name."""
        if not self.publication.logo:
            return None
        resolve = self.images_beside(self.publication.root / "newsletter.yaml")
        return resolve("/" + self.publication.logo)


class Pick(NamedTuple):
    """A music pick as lists show it."""

    url: str
    title: str
    artist: str
    note: str
    service: str
    player: Player | None


class Entry(NamedTuple):
    """An issue as lists, its neighbours and the feeds show it.

    `day` is its date without the year, for lists that give the year once; `tags` are
    the words as they are written; `original` is false where it first came out
    elsewhere, so that search engines are sent there.
    """

    title: str
    deck: str
    date: datetime.date
    path: str
    day: str
    long_day: str
    slug: str
    number: str = ""
    published: datetime.date | None = None
    tags: tuple[str, ...] = ()
    music: Pick | None = None
    music_label: str = ""
    roundtable: str = ""
    original: bool = True


def entry(issue: Issue, site: Site) -> Entry:
    """What other pages show of an issue."""
    title, deck = site.line(issue.title), site.line(issue.description)
    language, labels = site.publication.language, site.publication.labels
    number = "" if issue.number is None else str(issue.number)
    return Entry(
        title=title,
        deck=deck,
        date=issue.date,
        path=issue_path(issue),
        day=short_date(issue.date, language),
        long_day=long_date(issue.date, language),
        slug=issue.slug,
        number=number and labels.issue.replace("{number}", number),
        published=issue.published_on,
        tags=tuple(map(site.line, issue.tags)),
        music=_pick(issue.music, site) if issue.music else None,
        music_label=site.label(labels.music_list, issue) if issue.music else "",
        roundtable=issue.roundtable.slug if issue.roundtable else "",
        original=issue.canonical_url is None,
    )


def _pick(music: Music, site: Site) -> Pick:
    return Pick(
        url=music.url,
        title=site.line(music.title),
        artist=site.line(music.artist),
        note=site.line(music.note),
        service=service(music.url),
        player=player(music),
    )


def excerpt(issue: Issue, site: Site) -> str:
    """What search engines and feed readers show of an issue: a sentence or two."""
    line = site.line(issue.description or issue.preheader)
    return line or site.brief(issue.tldr or issue.body)


NOTHING = Markup()


STYLES = ("style.css", "reading.css")
"""The style sheets in their order: of every page, and of those that are read.

Two, so that the front page, where readers arrive, loads no more than it shows.
"""


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says of itself to browsers, search engines and where it is shared.

    `share` is the place of the picture that the build makes for it, shown where it has
    no `picture` of its own. `address` is that of the page where `canonical`, which
    search engines are sent to, is another's.
    """

    title: str
    description: str = ""
    kind: str = "website"
    canonical: str = ""
    picture: str = ""
    picture_alt: str = ""
    published: datetime.date | None = None
    tags: tuple[str, ...] = ()
    hidden: bool = False
    script: bool = False
    players: bool = False
    share: str = ""
    address: str = ""
    json_ld: Markup = NOTHING


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
        joining=site.joining,
        policy=page_policy(
            publication.service.origin,
            script=head.script or head.players,
            players=head.players,
            data=without_private(head.json_ld),
        ),
        logo=logo(site, place),
        **values,
    )
    return without_private(html)


def render_style(publication: Publication, name: str) -> str:
    """A style sheet, in the publication's colours; `name` is one of `STYLES`."""
    style = render_template(
        publication.root,
        f"web/{name}",
        colours=publication.colours,
        fonts=publication.fonts,
    )
    return squeezed(style)


def render_icon(publication: Publication) -> str:
    """What browsers show beside the title: the first letter of the name, as SVG."""
    return render_template(
        publication.root,
        "web/icon.svg",
        colours=publication.colours,
        fonts=publication.fonts,
        letter=publication.name[:1],
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
