"""An email: an issue rendered for the inbox, with places left for each recipient."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

from newsletter.model.problem import Problem
from newsletter.model.text import clean_line

_AROUND_A_PART = 300
"""Bytes at most of a message's part without its content: boundary and fields."""


@dataclass(frozen=True, slots=True)
class MergeField:
    """What stands in one place of a text: a subscriber's value, or a default.

    `in_address` is one that stands in the address of a link or an image.
    """

    name: str
    default: str = ""
    in_address: bool = False

    def value(self, values: Mapping[str, str]) -> str:
        """The text for one subscriber; never evaluated, so `{{` in it stays text.

        In an address it is percent-encoded (RFC 3986 §2.1): no value adds a parameter,
        and none ends the address.
        """
        value = values.get(self.name) or self.default
        return quote(clean_line(value), safe="") if self.in_address else value


@dataclass(frozen=True, slots=True)
class MergeText:
    """A text cut at its merge tags: literals, and between them field numbers.

    There is one literal more than there are slots. This one compiled form serves both
    ways of sending: joining per recipient, and a provider's own variables.
    """

    literals: tuple[str, ...]
    slots: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if len(self.literals) != len(self.slots) + 1:
            message = f"{len(self.literals)} literals for {len(self.slots)} slots"
            raise ValueError(message)

    def fill(self, value: Callable[[int], str]) -> str:
        """Join the literals with `value(field number)` in between."""
        parts = [self.literals[0]]
        for slot, literal in zip(self.slots, self.literals[1:], strict=True):
            parts.append(value(slot))
            parts.append(literal)
        return "".join(parts)

    def join(self, values: Sequence[str]) -> str:
        """The text for one recipient, whose `values` are ready for this text."""
        return self.fill(values.__getitem__)

    def substitute(self, variable: Callable[[int], str]) -> str:
        """The text with a provider's own variables, such as `%recipient.m0%`."""
        return self.fill(variable)


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the text, for `check`."""

    url: str
    text: str
    line: int
    column: int = 0


@dataclass(frozen=True, slots=True)
class Image:
    """An image of the text, for `check`; `size` is bytes, 0 of one on another host."""

    source: str
    alt: str
    line: int
    column: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the text, for `check`; `level` is that of its author, from 1."""

    level: int
    text: str
    line: int
    column: int = 0


@dataclass(frozen=True, slots=True)
class Code:
    """Code in the text, for `check`: `rows` whole lines, 0 of code within a line."""

    line: int
    column: int
    rows: int = 0


@dataclass(frozen=True, slots=True)
class ImageFile:
    """An image of the publication as readers get it: its published name and its size.

    `width` and `height` are pixels, `size` is bytes.
    """

    name: str
    width: int
    height: int
    size: int = 0


@dataclass(frozen=True, slots=True)
class ImageTrouble:
    """Why an image cannot be used, and what to do."""

    message: str
    hint: str


class ImageResolver(Protocol):
    """Finds the image that a text refers to by a path as the text writes it."""

    def __call__(
        self, source: str, /, *, width: int = 0, square: bool = False
    ) -> ImageFile | ImageTrouble:
        """The image, at most twice as many pixels wide as it is shown.

        `width` is how wide it is shown, in CSS pixels; without it, as wide as the mail.
        With `square` the middle of it is cut out, as for a face. Email and page must
        ask alike: what a mail shows is on the site only if a page shows it too.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineImage:
    """An image that a message carries itself: a body part that its HTML shows.

    `content_id` is that of RFC 2392 without its brackets, `data` is base64 on one line.
    """

    content_id: str
    filename: str
    media_type: str
    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """An issue rendered for the inbox, no recipient yet.

    `field_lines` are the lines that use a field first, 0 where that is not known;
    `problems` are those found while rendering: merge tags, links, images.
    """

    subject: MergeText
    preheader: MergeText
    html: MergeText
    text: MergeText
    fields: tuple[MergeField, ...]
    field_lines: tuple[int, ...] = ()
    words: int = 0
    links: tuple[Link, ...] = ()
    images: tuple[Image, ...] = ()
    headings: tuple[Heading, ...] = ()
    code: tuple[Code, ...] = ()
    inline_images: tuple[InlineImage, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def inline_size(self) -> int:
        """Bytes, rounded up, by which its own images make each message larger."""
        if not self.inline_images:
            return 0
        lines = sum(len(image.data) * 78 // 76 for image in self.inline_images)
        return lines + _AROUND_A_PART * (len(self.inline_images) + 1)
