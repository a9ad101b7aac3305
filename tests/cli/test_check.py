"""`newsletter check` as a command: what it prints in each form, and how it ends."""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter.check.explaining import PAGES
from newsletter.check.outside.links import outside
from newsletter.check.reporting import as_github
from newsletter.check.writing import Writing
from newsletter.model.problem import Problem, Severity
from tests.check import small
from tests.cli.conftest import Newsletter
from tests.conftest import ROOT

ISSUE = "pull-up-the-second-chair"


def test_the_samples_are_clean_even_when_warnings_count(newsletter: Newsletter) -> None:
    checked = newsletter("check", "--strict")

    assert (checked.code, checked.err) == (0, "")
    assert checked.out == "checked 4 issues and 2 roundtables: 0 errors, 0 warnings\n"


def test_some_issues_and_roundtables_can_be_named(newsletter: Newsletter) -> None:
    checked = newsletter("check", "say-the-number", "the-honest-i-dont-know")

    assert checked.out.startswith("checked 1 issue and ")
    assert newsletter("check", "the-honest-i-dont-know").out.startswith(
        "checked 1 roundtable: "
    )


@pytest.mark.parametrize(
    ("text", "plain", "strict"),
    [("", 0, 0), ("act now", 0, 0), ("TK", 0, 4), ("{{ nobody }}", 4, 4)],
)
def test_it_ends_with_4_for_errors_and_when_strict_for_warnings(
    text: str, plain: int, strict: int, newsletter: Newsletter, tmp_path: Path
) -> None:
    home = small.make(tmp_path / "p", f"{small.BODY}\n{text}\n")

    assert newsletter("check", cwd=home).code == plain
    assert newsletter("check", "--strict", cwd=home).code == strict


def test_remarks_are_counted_too(newsletter: Newsletter, tmp_path: Path) -> None:
    home = small.make(tmp_path / "p", f"{small.BODY}\nact now\n")

    assert newsletter("check", "letter", cwd=home).out == (
        "checked 1 issue: 0 errors, 0 warnings, 1 remark\n"
    )


def test_json_has_the_form_that_the_docs_promise(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    home = small.make(tmp_path / "p", f"{small.BODY}\nTK and é\n")

    made = newsletter("check", "--json", cwd=home)
    same = newsletter("check", "--format", "json", cwd=home)

    data = json.loads(made.out)
    assert (made.code, made.err, same.out) == (0, "", made.out)
    assert data == {
        "issues": 1,
        "roundtables": 1,
        "errors": 0,
        "warnings": 1,
        "infos": 0,
        "problems": [
            {
                "code": "leftover",
                "severity": "warning",
                "file": small.ISSUE,
                "line": 13,
                "column": 1,
                "message": "`TK` is still in the text",
                "hint": "write it or take it out",
            }
        ],
    }
    text = (ROOT / "docs" / "check.md").read_text("utf-8")
    promised = set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))
    assert data.keys() | data["problems"][0].keys() <= promised


def test_json_of_a_publication_that_cannot_be_read(
    newsletter: Newsletter, publication: Path
) -> None:
    (publication / "newsletter.yaml").write_text("nme: x\n")

    ended = newsletter("check", "--json")

    assert ended.code == 3
    assert {item["code"] for item in json.loads(ended.out)["problems"]} == {
        "unknown-key",
        "config",
    }


def test_github_gets_annotations(newsletter: Newsletter, tmp_path: Path) -> None:
    home = small.make(
        tmp_path / "p", f"{small.BODY}\nTK, act now\n\n{{{{ nobody }}}}\n"
    )

    ended = newsletter("check", "--format", "github", cwd=home)

    lines = ended.out.splitlines()
    assert (ended.code, ended.err) == (4, "")
    assert lines[0] == (
        f"::warning file={small.ISSUE},line=13,col=1,title=leftover::"
        "`TK` is still in the text; write it or take it out"
    )
    assert [line.split(" ")[0] for line in lines] == [
        "::warning",
        "::notice",
        "::error",
    ]


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        (
            Problem(code="x", message="100%: a\r\nb, c", file="a,b:c%\nd.md", line=3),
            "::error file=a%2Cb%3Ac%25%0Ad.md,line=3,title=x::100%25: a b, c",
        ),
        (
            Problem(
                code="x", message="a", hint="b::c", file="d", severity=Severity.INFO
            ),
            "::notice file=d,title=x::a; b::c",
        ),
    ],
)
def test_what_would_end_an_annotation_is_escaped(problem: Problem, line: str) -> None:
    assert as_github(problem) == line


