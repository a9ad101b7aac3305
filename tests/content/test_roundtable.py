"""Roundtables: who says what in which round, and what is said of what is unclear."""

import time
import unicodedata
from pathlib import Path

import pytest

from newsletter.content.roundtable import read_roundtable
from newsletter.model.roundtable import Roundtable
from tests.config.mistakes import mistakes, told
from tests.conftest import ROOT
from tests.content.conftest import ReadRoundtable

PANEL = "Ada Lovelace, Grace Hopper, Nguyễn Thị Hạnh, Cher"
FIRST = 5
"""The line of the file on which the body below starts."""


def text(body: str, panel: str = PANEL) -> str:
    people = ", ".join(f"{{name: {name}}}" for name in panel.split(", "))
    return f"---\ntitle: t\npanel: [{people}]\n---\n{body}"


def said(roundtable: Roundtable) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (turn.title, [(remark.expert, remark.text) for remark in turn.remarks])
        for turn in roundtable.rounds
    ]


@pytest.mark.parametrize("path", sorted((ROOT / "issues/roundtables").glob("*.md")))
def test_the_roundtables_of_the_sample_publication_are_read(path: Path) -> None:
    found = read_roundtable(path, ROOT)

    assert found.slug == path.stem
    assert found.extra == {}
    assert len(found.rounds) >= 2
    assert all(item.hire and item.concern for item in found.panel)


def test_rounds_and_remarks_are_read_in_their_order(
    roundtable: ReadRoundtable,
) -> None:
    found = roundtable(
        text(
            "## First read\n\n**Ada:** one\n\nmore of it\n\n\n- a list\n\n"
            "**Grace Hopper**: two\n## On C# ##\n**cher:** three\nand four\n"
        )
    )

    assert said(found) == [
        (
            "First read",
            [
                ("Ada Lovelace", "one\n\nmore of it\n\n\n- a list"),
                ("Grace Hopper", "two"),
            ],
        ),
        ("On C#", [("Cher", "three\nand four")]),
    ]


def test_a_line_of_a_remark_is_a_line_of_the_file(roundtable: ReadRoundtable) -> None:
    source = text("\n## A\n\n**Ada:** one\n\n\n\nhere\n\n```\n\n\n```\n\nthere\n")
    found = roundtable(source).rounds[0].remarks[0]

    lines = source.split("\n")
    for offset, line in enumerate(found.text.split("\n")[1:], 1):
        assert lines[found.line - 1 + offset] == line


def test_remarks_without_a_heading_are_a_round_too(roundtable: ReadRoundtable) -> None:
    found = roundtable(text("**Ada:** one\n\n**Cher:** two\n"))

    assert said(found) == [("Round 1", [("Ada Lovelace", "one"), ("Cher", "two")])]


def test_headings_and_names_in_code_are_code(roundtable: ReadRoundtable) -> None:
    code = "```md\n## not a round\n\n**Bob:** nobody\n~~~\n```python\n```"
    tilde = "~~~~\n## nor this\n~~~\n\n~~~~"

    found = roundtable(text(f"## A\n\n**Ada:** look:\n\n{code}\n\n{tilde}\n\nend\n"))

    assert said(found) == [
        ("A", [("Ada Lovelace", f"look:\n\n{code}\n\n{tilde}\n\nend")])
    ]


def test_an_open_code_fence_reaches_to_the_end(roundtable: ReadRoundtable) -> None:
    found = roundtable(text("**Ada:** look:\n```\n\n## A\n\n**Bob:** x"))

    assert len(found.rounds) == 1


def test_other_headings_and_hashtags_belong_to_the_remark(
    roundtable: ReadRoundtable,
) -> None:
    found = roundtable(text("**Ada:** one\n#hiring\n\n### a detail\n\n# loud\n"))

    assert said(found)[0][1] == [
        ("Ada Lovelace", "one\n#hiring\n\n### a detail\n\n# loud")
    ]


