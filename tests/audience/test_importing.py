"""An import: what it adds, what it leaves alone, and what it says about every row."""

from pathlib import Path

import pytest

from newsletter.audience import people, tally
from newsletter.audience.entry import Skip
from newsletter.audience.importing import import_file
from newsletter.audience.tally import ImportReport
from newsletter.errors import SourceError
from newsletter.model.subscriber import SubscriberStatus, SuppressionReason
from newsletter.store import subscribers, suppressions
from newsletter.store.engine import Store
from tests.audience.conftest import ERASER, WriteCsv, never_mailed, people_in
from tests.conftest import ROOT


def numbers(report: ImportReport) -> dict[str, int]:
    """The counts that are not zero."""
    counts = {
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "suppressed": report.suppressed,
        "skipped": len(report.skipped),
    }
    assert sum(counts.values()) == report.rows
    return {name: number for name, number in counts.items() if number}


def test_the_sample_subscribers_are_all_imported(store: Store) -> None:
    report = import_file(store, ERASER, ROOT / "subscribers.csv")

    assert numbers(report) == {"added": 25}
    assert report.attributes == ("first_name", "last_name", "company")
    found = people_in(store)["rob.larsen@quotes.example"]
    assert found.attributes == {
        "first_name": 'Robert "Bobby"',
        "last_name": "Larsen",
        "company": 'The "Quiet" Company',
    }
    assert found.status is SubscriberStatus.ACTIVE
    assert found.source == "subscribers.csv"
    assert people_in(store)["hiring@example.com"].attributes == {}


def test_a_second_import_changes_nothing(store: Store) -> None:
    import_file(store, ERASER, ROOT / "subscribers.csv")
    before = people_in(store)

    assert numbers(import_file(store, ERASER, ROOT / "subscribers.csv")) == {
        "unchanged": 25
    }
    assert people_in(store) == before


def test_blank_cells_erase_nothing(store: Store, write_csv: WriteCsv) -> None:
    import_file(store, ERASER, write_csv("email,name,company\na@x.test,Ana,Example\n"))
    report = import_file(store, ERASER, write_csv("email,name,company\nA@x.test,,\n"))

    assert numbers(report) == {"unchanged": 1}
    assert people_in(store)["a@x.test"].attributes == {"company": "Example"}


def test_new_details_update_a_subscriber(store: Store, write_csv: WriteCsv) -> None:
    import_file(store, ERASER, write_csv("email,name\na@x.test,Ana\n"))
    report = import_file(store, ERASER, write_csv("email,name\nA@X.test,Ana Silva\n"))

    assert numbers(report) == {"updated": 1}
    assert people_in(store)["a@x.test"].name == "Ana Silva"


def test_an_address_in_a_file_twice_is_imported_once(
    store: Store, write_csv: WriteCsv
) -> None:
    text = "email,name\nana@example.com,Ana\nbo@x.test,\nANA@Example.COM,Other\n"
    report = import_file(store, ERASER, write_csv(text))

    assert numbers(report) == {"added": 2, "skipped": 1}
    assert report.skipped == (
        Skip(4, "ANA@Example.COM", "the same address as line 2", "the first is taken"),
    )
    assert people_in(store)["ana@example.com"].name == "Ana"


def test_an_address_whose_first_row_was_skipped_can_still_come(
    store: Store, write_csv: WriteCsv
) -> None:
    text = f"email,notes\na@x.test,{'n' * 501}\na@x.test,short\n"
    report = import_file(store, ERASER, write_csv(text))

    assert numbers(report) == {"added": 1, "skipped": 1}
    assert report.skipped[0].reason == "`notes` has 501 characters"


def test_rows_that_cannot_be_used_are_skipped_with_line_and_reason(
    store: Store, write_csv: WriteCsv
) -> None:
    text = (
        "email,name,status\n"
        "ana@example.com,A,\n"
        "not an address,B,\n"
        "c@x.test,C\n"
        "d@x.test,D,,extra\n"
        'e@x.test,"E\n\nE",\n'
        ",F,\n"
        "g@x.test,G,perhaps\n"
        f"h@x.test,{'H' * 201},\n"
        "i@x.test,I,,,\n"
    )
    report = import_file(store, ERASER, write_csv(text))

    assert numbers(report) == {"added": 3, "skipped": 6}
    assert [(skip.line, skip.address, skip.reason) for skip in report.skipped] == [
        (3, "not an address", "a blank in it"),
        (4, "c@x.test", "2 cells, but the first line names 3 columns"),
        (5, "d@x.test", "4 cells, but the first line names 3 columns"),
        (9, "", "it is blank"),
        (10, "g@x.test", "the status `perhaps` is not known"),
        (11, "h@x.test", "a name of 201 characters"),
    ]
    assert all(skip.hint for skip in report.skipped)
    assert people_in(store)["e@x.test"].name == "E E"


