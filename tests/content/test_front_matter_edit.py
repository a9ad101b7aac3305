"""Changing one field of an issue changes no other byte, and reads back exactly."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.front_matter import split
from newsletter.content.front_matter_edit import Fields, with_fields
from newsletter.errors import SourceError, UsageError
from newsletter.model.issue import IssueStatus

# As authors write it: comments, own keys, every quote, blocks, lists, mappings.
PIECES: Sequence[tuple[str, str]] = (
    ("", "# a comment above all\n"),
    ("title", 'title: "one \\"quoted\\" line"   # shown in the inbox\n'),
    ("", "mood: 'own key, it''s kept'\n"),
    ("preheader", "preheader: plain, without quotes\n"),
    ("", "\n# --- about the letter ---\n"),
    ("date", "date: 2026-11-20\n"),
    ("my_2_cents", "my_2_cents: >-\n  folded over\n  two lines\n"),
    ("", " # a comment that is indented\n"),
    ("tldr", "tldr: |  # in short\n  the text\n\n    - indented\n"),
    ("", "\n\n"),
    ("music", "music:\n  url: https://a.example/b  # found by ear\n  note: 'so low'\n"),
    ("roundtable", "roundtable: the-launch\n"),
    ("", "layout: {a: 1, b: [x, y]}\n"),
    ("tags", "tags:\n- bees # and wasps\n-   'two words'\n"),
    ("status", "status:\n"),
    ("", "# the end\n"),
)
BODY = "---\n\nhello {{ name }},\n\n---\ntitle: not this one\n"

letters = st.text(
    st.characters(codec="utf-8", categories=["L", "M", "N", "P", "S", "Zs"]),
    max_size=60,
)
texts = st.lists(letters, max_size=4).map("\n".join)
one_line = st.one_of(
    letters,
    st.sampled_from(["on", "012", "1e3", "~", "- a", "a: b", "#no", "{x}", "'"]),
)
fields = st.one_of(
    st.tuples(st.sampled_from(["title", "preheader", "my_2_cents"]), one_line),
    st.tuples(st.just("tldr"), texts),
    st.tuples(st.just("tags"), st.lists(one_line.filter(bool), max_size=4)),
    st.tuples(st.just("status"), st.sampled_from([*map(str, IssueStatus)])),
    st.tuples(st.just("date"), st.dates(date(1970, 1, 1)).map(str)),
)


def source(pieces: Sequence[tuple[str, str]], body: str = BODY) -> str:
    return "---\n" + "".join(text for _, text in pieces) + body


def value_of(text: str, key: str) -> object:
    document = split(text.replace("\r\n", "\n"), file="a.md").document
    return document.scalars.get((key,), document.data.get(key))


@given(fields, st.sampled_from(["\n", "\r\n", "\r"]), st.booleans(), st.data())
def test_one_field_changes_and_reads_back(
    field: tuple[str, str | list[str]], end: str, bom: bool, data: st.DataObject
) -> None:
    key, value = field
    absent = data.draw(st.booleans())
    pieces = [piece for piece in PIECES if not absent or piece[0] != key]
    mark = "\ufeff" if bom else ""
    before = mark + source(pieces).replace("\n", end)

    after = with_fields(before, {key: value}, file="a.md")

    shown = _lf(after).removeprefix("\ufeff")
    assert value_of(shown, key) == (value or None)
    assert after.count("\r\n" if end == "\r\n" else end) == _lf(after).count("\n")
    if absent:
        lines = _lf(before).split("\n")
        found = iter(_lf(after).split("\n"))
        assert all(line in found for line in lines)
    else:
        index = [name for name, _ in pieces].index(key)
        assert _lf(after).startswith(_lf(mark + "---\n" + _join(pieces[:index])))
        assert _lf(after).endswith(_join(pieces[index + 1 :]) + BODY)
    assert with_fields(after, {key: value}, file="a.md") == after


def _join(pieces: Sequence[tuple[str, str]]) -> str:
    return "".join(text for _, text in pieces)


def _lf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def head(text: str) -> str:
    """The front matter of what `one` has made."""
    return text.removeprefix("---\n").removesuffix("---\nbody\n")


def one(before: str, fields: Fields) -> str:
    return head(with_fields(f"---\n{before}---\nbody\n", fields, file="a.md"))


@pytest.mark.parametrize(
    ("before", "fields", "after"),
    [
        # A comment beside a value stays there, whatever becomes of the value.
        ("tldr: short # why\n", {"tldr": "a\nb\n"}, "tldr: | # why\n  a\n  b\n"),
        ("tldr: | # why\n  a\n", {"tldr": "b"}, "tldr: |- # why\n  b\n"),
        ("tldr: >\n  a\n  b\n\nx: 1\n", {"tldr": "c\n"}, "tldr: |\n  c\n\nx: 1\n"),
        ("tldr: # none\n", {"tldr": "a\n"}, "tldr: | # none\n  a\n"),
        ("tldr: |+\n  a\n\n\nx: 1\n", {"tldr": "b\n"}, "tldr: |\n  b\nx: 1\n"),
        ("tldr: |\n  a\n", {"tldr": "  b\nc\n\n"}, "tldr: |2+\n    b\n  c\n\n"),
        ("title:\n", {"title": "a b"}, "title: a b\n"),
        ("title: 'a'\n", {"title": "it's"}, "title: 'it''s'\n"),
        ("title: a\n", {"title": "a: b"}, 'title: "a: b"\n'),
        ("title: 1.10\n", {"title": "1.10"}, "title: 1.10\n"),
        # A new key stands where its like stand, as its neighbours are indented.
        ("  x: 1\n  date: 1\n", {"title": "a"}, '  title: "a"\n  x: 1\n  date: 1\n'),
        ("title: a\nx: 1\n", {"preheader": "b"}, 'title: a\npreheader: "b"\nx: 1\n'),
        ("", {"title": "a"}, 'title: "a"\n'),
        ("# only words\n", {"title": "a"}, '# only words\ntitle: "a"\n'),
        # Keys that other tools know are changed by the name that they have here.
        ("preview_text: a\n", {"preheader": "b"}, "preview_text: b\n"),
        ("draft: true\n", {"status": "ready"}, "status: ready\ndraft: false\n"),
        (
            "published: false\n",
            {"status": "draft"},
            "status: draft\npublished: false\n",
        ),
        # Lists of lines keep their comments.
        (
            "tags:\n- a # 1\n- b # 2\n",
            {"tags": ["a", "c"]},
            "tags:\n- a # 1\n- c # 2\n",
        ),
        ("tags:\n  - a\n  - b\n", {"tags": ["a"]}, "tags:\n  - a\n"),
        ("tags:\n- 'a'\n", {"tags": ["a", "b: c"]}, "tags:\n- 'a'\n- \"b: c\"\n"),
        ("tags: a, b\n", {"tags": ["a", "{c}"]}, 'tags: [a, "{c}"]\n'),
        ("tags: [a, b] # x\n", {"tags": []}, ""),
        # What has keys below it.
        (
            "music: {url: https://a.b}\n",
            {"music": {"note": "x"}},
            "music: {url: https://a.b, note: x}\n",
        ),
        (
            "music: https://a.b # m\n",
            {"music": {"note": "x y"}},
            'music: # m\n  url: https://a.b\n  note: "x y"\n',
        ),
        (
            "music:\n  # m\n  url: https://a.b\n  note: c\n",
            {"music": {"note": ""}},
            "music:\n  # m\n  url: https://a.b\n",
        ),
        (
            "music:\n    note: c\n",
            {"music": {"title": "t"}},
            'music:\n    title: "t"\n    note: c\n',
        ),
        ("music:\n  url: https://a.b\nx: 1\n", {"music": {"url": ""}}, "x: 1\n"),
        ("roundtable: a\n", {"roundtable": {"slug": "b"}}, "roundtable: b\n"),
        ("roundtable:\n  slug: a\n", {"roundtable": None}, ""),
        ("x: 1\n", {"music": None, "title": ""}, "x: 1\n"),
    ],
)
def test_only_its_own_lines_change(before: str, fields: Fields, after: str) -> None:
    assert one(before, fields) == after


@pytest.mark.parametrize(
    ("before", "fields"),
    [
        ("{title: a}\n", {"title": "b"}),
        ("? title\n: a\n", {"title": None}),
        ("? title\n: a\n", {"preheader": "b"}),
        ("title:\n  a: b\n", {"title": "b"}),
        ("tags:\n- {a: b}\n", {"tags": ["b"]}),
        ("tags:\n  - - a\n", {"tags": ["b"]}),
    ],
)
def test_what_only_its_author_can_change_is_refused(
    before: str, fields: Fields
) -> None:
    with pytest.raises(UsageError):
        one(before, fields)


@pytest.mark.parametrize("text", ["a\u200bb\x85", "\ufeff", "a\ud800"])
def test_what_our_reader_refuses_is_not_written(text: str) -> None:
    with pytest.raises(SourceError):
        one("title: a\n", {"title": text})


@pytest.mark.parametrize("before", ["title: 'a\n", "a: 1\na: 2\n", "x: *y\n"])
def test_front_matter_with_mistakes_is_not_changed(before: str) -> None:
    with pytest.raises(SourceError):
        one(before, {"title": "b"})


def test_mixed_line_ends_stay_where_nothing_changes() -> None:
    before = "---\r\ntitle: a\ndate: 1\r\n---\r\none\ntwo\r\n"
    after = with_fields(before, {"title": "b"}, file="a.md")
    assert after == before.replace("title: a\n", "title: b\r\n")
