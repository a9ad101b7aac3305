"""What a theme decides: colours by day and by night, fonts, and a few measures."""

import re
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from newsletter.model.text import Line

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")
# Nothing that could end a CSS value, or the attribute that it stands in.
_FONTS = re.compile(r"[A-Za-z0-9 ,'_-]{1,200}\Z")

Tokens = TypeVar("Tokens", bound=BaseModel)


def _colour(text: str) -> str:
    if not _COLOUR.match(text):
        raise PydanticCustomError(
            "value_error",
            "`{value}` is not a colour",
            {"value": text[:20], "hint": "write it as #a8432c, in quotes"},
        )
    return text.lower()


def _font_list(text: str) -> str:
    if not _FONTS.match(text) or text.count("'") % 2:
        raise PydanticCustomError(
            "value_error",
            "`{value}` is not a list of fonts",
            {"value": text[:40], "hint": "write it as \"Georgia, 'Times New Roman'\""},
        )
    return text


Colour = Annotated[str, AfterValidator(_colour)]
"""`#rrggbb`; in small letters, however it was written."""

FontList = Annotated[str, AfterValidator(_font_list)]
"""Names of fonts as CSS has them, the first that a reader has being used."""


class _Tokens(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Night(_Tokens):
    """The palette where a reader's mail program or browser is dark."""

    paper: Colour = Field("#15171a", description="Behind everything, in the dark.")
    card: Colour = Field("#1e2125", description="Behind the text, in the dark.")
    ink: Colour = Field("#e8e4dc", description="Text, in the dark.")
    quiet: Colour = Field("#a9a69f", description="Dates, captions, in the dark.")
    accent: Colour = Field("#f0997f", description="Links and buttons, in the dark.")
    on_accent: Colour = Field("#15171a", description="Text on buttons, in the dark.")
    line: Colour = Field("#3a3f46", description="Rules and borders, in the dark.")
    tint: Colour = Field("#282c31", description="Behind boxes, in the dark.")


class Colours(_Tokens):
    """The palette of email and archive, as `#rrggbb`."""

    paper: Colour = Field("#fbf8f2", description="Behind everything.")
    card: Colour = Field("#ffffff", description="Behind the text.")
    ink: Colour = Field("#23272e", description="Text.")
    quiet: Colour = Field("#5d6470", description="Dates, captions, footers.")
    accent: Colour = Field("#a8432c", description="Links and buttons.")
    on_accent: Colour = Field("#ffffff", description="Text on buttons.")
    line: Colour = Field("#e4ddd0", description="Rules and borders.")
    tint: Colour = Field(
        "#f6f0e5", description="Behind boxes: TLDR, music, roundtable, code."
    )
    dark: Night = Field(Night(), description="The palette of dark mode.")


TEXT_ON = (
    ("ink", "paper"),
    ("quiet", "paper"),
    ("ink", "card"),
    ("quiet", "card"),
    ("accent", "card"),
    ("ink", "tint"),
    ("quiet", "tint"),
    ("accent", "tint"),
    ("on_accent", "accent"),
)
"""Every colour of text and what it stands on, by their names in the palette."""


class Fonts(_Tokens):
    """The fonts of email and archive; none is fetched, so name what readers have.

    Outlook looks at the first of a list only: let it be one that Windows has.
    """

    text: FontList = Field(
        "Georgia, 'Iowan Old Style', 'Times New Roman', serif",
        description="What is read.",
    )
    heading: FontList = Field(
        "Georgia, 'Iowan Old Style', 'Times New Roman', serif",
        description="Title and sub-heads.",
    )
    frame: FontList = Field(
        "'Segoe UI', -apple-system, Roboto, Helvetica, Arial, sans-serif",
        description="What is around it: labels, dates, captions, buttons, footer.",
    )
    code: FontList = Field(
        "Consolas, ui-monospace, Menlo, monospace", description="Code."
    )


class Look(_Tokens):
    """The measures of the email, in pixels."""

    masthead: Literal["split", "start", "center"] = Field(
        "split",
        description="Name and date: at both sides, or below each other at the `start` "
        "or in the `center`.",
    )
    bar: int = Field(4, ge=0, le=20, description="The accent above the card; 0: none.")
    margin: int = Field(40, ge=16, le=80, description="Beside the text.")
    title: int = Field(36, ge=16, le=60, description="Size of the title.")
    text: int = Field(17, ge=14, le=22, description="Size of the text.")
    small: int = Field(
        15, ge=12, le=20, description="Size of code, tables, notes, links and buttons."
    )
    label: int = Field(
        13, ge=11, le=18, description="Size of labels, dates, captions and the footer."
    )
    leading: int = Field(28, ge=18, le=40, description="From line to line of the text.")
    box: int = Field(26, ge=0, le=48, description="Beside the text in boxes.")
    corner: int = Field(8, ge=0, le=24, description="How round corners are.")


class Theme(_Tokens):
    """What templates/themes/<name>/theme.yaml says; the rest is as in `friday`."""

    description: Line = Field("", description="What it is for.")
    colours: Colours = Field(Colours(), description="The palette.")
    fonts: Fonts = Field(Fonts(), description="The fonts.")
    look: Look = Field(Look(), description="The measures.")


def laid_over(below: Tokens, above: Tokens) -> Tokens:
    """`below` with all that was really written in `above`, at any depth."""
    changes = {}
    for name in above.model_fields_set:
        value = getattr(above, name)
        if isinstance(value, BaseModel):
            value = laid_over(getattr(below, name), value)
        changes[name] = value
    return below.model_copy(update=changes)
