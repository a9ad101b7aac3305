"""Roundtables: who says what in which round, and what is said of what is unclear."""

import unicodedata
from pathlib import Path

import pytest

from newsletter.content.roundtable import read_roundtable
from newsletter.model.roundtable import Roundtable
from tests.conftest import ROOT
from tests.content.conftest import ReadRoundtable
from tests.content.texts import roundtable_text as text
from tests.rig.cpu import seconds


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


def test_a_full_name_outweighs_a_part_of_another(roundtable: ReadRoundtable) -> None:
    found = roundtable(text("**Cher:** x", "Cher, Cher Horowitz"))

    assert said(found) == [("Round 1", [("Cher", "x")])]


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
    def read() -> None:
        assert roundtable(text(body)).rounds

    assert seconds(read, enough=1) < 1
