"""Roundtables as other sites print them: heads that count, lists, a consensus first."""

from pathlib import Path

import pytest

from tests.importing.test_roundtable import file_of, imported, notes, who

TALK = "One here, and it is a whole sentence.\nTwo here, which is another one.\n"
PEOPLE = "Ann Lee, Director\nBo Cho, Engineer\n"
TITLE = "How She Stopped It\n"


@pytest.mark.parametrize(
    "head",
    [
        "The panel (2)",
        "Our experts · 2",
        "The lineup",
        "2 experts, 1 answer",
        "Hear from two experts",
        "Meet the 2 panelists",
    ],
)
def test_a_head_over_the_panel_may_count_it(tmp_path: Path, head: str) -> None:
    found = imported(f"{TITLE}{head}\n{PEOPLE}{TALK}")
    table = file_of(found, tmp_path)

    assert [(one.name, one.role) for one in table.panel] == [
        ("Ann Lee", "Director"),
        ("Bo Cho", "Engineer"),
    ]
    assert [name for name, _ in who(table)[0]] == ["Ann Lee", "Bo Cho"]
    assert notes(found) == []


def test_numbers_before_the_experts_are_no_part_of_their_names(tmp_path: Path) -> None:
    panel = "The panel\n1. Ann Lee, Director\n2. Bo Cho, Engineer\nPart 1: The cut\n"
    table = file_of(imported(f"{TITLE}{panel}{TALK}"), tmp_path)

    assert [one.name for one in table.panel] == ["Ann Lee", "Bo Cho"]
    assert table.rounds[0].title == "Part 1: The cut"


def test_a_role_may_end_with_the_name_of_a_firm(tmp_path: Path) -> None:
    panel = (
        "The panel\nAnn Lee\nCFO, Harbour & Co.\nBo Cho\nHead of Data at Quay Inc.\n"
    )
    table = file_of(imported(f"{TITLE}{panel}Discussion\n{TALK}"), tmp_path)

    assert [one.role for one in table.panel] == [
        "CFO, Harbour & Co.",
        "Head of Data at Quay Inc.",
    ]


def test_what_is_on_the_panel_and_no_name_is_told() -> None:
    found = imported(f"{TITLE}The panel\nSeason 2\nAnn Lee\n{TALK}")

    told = "`Season 2` is on the panel and looks like no name: see who is on it"
    assert f"line 3: {told}" in notes(found)


@pytest.mark.parametrize("principle", ["Ownership", "HIRE AND DEVELOP THE BEST"])
@pytest.mark.parametrize("head", ["The panel", "2 experts discuss this"])
def test_a_principle_above_the_title_is_the_competency(
    tmp_path: Path, principle: str, head: str
) -> None:
    found = imported(f"{principle}\n{TITLE}{head}\n{PEOPLE}{TALK}")
    table = file_of(found, tmp_path)

    assert (table.title, table.competency) == (TITLE.strip(), principle)
    assert len(notes(found)) == 1


def test_a_principle_alone_is_the_title(tmp_path: Path) -> None:
    table = file_of(imported(f"Ownership\nThe panel\n{PEOPLE}{TALK}"), tmp_path)

    assert (table.title, table.competency) == ("Ownership", "")


@pytest.mark.parametrize("head", ["TL;DR", "The consensus"])
def test_a_consensus_may_stand_above_the_panel(tmp_path: Path, head: str) -> None:
    agreed = "Both would hire her.\nBoth would wait.\n"
    found = imported(f"{TITLE}{head}\n{agreed}The panel\n{PEOPLE}Discussion\n{TALK}")
    table = file_of(found, tmp_path)

    assert table.consensus.split("\n\n") == [
        "Both would hire her.",
        "Both would wait.\n",
    ]
    assert [one.name for one in table.panel] == ["Ann Lee", "Bo Cho"]
    assert who(table)[0][1] == ("Bo Cho", "Two here, which is another one.")
    told = f"`{head}` stands above the panel: read as the consensus"
    assert notes(found) == [f"line 2: {told}"]


