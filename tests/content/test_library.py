"""The library: every issue and roundtable, and how one of them is found by name."""

from pathlib import Path

import pytest

from newsletter.content.library import (
    find_issue,
    issue_files,
    issue_slug,
    load_issue,
    load_library,
)
from newsletter.errors import UsageError
from tests.content.conftest import Write
from tests.content.texts import small_issue as issue
from tests.content.texts import small_roundtable as roundtable


def test_the_sample_publication_has_its_issues_newest_first(publication: Path) -> None:
    library = load_library(publication)

    assert [item.slug for item in library.issues] == [
        "pull-up-the-second-chair",
        "fourteen-bullets",
        "say-the-number",
        "the-nine-day-silence",
    ]
    assert [*library.roundtables] == [
        "the-honest-i-dont-know",
        "the-launch-she-stopped",
    ]


def test_an_issue_read_alone_is_the_same_as_in_the_library(publication: Path) -> None:
    library = load_library(publication)

    for item in library.issues:
        assert load_issue(publication, item.slug) == (item, library.featured_by(item))


def test_an_empty_publication_has_an_empty_library(tmp_path: Path) -> None:
    assert load_library(tmp_path).issues == ()
    (tmp_path / "issues").touch()
    assert load_library(tmp_path).issues == ()


def test_notes_and_readmes_are_no_issues(home: Path, write: Write) -> None:
    for name in ("_idea.md", ".x.md", "README.md", "readme.md", "x.txt", "y.md~"):
        write(f"issues/{name}", "not an issue")
    for name in ("a.md", "b.markdown", "c.MD"):
        write(f"issues/{name}", issue())

    assert [path.name for path in issue_files(home)] == ["a.md", "b.markdown", "c.MD"]
    assert len(load_library(home).issues) == 3


@pytest.mark.parametrize(
    "name",
    [
        "issues/2026-11-20-say-it.md",
        "2026-11-20-say-it.md",
        "2026-11-20-say-it",
        "say-it",
    ],
)
def test_an_issue_is_found_by_path_file_name_and_slug(
    home: Path, write: Write, name: str
) -> None:
    path = write("issues/2026-11-20-say-it.md", issue())
    write("issues/2026-11-13-it.md", issue())

    assert find_issue(home, name) == path
    assert find_issue(home, str(path)) == path


def test_an_issue_is_found_from_where_the_author_stands(
    home: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("issues/x.md", issue())
    note = write("issues/_note.md", issue())
    monkeypatch.chdir(home / "issues")

    assert load_issue(home, "x.md")[0].file == "issues/x.md"
    assert find_issue(home, "../issues/_note.md").samefile(note)


def test_a_slug_in_front_matter_outweighs_file_names(home: Path, write: Write) -> None:
    write("issues/2026-11-20-old.md", issue("slug: new"))
    path = write("issues/2026-11-13-x.md", issue("permalink: old"))

    assert find_issue(home, "old") == path
    assert load_issue(home, "new")[0].slug == "new"
    assert find_issue(home, "x") == path


def test_a_name_that_may_mean_two_issues_is_refused(home: Path, write: Write) -> None:
    write("issues/2026-11-13-x.md", issue())
    write("issues/2026-11-20-x.md", issue())

    with pytest.raises(UsageError, match=r"x may be any of 2026-11-13-x\.md, 2026"):
        find_issue(home, "x")
    assert find_issue(home, "2026-11-20-x").name == "2026-11-20-x.md"


def test_an_issue_that_was_deleted_is_still_known_by_its_slug(
    home: Path, write: Write
) -> None:
    write("issues/2026-11-20-old.md", issue("slug: new"))

    sent = {"gone"}

    assert issue_slug(home, "2026-11-20-old.md", sent) == "new"
    assert issue_slug(home, "new", sent) == "new"
    assert issue_slug(home, "gone", sent) == "gone"
    for name in ("gone.md", "issues/gone", "gnoe"):
        with pytest.raises(UsageError, match="there is no issue"):
            issue_slug(home, name, sent)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("say-the-nubmer", "did you mean say-the-number?"),
        ("2026-11-06-say-number.md", "did you mean say-the-number?"),
        ("issues/say-the-numbr.md", "did you mean say-the-number?"),
        ("zzz", "see `ls issues`"),
        ("", "see `ls issues`"),
        ("n\0l", "see `ls issues`"),
        ("n" * 5000 + ".md", "see `ls issues`"),
        ("../none/x.md", "see `ls issues`"),
    ],
)
def test_an_unknown_name_gets_the_nearest(
    publication: Path, name: str, hint: str
) -> None:
    with pytest.raises(UsageError, match="there is no issue") as caught:
        find_issue(publication, name)

    assert caught.value.hint == hint


def test_what_is_no_issue_cannot_be_sent_as_one(publication: Path) -> None:
    (publication / "README.md").write_text(issue(), encoding="utf-8")
    roundtable = "issues/roundtables/the-launch-she-stopped.md"

    for name in ("README.md", roundtable, "/etc/passwd"):
        with pytest.raises(UsageError, match="is not an issue") as caught:
            load_issue(publication, name)
        assert caught.value.hint == "issues are in issues/"


def test_a_roundtable_is_found_by_file_name_and_by_slug(
    home: Path, write: Write
) -> None:
    write("issues/a.md", issue("roundtable: bold"))
    write("issues/b.md", issue("roundtable: {slug: calm, teaser: see}"))
    write("issues/roundtables/x.md", roundtable("slug: bold"))
    write("issues/roundtables/calm.md", roundtable())
    write("issues/roundtables/broken.md", "")

    for name in ("a", "b"):
        found, featured = load_issue(home, name)
        assert found.roundtable is not None
        assert featured is not None
        assert featured.slug == found.roundtable.slug
