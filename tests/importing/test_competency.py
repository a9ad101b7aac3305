"""The competency of a pasted roundtable, where no kicker names it."""

from pathlib import Path

import pytest

from tests.importing.test_roundtable import file_of, imported, notes, who

PEOPLE = "Ann Lee, Director\nBo Cho, Engineer\n"
TALK = (
    "One here, and it is a whole sentence.\nTwo here, which is another one.\n"
    "Panel consensus\nBoth would hire.\n"
)


@pytest.mark.parametrize(
    ("above", "competency"),
    [
        ("How She Stopped It\nCompetency: Are Right, A Lot\nThe panel", True),
        ("How She Stopped It\nLeadership principle\nAre Right, A Lot\nExperts", True),
        ("How She Stopped It\n🏷️ Are Right, A Lot\nMeet the experts", True),
        ("EXPERT ROUNDTABLE\nAre Right, A Lot\nHow She Stopped It\nOur panel", True),
        ("EXPERT ROUNDTABLE\nHow She Stopped It\n2 experts discuss this", False),
        ("How She Stopped It\nAre Right, A Lot", True),
        ("How She Stopped It\nShe was right, and that was it.\nExperts", False),
        ("How She Stopped It\nOur Experts on Air\nThe panel", False),
    ],
)
def test_it_has_a_label_or_stands_beside_the_title(
    tmp_path: Path, above: str, competency: bool
) -> None:
    table = file_of(imported(f"{above}\n{PEOPLE}{TALK}"), tmp_path)

    assert table.title == "How She Stopped It"
    assert table.competency == ("Are Right, A Lot" if competency else "")
    assert [expert.name for expert in table.panel][:2] == ["Ann Lee", "Bo Cho"]


def test_a_guess_is_told(tmp_path: Path) -> None:
    found = imported(f"How She Stopped It\nEarn Trust\nThe panel\n{PEOPLE}{TALK}")

    told = "line 2: `Earn Trust` stands beside the title: read as the competency"
    assert notes(found) == [told]


def test_only_one_of_two_is_it(tmp_path: Path) -> None:
    above = "How She Stopped It\nDive Deep\nCompetency: Earn Trust\nThe panel\n"
    found = imported(f"{above}{PEOPLE}{TALK}")
    table = file_of(found, tmp_path)

    assert table.competency == "Earn Trust"
    assert who(table)[-1] == [("Unplaced", "Dive Deep")]


def test_a_second_label_has_no_place(tmp_path: Path) -> None:
    above = "How She Stopped It\nSkill: Grit\nCompetency: Earn Trust\nThe panel\n"
    table = file_of(imported(f"{above}{PEOPLE}{TALK}"), tmp_path)

    assert table.competency == "Grit"
    assert who(table)[-1] == [("Unplaced", "Competency: Earn Trust")]


def test_a_few_words_below_the_title_are_no_panel(tmp_path: Path) -> None:
    found = imported(f"How She Stopped It\nInvent and Simplify\n{TALK}")
    table = file_of(found, tmp_path)

    assert table.competency == "Invent and Simplify"
    assert [expert.name for expert in table.panel] == ["Unplaced"]
    assert "a consensus, and no panel: kept as it is" in notes(found)


def test_a_name_that_the_page_has_again_is_an_expert(tmp_path: Path) -> None:
    again = f"{TALK}Hiring signals\nAnn Lee\nReason to hire\nAsks.\n"
    table = file_of(imported(f"How She Stopped It\nAnn Lee\n{again}"), tmp_path)

    assert [expert.name for expert in table.panel] == ["Ann Lee"]
    assert table.competency == ""
