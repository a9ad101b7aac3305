"""Texts made to be slow or to overflow: made in time or refused, never a traceback."""

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from newsletter.errors import SourceError
from newsletter.render.page import Site
from newsletter.render.page_issue import render_issue_page
from tests.render.making import a_publication, an_issue, images_beside, rendered
from tests.rig import cpu

SIZE = 100 * 1024

PROMISED = 1
"""Seconds of CPU for what we promise; a tenth of one is usual on a slow machine."""

PATIENCE = 5
"""Seconds of CPU for all else: half of one is usual, a square takes minutes."""


def full(unit: str) -> str:
    """A text of 100 KiB made of one unit."""
    return unit * (SIZE // len(unit.encode()))


def numbered(make: Callable[[int], str], count: int) -> str:
    return "".join(map(make, range(count)))


BOMBS = {
    "brackets": "[" * 50_000,
    "emphasis": "*a " * 50_000,
    "less than": "<" * 50_000,
    "images": "![" * 50_000,
}
FAST = {
    "closing brackets": full("]"),
    "half links": full("[a]("),
    "half images": full("![a"),
    "pairs of brackets": "[" * 25_000 + "]" * 25_000,
    "links in links": full("[a](b "),
    "strong": full("**a "),
    "underscores": full("a_"),
    "emphasis and strong": full("*a **b "),
    "strikethrough": full("~~a "),
    "half tags": full('<a href="'),
    "half comments": full("<!--"),
    "half CDATA": full("<![CDATA["),
    "ampersands": full("&"),
    "entities": full("&#xF0000;"),
    "backticks": full("`"),
    "growing backticks": numbered(lambda n: "a" + "`" * n, 440),
    "blanks": "a" + full(" ") + "b",
    "tabs": full("\t"),
    "lines": full("\n"),
    "rules": full("---\n"),
    "headings": full("# a\n"),
    "one heading": full("a\n") + "===",
    "items": full("- a\n"),
    "a table of columns": "|" * 4_000
    + "\n"
    + "|-" * 4_000
    + "|\n"
    + full("|a")[:60_000],
    "a table of rows": "|a|b|\n|-|-|\n" + full("|c|d|\n"),
    "references": numbered(lambda n: f"[{n}]: /a\n", 5_000) + "\n" + "[1][2] " * 5_000,
    "a long reference": "[a]: /" + "x" * 1_000 + "\n\n" + "[a] " * 20_000,
    "footnotes": numbered(lambda n: f"[^{n}]\n\n[^{n}]: a\n\n", 4_000),
    "a chain of footnotes": "[^0]\n\n"
    + numbered(lambda n: f"[^{n}]: [^{n + 1}]\n\n", 4_000),
    "addresses": full("http://"),
    "points after an address": "http://a" + full("."),
    "brackets after an address": "http://a" + full(")"),
    "dashes in addresses": full("http://a.example/b--c "),
    "links": numbered(lambda n: f"[a](/{n}) ", 8_000),
    "tags": full("{{ name }} "),
    "bad tags": full("{{ x }} "),
    "half tags of ours": full("{{ "),
    "tags with defaults": numbered(
        lambda n: f'{{{{ name | default("{n}") }}}} ', 3_500
    ),
    "words": full("word "),
    "one word": full("a"),
    "ideographs": full("日"),
}
DEEP = {
    "quotes": ">" * 1_000,
    "spaced quotes": full("> ") + "a",
    "lists in a line": "- " * 10_000 + "a",
    "lists in lists": numbered(lambda n: "  " * n + "- a\n", 300),
    "quotes and lists": full(">- ") + "a",
    "stars": "*" * 20_000 + "a" + "*" * 20_000,
    "numbered lists": "1. " * 10_000 + "a",
    "a chain of quoted footnotes": "[^1]\n\n[^1]: " + ">" * 1_000,
}


@pytest.fixture(autouse=True)
def untraced() -> Iterator[None]:
    """Measure the code and not the measuring of its coverage, five times as slow."""
    tracer = sys.gettrace()
    sys.settrace(None)
    yield
    sys.settrace(tracer)


def to_mail(text: str) -> None:
    """Make the HTML and the text of a mail."""
    rendered(text)


def to_web(text: str) -> None:
    """Make a page of the archive."""
    render_issue_page(an_issue(text), Site(a_publication(), images_beside))


def seconds(
    text: str, make: Callable[[str], None] = to_mail, *, enough: float = PROMISED
) -> float:
    """The best of three tries; the first that took less than `enough` will do."""
    return cpu.seconds(lambda: make(text), enough=enough)


@pytest.mark.parametrize("make", [to_mail, to_web])
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_of_markdown_takes_a_second_at_most(
    name: str, make: Callable[[str], None]
) -> None:
    assert seconds(BOMBS[name], make) < PROMISED


@pytest.mark.parametrize("make", [to_mail, to_web])
@pytest.mark.parametrize("name", FAST)
def test_a_text_made_to_be_slow_is_made_in_time(
    name: str, make: Callable[[str], None]
) -> None:
    assert seconds(FAST[name], make) < PATIENCE


@pytest.mark.parametrize("name", DEEP)
@pytest.mark.parametrize("key", ["body", "tldr"])
def test_a_text_made_to_overflow_is_refused_at_its_line(name: str, key: str) -> None:
    values: dict[str, Any] = {key: DEEP[name]}

    with pytest.raises(SourceError, match="nested more than 100 deep") as refused:
        rendered(**values)
    assert refused.value.problems[0].line >= (4 if key == "tldr" else 10)


@pytest.mark.parametrize(
    "tag", ["<div>", "<b>", "<a href=x>", "<p>", "</div>", "<svg>"]
)
def test_html_that_never_ends_is_refused_or_rendered_in_time(tag: str) -> None:
    publication = a_publication(trusted_html=True)

    def render() -> None:
        with suppress(SourceError):
            rendered(tag * 5_000, publication=publication)

    assert cpu.seconds(render, enough=PATIENCE) < PATIENCE


@pytest.mark.parametrize(
    "unit", ["*a ", "[a](/b) ", "{{ name }} ", "- a\n", "https://a.example/b--c "]
)
def test_four_times_the_text_takes_about_four_times_the_time(unit: str) -> None:
    part, whole = (unit * (size // len(unit)) for size in (SIZE // 8, SIZE // 2))
    short = long = float("inf")

    # In turns: a machine that is slow for a while is so for both.
    for turn in range(9):
        short, long = min(short, seconds(part)), min(long, seconds(whole))
        if turn >= 2 and long < 9 * short + 0.1:
            break
    # What is quadratic takes sixteen times as long.
    assert long < 9 * short + 0.1
