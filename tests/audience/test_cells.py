"""What is kept of a cell, and what a spreadsheet is kept from running."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsletter.audience.cells import (
    defuse,
    one_line,
    revive,
    too_long,
    uid_in,
    uid_text,
)
from newsletter.model.text import forbidden_character
from newsletter.model.token import MAX_UID


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  Ana ", "Ana"),
        ("Ana\r\nBcc: bo@example.com", "Ana Bcc: bo@example.com"),
        ("Ana\tSilva", "Ana Silva"),
        ("A\0n\x1b[31ma", "A n [31ma"),
        ("Ana\u2028Silva", "Ana Silva"),
        ("Jose\u0301", "José"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
        ("e\u202e\u0301", "é"),
        ("👩\u200d💻 Zoë", "👩\u200d💻 Zoë"),
        ("عائشة\u200f", "عائشة\u200f"),
        ("bad\udcffbyte", "bad byte"),
    ],
)
def test_a_value_becomes_one_clean_line(text: str, kept: str) -> None:
    assert one_line(text) == kept


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=[])))
@example("e\u202e\u0301")
def test_a_clean_line_stays_as_it_is(text: str) -> None:
    line = one_line(text)

    assert one_line(line) == line
    assert forbidden_character(line) == ""
    assert unicodedata.is_normalized("NFC", line)
    assert line.encode().decode() == line


@pytest.mark.parametrize(
    "formula",
    [
        "=1+1",
        "+49 30 1234",
        "-30- Press",
        "@SUM(A1)",
        "\t=1",
        "\rx",
        "\nx",
        "＝1+1",
        "＋1",
        "－1",
        "＠x",
        "  =1+1",
        '"=1+1',
        "'=1+1",
        "''@x",
    ],
)
def test_a_formula_gets_one_apostrophe_and_loses_it_again(formula: str) -> None:
    assert defuse(formula) == f"'{formula}"
    assert revive(defuse(formula)) == formula


@pytest.mark.parametrize("text", ["", "Ana", "'Ana'", "'tis", "O'Brien", "1-2", "a=b"])
def test_what_is_no_formula_is_left_alone(text: str) -> None:
    assert defuse(text) == text
    assert revive(text) == text


@settings(deadline=None)
@given(st.text("'\"=+-@＝＠ \tab") | st.text())
@example("'\t")
def test_every_cell_survives_being_defused(text: str) -> None:
    cell = defuse(text)

    assert revive(cell) == text
    assert cell == text or cell[0] == "'"
    assert cell.lstrip("' \"")[:1] not in set("=+-@＝＋－＠") or cell[0] == "'"


def test_what_is_too_long_is_named() -> None:
    assert too_long("x" * 200, {"company": "y" * 500}) is None
    assert too_long("x" * 201, {}) == (
        "a name of 201 characters",
        "200 are kept at most",
    )
    assert too_long("", {"notes": "y" * 1501}) == (
        "`notes` has 1,501 characters",
        "500 are kept at most; shorten or remove it",
    )


@given(st.integers(1, MAX_UID))
def test_a_uid_is_read_back_from_a_cell_that_is_no_number(uid: int) -> None:
    cell = uid_text(uid)

    assert uid_in(cell) == uid
    assert cell[0] == "u"
    assert defuse(cell) == cell


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "u",
        "u0",
        "17",
        "0x11",
        "ug",
        "U11",
        "u-1",
        "u1 ",
        "u8000000000000000",
        "u1\n",
    ],
)
def test_what_no_export_writes_is_no_uid(cell: str) -> None:
    assert uid_in(cell) is None
