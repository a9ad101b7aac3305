"""Every sentence of a pasted page is in the file, as a reader of it will see it."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.importing.issue import import_issue
from newsletter.importing.roundtable import import_roundtable
from newsletter.model.labels import Labels
from tests.importing.generated import Page, issues, roundtables
from tests.importing.reading import issue_text, lost, roundtable_text
from tests.importing.test_pages import ISSUES, ROUNDTABLES, read

TODAY = date(2026, 11, 20)
LABELS = Labels()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the files of all examples are written, one after the other."""
    return tmp_path_factory.mktemp("imported")


@given(roundtables())
def test_every_sentence_of_a_roundtable(folder: Path, page: Page) -> None:
    found = import_roundtable(page.text, LABELS)

    assert lost(list(page.sentences), roundtable_text(found.text, folder)) == []


@given(issues())
def test_every_sentence_of_an_issue(folder: Path, page: Page) -> None:
    found = import_issue(page.text, LABELS, today=TODAY, day=None)

    assert lost(list(page.sentences), issue_text(found.text, folder)) == []


_KNOWN = [
    line.decode()
    for name in (*ROUNDTABLES, *ISSUES)
    for line in read(name).splitlines()
    # Without its heads a page in Markdown is none, and its stars are words.
    if name != "written-in-markdown"
]
# Lines of anything: of pages that we never thought of.
_ODD = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=300)
_LINES = st.lists(st.one_of(_ODD, st.sampled_from(_KNOWN)), max_size=25)


@given(_LINES)
def test_every_sentence_of_lines_in_any_order(folder: Path, lines: list[str]) -> None:
    # What stands before a colon may be a name or a head, which go elsewhere.
    sentences = [
        line.rpartition(": ")[2]
        for line in lines
        if line in _KNOWN and line.endswith((".", "!", "?")) and len(line.split()) > 3
    ]
    text = "\n".join(lines)

    table = import_roundtable(text, LABELS)
    assert lost(sentences, roundtable_text(table.text, folder)) == []
    issue = import_issue(text, LABELS, today=TODAY, day=None)
    assert lost(sentences, issue_text(issue.text, folder)) == []
