"""What is meant by a quote: whose it is, and whether it may be set large."""

import pytest

from newsletter.render.shapes import SHORT
from tests.render.making import fragment, words


@pytest.mark.parametrize(
    ("markdown", "kind", "text"),
    [
        ("> short", "pull", "short"),
        ("> " + "w" * SHORT, "pull", "w" * SHORT),
        ("> " + "w" * (SHORT + 1), "long", "w" * (SHORT + 1)),
        ("> one\n>\n> two", "long", "one two"),
        ("> - one", "long", "one"),
        ("> one\n> — Ann *Lee*", "said", "one — Ann Lee"),
        ("> one  \n> -- Ann", "said", "one — Ann"),
        ("> one\n>\n> – Ann", "said", "one — Ann"),
        ("> - one\n>\n> --- Ann", "said", "one — Ann"),
        ("> one\n> two\n> ― Ann", "said", "one two — Ann"),
        ("> — Ann", "pull", "— Ann"),
        ("> one — two", "pull", "one — two"),
        ("> one\n> —", "pull", "one —"),
        ("> one\n> **— Ann**", "pull", "one — Ann"),
        (">", "long", ""),
    ],
)
@pytest.mark.parametrize("smart", [True, False])
def test_a_quote_is_what_it_looks_like(
    markdown: str, kind: str, text: str, smart: bool
) -> None:
    shown = fragment(markdown, smart=smart)

    assert shown.startswith(f'<blockquote class="{kind}">')
    assert words(shown) == text
    assert ('<p class="by">' in shown) == (kind == "said")


def test_a_quote_in_a_quote_or_a_list_is_not_set_larger_than_what_it_stands_in() -> (
    None
):
    for markdown in ("> a\n>\n> > b", "- a\n\n  > b"):
        shown = fragment(markdown)

        assert '<blockquote class="long">\n<p>b</p>' in shown
        assert "pull" not in shown
