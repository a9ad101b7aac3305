"""A rule about colours: every word stands out, by day and by night."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from newsletter.check.case import Case, IssueRule
from newsletter.check.markup import Markup, sheet_rules
from newsletter.check.prose import Place
from newsletter.check.shades import Faint, Mode, Shade, Shades
from newsletter.model.colour import READABLE, contrast, inverted
from newsletter.model.problem import Problem, Severity
from newsletter.model.publication import Publication
from newsletter.model.theme import TEXT_ON, Colours, Night

LARGE = 3.0
"""The least contrast of large text: WCAG 2.2, 1.4.3, level AA."""


def contrasts(case: Case) -> Iterator[Problem]:
    """All words of the email stand out from what is behind them."""
    publication = case.publication
    palette = _palette(publication.colours, publication.colours.dark)
    modes: dict[tuple[str, str], set[Mode]] = {}
    found: dict[tuple[str, str], Faint] = {}
    for faint in dict.fromkeys((*palette, *_seen(case.markup))):
        pair = (faint.text, faint.behind)
        modes.setdefault(pair, set()).add(faint.mode)
        found.setdefault(pair, faint)
    for pair, faint in found.items():
        yield _problem(case, faint, [mode for mode in Mode if mode in modes[pair]])


def _seen(markup: Markup) -> Iterator[Faint]:
    """What the HTML really shows too faintly."""
    for shape in _of_sheet(markup.style).of(markup):
        if shape.faint is None:
            shape.faint = tuple(_faint(shape.shades))
        yield from shape.faint


def _faint(shades: Mapping[Mode, Shade]) -> Iterator[Faint]:
    for mode, shade in shades.items():
        if shade.text and shade.behind and shade.size and not shade.hidden:
            least = LARGE if shade.large else READABLE
            yield from _judged(mode, shade.text, shade.behind, least)


def _judged(mode: Mode, text: str, behind: str, least: float) -> Iterator[Faint]:
    ratio = contrast(text, behind)
    if ratio < least:
        yield Faint(mode, text, behind, ratio, least)


@lru_cache(maxsize=8)
def _of_sheet(css: str) -> Shades:
    return Shades(sheet_rules(css))


@lru_cache(maxsize=8)
def _palette(light: Colours, dark: Night) -> tuple[Faint, ...]:
    """What the palette promises, in email and archive, whether it is used or not."""
    found: list[Faint] = []
    for on, under in TEXT_ON:
        text, behind = getattr(light, on), getattr(light, under)
        night = getattr(dark, on), getattr(dark, under)
        inverse = inverted(text), inverted(behind)
        found += _judged(Mode.LIGHT, text, behind, READABLE)
        found += _judged(Mode.DARK, *night, READABLE)
        found += _judged(Mode.INVERTED, *inverse, READABLE)
    return tuple(found)


def _problem(case: Case, faint: Faint, modes: Iterable[Mode]) -> Problem:
    turned = faint.mode in (Mode.INVERTED, Mode.OUTLOOK)
    colours = [faint.text, inverted(faint.text)] if turned else [faint.text]
    file, place, what = _place(case, colours)
    # Not rounded up: 4.49 is too little.
    ratio = int(faint.ratio * 100) / 100
    return Problem(
        code="contrast",
        message=f"{what}{faint.text} on {faint.behind} has a contrast of {ratio} "
        f"{', '.join(modes)}",
        hint=f"everybody can read it from {faint.least:g} on (WCAG 2.2 AA); make one "
        "of the two darker or lighter",
        severity=Severity.WARNING,
        file=file,
        line=place[0],
        column=place[1],
    )


def _place(case: Case, colours: list[str]) -> tuple[str, Place, str]:
    """Where a colour was chosen: the author's HTML, a template, or the palette."""
    publication = case.publication
    for colour in colours:
        for spelling in _spellings(colour):
            if found := case.written(spelling):
                return *found, ""
    for colour in colours:
        for key, value in _named(publication):
            if value == colour:
                place = publication.place(f"colours.{key}", "colours", "theme")
                return "newsletter.yaml", place, f"`{key}` "
    return "newsletter.yaml", publication.place("colours", "theme"), ""


def _spellings(colour: str) -> Iterator[str]:
    """`#888888` and `#888`."""
    yield colour
    if colour[1::2] == colour[2::2]:
        yield f"#{colour[1::2]}"


def _named(publication: Publication) -> Iterator[tuple[str, str]]:
    light, dark = publication.colours, publication.colours.dark
    names = dict.fromkeys(on for on, _ in TEXT_ON)
    yield from ((name, getattr(light, name)) for name in names)
    yield from ((f"dark.{name}", getattr(dark, name)) for name in names)


RULES: tuple[IssueRule, ...] = (contrasts,)
