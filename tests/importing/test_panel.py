"""The forms in which pages list a panel, beside those of the sample."""

from pathlib import Path

import pytest

from tests.importing.test_roundtable import file_of, imported, notes

TALK = (
    "One here, and it is a whole sentence.\nTwo here, which is another one.\n"
    "Panel consensus\nBoth would hire.\n"
)
TOP = "How She Stopped It\nOwnership Expert Roundtable\n"


def panel(people: str, folder: Path) -> list[tuple[str, str]]:
    found = imported(f"{TOP}{people}\nDiscussion\n{TALK}")
    assert notes(found) == []
    return [(expert.name, expert.role) for expert in file_of(found, folder).panel]


@pytest.mark.parametrize(
    "people",
    [
        "Ann Lee\nHead of Trust\nA Firm\nBo Cho\nEngineer\nOslo",
        "2 experts weigh in\nAnn Lee\nHead of Trust\nA Firm\nBo Cho\nEngineer\nOslo",
        "Ann Lee\nHead of Trust, A Firm\nBo Cho\nEngineer, Oslo",
        "• Ann Lee — Head of Trust, A Firm\n• Bo Cho — Engineer, Oslo",
        "- Ann Lee (Head of Trust, A Firm)\n- Bo Cho (Engineer, Oslo)",
    ],
)
def test_roles_beside_and_below(tmp_path: Path, people: str) -> None:
    assert panel(people, tmp_path) == [
        ("Ann Lee", "Head of Trust, A Firm"),
        ("Bo Cho", "Engineer, Oslo"),
    ]


@pytest.mark.parametrize("beside", ["\n", ", ", " | "])
def test_a_page_may_have_no_capitals(tmp_path: Path, beside: str) -> None:
    people = f"ann lee{beside}head of trust\nbo cho{beside}engineer"

    assert panel(people, tmp_path) == [
        ("ann lee", "head of trust"),
        ("bo cho", "engineer"),
    ]


def test_a_role_that_ends_with_a_dot_is_no_remark(tmp_path: Path) -> None:
    assert panel("Ann Lee | CTO, Pine & Co.\nBo Cho | Engineer", tmp_path) == [
        ("Ann Lee", "CTO, Pine & Co."),
        ("Bo Cho", "Engineer"),
    ]


def test_a_star_in_a_name_does_not_end_it(tmp_path: Path) -> None:
    found = imported(f"{TOP}**Ann Lee**\nHead of Trust\n**Bo Cho**\nEngineer\n{TALK}")
    table = file_of(found, tmp_path)

    assert [expert.name for expert in table.panel] == ["Ann Lee", "Bo Cho"]
