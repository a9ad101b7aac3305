"""Roundtables: their panel, their remarks, and all the rules that issues have, too."""

from pathlib import Path
from typing import Any

import pytest

from newsletter.errors import UsageError
from newsletter.model.problem import Severity
from tests.check import small

ANA = {"name": "Ana Lima", "hire": "x", "concern": "y"}
BO = {"name": "Bo Chen", "hire": "x", "concern": "y"}
CLEO = {"name": "Cleo Diaz", "hire": "x", "concern": "y"}


def found(
    home: Path, remarks: str = small.REMARKS, **keys: Any
) -> list[tuple[str, str]]:
    """Codes and places that are found in a roundtable."""
    small.make(home / "p", table=keys, remarks=remarks)
    return [
        (item.code, item.place.removeprefix(f"{small.TABLE}:"))
        for item in small.problems(home / "p", "table")
    ]


def test_a_good_roundtable_has_no_problems(tmp_path: Path) -> None:
    assert found(tmp_path) == []


@pytest.mark.parametrize(
    ("keys", "problems"),
    [
        ({"panel": [ANA, BO, CLEO]}, [("silent-expert", "11:9")]),
        ({"panel": [ANA, {**BO, "hire": ""}]}, [("signal", "8:9")]),
        ({"panel": [ANA, {"name": "Bo Chen"}]}, [("signal", "8:9")]),
        ({"consensus": " "}, [("consensus", "2:8")]),
        ({"interview_url": "http://a.example/"}, [("insecure-link", "12:16")]),
        ({"discussing": "lorem ipsum"}, [("leftover", "12:13")]),
        ({"consensus": "They agree. TK"}, [("leftover", "11:24")]),
        ({"panel": [ANA, {**BO, "hire": "TODO"}]}, [("leftover", "9:9")]),
        (
            {"panel": [{**ANA, "photo": "https://a.example/a.jpg"}, BO]},
            [("remote-image", "8:10")],
        ),
        ({"check": {"ignore": ["consensus"]}, "consensus": ""}, []),
        ({"check": {"ignore": ["consenus"]}}, [("ignore", "14:5")]),
    ],
)
def test_what_is_wrong_with_its_front_matter_is_found(
    keys: dict[str, Any], problems: list[tuple[str, str]], tmp_path: Path
) -> None:
    assert found(tmp_path, **keys) == problems


def test_a_photo_that_is_not_there_is_told_once_with_where_it_was_looked_for(
    tmp_path: Path,
) -> None:
    people = [ANA, {**BO, "photo": "images/chairs.jpg"}]
    table = {"panel": people}
    issue = {"roundtable": "table"}
    home = small.make(tmp_path / "p", issue=issue, table=table)

    [problem] = small.problems(home)

    assert problem.place == f"{small.TABLE}:11:10"
    assert "the photo of Bo Chen: `images/chairs.jpg` is not there" in problem.message
    assert "it would be issues/roundtables/images/chairs.jpg" in problem.hint


@pytest.mark.parametrize(
    ("remark", "problems"),
    [
        ("[here](https://a.example)", [("link-text", "15:10")]),
        ("yes,\n[here](https://a.example)", [("link-text", "16:1")]),
        ("yes, TK", [("leftover", "15:15")]),
        ("![](images/gone.jpg)", [("image", "15:10"), ("alt-text", "15:10")]),
        ("[x](/gone/)", [("broken-link", "15:10")]),
        ("[x](#consensus)", []),
        ("[x](#nowhere)", [("broken-link", "15:10")]),
    ],
)
def test_what_is_wrong_with_a_remark_is_found(
    remark: str, problems: list[tuple[str, str]], tmp_path: Path
) -> None:
    remarks = f"## One\n\n**Ana:** {remark}\n\n**Bo:** no.\n"

    assert found(tmp_path, remarks) == problems


@pytest.mark.parametrize(
    "name", ["table", "table.md", small.TABLE, f"./{small.TABLE}", "chairs"]
)
def test_a_roundtable_is_known_by_slug_name_and_path(name: str, tmp_path: Path) -> None:
    home = small.make(
        tmp_path / "p", table={"slug": "chairs" if name == "chairs" else "table"}
    )

    checked = small.checked(home, name)

    assert (checked.issues, checked.roundtables) == (0, 1)


def test_with_an_issue_goes_the_roundtable_that_it_features(tmp_path: Path) -> None:
    home = small.make(
        tmp_path / "p", issue={"roundtable": "table"}, table={"consensus": ""}
    )

    checked = small.checked(home, "letter")

    assert (checked.issues, checked.roundtables) == (1, 1)
    assert [item.code for item in checked.problems] == ["consensus"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("tabel", "did you mean table?"),
        ("leter", "did you mean letter?"),
        ("zzz", "see"),
    ],
)
def test_a_name_that_is_neither_s_is_told_with_a_suggestion(
    name: str, hint: str, tmp_path: Path
) -> None:
    home = small.make(tmp_path / "p")

    with pytest.raises(UsageError) as caught:
        small.checked(home, name)
    assert f"there is no issue {name}" in caught.value.message
    assert hint in caught.value.hint


def test_mistakes_for_which_a_file_is_not_read_come_with_all_the_rest(
    tmp_path: Path,
) -> None:
    home = small.make(tmp_path / "p", f"{small.BODY}\nTK\n", remarks="**Zoe:** hello")
    (home / "issues" / "2026-11-13-broken.md").write_text("no front matter")
    deep = small.keys(title="an issue that is deep")
    small.write(home / "issues" / "2026-11-12-deep.md", deep, ">" * 101 + " deep")

    checked = small.checked(home)

    assert checked.unread
    assert [(item.code, item.severity) for item in checked.problems] == [
        ("nesting", Severity.ERROR),
        ("front-matter", Severity.ERROR),
        ("leftover", Severity.WARNING),
        ("roundtable", Severity.ERROR),
    ]
    assert not small.checked(home, "letter").unread
