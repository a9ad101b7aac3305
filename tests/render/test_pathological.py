"""Texts made to be slow or to overflow: a second for 100 KiB, and never a traceback."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from newsletter.errors import SourceError
from tests.render.making import a_publication, rendered

SIZE = 100 * 1024


def full(unit: str) -> str:
    """A text of 100 KiB made of one unit."""
    return unit * (SIZE // len(unit.encode()))


def numbered(make: Callable[[int], str], count: int) -> str:
    return "".join(map(make, range(count)))


FAST = {
    "brackets": "[" * 50_000,
    "closing brackets": full("]"),
    "half links": full("[a]("),
    "half images": full("![a"),
    "pairs of brackets": "[" * 25_000 + "]" * 25_000,
    "links in links": full("[a](b "),
    "emphasis": "*a " * 33_000,
    "strong": full("**a "),
    "underscores": full("a_"),
    "emphasis and strong": full("*a **b "),
    "strikethrough": full("~~a "),
    "less than": "<" * 50_000,
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


def seconds(text: str, *, enough: float = 1, tries: int = 3) -> float:
    """The best of a few tries; the first that took less than `enough` will do."""
    best = float("inf")
    for _ in range(tries):
        start = time.process_time()
        rendered(text)
        best = min(best, time.process_time() - start)
        if best < enough:
            break
    return best


@pytest.mark.parametrize("name", FAST)
def test_a_text_made_to_be_slow_takes_a_second_at_most(name: str) -> None:
    assert seconds(FAST[name]) < 1


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

    start = time.process_time()
    with suppress(SourceError):
        rendered(tag * 5_000, publication=publication)
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "unit", ["*a ", "[a](/b) ", "{{ name }} ", "- a\n", "https://a.example/b--c "]
)
def test_twice_the_text_takes_about_twice_the_time(unit: str) -> None:
    half, whole = (
        seconds(unit * (size // len(unit)), enough=0) for size in (SIZE // 4, SIZE // 2)
    )

    assert whole < 3.5 * half + 0.05
