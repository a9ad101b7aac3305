"""The front matter as a form: shows what the text says, changes the text alone."""

import re
from html import unescape

import pytest

from newsletter.content.issue import parse_issue
from tests.web.asgi import Answer
from tests.web.studio.conftest import ISSUE, Studio

VIEW = f"/issues/{ISSUE}"
OWN = """---
title: one   # a comment
mood: 'kept'
date: 2026-11-20
---
hello
"""


def change(at_desk: Studio, text: str, **fields: str) -> Answer:
    form = {name.replace("__", "."): value for name, value in fields.items()}
    return at_desk.post(f"{VIEW}/change", {"text": text, **form})


def changed(at_desk: Studio, text: str, **fields: str) -> str:
    answer = change(at_desk, text, **fields)
    assert answer.status == 200, answer.text
    made: str = answer.json()["text"]
    parse_issue(made, at_desk.issue, at_desk.root)
    return made


def shown(at_desk: Studio, text: str) -> dict[str, str]:
    html = at_desk.post(f"{VIEW}/fields", {"text": text}).text
    inputs = re.findall(r'<input [^>]*name="([^"]+)" value="([^"]*)"', html)
    areas = re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>\n([^<]*)<', html)
    selects = re.findall(
        r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL
    )
    chosen = [
        (name, found[1])
        for name, options in selects
        for found in [re.search(r" selected>([^<]*)", options)]
        if found
    ]
    return {name: unescape(text) for name, text in [*inputs, *areas, *chosen]}


def test_it_shows_what_the_issue_says(at_desk: Studio) -> None:
    found = shown(at_desk, at_desk.issue.read_text())
    assert found["title"] == "pull up the second chair"
    assert found["date"] == "2026-11-20"
    assert found["tldr"].startswith("when only one side gets to prepare")
    assert found["music.artist"] == "Marguerite Okafor-Lund"
    assert found["roundtable.slug"] == "the-launch-she-stopped"
    assert found["tags"] == "interviews\nhiring managers\ncandidates"


def test_it_shows_what_other_tools_call_otherwise(at_desk: Studio) -> None:
    text = "---\ntitle: a\npreview_text: hi\nmusic: https://a.test/b\ndraft: true\n"
    found = shown(at_desk, text + "roundtable:\ntags: a, b\nextra: {x: 1}\n---\n")
    assert found["preheader"] == "hi"
    assert found["music.url"] == "https://a.test/b"
    assert found["status"] == "draft"
    assert "roundtable.slug" not in found


def test_a_roundtable_that_is_not_there_stays_chosen(at_desk: Studio) -> None:
    text = OWN.replace("mood: 'kept'", "roundtable: not-there")
    assert shown(at_desk, text)["roundtable.slug"] == "not-there"


def test_what_cannot_be_read_is_to_be_mended_in_the_text(at_desk: Studio) -> None:
    html = at_desk.post(f"{VIEW}/fields", {"text": "---\ntitle: 'a\n---\n"}).text
    assert "a quote is opened and never closed" in html
    assert "<input" not in html


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("title", "say: “hi” # now", 'title: "say: “hi” # now"   # a comment'),
        ("preheader", "on", 'preheader: "on"'),
        ("my_2_cents", "1.10", 'my_2_cents: "1.10"'),
        ("status", "draft", "status: draft"),
        ("date", "2026-12-24", "date: 2026-12-24"),
        ("subject", "it's", 'subject: "it\'s"'),
        ("tags", "bees\n\n a, b ", 'tags: [bees, "a, b"]'),
        ("tldr", "\none\n\n- two\n\n", "tldr: |\n  one\n\n  - two"),
        ("music__url", "https://a.test/b", "music: https://a.test/b"),
        ("roundtable__slug", "the-launch-she-stopped", "roundtable: the-launch-she"),
    ],
)
def test_a_field_changes_its_own_lines(
    at_desk: Studio, name: str, value: str, line: str
) -> None:
    made = changed(at_desk, OWN, **{name: value.replace("\n", "\r\n")})
    assert f"\n{line}" in made
    for other in OWN.splitlines():
        assert other in made or name == other.partition(":")[0]
    assert changed(at_desk, made, **{name: ""} if name not in ("title", "date") else {})


def test_keys_below_a_key_are_changed_together(at_desk: Studio) -> None:
    text = at_desk.issue.read_text()
    made = changed(
        at_desk,
        text,
        music__url="https://a.test/b",
        music__title="",
        music__artist="new: one",
        music__note="",
    )
    assert 'music:\n  url: https://a.test/b\n  artist: "new: one"\nroundtable:' in made
    bare = changed(
        at_desk, made, music__url="", music__title="", music__artist="", music__note=""
    )
    assert "music" not in bare
    teased = changed(
        at_desk,
        text,
        roundtable__slug="the-honest-i-dont-know",
        roundtable__teaser="hear them",
    )
    assert '  slug: the-honest-i-dont-know\n  teaser: "hear them"\n' in teased
    none = changed(at_desk, teased, roundtable__slug="", roundtable__teaser="hear them")
    assert "hear them" not in none


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"title": ""}, "`title` is missing"),
        ({"title": "x" * 300}, "300 characters"),
        ({"date": "tomorrow"}, "must be a date"),
        ({"date": "2026-02-30"}, "the calendar has no"),
        ({"music__url": "", "music__title": "x"}, "`music.url` is missing"),
        ({"music__url": "javascript:alert(1)"}, "is not a web address"),
        ({"roundtable__slug": "../x"}, "cannot be a slug"),
        ({"preheader": "a\x07b"}, "U+0007"),
        ({"status": "maybe"}, "must be one of"),
        ({"tldr": "a\u202eb"}, "U+202E"),
    ],
)
def test_what_our_reader_would_refuse_is_not_in_the_text(
    at_desk: Studio, fields: dict[str, str], message: str
) -> None:
    answer = change(at_desk, OWN, **fields)
    assert answer.status == 422
    assert message in " ".join(answer.json()["mistakes"])


def test_older_mistakes_do_not_stand_in_the_way(at_desk: Studio) -> None:
    broken = OWN.replace("date: 2026-11-20", "date: soon")
    assert "title: two " in change(at_desk, broken, title="two").json()["text"]


def test_text_that_cannot_be_read_is_not_changed(at_desk: Studio) -> None:
    answer = change(at_desk, "no front matter", title="a")
    assert answer.status == 422
    assert answer.json()["mistakes"] == [
        "no front matter; the first line must be `---`, then `title: …`, `---`"
    ]


def test_what_only_its_author_can_change_is_said(at_desk: Studio) -> None:
    answer = change(at_desk, "---\n{title: a, date: 2026-11-20}\n---\n", title="b")
    assert answer.status == 422
    assert "in a way that the form cannot change" in answer.json()["mistakes"][0]


def test_the_file_is_never_changed(at_desk: Studio) -> None:
    before = at_desk.issue.read_bytes()
    changed(at_desk, OWN, title="another")
    assert at_desk.issue.read_bytes() == before
