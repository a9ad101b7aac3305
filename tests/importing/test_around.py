"""What stands around a pasted roundtable's parts: links, heads, pictures, buttons."""

from pathlib import Path

import pytest

from newsletter.importing.junk import find_junk
from newsletter.importing.lines import read_lines
from tests.importing.test_roundtable import PANEL, TOP, file_of, imported, notes, who

ROUND = "One here, and it is a whole sentence.\nTwo here, which is another one.\n"


@pytest.mark.parametrize(
    "end",
    [
        "Full interview: https://v.example/1",
        "🎬 Watch the full interview →\nhttps://v.example/1",
    ],
)
def test_the_link_to_the_interview_may_stand_at_the_end(
    tmp_path: Path, end: str
) -> None:
    text = f"{TOP}{PANEL}{ROUND}Signals\nAnn Lee\nConcern\nFew.\n{end}\n"
    table = file_of(imported(text), tmp_path)

    assert str(table.interview_url) == "https://v.example/1"
    assert [expert.name for expert in table.panel] == ["Ann Lee", "Bo Dahl"]


def test_a_second_link_has_no_place(tmp_path: Path) -> None:
    top = "The Title\nInterview: https://v.example/1\nWatch: https://v.example/2\n"
    table = file_of(imported(f"{top}{PANEL}{ROUND}"), tmp_path)

    assert str(table.interview_url) == "https://v.example/1"
    assert "https://v.example/2" in who(table)[-1][0][1]


@pytest.mark.parametrize(
    "people",
    [
        "Ann Lee, Director\nBo Dahl, Engineer",
        "Ann Lee\nDirector\nBo Dahl\nEngineer",
        "👩 Ann Lee\n📍 Director\n👨 Bo Dahl\n📍 Engineer",
    ],
)
@pytest.mark.parametrize("count", ["", "2 experts weigh in\n"])
def test_a_head_right_below_the_panel_is_that_of_a_round(
    tmp_path: Path, people: str, count: str
) -> None:
    found = imported(
        f"The Title\nExpert Roundtable\n{count}Who is in the room\n{people}\n"
        f"Opening statements\n{ROUND}Closing thoughts\n{ROUND}"
    )
    table = file_of(found, tmp_path)

    assert [turns.title for turns in table.rounds] == [
        "Opening statements",
        "Closing thoughts",
    ]
    assert [(expert.name, expert.role) for expert in table.panel] == [
        ("Ann Lee", "Director"),
        ("Bo Dahl", "Engineer"),
    ]
    assert notes(found) == []


@pytest.mark.parametrize(
    "line",
    [
        *("👍 14", "▶ 12:47", "❤️ 3", "Share on X", "Share via LinkedIn"),
        "We use cookies to be better. Accept all Reject all",
    ],
)
def test_a_button_between_remarks_is_the_page_s(tmp_path: Path, line: str) -> None:
    one, two = ROUND.splitlines()
    found = imported(f"{TOP}{PANEL}{one}\n{line}\n{two}\n")

    assert [len(turns) for turns in who(file_of(found, tmp_path))] == [2]
    assert len(notes(found)) == 1


@pytest.mark.parametrize(
    ("line", "junk"),
    [
        ("Privacy ∙ Terms ∙ Collection notice", True),
        ("Unsubscribe | Manage preferences | View in browser", True),
        ("Powered by Ghost", True),
        ("Leave a reply", True),
        ("Older posts", True),
        ("Type your email…", True),
        ("Terms | and a few words of mine", False),
        ("I use cookies to bribe them all.", False),
        ("Published with care by all of us", False),
    ],
)
def test_the_last_lines_of_a_page(line: str, junk: bool) -> None:
    lines, _ = read_lines(f"A title\nA text.\n{line}")

    assert find_junk(lines) == ({3} if junk else set())


def test_whom_a_remark_answers_and_when_is_left_out(tmp_path: Path) -> None:
    answers = f"{ROUND}Replying to Bo Dahl\nThree here.\nReplying to Ann Lee\nFour.\n"
    found = imported(f"{TOP}{PANEL}{answers}")
    timed = imported(
        f"{TOP}{PANEL}Ann Lee\n10:02\nOne here.\nBo Dahl\n10:04 am\nTwo.\n"
    )

    assert who(file_of(found, tmp_path))[1] == [
        ("Ann Lee", "Three here."),
        ("Bo Dahl", "Four."),
    ]
    assert who(file_of(timed, tmp_path)) == [
        [("Ann Lee", "One here."), ("Bo Dahl", "Two.")]
    ]
    assert notes(found) + notes(timed) == [
        "line 11: `Replying to Bo Dahl` stands above a remark: left out",
        "line 13: `Replying to Ann Lee` stands above a remark: left out",
        "line 10: `10:02` stands above a remark: left out",
        "line 13: `10:04 am` stands above a remark: left out",
    ]


def test_what_answers_nobody_of_the_panel_is_a_head(tmp_path: Path) -> None:
    found = imported(f"{TOP}{PANEL}Replying to the silence\nTwo here, as ever.\n")

    assert file_of(found, tmp_path).rounds[0].title == "Replying to the silence"


@pytest.mark.parametrize("first", ["", "They agree on this:\n"])
def test_a_consensus_may_be_a_list(tmp_path: Path, first: str) -> None:
    text = f"{TOP}{PANEL}{ROUND}The panel agrees\n{first}• she asks\n• she waits\n"
    consensus = file_of(imported(text), tmp_path).consensus

    assert consensus.endswith("- she asks\n- she waits\n")
