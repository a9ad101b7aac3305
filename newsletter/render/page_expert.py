"""Renders an expert's page, and the list of all experts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from newsletter.model.page import Page
from newsletter.model.roundtable import Expert, Roundtable
from newsletter.render.address import EXPERTS, expert_path, roundtable_path
from newsletter.render.dates import long_date
from newsletter.render.experts import expert_key
from newsletter.render.json_ld import expert_trail, json_ld, profile
from newsletter.render.page import Head, Site, render_frame
from newsletter.render.page_conversation import ShownRemark, placed, show
from newsletter.render.page_people import Person, people
from newsletter.render.page_place import Place
from newsletter.render.roundtable_entry import RoundtableEntry
from newsletter.render.roundtable_texts import (
    RoundtableTexts,
    Signal,
    more_texts,
    page_html,
)
from newsletter.render.web_html import WebHtml

_IDS = ("content", "said")


class Seat(NamedTuple):
    """An expert at one roundtable: what they said and would hire for, and its place."""

    title: str
    competency: str
    path: str
    date: str
    long_day: str
    person: Person
    remarks: tuple[ShownRemark, ...]
    signal: Signal | None
    anchor: str


class ExpertEntry(NamedTuple):
    """An expert as the list of all shows them; the person is their newest self."""

    person: Person
    path: str
    roundtables: int


def render_expert_page(
    slug: str, key: str, roundtables: Sequence[Roundtable], site: Site
) -> Page:
    """Render the page of who is called `key` (see `expert_key`), at `slug`.

    `roundtables` are those they were in, newest first, at least one. What is wrong in
    the texts was found on the roundtables' own pages.
    """
    place = site.place(expert_path(slug))
    seats, texts = _seats(key, roundtables, site, place)
    person = seats[0].person
    website = next((seat.person.url for seat in seats if seat.person.url), "")
    labels = site.publication.labels
    html = render_frame(
        site,
        place,
        "expert.html",
        _head(person, seats, site, place, website),
        person=person,
        roles=_roles(seats),
        website=website,
        seats=seats,
        counts=(
            labels.remarks.replace("{count}", str(_remarks(seats))),
            labels.in_roundtables.replace("{count}", str(len(seats))),
        ),
    )
    links = tuple(link for item in texts for link in item.findings.links)
    return Page(path=place.path, html=html, links=links)


def expert_entries(
    roundtables: Iterable[RoundtableEntry], slugs: Mapping[str, str]
) -> list[ExpertEntry]:
    """All experts by name; `roundtables` are newest first."""
    newest: dict[str, Person] = {}
    counts: dict[str, int] = {}
    for item in roundtables:
        for person in item.panel:
            key = expert_key(person.name)
            newest[key] = _filled(newest[key], person) if key in newest else person
            counts[key] = counts.get(key, 0) + 1
    return [
        ExpertEntry(newest[key], expert_path(slugs[key]), counts[key])
        for key in sorted(newest)
    ]


def render_experts_page(site: Site, entries: Sequence[ExpertEntry]) -> Page:
    """Render the list of all experts."""
    place, name = site.place(EXPERTS), site.publication.name
    labels = site.publication.labels
    head = Head(
        title=f"{labels.experts} · {name}",
        description=", ".join(item.person.name for item in entries[:8]),
        canonical=place.url,
    )
    counts = [
        labels.in_roundtables.replace("{count}", str(item.roundtables))
        for item in entries
    ]
    items = list(zip(entries, counts, strict=True))
    return Page(
        path=EXPERTS,
        html=render_frame(site, place, "experts.html", head, items=items),
    )


def _filled(newer: Person, older: Person) -> Person:
    """The newest self; what it does not say, an older one may."""
    return newer._replace(
        photo_url=newer.photo_url or older.photo_url,
        role=newer.role or older.role,
        url=newer.url or older.url,
    )


def _seats(
    key: str, roundtables: Sequence[Roundtable], site: Site, place: Place
) -> tuple[list[Seat], list[RoundtableTexts]]:
    taken = (*_IDS, *(f"in-{item.slug}" for item in roundtables))
    html: WebHtml | None = None
    seats: list[Seat] = []
    read: list[RoundtableTexts] = []
    for item in roundtables:
        persons = people(item, site)
        findings = site.findings(item.file, item.path, place)
        html = html or page_html(site, findings, taken)
        texts = more_texts(item, site, place, html)
        read.append(texts)
        seats += [
            _seat(item, expert, persons, texts, site)
            for expert in item.panel
            if expert_key(expert.name) == key
        ]
    person = seats[0].person
    for seat in seats[1:]:
        person = _filled(person, seat.person)
    seats[0] = seats[0]._replace(person=person)
    return seats, read


def _seat(
    roundtable: Roundtable,
    expert: Expert,
    persons: Mapping[str, Person],
    texts: RoundtableTexts,
    site: Site,
) -> Seat:
    person, day = persons[expert.name], roundtable.date
    return Seat(
        title=site.line(roundtable.title),
        competency=site.line(roundtable.competency),
        path=roundtable_path(roundtable),
        date=day.isoformat() if day else "",
        long_day=long_date(day, site.publication.language) if day else "",
        person=person,
        remarks=tuple(
            show(found, persons, texts.remark)
            for remarks in placed(roundtable, persons)
            for found in remarks
            if found.remark.expert == expert.name
        ),
        signal=texts.signal(expert, person),
        anchor=f"in-{roundtable.slug}",
    )


def _roles(seats: Sequence[Seat]) -> list[str]:
    """Every role they had, newest first, each once."""
    return [*dict.fromkeys(seat.person.role for seat in seats if seat.person.role)]


def _remarks(seats: Sequence[Seat]) -> int:
    return sum(len(seat.remarks) for seat in seats)


def _head(
    person: Person, seats: Sequence[Seat], site: Site, place: Place, website: str
) -> Head:
    titles = ", ".join(seat.title for seat in seats[:3])
    about = f"{person.role}. {titles}" if person.role else titles
    return Head(
        title=f"{person.name} · {site.publication.name}",
        description=about,
        kind="profile",
        canonical=place.url,
        picture=person.photo_url,
        picture_alt=person.name,
        json_ld=json_ld(
            profile(site, place.url, person, website),
            expert_trail(site, person.name, place.url),
        ),
    )
