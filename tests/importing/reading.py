"""Reads imported files as readers do, as plain words that can be compared."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from newsletter.content.issue import read_issue
from newsletter.content.roundtable import read_roundtable
from newsletter.model.text import Line
from newsletter.render.merge import BUILT_IN, MergeTags
from newsletter.render.tree import parse
from tests.importing.well_formed import OPENERS

_QUOTES = re.compile("[“”„«»\"‘’'‚‹›]")
_DASHES = re.compile(r"[-–—―]+")


def alike(text: str) -> str:
    """A text without what typography makes of it: quotes, dashes, dots, blanks."""
    text = _QUOTES.sub("'", unicodedata.normalize("NFC", text)).replace("…", "...")
    text = _DASHES.sub("-", text).replace("{ {", "{{")
    # A list's item and a quote's last line have marks of their own.
    text = re.sub(r"\A(?:[•*+-]|\d+[.)])\s+", "", text.strip())
    return " ".join(text.removeprefix("-").split())


def shown(markdown: str) -> str:
    """What Markdown shows; a merge tag in it is an error."""
    tags = MergeTags("x.md", BUILT_IN)
    document = parse(markdown, tags)
    assert tags.fields == []
    return " ".join(node.plain() for node in document.blocks)


def roundtable_text(text: str, folder: Path) -> str:
    """All words of a roundtable's file, as our reader and renderer have them."""
    path = folder / "a-roundtable.md"
    path.write_text(text, encoding="utf-8")
    return alike(" ".join(_of_roundtable(path, folder)))


def _of_roundtable(path: Path, folder: Path) -> Iterator[str]:
    found = read_roundtable(path, folder)
    yield from (found.title, found.competency, found.discussing)
    yield str(found.interview_url or "")
    for expert in found.panel:
        yield from (expert.name, expert.role)
        yield from (shown(expert.hire), shown(expert.concern))
    for turns in found.rounds:
        yield turns.title
        yield from (shown(remark.text) for remark in turns.remarks)
    yield shown(found.consensus)


def issue_text(text: str, folder: Path) -> str:
    """All words of an issue's file, as our reader and renderer have them."""
    path = folder / "an-issue.md"
    path.write_text(text, encoding="utf-8")
    issue = read_issue(path, folder)
    words: list[Line] = [issue.title, issue.description, issue.author]
    words += [issue.my_2_cents, shown(issue.tldr), shown(issue.body)]
    if issue.music:
        words += [issue.music.url, issue.music.note]
    return alike(" ".join(words))


def lost(sentences: list[str], text: str) -> list[str]:
    """The sentences that are not in a text.

    The word of a head before a colon may have been read as one: what follows may not.
    """
    return [
        sentence
        for sentence in sentences
        if not any(alike(form) in text for form in (sentence, _without_head(sentence)))
    ]


def _without_head(sentence: str) -> str:
    opener = next((word for word in OPENERS if sentence.startswith(word)), "")
    return sentence.removeprefix(opener)
