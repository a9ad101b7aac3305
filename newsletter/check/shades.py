"""The colours that words and what is behind them have, by day and by night."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from newsletter.check.markup import Markup
from newsletter.check.style_sheet import Declaration, Look, Rule
from newsletter.model.colour import inverted

_COLOUR = re.compile(
    r"#([0-9a-f]{6}|[0-9a-f]{3})\b|rgb\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)\s*\)|[a-z-]+"
)
_NAMED = {
    "black": "#000000",
    "blue": "#0000ff",
    "gray": "#808080",
    "green": "#008000",
    "grey": "#808080",
    "navy": "#000080",
    "red": "#ff0000",
    "silver": "#c0c0c0",
    "white": "#ffffff",
}
_BOLD = frozenset({"b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"})
_PIXELS = re.compile(r"([\d.]+)px\Z")
_OUTLOOK = "[data-ogs"


class Mode(StrEnum):
    """How a mail program shows a mail."""

    LIGHT = "in light mode"
    DARK = "in dark mode"
    INVERTED = "where a mail program inverts the colours"
    OUTLOOK = "in the dark mode of Outlook"


@dataclass(frozen=True, slots=True)
class Shade:
    """The colour of words, of what is behind them, and how large they are.

    A colour is `#rrggbb`, empty where it is not known; `size` is in pixels.
    """

    text: str
    behind: str
    size: float = 16
    bold: bool = False
    hidden: bool = False

    @property
    def large(self) -> bool:
        """Large-scale text, which needs less contrast (WCAG 2.2, 1.4.3)."""
        return self.size >= 24 or (self.bold and self.size >= 18.66)


@dataclass(frozen=True, slots=True)
class Faint:
    """Words that stand out too little: their colour, what is behind them, how much."""

    mode: Mode
    text: str
    behind: str
    ratio: float
    least: float


@dataclass(slots=True, eq=False)
class Shape:
    """An element under a style sheet, with what it stands in; one for all alike.

    `faint` is for the rule about contrast: what it has found, once it has looked.
    """

    look: Look
    above: "Shape | None"
    shades: dict[Mode, Shade]
    inside: "dict[Look, Shape]" = field(default_factory=dict)
    faint: "tuple[Faint, ...] | None" = None

    def chain(self) -> tuple[Look, ...]:
        """The element and all it stands in, the outermost first."""
        return (*(self.above.chain() if self.above else ()), self.look)


class Shades:
    """The shades of the words of all mails that have the same style sheet."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Know the style sheet; the lighter of two rules comes first."""
        judged = [rule for rule in rules if rule.selector]
        judged.sort(key=lambda rule: rule.selector.weight if rule.selector else ())
        self._rules = {
            mode: [rule for rule in judged if _applies(rule, mode)]
            for mode in (Mode.LIGHT, Mode.DARK, Mode.OUTLOOK)
        }
        self._ids = {""} | {
            step.id
            for rule in judged
            for step in (rule.selector.steps if rule.selector else ())
        }
        self._alike: dict[tuple[object, ...], Look] = {}
        start = {
            Mode.LIGHT: Shade("#000000", "#ffffff"),
            Mode.DARK: Shade("#ffffff", "#121212"),
            Mode.OUTLOOK: Shade("#ffffff", "#000000"),
        }
        self._root = Shape(Look("#root"), None, start)

    def of(self, markup: Markup) -> Iterable[Shape]:
        """The shapes of the elements that hold words themselves, each once."""
        found: dict[Shape, None] = {}
        open_shapes = [self._root]
        for number, element in enumerate(markup.elements):
            del open_shapes[element.depth + 1 :]
            above, look = open_shapes[-1], self._without_id(element.look)
            shape = above.inside.get(look) or self._shape(look, above)
            open_shapes.append(shape)
            if number in markup.with_text:
                found[shape] = None
        return found

    def _without_id(self, look: Look) -> Look:
        """The look without an id that no rule names: notes are alike but for theirs."""
        if look.id in self._ids:
            return look
        alike = (look.tag, look.classes, look.attributes, look.style, look.background)
        return self._alike.setdefault(alike, replace(look, id=""))

    def _shape(self, look: Look, above: Shape) -> Shape:
        shape = Shape(look, above, {})
        chain = shape.chain()[1:]
        marked = _marked(chain)
        for mode, rules in self._rules.items():
            known = marked if mode is Mode.OUTLOOK else chain
            ours = [
                rule for rule in rules if rule.selector and rule.selector.matches(known)
            ]
            shape.shades[mode] = _shade(above.shades[mode], look, ours, mode)
        light = shape.shades[Mode.LIGHT]
        shape.shades[Mode.INVERTED] = replace(
            light, text=_turned(light.text), behind=_turned(light.behind)
        )
        # Only now: another thread may be looking for it.
        above.inside[look] = shape
        return shape


