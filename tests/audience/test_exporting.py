"""An export: whole, safe to open in a spreadsheet, and complete."""

import csv
import io
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from newsletter.audience import marking, people
from newsletter.audience.exporting import export_csv
from newsletter.audience.importing import import_file
from newsletter.errors import UsageError
from newsletter.model.subscriber import NewSubscriber
from newsletter.store import subscribers
from newsletter.store.engine import Store
from tests.audience.conftest import ERASER
from tests.conftest import ROOT


def exported(store: Store, *, raw: bool = False) -> list[dict[str, str]]:
    """The rows of an export."""
    out = io.StringIO()
    export_csv(store, out, raw=raw)
    return list(csv.DictReader(io.StringIO(out.getvalue())))


def test_the_columns_are_in_a_fixed_order(store: Store) -> None:
    people.add(
        store, ERASER, "ana@example.com", attributes={"zone": "EU", "company": "X"}
    )
    people.add(
        store, ERASER, "bo@x.test", attributes={"last_name": "L", "first_name": "Bo"}
    )

    assert list(exported(store)[0]) == [
        "email",
        "name",
        "first_name",
        "last_name",
        "company",
        "zone",
        "tags",
        "status",
        "suppressed",
        "suppressed_since",
        "suppressed_note",
        "source",
        "created_at",
        "confirmed_at",
        "unsubscribed_at",
        "newsletter_uid",
    ]


def test_a_subscriber_is_exported_with_everything_known(store: Store) -> None:
    people.add(
        store, ERASER, "Ana@Example.com", name="Ana", attributes={"company": "X"}
    )
    marking.tag(store, "ana@example.com", ["VIP", "Hiring managers"])
    people.remove(store, "ana@example.com")
    (row,) = exported(store)

    for moment in ("created_at", "suppressed_since", "unsubscribed_at"):
        assert row.pop(moment).endswith("+00:00")
    # A spreadsheet would round a number of that many digits.
    assert row.pop("newsletter_uid").startswith("u")
    assert row == {
        "tags": "hiring managers,vip",
        "suppressed_note": "removed by hand",
        "confirmed_at": "",
        "email": "Ana@Example.com",
        "name": "Ana",
        "company": "X",
        "status": "unsubscribed",
        "suppressed": "unsubscribe",
        "source": "added by hand",
    }


def test_addresses_that_are_only_suppressed_are_exported_too(store: Store) -> None:
    people.add(store, ERASER, "ana@example.com")
    people.remove(store, "ana@example.com")
    people.remove(store, "stranger@example.com")

    assert [(r["email"], r["status"], r["suppressed"]) for r in exported(store)] == [
        ("ana@example.com", "unsubscribed", "unsubscribe"),
        ("stranger@example.com", "suppressed", "manual"),
    ]
    assert export_csv(store, io.StringIO()) == 1


def test_no_cell_starts_a_formula(store: Store) -> None:
    people.add(
        store,
        ERASER,
        "+ana@example.com",
        name='=HYPERLINK("http://evil.example","x")',
        attributes={"a": "@SUM(A1)", "b": "-1+1", "c": "＝1", "d": "'=1", "e": "1-2"},
    )
    (row,) = exported(store)

    assert row["email"] == "'+ana@example.com"
    assert row["name"].startswith("'=")
    assert [row[key] for key in "abcde"] == [
        "'@SUM(A1)",
        "'-1+1",
        "'＝1",
        "''=1",
        "1-2",
    ]
    assert exported(store, raw=True)[0]["a"] == "@SUM(A1)"


def test_every_cell_is_quoted(store: Store) -> None:
    people.add(store, ERASER, "ana@example.com", name="a;=1+1")
    out = io.StringIO()
    export_csv(store, out)

    assert '"ana@example.com","a;=1+1","","active","",' in out.getvalue()


def test_attributes_that_others_stored_are_told_from_our_columns(store: Store) -> None:
    row = NewSubscriber(
        address="a@x.test", address_key="a@x.test", attributes={"status": "gold"}
    )
    with store.write() as connection:
        subscribers.upsert(connection, [row])

    assert exported(store)[0]["attribute_status"] == "gold"
    assert exported(store)[0]["status"] == "active"


def test_a_file_is_for_its_owner_only(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    import_file(store, ERASER, ROOT / "subscribers.csv")

    assert export_csv(store, path) == 25
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(path.read_text(encoding="utf-8").splitlines()) == 26


def test_a_file_is_replaced_whole_or_not_at_all(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("precious")
    with store.write() as connection:
        connection.exec_driver_sql("DROP TABLE suppressions")

    with pytest.raises(OperationalError, match="suppressions"):
        export_csv(store, path)

    assert path.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_keeps_pointing_to_the_file(store: Store, tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    export_csv(store, tmp_path / "link.csv")

    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text().startswith('"email"')


def test_a_device_is_written_to_and_not_replaced(store: Store) -> None:
    assert export_csv(store, Path("/dev/null")) == 0
    assert not Path("/dev/null").is_file()


@pytest.mark.parametrize("name", ["", "gone/out.csv"])
def test_a_place_that_cannot_be_written_is_an_error(
    name: str, store: Store, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        export_csv(store, tmp_path / name)


def test_an_empty_store_exports_a_header(store: Store) -> None:
    out = io.StringIO()

    assert export_csv(store, out) == 0
    assert out.getvalue() == (
        '"email","name","tags","status","suppressed","suppressed_since",'
        '"suppressed_note","source","created_at","confirmed_at","unsubscribed_at",'
        '"newsletter_uid"\n'
    )
