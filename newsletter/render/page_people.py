"""The panel of a roundtable on the web: faces, and a colour and a side for each."""

from typing import NamedTuple

from newsletter.model.problem import Problem
from newsletter.model.roundtable import Roundtable
from newsletter.model.text import elsewhere
from newsletter.render.experts import name_slug
from newsletter.render.page import Site
from newsletter.render.roundtable_card import photo

COLOURS = 6
"""As many experts have a colour of their own; the next begins again."""


class Person(NamedTuple):
    """An expert as pages show them; a template links the photo with `place.seen()`.

    A photo on another site is left out: to show it would tell that site of each reader.

    `slug` is theirs within the roundtable, for anchors.
    """

    name: str
    role: str
    initials: str
    url: str
    photo_url: str
    slug: str
    colour: str
    side: str


def people(roundtable: Roundtable, site: Site) -> dict[str, Person]:
    """The panel by name, in its order."""
    images = site.images_beside(roundtable.path)
    found: dict[str, Person] = {}
    for number, expert in enumerate(roundtable.panel):
        url = photo(expert, roundtable, site.publication, images)
        if isinstance(url, Problem) or elsewhere(url, site.publication.base_url):
            url = ""
        slug = name_slug(expert.name)
        if not slug or slug in {person.slug for person in found.values()}:
            slug = f"expert.{number + 1}"
        found[expert.name] = Person(
            name=expert.name,
            role=expert.role,
            initials=expert.initials,
            url=str(expert.url or ""),
            photo_url=url,
            slug=slug,
            colour=f"expert-{number % COLOURS + 1}",
            side="end" if number % 2 else "start",
        )
    return found


def photo_problems(roundtable: Roundtable, site: Site) -> list[Problem]:
    """What is wrong with the panel's photos."""
    images = site.images_beside(roundtable.path)
    found = (
        photo(expert, roundtable, site.publication, images)
        for expert in roundtable.panel
    )
    return [item for item in found if isinstance(item, Problem)]
