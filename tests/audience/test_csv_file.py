"""CSV files as the world writes them, and where a broken one is broken."""

import codecs
import contextlib
import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.audience import csv_file
from newsletter.audience.csv_file import open_table
from newsletter.errors import SourceError
from tests.audience.conftest import WriteCsv

PEOPLE = 'email,name\nana@example.com,"Silva, Ana"\nbo@example.com,Bö\n'
ROWS = [
    (1, ["email", "name"]),
    (2, ["ana@example.com", "Silva, Ana"]),
    (3, ["bo@example.com", "Bö"]),
]


def read(path: Path) -> list[tuple[int, list[str]]]:
    """Every row with the line it starts on, the header first."""
    with open_table(path) as table:
        rows = [table.header, *table.rows]
    return [(row.line, row.cells) for row in rows]


def failure(path: Path) -> str:
    """What is said of a file that cannot be read, without its folder."""
    with pytest.raises(SourceError) as error:
        read(path)
    return str(error.value).replace(f"{path.parent}/", "")


@pytest.mark.parametrize(
    "content",
    [
        PEOPLE.encode(),
        PEOPLE.rstrip("\n").encode(),
        PEOPLE.replace("\n", "\r\n").encode(),
        PEOPLE.replace("\n", "\r").encode(),
        codecs.BOM_UTF8 + PEOPLE.encode(),
        PEOPLE.encode("utf-16"),
        codecs.BOM_UTF16_LE + PEOPLE.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + PEOPLE.encode("utf-16-be"),
        PEOPLE.replace(",name", " ,  name ").replace(",Bö", ", Bö ").encode(),
    ],
    ids=["plain", "cut", "crlf", "cr", "bom", "utf-16", "utf-16le", "be", "blanks"],
)
def test_a_file_is_read_however_it_was_saved(
    content: bytes, write_csv: WriteCsv
) -> None:
    assert read(write_csv(content)) == ROWS


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out(delimiter: str, write_csv: WriteCsv) -> None:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(cells for _, cells in ROWS)

    assert read(write_csv(stream.getvalue())) == ROWS


def test_commas_in_a_header_do_not_hide_the_delimiter(write_csv: WriteCsv) -> None:
    path = write_csv("Email;Name (last, first, middle)\nana@example.com;Silva, Ana\n")

    assert read(path)[1] == (2, ["ana@example.com", "Silva, Ana"])


def test_quoted_line_breaks_count_as_lines(write_csv: WriteCsv) -> None:
    path = write_csv('email,note\na@x.test,"one\ntwo\r\n\nfour"\nb@x.test,b\n')

    assert [line for line, _ in read(path)] == [1, 2, 6]


def test_blank_lines_are_no_rows(write_csv: WriteCsv) -> None:
    path = write_csv("\n \nemail,name\n\na@x.test,A\n,\n\t\nb@x.test,B\n\n")

    assert [line for line, _ in read(path)] == [3, 5, 8]


def test_a_quote_after_a_blank_is_a_quote(write_csv: WriteCsv) -> None:
    path = write_csv('email, name\na@x.test, "Silva, Ana"\nb@x.test,Bob "B" Lee\n')

    assert [cells[1] for _, cells in read(path)] == [
        "name",
        "Silva, Ana",
        'Bob "B" Lee',
    ]


def test_a_file_without_rows_has_a_header(write_csv: WriteCsv) -> None:
    assert read(write_csv("email,name\n")) == [(1, ["email", "name"])]


@pytest.mark.parametrize("content", [b"", b"\n \n\n", codecs.BOM_UTF8, b"\xff\xfe"])
def test_an_empty_file_is_an_error(content: bytes, write_csv: WriteCsv) -> None:
    assert failure(write_csv(content)) == (
        "people.csv: error: the file is empty; its first line names columns [csv]"
    )


