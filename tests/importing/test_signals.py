"""Hiring signals of pages in their own forms: verdicts, lists, words of heads."""

from pathlib import Path

import pytest

from newsletter.importing.told import Imported
from tests.importing.test_roundtable import PANEL, TOP, file_of, imported, notes, who

TALK = "One here.\nTwo here.\n"


def signals(text: str) -> Imported:
    return imported(f"{TOP}{PANEL}{TALK}Hiring signals\n{text}")


def pairs(found: Imported, folder: Path) -> list[tuple[str, str, str]]:
    return [
        (expert.name, expert.hire.strip(), expert.concern.strip())
        for expert in file_of(found, folder).panel
    ]


@pytest.mark.parametrize("role", ["Director\n", ""])
def test_a_verdict_below_a_name_is_kept_before_its_reasons(
    tmp_path: Path, role: str
) -> None:
    found = signals(
        f"Ann Lee\n{role}Strong hire\nReason to hire\nShe asks.\nConcern\nFew.\n"
        "Bo Dahl\nEngineer\nLean no\nReason to hire\nShe counts.\nConcern\nShe waits.\n"
    )

    assert pairs(found, tmp_path) == [
        ("Ann Lee", "Strong hire. She asks.", "Few."),
        ("Bo Dahl", "She counts.", "Lean no. She waits."),
    ]
    assert [note.rpartition(": ")[2] for note in notes(found)] == [
        "kept before the reason to hire",
        "kept before the concern",
    ]


def test_the_items_of_a_list_are_sentences(tmp_path: Path) -> None:
    found = signals(
        "Ann Lee\nReason to hire\n• Asks\n- Listens.\nConcern\n• Waits\n"
        "Bo Dahl\nReason to hire\n* Counts\nConcern\n1. Late\n2. Loud - as ever\n"
    )

    assert pairs(found, tmp_path) == [
        ("Ann Lee", "Asks. Listens.", "Waits."),
        ("Bo Dahl", "Counts.", "1\\. Late. 2. Loud - as ever."),
    ]
    assert notes(found) == []


def test_a_few_words_below_a_head_are_nobodys_name(tmp_path: Path) -> None:
    found = signals(
        "Ann Lee\nReason to hire\nClear Voice\nConcern\nNone\n"
        "Bo Dahl\nReason to hire\nAsks twice\nIs kind\nConcern\nNone Seen\n"
    )

    assert pairs(found, tmp_path) == [
        ("Ann Lee", "Clear Voice", "None"),
        ("Bo Dahl", "Asks twice Is kind", "None Seen"),
    ]


def test_a_reason_may_open_with_the_word_of_a_head(tmp_path: Path) -> None:
    found = signals(
        "Ann Lee\nReason to hire\nStrengths: asks.\nBo: he agrees.\n"
        "Concern\nRisks: few.\nConcern: the wait.\n"
        "Bo Dahl\nReason to hire\nShe counts.\nPros: many.\nConcern\nNone.\n"
    )

    assert pairs(found, tmp_path) == [
        ("Ann Lee", "Strengths: asks. Bo: he agrees.", "Risks: few. the wait."),
        ("Bo Dahl", "She counts. Pros: many.", "None."),
    ]


def test_a_head_without_a_text_is_no_reason(tmp_path: Path) -> None:
    found = signals(
        "Ann Lee\nReason to hire\nShe asks.\nConcern\nBo Dahl\nEngineer\n"
        "Reason to hire\nConcern\nShe waits.\n"
    )

    assert pairs(found, tmp_path) == [
        ("Ann Lee", "She asks.", ""),
        ("Bo Dahl", "", "She waits."),
    ]


def test_what_stands_below_a_verdict_and_has_no_head_is_kept(tmp_path: Path) -> None:
    found = signals("Ann Lee\nDirector\nof Product\nReason to hire\nShe asks.\n")

    assert who(file_of(found, tmp_path))[-1] == [("Unplaced", "of Product")]


def test_pictures_may_be_heads(tmp_path: Path) -> None:
    found = imported(
        f"{TOP}{PANEL}{TALK}TL;DR\nHire her.\nLoop notes\n"
        "Ann Lee\nDirector\n👍\nShe asks.\n👎\nFew.\n"
        "Bo Dahl\n👍🏽\nShe counts.\n👎\nShe waits.\n"
    )

    assert pairs(found, tmp_path) == [
        ("Ann Lee", "She asks.", "Few."),
        ("Bo Dahl", "She counts.", "She waits."),
    ]
    assert file_of(found, tmp_path).consensus == "Hire her.\n"


def test_pictures_below_remarks_are_buttons(tmp_path: Path) -> None:
    found = imported(f"{TOP}{PANEL}One here.\n👍\n👎\nTwo here.\n👍\n👎\n")

    assert who(file_of(found, tmp_path)) == [
        [("Ann Lee", "One here."), ("Bo Dahl", "Two here.")]
    ]