def test_a_header_alone_imports_nobody(store: Store, write_csv: WriteCsv) -> None:
    assert import_file(store, ERASER, write_csv("email,name\n")).rows == 0


def test_values_are_cleaned_and_never_evaluated(
    store: Store, write_csv: WriteCsv
) -> None:
    text = "email,name,bio\na@x.test,{{ 7*7 }}\x1b[31m\u202e,'=HYPERLINK()\n"
    import_file(store, ERASER, write_csv(text))

    found = people_in(store)["a@x.test"]
    assert found.name == "{{ 7*7 }} [31m"
    assert found.attributes == {"bio": "=HYPERLINK()"}


def test_a_suppressed_address_is_not_brought_back(
    store: Store, write_csv: WriteCsv
) -> None:
    people.add(store, ERASER, "ana@example.com", name="Ana")
    people.remove(store, "ana@example.com")
    people.remove(store, "stranger@example.com")
    text = "email,name,status\nANA@example.com,New,active\nstranger@example.com,,\n"
    since = never_mailed(store)["ana@example.com"].since.strftime("%Y-%m-%d")

    report = import_file(store, ERASER, write_csv(text))

    assert numbers(report) == {"skipped": 2}
    assert [skip.reason for skip in report.skipped] == [
        f"suppressed: unsubscribe since {since}",
        f"suppressed: manual since {since}",
    ]
    assert people_in(store).keys() == {"ana@example.com"}
    assert people_in(store)["ana@example.com"].name == "Ana"
    assert people_in(store)["ana@example.com"].status is SubscriberStatus.UNSUBSCRIBED


@pytest.mark.parametrize(
    "status", [SubscriberStatus.PENDING, SubscriberStatus.UNSUBSCRIBED]
)
def test_an_import_confirms_nobody_and_brings_nobody_back(
    status: SubscriberStatus, store: Store, write_csv: WriteCsv
) -> None:
    people.add(store, ERASER, "ana@example.com")
    with store.write() as connection:
        subscribers.set_status(connection, 1, status)

    import_file(store, ERASER, write_csv("email,status\nana@example.com,active\n"))

    assert people_in(store)["ana@example.com"].status is status


def test_people_who_left_elsewhere_are_imported_as_suppressed(
    store: Store, write_csv: WriteCsv
) -> None:
    text = (
        "email,name,status\n"
        "left@x.test,L,unsubscribed\n"
        "gone@x.test,G,bounced\n"
        "new@x.test,N,pending\n"
        "here@x.test,H,active\n"
        "blank@x.test,B,\n"
    )
    report = import_file(store, ERASER, write_csv(text))

    assert numbers(report) == {"added": 3, "suppressed": 2}
    assert {key: item.reason for key, item in never_mailed(store).items()} == {
        "left@x.test": SuppressionReason.UNSUBSCRIBE,
        "gone@x.test": SuppressionReason.BOUNCE,
    }
    assert never_mailed(store)["gone@x.test"].note == "import of people.csv"
    assert {a: p.status.value for a, p in people_in(store).items()} == {
        "left@x.test": "unsubscribed",
        "gone@x.test": "active",
        "new@x.test": "pending",
        "here@x.test": "active",
        "blank@x.test": "active",
    }
    assert numbers(import_file(store, ERASER, write_csv(text))) == {
        "unchanged": 3,
        "suppressed": 2,
    }


def test_a_subscriber_can_leave_through_an_import(
    store: Store, write_csv: WriteCsv
) -> None:
    people.add(store, ERASER, "ana@example.com")

    report = import_file(
        store, ERASER, write_csv("email,subscribed\nAna@example.com,no\n")
    )

    assert numbers(report) == {"suppressed": 1}
    status = people_in(store)["ana@example.com"].status
    assert status is SubscriberStatus.UNSUBSCRIBED


def test_who_left_is_suppressed_even_if_their_details_cannot_be_kept(
    store: Store, write_csv: WriteCsv
) -> None:
    people.add(store, ERASER, "ana@example.com", name="Ana")
    text = f"email,reason,unsub_time\nana@example.com,{'x' * 501},2026-01-02\n"

    assert numbers(import_file(store, ERASER, write_csv(text))) == {"suppressed": 1}
    found = people_in(store)["ana@example.com"]
    assert (found.name, found.status) == ("Ana", SubscriberStatus.UNSUBSCRIBED)
    assert never_mailed(store).keys() == {"ana@example.com"}


