"""Many rows read at once say what each says by itself."""

from collections.abc import Sequence
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.audience.csv_file import Row, Table
from newsletter.audience.entry import Entry, Skip
from newsletter.audience.layout import Layout, lay_out
from newsletter.audience.plain_rows import PlainRows
from newsletter.audience.reading import Reader

TIMES = st.sampled_from(
    ["", "2024-01-02 03:04:05", "2024-01-02T03:04:05+02:00", "1/2/2024", "soon", "1"]
)
TEXT = st.one_of(
    st.sampled_from(["", "Ána", "O'Neil", "'=1", "e\u0301", "a\u200bb", "x" * 201]),
    st.text(max_size=8).map(str.strip),
)
WORDS = st.sampled_from(["", "active", "no", "bounced", "suppressed", "perhaps"])
COLUMNS: dict[str, st.SearchStrategy[str]] = {
    "email": st.one_of(
        st.sampled_from(["ana@mail.example", "Ana@Mail.Example", "ben@x.test", "ben"]),
        st.sampled_from(["o'neil@x.com", "'cho@x.com", "zoë@x.com", "cho@münchen.de"]),
        st.sampled_from([f"erased:{'0' * 8}:{'0' * 64}", "erased:", "dee@x.local"]),
        st.integers(0, 40).map("p{}@mail.example.com".format),
    ),
    "name": TEXT,
    "company": TEXT,
    "city": TEXT,
    "attributes": st.sampled_from(["", "{}", '{"a": "b"}', "{'n': 1}", "oops"]),
    "tags": st.sampled_from(["", "vip", "'=a|b", "a,b;c", ",".join("abcdefgh" * 20)]),
    "status": WORDS,
    "suppressed": WORDS,
    "suppressed_since": TIMES,
    "suppressed_note": TEXT,
    "source": TEXT,
    "created_at": TIMES,
    "optin_time": TIMES,
    "confirm_time": TIMES,
    "confirmed_at": TIMES,
    "unsub_time": st.one_of(TIMES, WORDS),
    "do_not_mail": st.one_of(TIMES, WORDS),
    "optin_ip": st.sampled_from(["", "203.0.113.5", "1" * 201]),
    "confirm_ip": st.sampled_from(["", "203.0.113.6"]),
    "newsletter_uid": st.sampled_from(["", "u1f", "u0", "7"]),
    "leid": TEXT,
    "euid": TEXT,
}


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """The rows of some file, a few of them of another width."""
    further = st.lists(st.sampled_from([*COLUMNS][1:]), unique=True)
    names = ["email", *draw(further)]
    row = st.tuples(*(COLUMNS[name] for name in names)).map(list)
    ragged = st.one_of(
        row.map(lambda cells: [*cells, "more"]), row.map(lambda c: c[1:])
    )
    rows = draw(st.lists(st.one_of(row, row, row, ragged), max_size=12))
    numbered = [Row(line, cells) for line, cells in enumerate(rows, 2) if any(cells)]
    return Table("people.csv", Row(1, names), iter(numbered))


def one_by_one(_: PlainRows, rows: Sequence[Row]) -> list[Entry | None]:
    """Leave all rows for a closer look."""
    return [None] * len(rows)


def read(layout: Layout, rows: Sequence[Row]) -> list[Entry | Skip]:
    """What is read of them."""
    return [each for some in Reader(layout, "a list").read(rows) for each in some]


@settings(deadline=None, max_examples=300)
@given(tables())
def test_they_say_the_same(table: Table) -> None:
    layout, found = lay_out(table)
    rows = list(found)
    with patch.object(PlainRows, "read", one_by_one):
        expected = read(layout, rows)

    assert read(layout, rows) == expected


def test_what_needs_no_cleaning_is_read_at_once() -> None:
    names = ["email", "name", "company", "tags", "created_at", "status", "source"]
    cells = ["ana@mail.example.com", "Ána", "", "vip", "2024-01-02", "active", "a form"]
    odd = ["ben@mail.example.com", "O'Neil", "", "", "", "", ""]
    rows = [Row(2, cells), Row(3, odd), Row(4, cells[1:])]
    layout, _ = lay_out(Table("people.csv", Row(1, names), iter(rows)))

    first, second, third = PlainRows(layout, "a list").read(rows)

    assert first is not None
    assert (first.line, first.person.name, first.person.tags) == (2, "Ána", ("vip",))
    assert second is third is None