@pytest.mark.parametrize(
    ("name", "expert"),
    [
        ("Ada", "Ada Lovelace"),
        ("Ada  Lovelace", "Ada Lovelace"),
        ("HOPPER", "Grace Hopper"),
        ("Hạnh", "Nguyễn Thị Hạnh"),
        ("Nguyễn", "Nguyễn Thị Hạnh"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Hạnh"), "Nguyễn Thị Hạnh"),
        ("Cher", "Cher"),
    ],
)
def test_any_part_of_a_name_will_do(
    roundtable: ReadRoundtable, name: str, expert: str
) -> None:
    found = roundtable(text(f"**{name}:** hi"))

    assert said(found) == [("Round 1", [(expert, "hi")])]


def test_windows_line_ends_do_not_matter(roundtable: ReadRoundtable) -> None:
    body = "## A\n\n**Ada:** one\n\nmore\n\n**Cher**: two\n"

    crlf = roundtable(text(body).replace("\n", "\r\n"))

    assert crlf.rounds == roundtable(text(body)).rounds


@pytest.mark.parametrize(
    ("body", "line", "message", "hint"),
    [
        ("**Graec:** x", 5, "`Graec` is not on the panel", "did you mean `Grace`?"),
        ("\n**Hanh:** x", 6, "`Hanh` is not on the panel", "did you mean `Hạnh`?"),
        ("**Bob:** x", 5, "`Bob` is not on the panel", f"it has {PANEL}"),
        ("hi\n\n**Ada:** x", 5, "text before the first remark of a round", "**Name:**"),
        ("**Ada:** x\n## B\nhi\n\nho", 7, "text before the first remark", "open it"),
        ("", 5, "no remarks", "write `## Round one`, then `**Name:** what they say`"),
        (
            "## A\n## B\n**Ada:** x",
            5,
            "nobody says anything in `A`",
            "write `**Name:**",
        ),
        ("**Ada:** x\n\n## \n", 7, "nobody says anything in ``", "write `**Name:**"),
        (
            "**Ada:**\n\nhi",
            5,
            "Ada says nothing",
            "start the remark on the line of the",
        ),
    ],
)
def test_what_is_unclear_in_the_body_is_told_once(
    roundtable: ReadRoundtable, body: str, line: int, message: str, hint: str
) -> None:
    (problem,) = mistakes(roundtable, text(body))

    assert problem.place == f"issues/roundtables/r.md:{line}:1"
    assert message in problem.message
    assert hint in problem.hint


def test_a_name_that_two_experts_share_must_be_given_in_full(
    roundtable: ReadRoundtable,
) -> None:
    panel = "Ada Lovelace, Ada Byron, Nguyễn Thị Hạnh, Trần Hạnh"
    body = "**Ada:** x\n\n**hạnh:** y\n\n**Ada Byron:** z\n"

    assert told(roundtable, text(body, panel)) == [
        "issues/roundtables/r.md:5:1: error: 2 experts are called Ada; "
        "use the full name [roundtable]",
        "issues/roundtables/r.md:7:1: error: 2 experts are called hạnh; "
        "use the full name [roundtable]",
    ]


def test_a_full_name_outweighs_a_part_of_another(roundtable: ReadRoundtable) -> None:
    found = roundtable(text("**Cher:** x", "Cher, Cher Horowitz"))

    assert said(found) == [("Round 1", [("Cher", "x")])]


def test_mistakes_of_front_matter_panel_and_body_are_told_together(
    roundtable: ReadRoundtable,
) -> None:
    source = text("**Eve:** x\n", "Ada, Bo, ada").replace(
        "title: t", "title: t\ndat: 1"
    )

    assert told(roundtable, source) == [
        "issues/roundtables/r.md:3:1: error: unknown key `dat`; did you mean `date`? "
        "[unknown-key]",
        "issues/roundtables/r.md:4:41: error: ada is on the panel twice; "
        "give each expert once [panel]",
        "issues/roundtables/r.md:6:1: error: `Eve` is not on the panel; "
        "it has Ada, Bo, ada [roundtable]",
    ]


def test_a_panel_that_cannot_be_read_is_told(roundtable: ReadRoundtable) -> None:
    source = (
        "---\ntitle: t\npanel:\n  - Ada\n  - role: CEO\n  - {name: Bo, rol: x}\n---\n"
    )

    assert [item.message for item in mistakes(roundtable, source)] == [
        "`panel.1` must be `key: value` lines, not `Ada`",
        "`panel.2.name` is missing",
        "unknown key `rol`",
    ]
    assert (
        mistakes(roundtable, "---\ntitle: t\n---\n")[0].message == "`panel` is missing"
    )


@pytest.mark.parametrize(
    "body",
    [
        "**Ada:** x\n\n" + "hi\n\n" * 60_000,
        "**Ada:** x\n\n## " + "# " * 100_000 + "x\n**Ada:** y",
        "**Ada:** x\n\n**" + "a" * 200_000,
        "**Ada:** x\n\n" + "`" * 200_000,
        "**Ada:** x\n\n" + "**a" * 60_000,
    ],
)
def test_no_body_takes_long_to_read(roundtable: ReadRoundtable, body: str) -> None:
    start = time.process_time()

    assert roundtable(text(body)).rounds
    assert time.process_time() - start < 1
