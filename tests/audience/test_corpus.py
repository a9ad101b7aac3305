"""Every address of the corpus, wherever one comes in: the same answer everywhere."""

import csv
from pathlib import Path

import pytest

from newsletter.audience.address import AddressRefused, normalise
from newsletter.audience.importing import import_file
from newsletter.errors import SourceError
from newsletter.store.engine import Store
from tests.audience.addresses import CORPUS, REFUSED, TAKEN, Typed
from tests.audience.conftest import ERASER, people_in

by_text = pytest.mark.parametrize("typed", CORPUS, ids=lambda it: ascii(it.text))


@by_text
def test_it_is_taken_or_refused(typed: Typed) -> None:
    if typed.key:
        assert normalise(typed.text).key == typed.key
        return
    with pytest.raises(AddressRefused) as refused:
        normalise(typed.text)
    assert typed.reason in refused.value.reason
    assert refused.value.hint


def write(path: Path, texts: list[str]) -> Path:
    with path.open(
        "w", encoding="utf-8", errors="surrogateescape", newline=""
    ) as stream:
        rows = csv.writer(stream, quoting=csv.QUOTE_ALL)
        rows.writerows([["email"], *([text] for text in texts)])
    return path


def test_an_import_says_the_same_of_each_row(store: Store, tmp_path: Path) -> None:
    rows = [typed for typed in CORPUS if not typed.unreadable]
    path = write(tmp_path / "people.csv", [typed.text for typed in rows])

    report = import_file(store, ERASER, path)

    keys = {person.address_key for person in people_in(store).values()}
    assert keys == {typed.key for typed in TAKEN}
    assert report.added == len(TAKEN) == len(keys)
    refused = [typed for typed in rows if typed.reason]
    assert len(report.skipped) == len(refused)
    for skip, typed in zip(report.skipped, refused, strict=True):
        assert typed.reason in skip.reason
        assert skip.hint


@pytest.mark.parametrize(
    "typed", [typed for typed in REFUSED if typed.unreadable], ids=ascii
)
def test_what_no_file_may_hold_stops_the_import(
    typed: Typed, store: Store, tmp_path: Path
) -> None:
    path = write(tmp_path / "people.csv", ["bo@example.com", typed.text])

    with pytest.raises(SourceError, match=r"people\.csv:3: "):
        import_file(store, ERASER, path)
    assert people_in(store) == {}


def test_what_was_taken_is_the_same_again() -> None:
    for typed in TAKEN:
        found = normalise(typed.text)
        assert normalise(found.address) == found
        assert normalise(typed.key).key == typed.key


def test_the_keys_of_the_corpus_belong_to_different_people() -> None:
    assert len({typed.key for typed in TAKEN}) == len(TAKEN)


def test_what_is_mailed_and_shown_is_ascii() -> None:
    """So that no homograph looks like another address in a terminal or a letter."""
    assert all(normalise(typed.text).address.isascii() for typed in TAKEN)