def _applies(rule: Rule, mode: Mode) -> bool:
    """Whether a rule counts in a mode; those for a width or for print never do."""
    context = rule.context.replace(" ", "").casefold()
    if _OUTLOOK in rule.written:
        return mode is Mode.OUTLOOK
    if "prefers-color-scheme:dark" in context:
        return mode is Mode.DARK
    return context in ("", "@mediaall", "@mediascreen") or (
        mode is not Mode.DARK and "prefers-color-scheme:light" in context
    )


def _marked(chain: tuple[Look, ...]) -> tuple[Look, ...]:
    """The chain as Outlook has it, which marks what it has changed."""
    first = chain[0]
    names = first.attributes | {"data-ogsc", "data-ogsb"}
    return (replace(first, attributes=names), *chain[1:])


def _shade(above: Shade, look: Look, rules: Sequence[Rule], mode: Mode) -> Shade:
    """What one element makes of the shade it stands in."""
    turn = mode is Mode.OUTLOOK
    shade = replace(above, bold=above.bold or look.tag in _BOLD)
    shade = _declared(shade, above, Declaration("background", look.background), turn)
    sheet = [
        (item, turn and _OUTLOOK not in rule.written)
        for rule in rules
        for item in rule.declarations
    ]
    for item, turned in sheet:
        if not item.important:
            shade = _declared(shade, above, item, turned)
    for item in look.style:
        shade = _declared(shade, above, item, turn)
    for item, turned in (*sheet, *((item, turn) for item in look.style)):
        if item.important:
            shade = _declared(shade, above, item, turned)
    return shade


def _declared(shade: Shade, above: Shade, item: Declaration, turned: bool) -> Shade:
    """The shade with one declaration; `turned` where the mail program inverts it."""
    name, value = item.name, item.value
    if name == "color" and value != "inherit":
        colour = _colour(value)
        return replace(shade, text=_turned(colour) if turned else colour)
    if name in ("background", "background-color") and value not in ("", "none"):
        if value == "transparent":
            return replace(shade, behind=above.behind)
        colour = _colour(value)
        return replace(shade, behind=_turned(colour) if turned else colour)
    if name == "font-size" and (found := _PIXELS.match(value)):
        return replace(shade, size=float(found.group(1)))
    if name == "font-weight":
        return replace(shade, bold=value in ("bold", "600", "700", "800", "900"))
    if (name, value) in (("display", "none"), ("visibility", "hidden")):
        return replace(shade, hidden=True)
    return shade


def _turned(colour: str) -> str:
    return inverted(colour) if colour else ""


def _colour(value: str) -> str:
    """The `#rrggbb` of a value; empty for a picture, a gradient, or what is unknown."""
    found = _COLOUR.match(value)
    if not found:
        return ""
    digits = found.group(1)
    if digits:
        return "#" + (digits if len(digits) == 6 else "".join(d + d for d in digits))
    if found.group(2):
        return "#" + "".join(
            f"{min(255, int(part)):02x}" for part in found.groups()[1:]
        )
    return _NAMED.get(found.group(), "")
