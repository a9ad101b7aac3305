"""Properties of whole imports and exports, with made-up people and files."""

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.audience.address import AddressRefused, normalise
from newsletter.audience.cells import one_line
from newsletter.audience.exporting import export_csv
from newsletter.audience.headers import Role, key_of, role_of
from newsletter.audience.importing import ImportReport, import_csv
from newsletter.audience.reading import Skip
from newsletter.model.subscriber import NewSubscriber, SubscriberStatus
from newsletter.model.subscriber import SuppressionReason as Reason
from newsletter.store import subscribers, suppressions
from newsletter.store.engine import Store
from tests.audience.conftest import NewStore, never_mailed, people_in

SLOW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def _usable(text: str) -> bool:
    try:
        normalise(text)
    except AddressRefused:
        return False
    return True


ADDRESSES = (
    st.from_regex(r"[-'+=a-zA-Z0-9]{1,3}@(x|Y)\.test", fullmatch=True)
    | st.emails()
    | st.sampled_from(["ana@münchen.de", "a@例え.jp", "A@x.TEST"])
).filter(_usable)
VALUES = (st.text(max_size=30) | st.text("'=+-@\t\n\" ,;", max_size=6)).map(one_line)
KEYS = st.text("abc_é 1'=", max_size=6).map(key_of) | st.just("first_name")
ATTRIBUTES = KEYS.filter(lambda key: key and role_of(key) is Role.ATTRIBUTE)
PEOPLE = st.builds(
    lambda address, name, attributes, status: NewSubscriber(
        address=normalise(address).address,
        address_key=normalise(address).key,
        name=name,
        attributes=attributes,
        status=status,
        source="test",
    ),
    ADDRESSES,
    VALUES,
    st.dictionaries(ATTRIBUTES, VALUES.filter(bool), max_size=3),
    st.sampled_from(SubscriberStatus),
)
STORED = st.tuples(
    st.lists(PEOPLE, max_size=8),
    st.dictionaries(ADDRESSES, st.sampled_from(Reason), max_size=3),
)


def fill(store: Store, stored: tuple[list[NewSubscriber], dict[str, Reason]]) -> None:
    with store.write() as connection:
        subscribers.upsert(connection, stored[0])
        for address, reason in stored[1].items():
            suppressions.add(connection, normalise(address).key, reason)


@SLOW
@given(STORED)
def test_an_export_read_into_an_empty_store_gives_the_same_people(
    new_store: NewStore, stored: tuple[list[NewSubscriber], dict[str, Reason]]
) -> None:
    with new_store() as old, new_store() as new, TemporaryDirectory() as home:
        path = Path(home) / "people.csv"
        fill(old, stored)
        number = export_csv(old, path)
        report = import_csv(new, path)

        before, after = people_in(old), people_in(new)
        erased = {
            key for key, item in never_mailed(old).items() if item.reason == "erasure"
        }
        assert number == len(before)
        assert report.skipped == ()
        assert {
            address: (person.name, person.attributes, person.source)
            for address, person in before.items()
            if person.address_key not in erased
        } == {
            address: (person.name, person.attributes, person.source)
            for address, person in after.items()
        }
        assert _may_be_mailed(old) == _may_be_mailed(new)
        assert never_mailed(old).keys() <= never_mailed(new).keys()
        for key, item in never_mailed(old).items():
            assert never_mailed(new)[key].reason is item.reason


def _may_be_mailed(store: Store) -> set[str]:
    return {
        address
        for address, person in people_in(store).items()
        if person.status is SubscriberStatus.ACTIVE
        and person.address_key not in never_mailed(store)
    }


CELLS = st.sampled_from(
    ["a@x.test", "A@X.test", "b@x.test", "'b@x.test", "c@x.test", "c@x", "", "x, y"]
)
STATUSES = st.sampled_from(["", "active", "no", "bounced", "pending", "?", "erasure"])
FILES = st.lists(
    st.tuples(CELLS, st.sampled_from(["", "Ana", "=Bo"]), STATUSES)
    | st.lists(CELLS, max_size=5).map(tuple),
    max_size=12,
)


@SLOW
@given(STORED, FILES, st.booleans())
def test_a_dry_run_tells_what_the_import_does_and_every_row_is_counted(
    new_store: NewStore,
    stored: tuple[list[NewSubscriber], dict[str, Reason]],
    rows: list[tuple[str, ...]],
    status: bool,
) -> None:
    text = io.StringIO()
    header = ("email", "name", "status" if status else "suppressed")
    csv.writer(text).writerows([header, *rows])
    with new_store() as store, TemporaryDirectory() as home:
        path = Path(home) / "people.csv"
        path.write_text(text.getvalue(), encoding="utf-8")
        fill(store, stored)
        before = people_in(store), never_mailed(store)

        rehearsed = import_csv(store, path, dry_run=True)
        untouched = people_in(store), never_mailed(store)
        done = import_csv(store, path)

        assert untouched == before
        assert _numbers(rehearsed) == _numbers(done)
        assert done.rows == sum(map(any, rows))
        assert done.rows == len(done.skipped) + sum(_numbers(done)[:4])
        new = people_in(store).keys() - before[0].keys()
        assert len(new & _may_be_mailed(store)) <= done.added <= len(new)
        # Whoever was not to be mailed before is not to be mailed now.
        assert before[1].items() <= never_mailed(store).items()
        for address, person in before[0].items():
            if person.status is not SubscriberStatus.ACTIVE:
                assert people_in(store)[address].status is not SubscriberStatus.ACTIVE


def _numbers(report: ImportReport) -> tuple[int, int, int, int, tuple[Skip, ...]]:
    return (
        report.added,
        report.updated,
        report.unchanged,
        report.suppressed,
        report.skipped,
    )
