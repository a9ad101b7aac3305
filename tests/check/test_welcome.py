"""`welcome.md` is checked as an issue is, by the rules that fit a welcome."""

from pathlib import Path

import pytest

from newsletter.model.problem import Severity
from tests.check import small

PREHEADER = "what comes on fridays, and how to make it stop"
GOOD = f"---\ntitle: you are in\npreheader: {PREHEADER}\n---\nhello, happy monday.\n"


def welcomed(home: Path, text: str) -> Path:
    made = small.make(home)
    (made / "welcome.md").write_text(text, "utf-8")
    return made


def found(home: Path, *names: str) -> list[tuple[str, str, int, int]]:
    return [
        (each.file, each.code, each.line, each.column)
        for each in small.problems(home, *names)
    ]


def test_a_short_one_that_names_a_day_is_well(tmp_path: Path) -> None:
    home = welcomed(tmp_path / "p", GOOD)

    assert found(home) == []
    assert small.checked(home).issues == 2
    assert small.checked(home, "welcome.md").issues == 1
    assert small.checked(home, "letter").issues == 1


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("see [it](htp://nowhere)", "link", 5, 5),
        ("dear {{ nobody }}", "merge-tag", 5, 6),
        ("dear {{ first_name }}", "merge-default", 5, 6),
        ("hello TK", "leftover", 5, 7),
        ("![](issues/images/chairs.jpg)", "alt-text", 5, 1),
    ],
)
def test_what_is_wrong_in_it_has_its_place(
    text: str, code: str, line: int, column: int, tmp_path: Path
) -> None:
    home = welcomed(tmp_path / "p", GOOD.replace("hello, happy monday.", text))

    problem = ("welcome.md", code, line, column)
    assert problem in found(home)
    assert problem in found(home, "welcome.md")
    assert found(home, "letter") == []


def test_mistakes_for_which_it_cannot_be_read_are_told(tmp_path: Path) -> None:
    home = welcomed(tmp_path / "p", "---\ntitel: hello\n---\nhi\n")

    assert {file for file, *_ in found(home)} == {"welcome.md"}
    assert small.checked(home).unread


def test_a_theme_without_the_link_is_told_by_the_file_that_lacks_it(
    tmp_path: Path,
) -> None:
    home = welcomed(tmp_path / "p", GOOD)
    theme = home / "templates" / "email"
    theme.mkdir(parents=True)
    (theme / "welcome.txt").write_text("{{ publication.postal_address }}", "utf-8")

    (problem,) = small.problems(home, "welcome.md")

    assert (problem.code, problem.severity) == ("unsubscribe-link", Severity.ERROR)
    assert problem.file == "templates/email/welcome.txt"