def test_a_file_that_cannot_be_read_ends_with_3_and_the_rest_is_told(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    home = small.make(tmp_path / "p", f"{small.BODY}\nTK\n")
    (home / "issues" / "2026-11-13-broken.md").write_text("no front matter")

    ended = newsletter("check", cwd=home)

    assert ended.code == 3
    assert "2026-11-13-broken.md:1:1: error: no front matter" in ended.err
    assert "`TK` is still in the text" in ended.err


def test_a_code_is_explained(newsletter: Newsletter) -> None:
    ended = newsletter("check", "--explain", "alt-text")

    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (PAGES / "alt-text.md").read_text("utf-8")


def test_a_code_that_is_not_known_is_no_code(newsletter: Newsletter) -> None:
    ended = newsletter("check", "--explain", "alt-txt")

    assert ended.code == 2
    assert "did you mean `alt-text`?" in ended.err


def test_links_are_tried_only_when_asked_for(
    newsletter: Newsletter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def try_links(writings: Sequence[Writing], *_: object) -> list[Problem]:
        tried.extend(link.url for writing in writings for link in outside(writing))
        gone = writings[0].problem("dead-link", "gone", "", (1, 1), Severity.ERROR)
        return [gone]

    monkeypatch.setattr("newsletter.check.outside.links.try_links", try_links)
    home = small.make(tmp_path / "p", f"{small.BODY}\n[a list](https://a.example/)\n")

    assert newsletter("check", cwd=home).code == 0
    assert tried == []
    ended = newsletter("check", "--links", cwd=home)
    assert (ended.code, tried) == (4, ["https://a.example/"])
    assert "1:1: error: gone [dead-link]" in ended.err


def test_the_ledger_is_asked_but_not_made_for_it(
    newsletter: Newsletter, publication: Path
) -> None:
    newsletter("check")
    assert not (publication / ".newsletter" / "newsletter.db").exists()

    newsletter("subscribers", "add", "a@example.com")
    newsletter("--now", "2026-11-20", "send", ISSUE, "--yes")
    assert newsletter("check", "--strict").code == 0

    path = next((publication / "issues").glob(f"*{ISSUE}.md"))
    year = datetime.now(UTC).year + 1
    text = path.read_text("utf-8").replace("date: 2026-11-20", f"date: {year}-11-20")
    path.write_text(text.replace("guess who gets", "guess who got"), "utf-8")
    ended = newsletter("check", ISSUE)

    assert ended.code == 0
    assert f"`{ISSUE}` was sent on " in ended.err
    assert "[already-sent]" in ended.err


def test_a_ledger_that_cannot_be_read_does_not_stop_a_check(
    newsletter: Newsletter, publication: Path
) -> None:
    folder = publication / ".newsletter"
    folder.mkdir()
    (folder / "newsletter.db").write_bytes(b"this is no database, whatever its name is")

    ended = newsletter("check")

    assert ended.code == 0
    assert "the ledger was not asked what was sent: " in ended.err


def test_a_ledger_of_another_version_is_left_as_it_is(
    newsletter: Newsletter, publication: Path
) -> None:
    database = publication / ".newsletter" / "newsletter.db"
    database.parent.mkdir()
    database.write_bytes(b"")

    ended = newsletter("check")

    assert (ended.code, ended.err) == (0, "")
    assert sorted(
        item.name for item in database.parent.iterdir() if item.is_file()
    ) in (
        ["newsletter.db"],
        ["newsletter.db", "newsletter.db-shm", "newsletter.db-wal"],
    )
