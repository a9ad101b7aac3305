"""What is wrong only when all files of a publication are held against each other."""

from pathlib import Path

import pytest

from newsletter.content.library import (
    RESERVED,
    load_issue,
    load_library,
)
from newsletter.errors import SourceError, UsageError
from tests.config.locked import locked
from tests.config.mistakes import mistakes, told
from tests.content.conftest import Write
from tests.content.texts import small_issue as issue
from tests.content.texts import small_roundtable as roundtable


def test_a_folder_that_may_not_be_read_is_named() -> None:
    with locked("issues") as root, pytest.raises(UsageError, match="cannot be read"):
        load_library(root)


def test_mistakes_of_all_files_are_told_in_their_order(
    home: Path, write: Write
) -> None:
    write("issues/b.md", "")
    write("issues/c.md", issue("roundtable: bolt"))
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
    write("issues/a.md", issue("permalink: x"))
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


def test_a_file_name_is_not_enough_when_the_slug_says_otherwise(
    home: Path, write: Write
) -> None:
    write("issues/a.md", issue("roundtable: bold"))
    write("issues/roundtables/bold.md", roundtable("slug: other"))

    (alone,) = mistakes(load_issue, home, "a")
    (among_all,) = mistakes(load_library, home)

    assert alone == among_all
    assert alone.message == "there is no roundtable `bold`"
    assert alone.hint == "there are: other"


def test_a_featured_roundtable_with_mistakes_is_not_called_unknown(
    home: Path, write: Write
) -> None:
    write("issues/a.md", issue("roundtable: bold"))
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
