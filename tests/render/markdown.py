"""Markdown documents for property tests, and what pyromark itself makes of them."""

import pyromark
from hypothesis import strategies as st

from tests.render.making import words

_ORACLE = pyromark.Markdown(
    options=pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_HEADING_ATTRIBUTES
)

word = st.text("abcdeéß何", min_size=1, max_size=6)
_plain = st.lists(word, min_size=1, max_size=6).map(" ".join)


def _inline(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        inner.map(lambda text: f"**{text}**"),
        inner.map(lambda text: f"_{text}_"),
        inner.map(lambda text: f"~~{text}~~"),
        _plain.map(lambda text: f"`{text}`"),
        _plain.map(lambda text: f"[{text}](https://a.example/)"),
        st.lists(inner, min_size=2, max_size=3).map(" ".join),
    )


inline = st.recursive(_plain, _inline, max_leaves=4)
paragraph = st.lists(inline, min_size=1, max_size=4).flatmap(
    lambda parts: st.sampled_from([" ", "\n", "  \n", "\\\n"]).map(
        lambda join: join.join(parts)
    )
)
_table = st.tuples(inline, inline, inline, inline).map(
    lambda cell: f"| {cell[0]} | {cell[1]} |\n|:-|-:|\n| {cell[2]} | {cell[3]} |"
)
_block = st.one_of(
    paragraph,
    inline.map(lambda text: f"## {text}"),
    inline.map(lambda text: f"{text}\n==="),
    _plain.map(lambda text: f"```\n{text}\n\n  {text}\n```"),
    _table,
    st.just("---"),
)


def _indented(text: str, mark: str) -> str:
    lines = text.split("\n")
    blank = " " * len(mark)
    rest = [f"{blank}{line}" if line else "" for line in lines[1:]]
    return "\n".join([mark + lines[0], *rest])


def _container(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        several.map(lambda items: "\n".join(_indented(item, "- ") for item in items)),
        several.map(
            lambda items: "\n\n".join(_indented(item, "7. ") for item in items)
        ),
        inner.map(lambda text: "\n".join(f"> {line}" for line in text.split("\n"))),
        several.map("\n\n".join),
    )


document = st.lists(
    st.recursive(_block, _container, max_leaves=6), min_size=1, max_size=4
).map("\n\n".join)
"""Documents as people write them: paragraphs, lists in quotes, tables, code."""

noise = st.text("ab*_`~[]()!#>-+=|:\\ \n\t1.&;'\"", max_size=80)
"""Every mark of Markdown in any order; no `<`: pyromark lets HTML through."""


def oracle(markdown: str) -> str:
    """The words that pyromark's own HTML has."""
    return words(_ORACLE.html(markdown))