@pytest.mark.parametrize("order", [("active", "no"), ("no", "active")])
def test_of_two_rows_the_one_that_says_no_is_right(
    order: tuple[str, str], store: Store, write_csv: WriteCsv
) -> None:
    text = f"email,status\na@x.test,{order[0]}\nA@x.test,{order[1]}\n"
    report = import_file(store, ERASER, write_csv(text))

    assert report.suppressed == 1
    assert never_mailed(store).keys() == {"a@x.test"}
    assert [p.status for p in people_in(store).values()] == [
        SubscriberStatus.UNSUBSCRIBED
    ]
    numbers(report)


def test_nothing_of_an_erased_person_is_kept(store: Store, write_csv: WriteCsv) -> None:
    import_file(
        store, ERASER, write_csv("email,name,suppressed\na@x.test,Ana,erasure\n")
    )

    assert people_in(store) == {}
    (never,) = never_mailed(store).values()
    assert never.reason is SuppressionReason.ERASURE
    assert never.address_key == ERASER.key("a@x.test")


def test_an_erased_person_does_not_come_back_as_unsubscribed(
    store: Store, write_csv: WriteCsv
) -> None:
    with store.write() as connection:
        suppressions.add(connection, "a@x.test", SuppressionReason.ERASURE)

    import_file(
        store, ERASER, write_csv("email,name,status\na@x.test,Ana,unsubscribed\n")
    )

    assert people_in(store) == {}
    assert never_mailed(store)["a@x.test"].reason is SuppressionReason.ERASURE


def test_the_source_is_the_files_unless_a_row_or_the_caller_says_otherwise(
    store: Store, write_csv: WriteCsv
) -> None:
    path = write_csv("email,source\na@x.test,fair\nb@x.test,\n")
    import_file(store, ERASER, path, source="old tool")
    import_file(store, ERASER, write_csv("email\nc@x.test\n"))

    assert [person.source for person in people_in(store).values()] == [
        "fair",
        "old tool",
        "people.csv",
    ]


def test_a_broken_row_far_down_leaves_nothing_behind(
    store: Store, write_csv: WriteCsv
) -> None:
    rows = "".join(f"p{n}@x.test,active\n" for n in range(2500))
    path = write_csv(f"email,status\n{rows}left@x.test,no\n".encode() + b"\xff")

    with pytest.raises(SourceError, match=r"people\.csv:2503: error: byte 0xff"):
        import_file(store, ERASER, path)

    assert people_in(store) == {}
    assert never_mailed(store) == {}


def test_a_dry_run_changes_nothing(store: Store, write_csv: WriteCsv) -> None:
    path = write_csv("email,status\na@x.test,\nb@x.test,no\nc@x,\n")

    report = import_file(store, ERASER, path, dry_run=True)

    assert report.dry_run
    assert numbers(report) == {"added": 1, "suppressed": 1, "skipped": 1}
    assert people_in(store) == {}
    assert never_mailed(store) == {}


def test_progress_is_told_the_rows_read(store: Store, write_csv: WriteCsv) -> None:
    rows = "".join(f"p{n}@x.test\n" for n in range(7000))
    told: list[int] = []

    import_file(store, ERASER, write_csv(f"email\n{rows}"), progress=told.append)

    assert told == [3000, 6000, 7000]


def test_an_import_that_only_skips_is_given_up(
    store: Store, write_csv: WriteCsv, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tally, "MAX_SKIPPED", 10)
    rows = "".join(f"nobody {n}\n" for n in range(11))

    with pytest.raises(SourceError, match="more than 10 rows cannot be imported"):
        import_file(store, ERASER, write_csv(f"email\n{rows}"))


def test_a_long_cell_is_cut_in_the_report(store: Store, write_csv: WriteCsv) -> None:
    report = import_file(store, ERASER, write_csv("email\n" + "x" * 9000 + "\n"))

    assert len(report.skipped[0].address) == 100


def test_columns_that_are_not_kept_are_named(store: Store, write_csv: WriteCsv) -> None:
    path = write_csv("email,Member rating,Lead source\na@x.test,4,fair\n")
    report = import_file(store, ERASER, Path(path))

    assert report.ignored == ("Member rating",)
    assert report.attributes == ("lead_source",)


def test_a_uid_is_taken_from_an_export_of_ours_alone(
    store: Store, write_csv: WriteCsv
) -> None:
    text = (
        "email,uid,newsletter_uid\nana@example.com,u5,u11\nben@example.com,u6,\n"
        "cho@example.com,u7,u11\ndee@example.com,u8,17\n"
    )

    report = import_file(store, ERASER, write_csv(text))

    uids = {address: each.uid for address, each in people_in(store).items()}
    assert uids.pop("ana@example.com") == 0x11
    assert all(uid > 2**40 for uid in uids.values())
    (skipped,) = report.skipped
    assert (skipped.line, skipped.address) == (5, "dee@example.com")
    assert skipped.reason == "`newsletter_uid` is `17`, which no export writes"
