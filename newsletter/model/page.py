"""A page: an issue or a roundtable rendered for the web, or a list of them."""

from dataclasses import dataclass

from newsletter.model.email import Code, Image, ImageFile, Link
from newsletter.model.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One HTML file of the archive; the same for every reader.

    `path` is its place in the site, such as `say-the-number/index.html`; `picture`
    stands for it where it is shared; `problems` are those found while rendering.
    """

    path: str
    html: str
    picture: ImageFile | None = None
    words: int = 0
    links: tuple[Link, ...] = ()
    images: tuple[Image, ...] = ()
    code: tuple[Code, ...] = ()
    problems: tuple[Problem, ...] = ()
