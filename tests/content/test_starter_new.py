"""What `new` writes: an issue or a roundtable with any title, nowhere else."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.config.publication import load_publication
from newsletter.content.issue import read_issue
from newsletter.content.library import RESERVED, load_library
from newsletter.content.roundtable import read_roundtable
from newsletter.content.starter import new_issue, new_roundtable, start_publication
from newsletter.errors import UsageError
from newsletter.model.issue import IssueStatus
from newsletter.model.problem import Severity
from newsletter.sending.preflight import preflight
from tests.config.locked import locked
from tests.content.texts import ODD_TITLES

TODAY = date(2026, 11, 20)
LEFT_IN_AN_ISSUE = ("6:13", "8:14", "10:3", "16:1")
LEFT_IN_A_ROUNDTABLE = ("5:14", "12:12", "13:15", "16:12", "17:15", "19:3", "24:10")


def test_a_folder_that_may_not_be_searched_is_named() -> None:
    with locked("issues") as root, pytest.raises(UsageError, match="Permission denied"):
        new_issue(root, "x", TODAY)


@pytest.mark.parametrize("title", ODD_TITLES)
def test_a_new_issue_has_the_title_as_it_was_given(home: Path, title: str) -> None:
    issue = read_issue(new_issue(home, f" {title} ", TODAY, "x"), home)

    assert (issue.title, issue.slug, issue.date) == (title, "x", TODAY)


def test_what_was_written_is_a_draft_and_nothing_to_send(home: Path) -> None:
    start_publication(home, "the bench", "me@garden.example", TODAY)
    path = new_issue(home, "two robins on the fork", TODAY)
    ready = path.read_text("utf-8").replace("status: draft", "status: ready")
    table = new_roundtable(home, "a quiet hire", TODAY)

    assert read_issue(path, home).status is IssueStatus.DRAFT
    path.write_text(ready.replace("# my_2_cents", "my_2_cents"), "utf-8")

    found = preflight(load_publication(home, {}), [path.stem, table.stem]).problems
    places = [(item.code, item.place.rpartition("/")[2]) for item in found]
    assert {item.severity for item in found} == {Severity.ERROR}
    assert places == [
        *(("leftover", f"{path.name}:{at}") for at in LEFT_IN_AN_ISSUE),
        *(("leftover", f"{table.name}:{at}") for at in LEFT_IN_A_ROUNDTABLE),
        ("postal-address", "newsletter.yaml:17:17"),
    ]


@pytest.mark.parametrize("title", ODD_TITLES)
def test_a_new_roundtable_has_the_title_as_it_was_given(home: Path, title: str) -> None:
    roundtable = read_roundtable(new_roundtable(home, title, TODAY, "x"), home)

    assert (roundtable.title, roundtable.slug) == (title, "x")
    assert roundtable.rounds


@given(st.text(max_size=260))
def test_a_new_issue_can_be_read_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, title: str
) -> None:
    root = tmp_path_factory.mktemp("new")

    try:
        path = new_issue(root, title, TODAY)
    except UsageError:
        assert [*root.rglob("*.md")] == []
    else:
        assert read_issue(path, root).slug == path.stem[11:]


def test_the_slug_is_made_of_the_title(home: Path) -> None:
    long = new_issue(home, ODD_TITLES[-1], TODAY)

    assert (
        new_issue(home, "Who's done it?", TODAY).name == "2026-11-20-who-s-done-it.md"
    )
    assert new_roundtable(home, "Ça va?", TODAY).name == "ca-va.md"
    assert len(long.stem) <= 91
    assert len(load_library(home).issues) == 2


@pytest.mark.parametrize(
    "slug",
    [
        *("../x", "../../x", "../../../../x", "/tmp/x", "a/b", "..", ".", "..%2fx"),
        *("x.md", "X", "-x", "a" * 81, "n\0l", "C:\\x", "x\n", "$x"),
    ],
)
def test_a_slug_cannot_lead_anywhere(home: Path, slug: str) -> None:
    before = sorted(home.parent.rglob("*"))

    for new in (new_issue, new_roundtable):
        with pytest.raises(UsageError, match="cannot be a slug") as caught:
            new(home, "t", TODAY, slug)
        assert "a–z" in caught.value.hint

    assert sorted(home.parent.rglob("*")) == before


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("", "the title is empty"),
        (" \u3000 ", "the title is empty"),
        ("a\nb", "a line break in the title"),
        ("a\0b", "a NUL in the title"),
        ("a\u2028b", "U\\+2028 in the title"),
        ("caf\udce9", "U\\+DCE9 in the title"),
        ("x" * 201, "title: 201 characters in a text of one line"),
    ],
)
def test_a_title_that_could_not_be_sent_is_refused(
    home: Path, title: str, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        new_issue(home, title, TODAY, "x")

    assert [*home.rglob("*.md")] == []


def test_a_title_without_a_latin_letter_needs_a_slug(home: Path) -> None:
    with pytest.raises(UsageError, match="no slug can be made of '日本'") as caught:
        new_issue(home, "日本", TODAY)

    assert caught.value.hint == "give one: --slug my-letter"


@pytest.mark.parametrize("slug", sorted(RESERVED))
def test_a_name_of_the_archive_is_refused(home: Path, slug: str) -> None:
    with pytest.raises(UsageError, match="the archive itself uses the name"):
        new_issue(home, slug.title(), TODAY)


def test_a_file_that_is_there_is_never_overwritten(home: Path) -> None:
    path = new_issue(home, "x", TODAY)
    path.write_text("mine", encoding="utf-8")
    (home / "issues/roundtables/r.md").symlink_to(home / "gone.md")

    with pytest.raises(UsageError, match="is there already") as caught:
        new_issue(home, "x", TODAY)
    with pytest.raises(UsageError, match="is there already"):
        new_roundtable(home, "r", TODAY)

    assert path.read_text(encoding="utf-8") == "mine"
    assert "--slug" in caught.value.hint
