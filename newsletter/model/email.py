"""An email: an issue rendered for the inbox, with places left for each recipient."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from newsletter.model.problem import Problem


@dataclass(frozen=True, slots=True)
class MergeField:
    """What stands in one place of a text: a subscriber's value, or a default."""

    name: str
    default: str = ""

    def value(self, values: dict[str, str]) -> str:
        """The text for one subscriber; never evaluated, so `{{` in it stays text."""
        return values.get(self.name) or self.default


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


@dataclass(frozen=True, slots=True)
class Image:
    """An image of the text, for `check`."""

    source: str
    alt: str
    line: int


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
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class ImageFile:
    """An image of the publication: the name it is published under, and its size.

    `width` and `height` are pixels.
    """

    name: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ImageTrouble:
    """Why an image cannot be used, and what to do."""

    message: str
    hint: str


ImageResolver = Callable[[str], ImageFile | ImageTrouble]
"""Finds the image file that a text refers to by a relative path."""
