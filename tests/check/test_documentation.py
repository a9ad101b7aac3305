"""Every code has a page that says what, why and how; its example really triggers it."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from newsletter.check.codes import CODES, NEVER_IGNORED
from newsletter.check.explaining import PAGES, explanation
from newsletter.errors import UsageError
from tests.check import small

SECTIONS = ["Why it matters", "An example", "How to mend it"]
# Shown as text, because it takes more than a few lines to bring them about: a ledger,
# the web, a template, a large file, bytes that are no text. Each has a test of its own.
SHOWN_ONLY = {
    "already-sent",
    "control-character",
    "csv",
    "dead-link",
    "encoding",
    "file",
    "html-size",
    "image-weight",
    "message-size",
    "moved-link",
    "nesting",
    "roundtable",
    "style-size",
    "template",
    "unchecked-link",
    "unsubscribe-link",
}
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def examples(code: str) -> list[tuple[str, str]]:
    """The fenced blocks of a page: what they are, and what is in them."""
    return _FENCE.findall((PAGES / f"{code}.md").read_text("utf-8"))


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert {path.stem for path in PAGES.glob("*.md")} == CODES.keys()


@pytest.mark.parametrize("code", CODES)
def test_a_page_says_what_why_and_how(code: str) -> None:
    text = explanation(code)
    title, meaning = text.split("\n\n")[:2]

    assert title == f"# {code}"
    assert meaning == CODES[code]
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == SECTIONS
    never = "It cannot be ignored." in " ".join(text.split())
    assert never == (code in NEVER_IGNORED)
    for section in re.split(r"^## .*$", text, flags=re.MULTILINE)[1:]:
        assert len(section.strip()) > 10


def test_an_example_that_is_only_shown_is_one_of_those_that_must_be() -> None:
    shown = {code for code in CODES if [kind for kind, _ in examples(code)] == ["text"]}

    assert shown == SHOWN_ONLY


@pytest.mark.parametrize("code", sorted(CODES.keys() - SHOWN_ONLY))
def test_an_example_triggers_its_code(code: str, tmp_path: Path) -> None:
    found = small.codes(publication_of(code, tmp_path / "p"))

    assert found[code] > 0
    assert small.codes(small.make(tmp_path / "good"))[code] == 0


def publication_of(code: str, home: Path) -> Path:
    """The small publication with what the page of a code shows."""
    parts: dict[str, Any] = {}
    for kind, text in examples(code):
        if kind == "markdown":
            # Below other words: what counts is the example, not that it is short.
            alone = code in ("empty", "front-matter-in-body", "word-count")
            parts["body"] = text if alone else f"{small.BODY}\n{text}"
        else:
            name = re.match(r"# in (?:the )?(\S+)", text)
            assert name is not None
            where = {"issue": "issue", "roundtable": "table"}.get(name[1], "settings")
            parts[where] = text
    given = {
        key: parts.pop(key) for key in ("issue", "table", "settings") if key in parts
    }
    small.make(home, **parts)
    if code == "number":
        small.write(
            home / "issues" / "2026-11-13-other.md", {"title": "x", "number": 7}, ""
        )
    files = {"issue": small.ISSUE, "table": small.TABLE, "settings": "newsletter.yaml"}
    for where, text in given.items():
        add(home / files[where], text)
    return home


def add(path: Path, text: str) -> None:
    """Put lines into a file's YAML, in the places of those with the same keys."""
    whole = path.read_text("utf-8")
    mark = "---\n" if whole.startswith("---") else ""
    front, after = whole.removeprefix(mark).split("---\n", 1) if mark else (whole, "")
    try:
        new = yaml.safe_load(text)
    except yaml.YAMLError:
        new = {}
    kept = yaml.safe_load(front)
    for key in new:
        kept.pop(key, None)
    again = yaml.safe_dump(kept, sort_keys=False, allow_unicode=True)
    path.write_text(f"{mark}{again}{text}{mark}{after}", "utf-8")


def test_a_code_that_is_not_known_is_told_with_a_suggestion() -> None:
    with pytest.raises(UsageError) as caught:
        explanation("alt-txt")
    assert caught.value.hint == "did you mean `alt-text`?"
    with pytest.raises(UsageError) as caught:
        explanation("zzz")
    assert "alt-text" in caught.value.hint
