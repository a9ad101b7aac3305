"""The library: every issue and roundtable, and how one of them is found by name."""

from pathlib import Path

import pytest

from newsletter.content.library import (
    RESERVED,
    find_issue,
    issue_files,
    load_issue,
    load_library,
)
from newsletter.errors import SourceError, UsageError
from tests.config.locked import locked
from tests.config.mistakes import mistakes, told
from tests.content.conftest import Write

PANEL = "panel: [{name: Ada}]"


def issue(title: str = "t", more: str = "") -> str:
    return f"---\ntitle: {title}\ndate: 2026-11-20\n{more}\n---\nbody\n"


def roundtable(more: str = "") -> str:
    return f"---\ntitle: r\n{PANEL}\n{more}\n---\n**Ada:** hi\n"


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
    write("issues/2026-11-20-old.md", issue(more="slug: new"))
    path = write("issues/2026-11-13-x.md", issue(more="permalink: old"))

    assert find_issue(home, "old") == path
    assert load_issue(home, "new")[0].slug == "new"
    assert find_issue(home, "x") == path


def test_a_name_that_may_mean_two_issues_is_refused(home: Path, write: Write) -> None:
    write("issues/2026-11-13-x.md", issue())
    write("issues/2026-11-20-x.md", issue())

    with pytest.raises(UsageError, match=r"x may be any of 2026-11-13-x\.md, 2026"):
        find_issue(home, "x")
    assert find_issue(home, "2026-11-20-x").name == "2026-11-20-x.md"


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


def test_a_folder_that_may_not_be_read_is_named() -> None:
    with locked("issues") as root, pytest.raises(UsageError, match="cannot be read"):
        load_library(root)


def test_mistakes_of_all_files_are_told_in_their_order(
    home: Path, write: Write
) -> None:
    write("issues/b.md", "")
    write("issues/c.md", issue(more="roundtable: bolt"))
    write("issues/roundtables/bold.md", roundtable())
    write("issues/roundtables/r.md", "---\ntitle: r\n---\n")
    (home / "issues/a.md").mkdir()

    assert told(load_library, home) == [
        "issues/a.md: error: is not a file; check the name [file]",
        "issues/b.md:1:1: error: the file is empty; "
        "start with `---`, `title: …`, `---` [front-matter]",
        "issues/c.md:4:1: error: there is no roundtable `bolt`; "
        "did you mean `bold`? [unknown-roundtable]",
        "issues/roundtables/r.md:1:1: error: `panel` is missing; "
        "add a line `panel: …` [front-matter]",
    ]


def test_two_with_one_slug_are_told_where_the_slug_is(home: Path, write: Write) -> None:
    write("issues/2026-11-13-x.md", issue())
    write("issues/a.md", issue(more="permalink: x"))
    write("issues/roundtables/r.md", roundtable())
    write("issues/roundtables/s.md", roundtable("slug: r"))

    assert told(load_library, home) == [
        "issues/a.md:4:1: error: the slug `x` is also that of issues/2026-11-13-x.md; "
        "give one of them another `slug:` [slug]",
        "issues/roundtables/s.md:4:1: error: the slug `r` is also that of "
        "issues/roundtables/r.md; give one of them another `slug:` [slug]",
    ]


@pytest.mark.parametrize("slug", sorted(RESERVED))
def test_a_name_of_the_archive_is_refused(home: Path, write: Write, slug: str) -> None:
    write(f"issues/2026-11-20-{slug}.md", issue())

    for load in (lambda: load_library(home), lambda: load_issue(home, slug)):
        assert told(load) == [
            f"issues/2026-11-20-{slug}.md:1:1: error: the archive itself uses the name "
            f"`{slug}`; give the issue another `slug:` [slug]"
        ]


def test_a_roundtable_is_found_by_file_name_and_by_slug(
    home: Path, write: Write
) -> None:
    write("issues/a.md", issue(more="roundtable: bold"))
    write("issues/b.md", issue(more="roundtable: {slug: calm, teaser: see}"))
    write("issues/roundtables/x.md", roundtable("slug: bold"))
    write("issues/roundtables/calm.md", roundtable())
    write("issues/roundtables/broken.md", "")

    for name in ("a", "b"):
        found, featured = load_issue(home, name)
        assert found.roundtable is not None
        assert featured is not None
        assert featured.slug == found.roundtable.slug


def test_a_file_name_is_not_enough_when_the_slug_says_otherwise(
    home: Path, write: Write
) -> None:
    write("issues/a.md", issue(more="roundtable: bold"))
    write("issues/roundtables/bold.md", roundtable("slug: other"))

    (alone,) = mistakes(load_issue, home, "a")
    (among_all,) = mistakes(load_library, home)

    assert alone == among_all
    assert alone.message == "there is no roundtable `bold`"
    assert alone.hint == "there are: other"


def test_a_featured_roundtable_with_mistakes_is_not_called_unknown(
    home: Path, write: Write
) -> None:
    write("issues/a.md", issue(more="roundtable: bold"))
    write("issues/roundtables/bold.md", "")

    assert told(load_issue, home, "a") == told(load_library, home)
    (home / "issues/roundtables/bold.md").rename(home / "issues/roundtables/b.md")
    assert [item.code for item in mistakes(load_issue, home, "a")] == [
        "unknown-roundtable",
        "front-matter",
    ]


def test_the_line_of_a_key_is_that_of_the_front_matter(
    home: Path, write: Write
) -> None:
    text = "\ufeff---\r\ntitle: t\r\ndate: 2026-11-20\r\nroundtable : x\r\n---\r\n"
    write("issues/a.md", text)

    assert mistakes(load_issue, home, "a")[0].line == 4


def test_an_issue_with_mistakes_is_found_and_told(home: Path, write: Write) -> None:
    write("issues/2026-11-20-a.md", "---\n---\n")
    write("issues/b.md", "")

    with pytest.raises(SourceError):
        load_issue(home, "a")
    with pytest.raises(UsageError):
        load_issue(home, "c")
