"""Which lines are one remark, and which are the head of a round."""

from pathlib import Path

import pytest

from tests.importing.test_roundtable import PANEL, TOP, file_of, imported, notes, who

AGREED = "Consensus\nHire her.\n"
ONE, TWO, THREE, FOUR = "One here.", "Two here.", "Three here.", "Four here."
FIRST = [("Ann Lee", ONE), ("Bo Dahl", TWO)]


def rounds(text: str, folder: Path) -> list[list[tuple[str, str]]]:
    return who(file_of(imported(f"{TOP}{PANEL}{text}\n{AGREED}"), folder))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{ONE}\n- first\n- second\n{TWO}", f"{ONE}\n\n- first\n- second"),
        (f"{ONE}\n• first\n◦ # second.\n{TWO}", f"{ONE}\n\n- first\n- \\# second."),
        (f"It has three:\n- first\n{TWO}", "It has three:\n\n- first"),
        (f"{ONE}\n1. first\n2. second\n{TWO}", f"{ONE}\n\n1\\. first\n\n2\\. second"),
        (f"- {ONE}\n- {TWO}", f"\\- {ONE}"),
        (f"– {ONE}\n{TWO}", f"– {ONE}"),
    ],
)
def test_a_list_belongs_to_the_remark_above_it(
    tmp_path: Path, text: str, said: str
) -> None:
    assert [len(turn) for turn in rounds(text, tmp_path)] == [2]
    assert rounds(text, tmp_path)[0][0] == ("Ann Lee", said)


def test_one_item_alone_is_a_remark(tmp_path: Path) -> None:
    assert rounds(f"{ONE}\n- {TWO}", tmp_path) == [
        [("Ann Lee", ONE), ("Bo Dahl", f"\\- {TWO}")]
    ]


def test_blank_lines_between_remarks_tell_their_paragraphs(tmp_path: Path) -> None:
    text = f"\n{ONE}\nAnd more.\nAnd so on.\n\n{TWO}\n\n{THREE}\n\n{FOUR}\nSo.\n"

    assert rounds(text, tmp_path) == [
        [("Ann Lee", f"{ONE}\n\nAnd more.\n\nAnd so on."), ("Bo Dahl", TWO)],
        [("Ann Lee", THREE), ("Bo Dahl", f"{FOUR}\n\nSo.")],
    ]
    assert notes(imported(f"{TOP}{PANEL}{text}{AGREED}")) == [
        "line 10: blank lines stand between some of the paragraphs: those without one "
        "are a single remark"
    ]


def test_blank_lines_between_rounds_do_not(tmp_path: Path) -> None:
    text = f"{ONE}\n{TWO}\n\n{THREE}\n{FOUR}"

    assert rounds(text, tmp_path) == [FIRST, [("Ann Lee", THREE), ("Bo Dahl", FOUR)]]
    assert notes(imported(f"{TOP}{PANEL}{text}\n{AGREED}")) == []


def test_blank_lines_that_do_not_add_up_tell_nothing(tmp_path: Path) -> None:
    text = f"{ONE}\n\n{TWO}\n{THREE}\n\n{FOUR}"

    assert rounds(text, tmp_path) == [FIRST, [("Ann Lee", THREE), ("Bo Dahl", FOUR)]]


@pytest.mark.parametrize("short", ["Nothing to add", "Thanks Bo", "Maybe so"])
@pytest.mark.parametrize("place", [2, 3])
def test_a_remark_of_a_few_words_is_no_head(
    tmp_path: Path, short: str, place: int
) -> None:
    texts = [ONE, TWO, THREE, FOUR]
    texts[place] = short
    text = "\n".join(texts)
    found = imported(f"{TOP}{PANEL}{text}\n{AGREED}")

    if place == 2:
        assert who(file_of(found, tmp_path)) == [
            FIRST,
            [("Ann Lee", short), ("Bo Dahl", FOUR)],
        ]
        assert notes(found) == [
            f"line 11: `{short}` is short and no sentence: read as a remark: so the "
            "rounds add up"
        ]
    else:
        assert short in found.text
        assert any("line 12" in note for note in notes(found))


def test_several_remarks_of_a_few_words(tmp_path: Path) -> None:
    text = f"{ONE}\nI agree with that\nNot me\n{FOUR}\nSame here\nSix here."

    assert [len(turn) for turn in rounds(text, tmp_path)] == [2, 2, 2]


def test_a_head_over_each_round_stays_one_where_a_remark_is_missing(
    tmp_path: Path,
) -> None:
    text = f"First look\n{ONE}\n{TWO}\nSecond look\n{THREE}\nLast look\n{FOUR}\nSo."
    found = imported(f"{TOP}{PANEL}{text}\n{AGREED}")
    table = file_of(found, tmp_path)

    titles = [turns.title for turns in table.rounds]
    assert titles == ["First look", "Second look", "Last look"]
    assert any("round 2 has no remark by Bo Dahl" in note for note in notes(found))


def test_many_heads_are_heads(tmp_path: Path) -> None:
    text = "\n".join(f"Look {letter}\nOne {letter}." for letter in "abcdefghijklm")

    assert len(rounds(text, tmp_path)) == 13


def test_a_few_words_below_a_name_are_theirs(tmp_path: Path) -> None:
    text = (
        f"Ann Lee\n{ONE}\nSo to speak\nAnd more.\nBo Dahl\n{TWO}\nLater\nAnn\n{THREE}"
    )
    found = imported(f"{TOP}{PANEL}{text}\n{AGREED}")
    table = file_of(found, tmp_path)

    assert who(table) == [
        [("Ann Lee", f"{ONE}\n\nSo to speak\n\nAnd more."), ("Bo Dahl", TWO)],
        [("Ann Lee", THREE)],
    ]
    assert table.rounds[1].title == "Later"
    assert any("read as words of who speaks above" in note for note in notes(found))


@pytest.mark.parametrize(
    ("ann", "bo"),
    [
        ("Ann Lee 2:31 PM", "Bo Dahl 2:35 PM"),
        ("Ann Lee (14:31)", "Bo Dahl (14:35)"),
        ("Ann · 9:05 a.m.", "Bo · 10:05 a.m."),
        ("Ann Lee, Nov 3, 2025 at 2:31 PM", "Bo Dahl, Nov 3, 2025 at 2:35 PM"),
        ("ANN LEE [14:31:07]:", "BO DAHL [14:32:07]:"),
    ],
)
def test_times_beside_names_as_of_a_chat(tmp_path: Path, ann: str, bo: str) -> None:
    text = f"{ann}\n{ONE}\n{bo}\n{TWO}\n"
    found = imported(f"{TOP}{PANEL}{text}{AGREED}")

    assert who(file_of(found, tmp_path)) == [FIRST]
    assert notes(found) == [
        f"line 9: `{ann}` has a time beside the name: left out, as all of them"
    ]
