"""An issue as a value: what its parts default to and stand for."""

import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from newsletter.model.issue import FeaturedRoundtable, Issue, IssueStatus, Music


def issue(**values: Any) -> Issue:
    known = {"title": "t", "date": datetime.date(2026, 11, 20), "slug": "t", "body": ""}
    return Issue.model_validate(known | values)


def test_the_subject_is_the_title_unless_it_is_given() -> None:
    assert issue().subject_line == "t"
    assert issue(subject="s").subject_line == "s"


def test_the_preheader_is_the_description_unless_it_is_given() -> None:
    assert issue().preheader_line == ""
    assert issue(description="d").preheader_line == "d"
    assert issue(description="d", preheader="p").preheader_line == "p"


def test_the_line_of_a_key_is_that_of_the_first_one_given() -> None:
    found = issue(subject="s", key_lines={"title": 2, "subject": 5, "tags": 6})

    assert found.line_of("preheader", "subject", "title") == 5
    assert found.line_of("preheader") == 1
    assert [found.line_of_text(text) for text in ("t", "s", "", "x")] == [2, 5, 0, 0]
    assert issue().line_of_text("t") == 0


def test_an_issue_is_out_on_its_date_unless_another_day_is_given() -> None:
    assert issue().published_on == datetime.date(2026, 11, 20)
    assert issue(publish_date="2026-12-01").published_on == datetime.date(2026, 12, 1)


def test_an_issue_is_ready_unless_its_author_says_otherwise() -> None:
    assert issue().status is IssueStatus.READY
    assert issue(status="draft").status is IssueStatus.DRAFT


def test_music_and_roundtable_may_be_given_by_address_and_slug_alone() -> None:
    found = issue(music="https://a.test", roundtable="bold")

    assert found.music == Music(url="https://a.test")
    assert found.roundtable == FeaturedRoundtable(slug="bold")


@pytest.mark.parametrize(
    ("given", "tags"),
    [
        ("one two", ("one", "two")),
        ("hiring managers, candidates ,", ("hiring managers", "candidates")),
        ("one", ("one",)),
        ("", ()),
        (["hiring managers", " b "], ("hiring managers", "b")),
    ],
)
def test_tags_are_a_list_or_a_text(given: object, tags: tuple[str, ...]) -> None:
    assert issue(tags=given).tags == tags


@pytest.mark.parametrize(
    "values",
    [
        {"title": ""},
        {"title": " \u3000"},
        {"subject": "a\r\nBcc: b"},
        {"tags": ["a\nb"]},
        {"tldr": "a\0b"},
        {"slug": "../x"},
        {"music": "javascript:x"},
        {"music": {"url": "https://a.test", "artist": "a\u2028b"}},
        {"roundtable": "../x"},
        {"canonical_url": "x"},
        {"number": -1},
        {"colour": "red"},
    ],
)
def test_what_could_not_be_sent_is_no_issue(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        issue(**values)


def test_an_issue_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        issue().title = "other"  # type: ignore[misc]
