"""Preflight: with an issue goes its roundtable, and also one that cannot be read."""

from pathlib import Path

import pytest

from newsletter.config.publication import load_publication
from newsletter.errors import SourceError
from newsletter.sending.compose import compose
from tests.check import small

BROKEN = {"panel": "nobody"}


@pytest.mark.parametrize("slug", ["table", "a-slug-of-its-own"])
def test_the_mistakes_of_a_featured_roundtable_are_those_of_its_issue(
    slug: str, tmp_path: Path
) -> None:
    table = BROKEN | ({} if slug == "table" else {"slug": slug})
    home = small.make(tmp_path / "p", issue={"roundtable": slug}, table=table)

    checked = small.checked(home, "letter")

    assert checked.unread
    assert small.TABLE in {item.file for item in checked.problems}
    with pytest.raises(SourceError):
        compose(load_publication(home, {}), "letter")


def test_what_is_wrong_with_a_featured_roundtable_stops_the_send(
    tmp_path: Path,
) -> None:
    remarks = f"{small.REMARKS}\nwrite to [us all](mailto:nobody).\n"
    home = small.make(
        tmp_path / "p", issue={"roundtable": "table"}, table={}, remarks=remarks
    )

    composed = compose(load_publication(home, {}), "letter")

    assert composed.has_errors
    assert [(item.file, item.code) for item in composed.problems] == [
        (small.TABLE, "link")
    ]


def test_the_mistakes_of_another_roundtable_are_not(tmp_path: Path) -> None:
    home = small.make(tmp_path / "p", issue={"roundtable": "table"})
    other = home / "issues" / "roundtables" / "other.md"
    small.write(other, small.panel(**BROKEN), small.REMARKS)

    assert not small.checked(home, "letter").unread
    assert small.checked(home, "letter").roundtables == 1
    assert small.checked(home).unread


def test_an_issue_without_a_roundtable_needs_none(tmp_path: Path) -> None:
    home = small.make(tmp_path / "p", table=BROKEN)

    assert small.problems(home, "letter") == []


def test_of_several_that_cannot_be_read_the_one_of_that_name_is_meant(
    tmp_path: Path,
) -> None:
    home = small.make(tmp_path / "p", issue={"roundtable": "table"}, table=BROKEN)
    other = home / "issues" / "roundtables" / "other.md"
    small.write(other, small.panel(**BROKEN), small.REMARKS)

    found = {item.file for item in small.problems(home, "letter")}

    assert found == {small.TABLE}
