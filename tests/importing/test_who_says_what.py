"""Of a page that adds up everything is read as it is, and nothing is told."""

from pathlib import Path

import pytest
from hypothesis import given

from newsletter.content.roundtable import read_roundtable
from newsletter.importing.roundtable import import_roundtable
from newsletter.model.labels import Labels
from tests.importing.reading import alike, shown
from tests.importing.well_formed import Table, tables


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the files of all examples are written, one after the other."""
    return tmp_path_factory.mktemp("imported") / "a-roundtable.md"


def plain(lines: tuple[str, ...]) -> str:
    """The lines of a remark as a reader sees them: without the marks of a list."""
    first, *more = lines
    words = " ".join(line.removeprefix("- ") for line in more)
    return alike(f"{alike(first)} {words}")


@given(tables())
def test_who_says_what_is_exact(file: Path, page: Table) -> None:
    found = import_roundtable(page.text, Labels())
    file.write_text(found.text, encoding="utf-8")
    table = read_roundtable(file, file.parent)
    names = [name for name, _ in page.panel]

    assert table.title == page.title
    assert [(expert.name, expert.role) for expert in table.panel] == [*page.panel]
    assert [
        [(remark.expert, alike(shown(remark.text))) for remark in turns.remarks]
        for turns in table.rounds
    ] == [[*zip(names, map(plain, turn), strict=True)] for turn in page.rounds]
    assert alike(shown(table.consensus)) == alike(" ".join(page.consensus))
    assert [
        (alike(shown(expert.hire)), alike(shown(expert.concern)))
        for expert in table.panel
    ] == [(alike(hire), alike(concern)) for hire, concern in page.signals]