def test_without_a_panel_below_it_is_where_the_page_has_it(tmp_path: Path) -> None:
    text = f"{TITLE}{PEOPLE}{TALK}The verdict\nBoth would hire her.\n"
    table = file_of(imported(text), tmp_path)

    assert table.consensus.strip() == "Both would hire her."
    assert [one.name for one in table.panel] == ["Ann Lee", "Bo Cho"]


@pytest.mark.parametrize(
    "head", ["Related interviews", "You might also like", "Read next", "More like this"]
)
def test_a_list_of_other_pages_is_nobodys(tmp_path: Path, head: str) -> None:
    signals = "Signals\nAnn Lee\nStrengths\nCalm.\nRisks\nSlow.\n"
    others = f"{head}\nThe Nurse Who Stayed\nThree offers and a no\n"
    found = imported(f"{TITLE}The panel\n{PEOPLE}{TALK}{signals}{others}")
    table = file_of(found, tmp_path)

    assert [one.name for one in table.panel][:2] == ["Ann Lee", "Bo Cho"]
    assert table.panel[0].concern.strip() == "Slow."
    assert "The Nurse Who Stayed" in who(table)[-1][0][1]
    assert len(notes(found)) == 3


def test_who_names_himself_is_told() -> None:
    talk = "I think Bo has it right, and so has she.\nNo, I agree with Bo there.\n"
    found = imported(f"{TITLE}The panel\n{PEOPLE}{talk}")

    assert any("Bo Cho would be speaking of Bo Cho" in note for note in notes(found))


def test_a_name_alone_on_the_panel_may_have_a_role_where_it_speaks(
    tmp_path: Path,
) -> None:
    talk = (
        "Ann Lee, Librarian\nA shelf is a start.\nBo Cho, Teacher\nIt is too short.\n"
    )
    found = imported(f"{TITLE}The panel\nAnn Lee\nBo Cho\nDiscussion\n{talk}")

    assert who(file_of(found, tmp_path)) == [
        [("Ann Lee", "A shelf is a start."), ("Bo Cho", "It is too short.")]
    ]


def test_a_table_may_have_a_word_over_each_column(tmp_path: Path) -> None:
    rows = "Expert\tHire\tNo hire\nAnn Lee\tCalm\tSlow\nBo Cho\tKind\tLate\n"
    text = f"{TITLE}The panel\n{PEOPLE}{TALK}Scorecard\n{rows}"
    table = file_of(imported(text), tmp_path)

    assert [(one.hire.strip(), one.concern.strip()) for one in table.panel] == [
        ("Calm", "Slow"),
        ("Kind", "Late"),
    ]


def test_what_worried_the_panel_is_a_concern(tmp_path: Path) -> None:
    signals = "What impressed us\nAnn Lee\nCalm.\nWhat worried us\nAnn Lee\nSlow.\n"
    table = file_of(imported(f"{TITLE}The panel\n{PEOPLE}{TALK}{signals}"), tmp_path)

    first = table.panel[0]
    assert (first.hire.strip(), first.concern.strip()) == ("Calm.", "Slow.")


@pytest.mark.parametrize("minus", ["-", "–", "−"])
def test_plus_and_minus_may_stand_before_signals(tmp_path: Path, minus: str) -> None:
    signals = f"Signals\nAnn Lee\n+ Calm\n{minus} Slow\nBo Cho\n+ Kind\n{minus} Late\n"
    found = imported(f"{TITLE}The panel\n{PEOPLE}{TALK}{signals}")
    table = file_of(found, tmp_path)

    assert [(one.hire.strip(), one.concern.strip()) for one in table.panel] == [
        ("Calm", "Slow"),
        ("Kind", "Late"),
    ]


def test_a_minus_alone_is_a_list_s(tmp_path: Path) -> None:
    signals = "Signals\nAnn Lee\nStrengths\n+ Calm\n- Kind\nRisks\n- Slow\n"
    found = imported(f"{TITLE}The panel\n{PEOPLE}{TALK}{signals}")
    first = file_of(found, tmp_path).panel[0]

    assert "Kind" in first.hire
    assert "Slow" in first.concern