@pytest.mark.parametrize("head", ["Hiring signals\n", ""])
def test_a_table_of_signals(tmp_path: Path, head: str) -> None:
    found = imported(
        f"{TOP}{PANEL}{TALK}{head}Expert\tReason to hire\tConcern\n"
        "Ann Lee\tShe asks.\tFew.\nBo\tShe counts.\tShe waits.\n"
        "Ann Lee\tOf two cells.\n"
    )

    assert pairs(found, tmp_path)[:2] == [
        ("Ann Lee", "She asks.", "Few."),
        ("Bo Dahl", "She counts.", "She waits."),
    ]
    assert file_of(found, tmp_path).consensus == ""
    assert who(file_of(found, tmp_path))[-1] == [("Unplaced", "Ann Lee Of two cells.")]


def test_a_page_of_labels_that_only_it_has(tmp_path: Path) -> None:
    signals = "".join(
        f"{name}\nSay yes because\nYes, {name}.\nSay no because\nNo, {name}.\n"
        for name in ("Ann Lee", "Bo Dahl")
    )
    found = imported(
        f"{TOP}Ann Lee\nDirector\nBo Dahl\nEngineer\nWhat we watched\nAn answer\n"
        f"{TALK}Our shared view\nWe agree on that.\nYes or no?\n{signals}"
    )
    table = file_of(found, tmp_path)

    assert table.discussing == "An answer"
    assert table.consensus == "We agree on that.\n"
    assert who(table) == [[("Ann Lee", "One here."), ("Bo Dahl", "Two here.")]]
    assert pairs(found, tmp_path) == [
        ("Ann Lee", "Yes, Ann Lee.", "No, Ann Lee."),
        ("Bo Dahl", "Yes, Bo Dahl.", "No, Bo Dahl."),
    ]


def test_a_round_without_somebody_is_told_where_names_stand() -> None:
    found = imported(f"{TOP}{PANEL}Ann: One.\nBo: Two.\nAnn: Three.\nAnn: Four.\n")

    assert notes(found) == [
        "line 11: round 2 has no remark by Bo Dahl: left so",
        "line 12: round 3 has no remark by Bo Dahl: left so",
    ]


def test_heads_of_its_own_may_have_their_texts_beside_them(tmp_path: Path) -> None:
    found = signals(
        "Ann Lee\nDirector\nBest of it: She asks.\nWorth a call: Why so few?\n"
        "Bo Dahl\nBest of it: She counts.\nWorth a call: She waits.\n"
    )

    assert pairs(found, tmp_path) == [
        ("Ann Lee", "She asks.", "Why so few?"),
        ("Bo Dahl", "She counts.", "She waits."),
    ]
    assert len(notes(found)) == 2


def test_a_verdict_without_a_head_says_what_follows(tmp_path: Path) -> None:
    found = signals(
        "Ann Lee\nStrong hire\nShe asks.\nBo Dahl\nLeaning no\nShe waits.\n"
    )

    assert pairs(found, tmp_path) == [
        ("Ann Lee", "Strong hire. She asks.", ""),
        ("Bo Dahl", "", "Leaning no. She waits."),
    ]


def test_a_verdict_that_most_share_is_a_head(tmp_path: Path) -> None:
    panel = PANEL.replace("Bo", "Cy Orr\nCoach\nBo")
    found = imported(
        f"{TOP}{panel}{TALK}Three here.\n"
        "Hiring signals\nAnn Lee\nYes\nShe asks.\nCy Orr\nYes\nShe sees.\n"
        "Bo Dahl\nNot yet\nShe waits.\n"
    )

    assert pairs(found, tmp_path) == [
        ("Ann Lee", "She asks.", ""),
        ("Cy Orr", "She sees.", ""),
        ("Bo Dahl", "", "Not yet. She waits."),
    ]


def test_one_of_the_heads_may_be_the_page_s_own(tmp_path: Path) -> None:
    found = imported(
        f"{TOP}{PANEL}{TALK}"
        "Ann Lee\nStrengths: She asks.\nTo work on: She waits.\n"
        "Bo Dahl\nStrengths: She counts.\nTo work on: She frets.\n"
    )

    assert pairs(found, tmp_path) == [
        ("Ann Lee", "She asks.", "She waits."),
        ("Bo Dahl", "She counts.", "She frets."),
    ]


def test_pictures_may_stand_before_their_texts(tmp_path: Path) -> None:
    found = signals(
        "Ann Lee\n👍 She asks.\n👎 She waits.\nBo Dahl\n✅ She counts.\n⚠️ She frets.\n"
    )

    assert pairs(found, tmp_path) == [
        ("Ann Lee", "She asks.", "She waits."),
        ("Bo Dahl", "She counts.", "She frets."),
    ]


@pytest.mark.parametrize("head", ["WOULD YOU HIRE HIM?", "How they'd vote", "Votes"])
def test_a_yes_or_no_may_open_the_text(tmp_path: Path, head: str) -> None:
    found = imported(
        f"{TOP}{PANEL}{TALK}Panel verdict\nBoth would.\n{head}\n"
        "Ann Lee\nYes. She asks.\nBo Dahl\nNot yet: she waits, and says yes.\n"
    )

    assert pairs(found, tmp_path) == [
        ("Ann Lee", "Yes. She asks.", ""),
        ("Bo Dahl", "", "Not yet: she waits, and says yes."),
    ]
    assert file_of(found, tmp_path).consensus == "Both would.\n"
