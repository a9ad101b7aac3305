"""A theme's tokens: what may be written, and what wins over what."""

import pytest
from pydantic import ValidationError

from newsletter.model.theme import Colours, Fonts, Look, Night, Theme, laid_over


@pytest.mark.parametrize(
    "fonts", ["Georgia, serif", "'Times New Roman', serif", "-apple-system", "a_b"]
)
def test_fonts_are_a_list_of_names(fonts: str) -> None:
    assert Fonts(text=fonts).text == fonts


@pytest.mark.parametrize(
    "fonts",
    [
        "",
        'Georgia"',
        "'Georgia",
        "Georgia; color: red",
        "a</style>",
        "url(x)",
        "a\n",
        "é",
        "a" * 201,
    ],
)
def test_fonts_cannot_end_the_style_they_stand_in(fonts: str) -> None:
    with pytest.raises(ValidationError, match="is not a list of fonts"):
        Fonts(text=fonts)


@pytest.mark.parametrize(
    "values", [{"text": 13}, {"bar": -1}, {"box": 100}, {"masthead": "left"}]
)
def test_measures_are_such_as_can_be_read(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Look.model_validate(values)


def test_what_is_written_wins_at_any_depth() -> None:
    theme = Theme(
        colours=Colours(ink="#111111", accent="#222222", dark=Night(ink="#eeeeee"))
    )
    mine = Colours(accent="#333333", dark=Night(line="#444444"))

    colours = laid_over(theme.colours, mine)
    assert (colours.ink, colours.accent) == ("#111111", "#333333")
    assert (colours.dark.ink, colours.dark.line) == ("#eeeeee", "#444444")
    assert colours.paper == Colours().paper
