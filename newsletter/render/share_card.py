"""What the pictures say that are shown where a page is shared, and in which colours.

Without a drawing library, so that a build that draws nothing does not load one.
"""

from typing import NamedTuple

from newsletter.model.publication import Publication
from newsletter.model.roundtable import Roundtable
from newsletter.render.page import Entry, Site
from newsletter.render.page_people import Person
from newsletter.render.page_remark import find_remark
from newsletter.render.roundtable_entry import RoundtableEntry

FORM = 2
"""Changed when the pictures are drawn in another way."""


class Look(NamedTuple):
    """What all pictures of a publication have in common; colours are `#rrggbb`."""

    name: str
    mirrored: bool
    paper: str
    card: str
    ink: str
    quiet: str
    accent: str
    line: str


Photos = tuple[tuple[str, bytes], ...]
"""The image files of experts' photos, each after the expert's name."""


class Card(NamedTuple):
    """An issue or a roundtable: a label, a title, a line below, faces at the foot."""

    label: str
    title: str
    deck: str = ""
    foot: str = ""
    panel: tuple[Person, ...] = ()


class Quote(NamedTuple):
    """A remark: what is said, by whom, in which roundtable."""

    text: str
    person: Person
    title: str


def look_of(publication: Publication) -> Look:
    """The publication's own look; pictures are always by day."""
    colours = publication.colours
    return Look(
        name=publication.name,
        mirrored=publication.direction == "rtl",
        paper=colours.paper,
        card=colours.card,
        ink=colours.ink,
        quiet=colours.quiet,
        accent=colours.accent,
        line=colours.line,
    )


def issue_card(entry: Entry, publication: Publication) -> Card:
    """What the picture of an issue says."""
    label = " · ".join(part for part in (entry.number, entry.long_day) if part)
    return Card(label, entry.title, entry.deck, publication.author)


def roundtable_card(entry: RoundtableEntry, publication: Publication) -> Card:
    """What the picture of a roundtable says."""
    parts = (publication.labels.roundtable, entry.competency)
    label = " · ".join(part for part in parts if part)
    return Card(label, entry.title, entry.deck, panel=entry.panel)


def remark_quote(roundtable: Roundtable, anchor: str, site: Site) -> Quote:
    """What the picture of a remark says. Raises KeyError where there is none."""
    person, remark = find_remark(roundtable, anchor, site)
    return Quote(site.brief(remark.text), person, site.line(roundtable.title))
