"""A squeezed style sheet says what it said."""

from hypothesis import given
from hypothesis import strategies as st

from newsletter.render.squeezed import squeezed


def test_blanks_and_comments_go() -> None:
    style = (
        "/* a\n b */\na , b {\n  color: red;\n  top: 1px;\n}\n@media x { a { b: c } }"
    )

    assert squeezed(style) == "a , b{color: red;top: 1px}@media x{a{b: c}}"


def test_strings_stay_as_they_are() -> None:
    for text in ('" ( { ; } /* x */ "', "'a  \\' ; b'"):
        assert text in squeezed(f"a {{ content:   {text} ; }}")


def test_a_calculation_keeps_the_blanks_that_it_needs() -> None:
    style = "a{top:max(anchor(--b top, 0px),calc(1rem  +  2px))}"

    assert squeezed(style) == "a{top:max(anchor(--b top, 0px),calc(1rem + 2px))}"


@given(st.text(st.sampled_from("a{};:/*\"' \n\\"), max_size=40))
def test_it_is_never_longer_than_it_was(style: str) -> None:
    assert len(squeezed(style)) <= len(style)
