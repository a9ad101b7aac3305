"""Reads, renders and checks one roundtable: its page, and its card in an email."""

import datetime
from dataclasses import dataclass
from pathlib import Path

from newsletter.check.check import check_roundtable
from newsletter.check.facts import Facts
from newsletter.content.images import ImageFolder
from newsletter.content.roundtable import read_roundtable
from newsletter.model.email import Email
from newsletter.model.issue import FeaturedRoundtable, Issue
from newsletter.model.page import Page
from newsletter.model.problem import Problem
from newsletter.model.publication import Publication
from newsletter.model.roundtable import Roundtable
from newsletter.render.email import render_email
from newsletter.render.page import Site
from newsletter.render.page_roundtable import render_roundtable_page

_ANY_DAY = datetime.date(2000, 1, 1)
"""Of a card's email, where the roundtable has no date: nothing of it is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A roundtable, its page, and an email that has nothing but its card."""

    roundtable: Roundtable
    page: Page
    email: Email
    images: ImageFolder

    def check(self, publication: Publication, facts: Facts) -> list[Problem]:
        """What is wrong with it, with what is known of the other texts."""
        return check_roundtable(self.roundtable, self.page, publication, facts=facts)


def compose_table(
    publication: Publication, path: Path, unsaved: bytes | None = None
) -> Table:
    """Compose the roundtable in the file at `path`; `unsaved` as in `read_text`.

    Raises SourceError for mistakes in it and RenderError for those in a template.
    """
    roundtable = read_roundtable(path, publication.root, unsaved)
    images = ImageFolder(publication.root)
    site = Site(publication=publication, images_beside=images.beside)
    page = render_roundtable_page(roundtable, site)
    email = render_email(_card(roundtable), publication, roundtable, images.beside)
    return Table(roundtable=roundtable, page=page, email=email, images=images)


def _card(roundtable: Roundtable) -> Issue:
    """An issue that only features the roundtable."""
    return Issue(
        title=roundtable.title,
        slug=roundtable.slug,
        date=roundtable.date or _ANY_DAY,
        roundtable=FeaturedRoundtable(slug=roundtable.slug),
        body="",
        file=roundtable.file,
        path=roundtable.path,
    )
