"""What stands above the remarks of a pasted roundtable."""

from datetime import date
from pathlib import Path

import pytest

from tests.importing.test_roundtable import PANEL, file_of, imported, notes, who

TALK = "One here, and it is a whole sentence.\nTwo here, which is another one.\n"


def test_what_stands_above_the_remarks(tmp_path: Path) -> None:
    found = imported(
        "Watch the interview: https://a.example/1\nThe Title\nhttps://a.example/2\n"
        "Nov 4, 2026\nHave Backbone\nExpert Roundtable\n"
        "A long line about why we do this here.\n"
        f"{PANEL}One here.\nTwo here.\n"
    )
    table = file_of(found, tmp_path)

    assert str(table.interview_url) == "https://a.example/1"
    assert (table.competency, table.date) == ("Have Backbone", date(2026, 11, 4))
    assert who(table)[-1][0][1].startswith("https://a.example/2\n\nA long line")


def test_a_page_of_nothing_but_a_long_line_has_no_title(tmp_path: Path) -> None:
    found = imported("word " * 100)

    assert file_of(found, tmp_path).title == "TODO: the title of the interview"
    assert "there is no title: `TODO` stands for it" in notes(found)


@pytest.mark.parametrize(
    ("kicker", "competency"),
    [
        ("Have BackboneExpert Roundtable", "Have Backbone"),
        ("Ownership · Expert Roundtable", "Ownership"),
        ("Expert Roundtable: Ownership", "Ownership"),
        ("Expert Roundtable", ""),
        ("Ownership\nRoundtable", "Ownership"),
        ("LieferverantwortungExpertenrunde", "Lieferverantwortung"),
        ("One Expert Roundtable And Two", ""),
    ],
)
def test_a_kicker_names_the_competency(
    tmp_path: Path, kicker: str, competency: str
) -> None:
    found = imported(f"The Title\n{kicker}\n{PANEL}{TALK}")

    assert file_of(found, tmp_path).competency == competency


def test_without_a_head_the_remarks_begin_with_the_first_sentence(
    tmp_path: Path,
) -> None:
    found = imported(f"The Title\n2 experts discuss it\nAnn Lee\nBo Dahl\n{TALK}")
    table = file_of(found, tmp_path)

    assert [len(turns.remarks) for turns in table.rounds] == [2]
    assert table.discussing == ""


def test_without_a_head_a_round_begins_the_remarks(tmp_path: Path) -> None:
    found = imported("The Title\nAnn Lee\nJudge\nRound 1\nShort.\n")
    table = file_of(found, tmp_path)

    assert [(expert.name, expert.role) for expert in table.panel] == [
        ("Ann Lee", ""),
        ("Judge", ""),
    ]
    assert who(table) == [[("Ann Lee", "Short.")]]


def test_a_topic_too_long_for_a_line_is_kept(tmp_path: Path) -> None:
    long = "word " * 50 + "end."
    beside = imported(f"The Title\nAnn Lee\nDiscussing: {long}\n{TALK}")
    below = imported(f"The Title\nAnn Lee\nDiscussing\n{long}\n{TALK}")

    assert long in who(file_of(beside, tmp_path))[-1][0][1]
    assert who(file_of(below, tmp_path))[0] == [("Ann Lee", long)]


def test_a_line_between_title_and_kicker_is_kept(tmp_path: Path) -> None:
    found = imported(
        f"The Title\nOf what is said in the room\nSlow Trust\nExpert Roundtable\n"
        f"{PANEL}{TALK}"
    )
    table = file_of(found, tmp_path)

    assert table.competency == "Slow Trust"
    assert who(table)[-1] == [("Unplaced", "Of what is said in the room")]
    assert any("stands above the remarks" in note for note in notes(found))


def test_a_long_line_above_the_kicker_is_no_competency(tmp_path: Path) -> None:
    text = "The Title\nOf what is said in the room\nExpert Roundtable\n"

    assert file_of(imported(text + PANEL + TALK), tmp_path).competency == ""


def test_only_a_consensus(tmp_path: Path) -> None:
    table = file_of(imported("The Title\nConsensus\nYes.\nThe topic\nNo.\n"), tmp_path)

    assert table.consensus == "Yes.\n\nThe topic\n\nNo.\n"


def test_a_word_of_a_menu_is_no_title(tmp_path: Path) -> None:
    top = "Stories\nHow She Stopped It\nOwnership Expert Panel\n"
    found = imported(top + PANEL + TALK)
    table = file_of(found, tmp_path)

    assert table.title == "How She Stopped It"
    assert who(table)[-1] == [("Unplaced", "Stories")]


def test_titles_before_names_are_nobodys_first_name() -> None:
    found = imported(f"The Title\nPanel\nDr. Ann J. Lee\nJudge\nDiscussing: x\n{TALK}")

    assert "**Ann:** One here" in found.text


def test_a_title_may_stand_below_the_kicker(tmp_path: Path) -> None:
    found = imported(f"OwnershipExpert Roundtable\nHow She Stopped It\n{PANEL}{TALK}")
    table = file_of(found, tmp_path)

    assert (table.title, table.competency) == ("How She Stopped It", "Ownership")
    assert [expert.name for expert in table.panel] == ["Ann Lee", "Bo Dahl"]


def test_a_head_that_we_do_not_know_ends_a_panel_that_is_counted(
    tmp_path: Path,
) -> None:
    found = imported(
        "The Title\n2 experts discuss it\nAnn Lee\nJudge\nBo Dahl\nCTO\n"
        f"Up for debate:\nWhether it is so\n{TALK}"
    )
    table = file_of(found, tmp_path)

    assert [expert.name for expert in table.panel] == ["Ann Lee", "Bo Dahl"]
    assert table.discussing == "Whether it is so"
