"""One file of the site: where it is, what of the publication it shows, who makes it."""

from collections.abc import Callable
from typing import NamedTuple, Protocol

from newsletter.model.issue import Issue
from newsletter.model.page import Page
from newsletter.model.roundtable import Roundtable
from newsletter.render.page import Site
from newsletter.render.share_card import Photos

Made = Page | str | bytes
"""What a file is made of; of a Page, its problems stop the build."""


class Job(NamedTuple):
    """A file of the site: its place, what of the publication it shows, its maker.

    It is made for the whole site, which is known when all jobs are.

    `alone` says that `shows` is all that it shows: templates, settings and the fields
    of the site are nothing to it.
    """

    path: str
    shows: tuple[str | int | None, ...]
    make: Callable[[Site], Made]
    alone: bool = False


class Sources(Protocol):
    """Reads the full text of what is public, by its slug."""

    def issue(self, slug: str) -> Issue:
        """A public issue."""

    def roundtable(self, slug: str) -> Roundtable:
        """A public roundtable."""

    def photos(self, slug: str) -> Photos:
        """The photos of a public roundtable's panel, as readers get them."""
