"""Properties of whole imports and exports, with made-up people and files."""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.audience.address import AddressRefused, normalise
from newsletter.audience.cells import one_line
from newsletter.audience.entry import Skip
from newsletter.audience.exporting import export_csv
from newsletter.audience.headers import Role, key_of, role_of
from newsletter.audience.importing import import_file
from newsletter.audience.tally import ImportReport
from newsletter.model.subscriber import NewSubscriber, SubscriberStatus
from newsletter.model.subscriber import SuppressionReason as Reason
from newsletter.model.tag import as_tag
from newsletter.model.token import MAX_UID
from newsletter.store import subscribers, suppressions, tags
from newsletter.store.engine import Store
from tests.audience.conftest import ERASER, NewStore, never_mailed, people_in

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
TAGS = st.text(max_size=12).map(as_tag).filter(bool)
MOMENTS = st.datetimes(
    datetime(1970, 1, 2),  # noqa: DTZ001
    datetime(2999, 12, 30),  # noqa: DTZ001
    timezones=st.just(UTC),
)
PEOPLE = st.builds(
    lambda address, name, attributes, status, tags, joined, times, uid: NewSubscriber(
        address=normalise(address).address,
        address_key=normalise(address).key,
        name=name,
        attributes=attributes,
        status=status,
        source="test",
        tags=tuple(tags),
        created_at=joined,
        confirmed_at=times[0],
        unsubscribed_at=times[1] if status is SubscriberStatus.UNSUBSCRIBED else None,
        uid=uid,
    ),
    ADDRESSES,
    VALUES,
    st.dictionaries(ATTRIBUTES, VALUES.filter(bool), max_size=3),
    st.sampled_from(SubscriberStatus),
    st.sets(TAGS, max_size=3),
    MOMENTS,
    st.tuples(st.none() | MOMENTS, st.none() | MOMENTS),
    # As of somebody new, as of those who were there before there were uids, as drawn.
    st.integers(0, 3) | st.integers(2**40, MAX_UID),
)
GRAVEST = (Reason.COMPLAINT, Reason.ERASURE)
NEVER = st.tuples(st.sampled_from(Reason), MOMENTS, VALUES)
STORED = st.tuples(
    st.lists(PEOPLE, max_size=8), st.dictionaries(ADDRESSES, NEVER, max_size=3)
)


Stored = tuple[list[NewSubscriber], dict[str, tuple[Reason, datetime, str]]]


def fill(store: Store, stored: Stored) -> None:
    """Who unsubscribed is suppressed, as everything that unsubscribes sees to.

    Who was erased is not there any more.
    """
    never = stored[1].items()
    erased = {normalise(a).key for a, (why, *_) in never if why is Reason.ERASURE}
    here = [person for person in stored[0] if person.address_key not in erased]
    with store.write() as connection:
        subscribers.upsert(connection, here)
        for address, (reason, since, note) in stored[1].items():
            key = normalise(address).key
            if reason is Reason.ERASURE:
                key = ERASER.key(key)
            suppressions.add(connection, key, reason, note, since=since)
        for person in subscribers.iterate(connection):
            if person.status is SubscriberStatus.UNSUBSCRIBED:
                suppressions.add(connection, person.address_key, Reason.UNSUBSCRIBE)


def everything(store: Store) -> tuple[object, object]:
    """All that a list of subscribers is: people with their tags, and who is not one."""
    with store.read() as connection:
        people = list(subscribers.iterate(connection))
        tagged = tags.of_subscribers(connection, [person.id for person in people])
        everybody = {
            person.address: (replace(person, id=0), tagged.get(person.id))
            for person in people
        }
        return everybody, list(suppressions.iterate(connection))


@SLOW
@given(STORED)
def test_an_export_read_into_an_empty_store_gives_an_identical_one(
    new_store: NewStore, stored: Stored
) -> None:
    with new_store() as old, new_store() as new, TemporaryDirectory() as home:
        path = Path(home) / "people.csv"
        fill(old, stored)
        number = export_csv(old, path)
        report = import_file(new, ERASER, path)

        assert number == len(people_in(old))
        assert report.skipped == ()
        assert everything(new) == everything(old)

        again = import_file(new, ERASER, path)
        assert again.added == again.updated == 0
        assert everything(new) == everything(old)


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
    stored: Stored,
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

        rehearsed = import_file(store, ERASER, path, dry_run=True)
        untouched = people_in(store), never_mailed(store)
        done = import_file(store, ERASER, path)

        assert untouched == before
        assert _numbers(rehearsed) == _numbers(done)
        assert done.rows == sum(map(any, rows))
        assert done.rows == len(done.skipped) + sum(_numbers(done)[:4])
        new = people_in(store).keys() - before[0].keys()
        assert len(new & _may_be_mailed(store)) <= done.added <= len(new)
        # Whoever was not to be mailed before is not to be mailed now.
        for key, was in before[1].items():
            now = never_mailed(store)[key]
            assert now.since == was.since
            assert now.reason is was.reason or was.reason not in GRAVEST
        for address, person in before[0].items():
            if person.status is not SubscriberStatus.ACTIVE:
                assert people_in(store)[address].status is not SubscriberStatus.ACTIVE


def _numbers(report: ImportReport) -> tuple[int, int, int, int, Sequence[Skip]]:
    return (
        report.added,
        report.updated,
        report.unchanged,
        report.suppressed,
        report.skipped,
    )
