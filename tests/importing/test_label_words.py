"""Remarks that open with a word which elsewhere is a head."""

from pathlib import Path

import pytest

from tests.importing.test_roundtable import PANEL, TOP, file_of, imported, notes, who

SIGNALS = (
    "Hiring signals\nAnn Lee\nDirector\nReason to hire\nShe asks.\nConcern\nNone.\n"
    "Bo Dahl\nEngineer\nReason to hire\nShe counts.\nConcern\nShe waits.\n"
)
SAID = [
    "Concern: he never says what it cost.",
    "Strengths: calm and clear. Cons: the data.",
    "Verdict: a strong hire for a small team.",
    "Signals: none that I would trust.",
    "Round two: I agree with all of it.",
    "Two experts discuss it: we all do.",
]


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("below", ["Consensus\nHire her.\n", ""])
def test_a_remark_may_open_with_the_word_of_a_head(
    tmp_path: Path, said: str, place: int, below: str
) -> None:
    texts = ["One here.", "Two here.", "Three here.", "Four here."]
    texts[place] = said
    page = TOP + PANEL + "\n".join(texts) + "\n" + below + SIGNALS
    table = file_of(imported(page), tmp_path)

    names = ["Ann Lee", "Bo Dahl"]
    pairs = list(zip(names * 2, texts, strict=True))
    assert who(table) == [pairs[:2], pairs[2:]]
    assert table.consensus == ("Hire her.\n" if below else "")
    assert [expert.hire for expert in table.panel] == ["She asks.\n", "She counts.\n"]


@pytest.mark.parametrize("said", SAID[:2])
def test_without_signals_it_is_a_remark_too(tmp_path: Path, said: str) -> None:
    table = file_of(imported(f"{TOP}{PANEL}One here.\n{said}\n"), tmp_path)

    assert who(table) == [[("Ann Lee", "One here."), ("Bo Dahl", said)]]


def test_reason_and_concern_below_each_name_need_no_head(tmp_path: Path) -> None:
    signals = "Ann\nPros: she asks.\nCons: none.\nBo\nPros: she counts.\nCons: few.\n"
    table = file_of(imported(f"{TOP}{PANEL}One here.\nTwo here.\n{signals}"), tmp_path)

    assert [(expert.hire, expert.concern) for expert in table.panel] == [
        ("she asks.\n", "none.\n"),
        ("she counts.\n", "few.\n"),
    ]


@pytest.mark.parametrize(
    ("texts", "consensus"),
    [
        (["One here.", "Two here.", "Summary: hire her."], "hire her.\n"),
        (["One here.", "Summary: hire her."], ""),
        (["One here.", "Two here.", "Summary: I agree.", "Four here."], ""),
        (["One here.", "Panel verdict: hire her."], "hire her.\n"),
    ],
)
def test_a_consensus_beside_its_word_stands_below_whole_rounds(
    tmp_path: Path, texts: list[str], consensus: str
) -> None:
    found = imported(TOP + PANEL + "\n".join(texts) + "\n" + SIGNALS)
    table = file_of(found, tmp_path)

    assert table.consensus == consensus
    guessed = any(text.startswith("Summary") for text in texts)
    assert any("opens as a consensus does" in note for note in notes(found)) == guessed


def test_of_two_heads_over_signals_the_one_with_signals_is_taken(
    tmp_path: Path,
) -> None:
    page = f"{TOP}{PANEL}Signals\nOne here.\nTwo here.\n{SIGNALS}"
    table = file_of(imported(page), tmp_path)

    assert [turns.title for turns in table.rounds] == ["Signals"]
    assert table.panel[1].concern == "She waits.\n"
