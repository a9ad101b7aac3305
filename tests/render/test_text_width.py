"""How wide text is, and that its lines are no longer than those of a letter."""

import pytest

from newsletter.render.text_width import MERGED, NAME, WIDTH, columns, underlined
from tests.render.making import rendered, text_for

VALUES = ["Ann", "Maximiliana-Sophie"[:MERGED], "Ångström-Öberg"]


@pytest.mark.parametrize("words", range(40, 72, 3))
@pytest.mark.parametrize("value", VALUES)
def test_a_line_is_no_longer_when_a_name_of_usual_length_is_merged_in(
    words: int, value: str
) -> None:
    before = "abc " * (words // 4)
    body = (
        f"{before}{{{{ first_name }}}}, {before}(*{{{{ last_name }}}}*).\n\n- {before}"
    )
    tag = '{{ first_name | default("you there") }}'
    email = rendered(f"{body}{tag}\n\n> {before}{tag} {tag} {before}")

    text = text_for(email, first_name=value, last_name=value)
    body_lines = text.partition("* * *")[0].splitlines()
    assert value in text
    assert max(map(len, body_lines)) <= WIDTH


def test_a_line_without_a_tag_is_as_long_as_ever() -> None:
    line = "a" * 30 + " " + "b" * (WIDTH - 31)
    assert line in text_for(rendered(line))


def test_a_title_with_a_name_is_underlined_about_as_far() -> None:
    text = text_for(rendered("x", title="dear {{ first_name }}"), first_name="Sophie")

    assert f"dear Sophie\n{'=' * len('dear Sophie')}\n" in text
    assert underlined("dear", "-") == "dear\n----"


def test_an_ideograph_takes_two_columns_and_an_accent_none() -> None:
    assert [columns(text) for text in ("ab", "日本", "e\u0301", "é", "\U000f0000")] == [
        *(2, 4, 1, 1),
        NAME,
    ]
