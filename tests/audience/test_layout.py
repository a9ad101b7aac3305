"""Which column of a file is what."""

import pytest

from newsletter.audience.csv_file import open_table
from newsletter.audience.headers import MAX_KEY, key_of
from newsletter.audience.importing import import_file
from newsletter.audience.layout import Layout, lay_out
from newsletter.errors import SourceError
from newsletter.store.engine import Store
from tests.audience.conftest import ERASER, WriteCsv, people_in


@pytest.fixture
def layout(write_csv: WriteCsv) -> "Layouts":
    return Layouts(write_csv)


class Layouts:
    """Lays out a file given as text."""

    def __init__(self, write_csv: WriteCsv) -> None:
        self._write_csv = write_csv

    def of(self, text: str) -> Layout:
        with open_table(self._write_csv(text)) as table:
            found, rows = lay_out(table)
            assert len(list(rows)) == text.count("\n") - 1
        return found

    def error(self, text: str) -> str:
        with pytest.raises(SourceError) as error:
            self.of(text)
        return str(error.value).rpartition("/")[2]


@pytest.mark.parametrize(
    "header",
    [
        "email",
        "Email",
        " E-MAIL ",
        "Email Address",
        "EmailAddress",
        "e-mail address",
        "email_address",
        "Mail",
        "Subscriber Email",
        "Deine E-Mail Adresse",
    ],
)
def test_the_address_column_has_many_names(header: str, layout: Layouts) -> None:
    assert layout.of(f"id,{header}\n").address.index == 1


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("First Name", "first_name"),
        ("FNAME", "first_name"),
        ("firstname", "first_name"),
        ("Given name", "first_name"),
        ("Last-Name", "last_name"),
        ("Company / Firma", "company_firma"),
        ("Größe", "groe"),
        ("2024 total", "x_2024_total"),
        ("x" * 60, "x" * MAX_KEY),
        ("Компания", "column_2"),
        ("", "column_2"),
    ],
)
def test_other_columns_become_attributes(
    header: str, key: str, layout: Layouts
) -> None:
    found = layout.of(f"email,{header}\n")

    assert [column.key for column in found.attributes] == [key]
    assert key_of(key) == key


def test_a_name_column_is_the_name(layout: Layouts) -> None:
    for header in ("name", "Name", "Full Name", "FullName"):
        found = layout.of(f"email,{header}\n")

        assert found.name is not None
        assert found.name.header == header


def test_an_address_column_is_guessed_from_its_cells(layout: Layouts) -> None:
    assert layout.of("name,Address\nAna,ana@example.com\nBo,\n").address.index == 1
    assert layout.of("name,address\n").address.index == 1


def test_postal_addresses_are_an_attribute(layout: Layouts) -> None:
    found = layout.of("email,address\nana@example.com,ana@work.example\n")

    assert [column.key for column in found.attributes] == ["address"]
    assert "no column holds the addresses" in layout.error(
        "name,address\nAna,ana@example.com\nBo,1 Main Street\n"
    )


def test_states_are_a_status_only_if_all_of_them_are(layout: Layouts) -> None:
    kit = layout.of("email,state\na@x.test,active\nb@x.test,cancelled\nc@x.test,\n")
    postal = layout.of("email,state\na@x.test,active\nb@x.test,CA\n")
    both = layout.of("email,state,status\na@x.test,active,active\n")

    assert [column.key for column in kit.standing] == ["state"]
    assert [column.key for column in postal.attributes] == ["state"]
    assert [column.key for column in both.attributes] == ["state"]


def test_a_state_far_down_that_tells_who_left_stops_the_import(
    store: Store, write_csv: WriteCsv
) -> None:
    """Nobody who left comes in as active because the first rows were of others."""
    rows = "".join(f"p{n}@x.test,{'' if n else 'engaged'}\n" for n in range(150))
    path = write_csv(f"email,state\n{rows}ana@x.test,Unsubscribed\n")

    with pytest.raises(SourceError) as caught:
        import_file(store, ERASER, path)

    assert ":152: error: the column `state` says `Unsubscribed` here" in str(
        caught.value
    )
    assert people_in(store) == {}
    rows = rows.replace("\n", ",\n")
    with_status = f"email,state,status\n{rows}ana@x.test,removed,no\n"
    assert import_file(store, ERASER, write_csv(with_status)).suppressed == 1


def test_without_an_address_column_the_columns_are_listed(layout: Layouts) -> None:
    assert layout.error("\nname,company\nAna,Example\n\n") == (
        "people.csv:2: error: no column holds the addresses; there is `name`, "
        "`company`; call it `email` [csv]"
    )
    assert "did you mean `email`?" in layout.error("name,emial\n")
    assert "and 5 more" in layout.error(",".join(f"c{n}" for n in range(15)) + "\n")


def test_a_file_that_starts_with_an_address_needs_a_header(layout: Layouts) -> None:
    assert "the first line must name the columns, such as `email,name`" in layout.error(
        "ana@example.com,Ana\nbo@example.com,Bo\n"
    )


@pytest.mark.parametrize(
    ("header", "what"),
    [
        ("email,name,Name", "the name: `name`, `Name`"),
        ("email,company,Company", "the attribute `company`: `company`, `Company`"),
        ("email,fname,First Name", "attribute `first_name`: `fname`, `First Name`"),
        ("Email,E-Mail", "the address: `Email`, `E-Mail`"),
    ],
)
def test_two_columns_for_one_thing_are_an_error(
    header: str, what: str, layout: Layouts
) -> None:
    error = layout.error(f"{header}\n")

    assert error.startswith("people.csv:1: error: two columns for the")
    assert what in error
