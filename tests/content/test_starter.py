"""What `init` and `new` write: readable by our own readers, and never over a file."""

from collections import Counter
from datetime import date
from html import unescape
from pathlib import Path

import pytest

from newsletter.archive.build import build_site
from newsletter.config.publication import load_publication
from newsletter.content.library import load_library
from newsletter.content.starter import new_issue, start_publication
from newsletter.errors import UsageError
from newsletter.model.problem import Severity
from newsletter.sending.preflight import preflight
from tests.content.texts import ODD_TITLES

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize("name", ODD_TITLES)
def test_a_new_publication_is_read_by_our_own_readers(
    tmp_path: Path, name: str
) -> None:
    root = tmp_path / "deep/folder"

    made = start_publication(root, name, "Mo.O'Hara+x@letter.example", TODAY)

    assert [path.relative_to(root).as_posix() for path in made] == [
        "newsletter.yaml",
        "about.md",
        "issues/2026-11-20-hello.md",
        ".gitignore",
    ]
    publication = load_publication(root, {})
    assert (publication.name, publication.from_.name) == (name.strip(), name.strip())
    assert publication.base_url == "https://letter.example"
    assert [issue.slug for issue in load_library(root).issues] == ["hello"]


def test_readers_are_told_how_to_join_while_there_is_no_form(tmp_path: Path) -> None:
    start_publication(tmp_path, "the bench", "mo.o'hara+x@garden.example", TODAY)

    build_site(load_publication(tmp_path, {}), tmp_path / "site", today=TODAY)

    about, front = (
        unescape((tmp_path / "site" / name).read_text("utf-8"))
        for name in ("about/index.html", "index.html")
    )
    assert """href="mailto:mo.o'hara+x@garden.example\"""" in about
    assert "write to mo.o'hara+x@garden.example." in front


@pytest.mark.parametrize("day", range(16, 23))
def test_a_new_publication_is_complete_but_for_what_is_to_be_filled_in(
    day: int, tmp_path: Path
) -> None:
    start_publication(tmp_path, "the bench", "me@garden.example", date(2026, 11, day))

    found = preflight(load_publication(tmp_path, {}), []).problems

    assert Counter(problem.code for problem in found) == {
        "draft": 1,
        "leftover": 3,
        "postal-address": 1,
    }
    assert {problem.severity for problem in found} == {Severity.WARNING}
    text = (tmp_path / "newsletter.yaml").read_text("utf-8")
    assert "A guess" in text
    assert "# timezone:" in text


def test_a_second_start_changes_nothing(tmp_path: Path) -> None:
    start_publication(tmp_path, "one", "a@x.test", TODAY)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    assert start_publication(tmp_path, "two", "b@x.test", date(2027, 1, 1)) == []

    assert before == {
        path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
    }


def test_what_is_there_already_is_kept(tmp_path: Path) -> None:
    (tmp_path / "issues").mkdir()
    (tmp_path / "issues/mine.markdown").write_text("mine", encoding="utf-8")
    (tmp_path / "newsletter.yaml").write_text("mine", encoding="utf-8")
    (tmp_path / ".gitignore").write_bytes(b"caf\xe9/\r\n.env")

    assert start_publication(tmp_path, "n", "a@x.test", TODAY) == [
        tmp_path / ".gitignore"
    ]

    assert (tmp_path / "newsletter.yaml").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "about.md").exists()
    assert [path.name for path in (tmp_path / "issues").iterdir()] == ["mine.markdown"]
    assert (tmp_path / ".gitignore").read_bytes() == (
        b"caf\xe9/\r\n.env\n.newsletter/\nsite/\n"
    )


@pytest.mark.parametrize(
    ("name", "address", "said"),
    [
        ("", "a@x.test", "name"),
        ("  ", "a@x.test", "name"),
        ("a\nb", "a@x.test", "name: a line break in a text of one line"),
        ("n" * 201, "a@x.test", "name: 201 characters"),
        ("n", "a@localhost", "address: `a@localhost` is not an email address"),
        ("n", "a@x.test\nBcc: b@x.test", "is not an email address"),
        ("n", "a,b@x.test", "is not an email address"),
    ],
)
def test_a_name_or_address_that_cannot_be_used_is_refused(
    tmp_path: Path, name: str, address: str, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        start_publication(tmp_path / "new", name, address, TODAY)

    assert not (tmp_path / "new").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(UsageError, match=r"file cannot be written: (Not|File)"):
        start_publication(tmp_path / "file", "n", "a@x.test", TODAY)
    with pytest.raises(UsageError, match=r"x\.md cannot be written: Not a directory"):
        new_issue(tmp_path / "file", "x", TODAY)
