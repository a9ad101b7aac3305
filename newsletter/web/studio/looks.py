"""What the issue view can show in a pane, at which width; read from its address."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote, urlencode

from newsletter.web.studio.readers import USUAL


@dataclass(frozen=True, slots=True)
class Shape:
    """One thing a pane can show: its name, title, and where the picture is."""

    name: str
    title: str
    path: str
    look: str = ""


ISSUE: tuple[Shape, ...] = (
    Shape("email", "email, light", "email.html", "light"),
    Shape("dark", "email, dark", "email.html", "dark"),
    Shape("outlook", "email, dark in Outlook", "email.html", "outlook"),
    Shape("inverted", "email, inverted by Gmail on iOS", "email.html", "inverted"),
    Shape("text", "plain text", "email.txt"),
    Shape("source", "HTML source", "source"),
    Shape("message", "headers and message", "email.eml"),
    Shape("page", "web page, light", "light/page/"),
    Shape("page-dark", "web page, dark", "dark/page/"),
)
ROUNDTABLE: tuple[Shape, ...] = (
    Shape("page", "web page, light", "light/roundtables/page/"),
    Shape("page-dark", "web page, dark", "dark/roundtables/page/"),
    Shape("card", "card in an email, light", "card.html", "light"),
    Shape("card-dark", "card in an email, dark", "card.html", "dark"),
    Shape("card-outlook", "card, dark in Outlook", "card.html", "outlook"),
    Shape("card-inverted", "card, inverted by Gmail on iOS", "card.html", "inverted"),
)
WIDTHS: Mapping[str, str] = {
    "phone": "375",
    "tablet": "768",
    "desktop": "1024",
    "fill": "",
}
"""Pixels; `fill` is all there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """What the author looks at: the shapes side by side, as whom, how wide."""

    shapes: tuple[Shape, ...]
    width: str
    images: bool
    reader: str

    @classmethod
    def of(cls, query: Mapping[str, str], shapes: Sequence[Shape]) -> "Looking":
        """Read it from an address; what is unknown is as at first."""
        known = {shape.name: shape for shape in shapes}
        first = known.get(query.get("show", ""), shapes[0])
        second = known.get(query.get("beside", ""))
        width = query.get("width", "fill")
        return cls(
            shapes=(first, second) if second else (first,),
            width=width if width in WIDTHS else "fill",
            images=query.get("images") != "off",
            reader=query.get("as", "") or USUAL,
        )

    def panes(self, url: str) -> Iterator[tuple[Shape, str]]:
        """Each shape, and the address of its picture below that of the view."""
        for shape in self.shapes:
            asked = {"as": self.reader}
            if shape.look:
                asked["look"] = shape.look
            if not self.images:
                asked["images"] = "off"
            yield shape, f"{url}/{shape.path}?{urlencode(asked)}"


def issue_url(name: str) -> str:
    """The address of an issue's view."""
    return f"/issues/{quote(name, safe='', errors='surrogateescape')}"


def roundtable_url(name: str) -> str:
    """The address of a roundtable's view."""
    return f"/roundtables/{quote(name, safe='', errors='surrogateescape')}"


def choices(looking: Looking, url: str, shapes: Sequence[Shape]) -> dict[str, Any]:
    """What the templates need to show the panes of a view, and to choose others."""
    return {
        "url": url,
        "looking": looking,
        "panes": list(looking.panes(url)),
        "shapes": shapes,
        "widths": WIDTHS,
        "shape_data": json.dumps({shape.name: asdict(shape) for shape in shapes}),
        "width_data": json.dumps(WIDTHS),
    }
