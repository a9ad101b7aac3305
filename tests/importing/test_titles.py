"""Titles that begin as another line of the page does."""

from pathlib import Path

import pytest

from tests.importing.test_roundtable import PANEL, file_of, imported, notes, who

KICKER = "Ownership Expert Roundtable\n"
COUNT = "2 experts discuss this interview\n"
TALK = "One here, and it is a whole sentence.\nTwo here, which is another one.\n"


@pytest.mark.parametrize(
    "title",
    [
        "Two voices on one refund and what the whole team took from it",
        "Three people on hiring for nerve",
        "Two experts discuss a firing",
        "Ten experts weigh in",
        "Notes from an expert panel",
        "What the expert roundtable missed",
        "Verdict: hire her twice",
        "Question: who owns the refund?",
        "The question",
        "Summary",
        "Watch the recording: how she said no",
        "“I would do it again”",
        "5 refunds in 1 day",
        "Concern: nobody asked",
    ],
)
@pytest.mark.parametrize("top", ["", "Watch the full interview\n"])
def test_the_first_words_are_the_title_whatever_they_are(
    tmp_path: Path, top: str, title: str
) -> None:
    found = imported(f"{top}{title}\n{KICKER}{COUNT}{PANEL}{TALK}")
    table = file_of(found, tmp_path)

    assert (table.title, table.competency) == (title, "Ownership")
    assert [expert.name for expert in table.panel] == ["Ann Lee", "Bo Dahl"]
    assert notes(found) == []


def test_a_title_like_a_count_may_stand_below_the_kicker(tmp_path: Path) -> None:
    title = "Two experts discuss a firing"
    table = file_of(imported(KICKER + title + "\n" + COUNT + PANEL + TALK), tmp_path)

    assert (table.title, table.competency) == (title, "Ownership")
    assert len(table.panel) == 2


def test_a_title_like_a_kicker_may_be_the_only_one(tmp_path: Path) -> None:
    title = "Inside Our Expert Roundtable"
    table = file_of(imported(f"{title}\n{PANEL}{TALK}"), tmp_path)

    assert (table.title, len(table.panel)) == (title, 2)


@pytest.mark.parametrize(
    ("count", "topic"),
    [
        ("Two experts discuss this interview: a lead who froze", "a lead who froze"),
        ("2 panelists weigh in on this answer – why he left", "why he left"),
        ("Two experts discuss why he left", "Two experts discuss why he left"),
    ],
)
def test_what_stands_beside_the_count_is_kept(
    tmp_path: Path, count: str, topic: str
) -> None:
    found = imported(f"The Title\n{KICKER}{count}\n{PANEL}{TALK}")
    table = file_of(found, tmp_path)

    assert table.discussing == f"A review · {topic}"
    assert len(table.panel) == 2
    assert notes(found) == [
        f"line 3: `{topic}` stands beside the number of experts: read as what they "
        "discuss"
    ]


def test_a_second_count_is_kept(tmp_path: Path) -> None:
    first = "Two experts discuss the refund"
    found = imported(f"The Title\n{KICKER}{first}\n{COUNT}{PANEL}{TALK}")

    assert who(file_of(found, tmp_path))[-1] == [("Unplaced", first)]
    assert any("line 3" in note for note in notes(found))


def test_what_is_too_long_beside_the_count_is_kept(tmp_path: Path) -> None:
    topic = "pneumonoultramicroscopic" * 10
    found = imported(f"The Title\nTwo experts discuss this: {topic}\n{PANEL}{TALK}")

    assert who(file_of(found, tmp_path))[-1] == [("Unplaced", topic)]


NAMES = ("Dr. Ana O’Lima-Diaz, PhD", "J. R. Chen Jr.", "José y Gasset", "李 伟")
ROLES = ("Psychologist", "Ex-Army Colonel", "Philosopher", "Barkeeper")
LISTED = "".join(f"{name}\n{role}\n" for name, role in zip(NAMES, ROLES, strict=True))
SIGNALS = "Hiring signals\n" + "".join(
    f"{name}\n{role}\nReason to hire\nGood, {role}.\nConcern\nNone.\n"
    for name, role in zip(NAMES, ROLES, strict=True)
)


@pytest.mark.parametrize("count", ["4 experts discuss this\n", ""])
def test_names_have_titles_degrees_and_dots(tmp_path: Path, count: str) -> None:
    talk = "One here, Chen.\nTwo here, Ana.\nThree here, Chen.\nFour here, Chen.\n"
    found = imported(f"The Title\n{KICKER}{count}{LISTED}Topic\nx\n{talk}{SIGNALS}")
    table = file_of(found, tmp_path)

    assert [(expert.name, expert.role) for expert in table.panel] == [
        *zip(NAMES, ROLES, strict=True)
    ]
    assert [expert.hire for expert in table.panel] == [
        f"Good, {role}.\n" for role in ROLES
    ]
    assert [expert for expert, _ in who(table)[0]] == [*NAMES]
    assert "**Chen:** Two here" in found.text
    assert notes(found) == []


def test_a_sites_name_above_its_menu_is_no_title(tmp_path: Path) -> None:
    menu = "Skip to content\nMy Letter\nHome\nAbout\nSign in\nSubscribe\n"
    found = imported(f"{menu}The Title\n{KICKER}{PANEL}{TALK}")
    table = file_of(found, tmp_path)

    assert table.title == "The Title"
    assert who(table)[-1] == [("Unplaced", "My Letter")]
    assert (
        "`My Letter` stands above the page's menu: kept as not placed"
        in (notes(found)[1])
    )
