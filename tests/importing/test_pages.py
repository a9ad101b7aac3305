"""Pages of different shapes, imported: the whole file, and everything that is told."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from newsletter.importing.issue import import_issue
from newsletter.importing.lines import decoded
from newsletter.importing.roundtable import import_roundtable
from newsletter.importing.told import Imported
from newsletter.importing.writing import check_issue, check_roundtable
from newsletter.model.labels import Labels

PAGES = Path(__file__).parent / "pages"
ROUNDTABLES = (
    "two-voices",
    "a-remark-is-missing",
    "names-before-remarks",
    "roles-beside-names",
    "labels-of-its-own",
    "signals-before-consensus",
    "between-buttons",
    "opening-statements",
    "written-in-markdown",
)
ISSUES = (
    "the-empty-calendar",
    "notes-on-silence",
    "the-awkward-letter",
    "the-reference-call",
    "a-word-for-no",
    "six-weeks",
)
TODAY = date(2026, 11, 20)


def imported(name: str, data: bytes) -> Imported:
    text = decoded(data, name)
    if name in ISSUES:
        return import_issue(text, Labels(), today=TODAY, day=None)
    return import_roundtable(text, Labels(), language="de" if "two" in name else "en")


def read(name: str) -> bytes:
    return (PAGES / f"{name}.txt").read_bytes()


@pytest.mark.parametrize("name", [*ROUNDTABLES, *ISSUES])
def test_a_page_becomes_this_file_and_this_is_told(
    name: str, golden: Callable[[str, str], None], tmp_path: Path
) -> None:
    found = imported(name, read(name))

    golden(f"importing/{name}.md", found.text)
    golden(f"importing/{name}.told.txt", "".join(f"{note}\n" for note in found.notes))
    check = check_issue if name in ISSUES else check_roundtable
    check(tmp_path / f"{name}.md", found.text)


@pytest.mark.parametrize("name", [*ROUNDTABLES, *ISSUES])
@pytest.mark.parametrize("saved", ["windows", "utf-16", "mac", "blank lines", "spaced"])
def test_how_a_page_was_saved_makes_no_difference(name: str, saved: str) -> None:
    text = read(name).decode()
    data = {
        "windows": b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(),
        "utf-16": text.replace("\n", "\r\n").encode("utf-16"),
        "mac": text.replace("\n", "\r").encode(),
        "blank lines": text.replace("\n", "\n\n").encode(),
        "spaced": text.replace("\n", " \t\xa0\n\u200b \xa0").encode(),
    }[saved]

    assert imported(name, data).text == imported(name, read(name)).text