def test_a_byte_that_is_not_utf_8_is_located(write_csv: WriteCsv) -> None:
    content = "email,name\na@x.test,A\nb@x.test,Zoë\n".encode("latin-1")

    assert failure(write_csv(content)).startswith(
        "people.csv:3: error: byte 0xeb is not UTF-8; save the file as UTF-8"
    )


def test_a_broken_utf_16_file_is_located(write_csv: WriteCsv) -> None:
    content = codecs.BOM_UTF16_LE + "email\na@x.test".encode("utf-16-le") + b"\x00\xd8"

    assert "people.csv:2: error: byte 0x00 is not UTF-16" in failure(write_csv(content))


def test_utf_16_without_its_mark_is_an_error(write_csv: WriteCsv) -> None:
    assert failure(write_csv(PEOPLE.encode("utf-16-le"))).startswith(
        "people.csv:1: error: a NUL character; save the file as UTF-8"
    )


def test_garbage_is_an_error_and_not_a_crash(write_csv: WriteCsv) -> None:
    garbage = bytes(range(256)) * 40

    assert "people.csv:" in failure(write_csv(garbage))


@settings(deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b"\xff\xfe", b"email,x\n"]))
def test_any_bytes_are_rows_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, start: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(start + content)
    lines: list[int] = []
    with contextlib.suppress(SourceError):
        lines = [line for line, _ in read(path)]

    assert lines == sorted(set(lines))


def test_an_unclosed_quote_is_located_where_its_row_starts(write_csv: WriteCsv) -> None:
    path = write_csv('email,name\na@x.test,A\nb@x.test,"B\nc@x.test,C\nd@x.test,D\n')

    assert failure(path).startswith(
        "people.csv:3: error: a quote opened in this row is not closed by line 5; close"
    )


def test_text_after_a_quoted_cell_is_located(write_csv: WriteCsv) -> None:
    path = write_csv('email,name\nb@x.test,"B\nc@x.test,"C"\n')

    assert "people.csv:2: error: a quote opened in this row" in failure(path)


def test_an_unclosed_quote_in_a_large_file_is_found_early(write_csv: WriteCsv) -> None:
    rows = "".join(f"p{n}@x.test,P{n}\n" for n in range(20_000))

    assert failure(write_csv(f'email,name\na@x.test,"A\n{rows}')).startswith(
        "people.csv:2: error: a quote opened in this row is not closed by line"
    )


def test_thousands_of_columns_are_refused(write_csv: WriteCsv) -> None:
    header = ",".join(f"c{n}" for n in range(100_000))

    assert failure(write_csv(f"email,{header}\n")).startswith(
        "people.csv:1: error: 100,001 columns; at most 200 are read"
    )


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "1,000,001 columns; at most 200 are read"),
        ("column", "a line of more than 1,048,576 characters"),
    ],
)
def test_a_million_columns_are_refused(
    write_csv: WriteCsv, name: str, problem: str
) -> None:
    header = f",{name}" * 1_000_000

    assert failure(write_csv(f"email{header}\n")).startswith(
        f"people.csv:1: error: {problem}"
    )


def test_a_line_without_end_is_refused(write_csv: WriteCsv) -> None:
    path = write_csv("email\n" + "x" * 3_000_000)

    assert "people.csv:2: error: a line of more than 1,048,576 char" in failure(path)


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as stream:
        stream.truncate(csv_file.MAX_BYTES + 1)

    assert "huge.csv: error: has more than 512 MiB; cut it" in failure(path)


def test_what_is_no_file_is_an_error(tmp_path: Path) -> None:
    assert "gone.csv: error: there is no such file" in failure(tmp_path / "gone.csv")
    assert "error: is not a file" in failure(tmp_path)
    assert "no such file" in failure(tmp_path / "a\0b.csv")
    assert "cannot be read: File name too long" in failure(tmp_path / ("x" * 300))


def test_a_cell_that_is_too_long_is_no_open_quote(write_csv: WriteCsv) -> None:
    assert failure(write_csv(f"email,name\na@x.test,{'x' * 140_000}\n")).startswith(
        "people.csv:2: error: a cell of more than 131,072 characters"
    )
