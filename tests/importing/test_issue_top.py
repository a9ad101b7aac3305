"""What stands around an issue's title: the site's name, number, deck, who and when."""

from datetime import date
from pathlib import Path

import pytest

from tests.importing.test_issue import file_of, imported, notes

DAY = date(2025, 11, 3)
BODY = "\nSomebody left, and nobody said why.\nWe asked, and then we asked again.\n"
LONG = "and what we ask instead, " * 5 + "in plain words"


@pytest.mark.parametrize(
    ("top", "title", "deck", "author", "number"),
    [
        (f"T one\n{LONG}\nJo Doe\nNov 3, 2025\n", "T one", LONG, "Jo Doe", None),
        ("T one\nBy Jo Doe • Nov 3, 2025 • 5 min read", "T one", "", "Jo Doe", None),
        ("T one\nJo Doe · 3 November 2025", "T one", "", "Jo Doe", None),
        ("T one\nOf two\nBy Jo Doe\n2025-11-03", "T one", "Of two", "Jo Doe", None),
        ("THE NOTE\nNo. 12\nT one\nNov 3, 2025", "T one", "", "", 12),
        ("T one\nIssue #7\nNov 3, 2025", "T one", "", "", 7),
        ("T one\nJo van Doe\nNov 3, 2025", "T one", "", "Jo van Doe", None),
        ("T one\nOn Doe\nNov 3, 2025", "T one", "On Doe", "", None),
        ("T one\nPosted on 2025-11-03 by Jo Doe", "T one", "", "Jo Doe", None),
        ("T one\nWritten by Jo Doe on Nov 3, 2025", "T one", "", "Jo Doe", None),
        ("T one\nJo Doe\nNov 3\n∙\n5 min read", "T one", "", "Jo Doe", None),
        ("T one\nPublished: Nov 3, 2025", "T one", "", "", None),
        ("November 3, 2025\nT one", "T one", "", "", None),
        ("Letter\nNov 3, 2025\nT one of three", "T one of three", "", "", None),
    ],
)
def test_the_lines_around_a_title(
    tmp_path: Path, top: str, title: str, deck: str, author: str, number: int | None
) -> None:
    found = imported(f"{top}\n{BODY}{BODY}", today=date(2026, 11, 2))
    issue = file_of(found, tmp_path)

    assert (issue.title, issue.author, issue.date) == (title, author, DAY)
    assert issue.number == number
    assert issue.description in (deck, "Somebody left, and nobody said why.")


def test_a_sites_name_above_its_menu_is_no_title(tmp_path: Path) -> None:
    top = "My Letter\nSubscribe\nSign in\nThe quiet no\nWhy we wait\nNov 3, 2025\n"
    found = imported(f"{top}12\n3\nShare\n{BODY}")
    issue = file_of(found, tmp_path)

    assert (issue.title, issue.description) == ("The quiet no", "Why we wait")
    assert "\n12\n" not in issue.body
    assert "## TODO: not placed\n\nMy Letter" in issue.body
    assert "line 1: `My Letter` stands above the page's menu: kept as not placed" in (
        notes(found)
    )


def test_buttons_below_a_title_are_no_menu(tmp_path: Path) -> None:
    issue = file_of(imported(f"The quiet no\nShare\nSubscribe\n{BODY}"), tmp_path)

    assert issue.title == "The quiet no"


@pytest.mark.parametrize("button", ["Share", "Subscribe\nShare"])
def test_a_sites_name_may_stand_below_its_menu(tmp_path: Path, button: str) -> None:
    top = f"Sign in\nThe Letter\n{button}\nThe quiet no\nNov 3, 2025\n∙ Paid\n"
    issue = file_of(imported(f"{top}{BODY}"), tmp_path)

    assert (issue.title, issue.date) == ("The quiet no", DAY)
    assert issue.body.endswith("## TODO: not placed\n\nThe Letter\n")
    assert "Paid" not in issue.body


@pytest.mark.parametrize(
    ("line", "tags"),
    [
        ("Tags: hiring managers, #soil", ("hiring managers", "soil")),
        ("Filed under: bees", ("bees",)),
        ("Topics: what nobody ever says of bees and soil", ()),
    ],
)
def test_tags_below_a_title(tmp_path: Path, line: str, tags: tuple[str, ...]) -> None:
    top = f"The quiet no\nBy Jo Doe\n{line}\nNov 3, 2025\n"
    issue = file_of(imported(f"{top}{BODY}"), tmp_path)

    assert issue.tags == tags
    assert (issue.author, issue.date) == ("Jo Doe", DAY)


def test_a_letter_that_opens_with_a_day_and_a_text_has_that_title(
    tmp_path: Path,
) -> None:
    issue = file_of(imported(f"Nov 3, 2025\n{LONG}\n{LONG}.\n{BODY}"), tmp_path)

    assert issue.title == "Nov 3, 2025"
    assert issue.body.count(LONG) == 2


def test_a_single_word_above_the_day_may_be_the_title(tmp_path: Path) -> None:
    issue = file_of(imported(f"Silence\nNov 3, 2025\nThe no\n{BODY}"), tmp_path)

    assert (issue.title, issue.description) == ("Silence", "The no")


def test_a_sites_name_may_have_a_line_below_it(tmp_path: Path) -> None:
    top = "The Paper\nA Monday memo\nSign in\nHome\nThe quiet no\nJo Doe\nNov 3\n"
    issue = file_of(imported(f"{top}{BODY}"), tmp_path)

    assert (issue.title, issue.author) == ("The quiet no", "Jo Doe")
    assert issue.body.endswith("not placed\n\nThe Paper\n\nA Monday memo\n")
