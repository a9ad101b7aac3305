"""A roundtable as lists, its neighbours and its experts' pages show it."""

import datetime
import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from newsletter.model.roundtable import Roundtable
from newsletter.model.text import slugify
from newsletter.render.address import roundtable_path
from newsletter.render.dates import long_date
from newsletter.render.page import Site
from newsletter.render.page_conversation import placed
from newsletter.render.page_people import Person, people


class RoundtableEntry(NamedTuple):
    """What other pages show of a roundtable; `remarks` are its remarks' anchors."""

    slug: str
    title: str
    competency: str
    deck: str
    date: datetime.date | None
    long_day: str
    path: str
    panel: tuple[Person, ...]
    remarks: tuple[str, ...]


class Competency(NamedTuple):
    """The roundtables on one competency, in their order; where a list has them."""

    name: str
    anchor: str
    roundtables: tuple[RoundtableEntry, ...]


def roundtable_entry(roundtable: Roundtable, site: Site) -> RoundtableEntry:
    """What other pages show of a roundtable."""
    day, persons = roundtable.date, people(roundtable, site)
    return RoundtableEntry(
        slug=roundtable.slug,
        title=site.line(roundtable.title),
        competency=site.line(roundtable.competency),
        deck=site.line(roundtable.discussing),
        date=day,
        long_day=long_date(day, site.publication.language) if day else "",
        path=roundtable_path(roundtable),
        panel=tuple(persons.values()),
        remarks=tuple(
            found.anchor for remarks in placed(roundtable, persons) for found in remarks
        ),
    )


def competency_anchor(name: str) -> str:
    """The id of a competency's section in the list of all roundtables.

    A name that its slug does not tell whole, such as C++, gets letters of its own; the
    roundtables without a competency have the section `others`.
    """
    if not name:
        return "others"
    key = " ".join(name.casefold().split())
    slug = slugify(key)
    if slug != key.replace(" ", "-"):
        digest = hashlib.blake2b(key.encode(), digest_size=3).hexdigest()
        slug = f"{slug}-{digest}".lstrip("-")
    return f"on-{slug}"


def by_competency(entries: Iterable[RoundtableEntry]) -> list[Competency]:
    """All roundtables by what they are about, from A to Z; those about nothing last.

    Two spellings of a competency that differ in case are one; the first is shown.
    """
    groups: dict[str, list[RoundtableEntry]] = {}
    for item in entries:
        groups.setdefault(competency_anchor(item.competency), []).append(item)
    found = [
        Competency(items[0].competency, anchor, tuple(items))
        for anchor, items in groups.items()
    ]
    return sorted(found, key=lambda item: (not item.name, item.name.casefold()))


def neighbours(
    entries: Sequence[RoundtableEntry],
) -> dict[str, tuple[RoundtableEntry | None, RoundtableEntry | None]]:
    """The roundtable before and after each, by its slug, on the same competency.

    `entries` are newest first. Those without a competency are neighbours of their kind.
    """
    found: dict[str, tuple[RoundtableEntry | None, RoundtableEntry | None]] = {}
    for group in by_competency(entries):
        items = group.roundtables
        around = zip((None, *items), items, (*items[1:], None), strict=False)
        found |= {item.slug: (older, newer) for newer, item, older in around}
    return found
