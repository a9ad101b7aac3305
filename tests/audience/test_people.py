"""Single people: added, removed, found, listed."""

import pytest

from newsletter.audience import people
from newsletter.audience.address import AddressRefused
from newsletter.audience.people import NeverMailed, Removal
from newsletter.errors import UsageError
from newsletter.model.subscriber import SubscriberStatus, SuppressionReason
from newsletter.store import subscribers, suppressions
from newsletter.store.engine import Store
from newsletter.store.subscribers import UpsertOutcome
from tests.audience.conftest import ERASER, never_mailed, people_in


def test_somebody_is_added_and_completed(store: Store) -> None:
    assert people.add(store, ERASER, "Ana@Example.com") is UpsertOutcome.ADDED
    assert people.add(store, ERASER, "ana@example.com") is UpsertOutcome.UNCHANGED
    details = {"Company": " Example\n", "FNAME": "Ana", "zone": ""}
    outcome = people.add(
        store, ERASER, "ana@EXAMPLE.com", name=" Ana ", attributes=details
    )

    assert outcome is UpsertOutcome.UPDATED
    found = people_in(store)["Ana@Example.com"]
    assert found.name == "Ana"
    assert found.attributes == {"company": "Example", "first_name": "Ana"}
    assert found.source == "added by hand"
    assert found.status is SubscriberStatus.ACTIVE


@pytest.mark.parametrize("reason", SuppressionReason)
def test_a_suppressed_address_cannot_be_added(
    reason: SuppressionReason, store: Store
) -> None:
    with store.write() as connection:
        suppressions.add(connection, "ana@example.com", reason)

    with pytest.raises(
        NeverMailed, match=rf"is suppressed: {reason} since \d{{4}}-"
    ) as e:
        people.add(store, ERASER, "Ana@example.com")

    assert e.value.hint
    assert people_in(store) == {}


def test_who_has_unsubscribed_cannot_be_added(store: Store) -> None:
    people.add(store, ERASER, "ana@example.com")
    with store.write() as connection:
        subscribers.set_status(connection, 1, SubscriberStatus.UNSUBSCRIBED)

    with pytest.raises(NeverMailed, match="has unsubscribed"):
        people.add(store, ERASER, "ana@example.com", name="Ana")


@pytest.mark.parametrize("key", ["email", "status", "Suppressed", "имя", ""])
def test_an_attribute_needs_a_name_of_its_own(key: str, store: Store) -> None:
    with pytest.raises(UsageError, match="cannot be an attribute"):
        people.add(store, ERASER, "ana@example.com", attributes={key: "x"})


def test_what_is_too_long_is_refused(store: Store) -> None:
    with pytest.raises(UsageError, match="a name of 300 characters"):
        people.add(store, ERASER, "ana@example.com", name="x" * 300)


def test_what_is_no_address_is_refused(store: Store) -> None:
    with pytest.raises(AddressRefused):
        people.add(store, ERASER, "ana")
    with pytest.raises(AddressRefused):
        people.remove(store, "ana")
    with pytest.raises(AddressRefused):
        people.find(store, ERASER, "ana")


def test_removing_a_subscriber_unsubscribes_and_suppresses(store: Store) -> None:
    people.add(store, ERASER, "ana@example.com")

    assert people.remove(store, "ANA@example.com") is Removal.REMOVED
    assert people.remove(store, "ana@example.com") is Removal.UNCHANGED

    status = people_in(store)["ana@example.com"].status
    assert status is SubscriberStatus.UNSUBSCRIBED
    suppression = never_mailed(store)["ana@example.com"]
    assert suppression.reason is SuppressionReason.UNSUBSCRIBE
    assert suppression.note == "removed by hand"


def test_removing_a_stranger_keeps_imports_from_adding_them(store: Store) -> None:
    assert people.remove(store, "bo@example.com", note="by phone") is Removal.UNKNOWN
    assert people.remove(store, "bo@example.com") is Removal.UNCHANGED

    suppression = never_mailed(store)["bo@example.com"]
    assert (suppression.reason, suppression.note) == ("manual", "by phone")
    assert people_in(store) == {}


def test_removing_who_bounced_keeps_the_first_reason(store: Store) -> None:
    people.add(store, ERASER, "ana@example.com")
    with store.write() as connection:
        suppressions.add(connection, "ana@example.com", SuppressionReason.BOUNCE)

    assert people.remove(store, "ana@example.com") is Removal.REMOVED
    assert never_mailed(store)["ana@example.com"].reason is SuppressionReason.BOUNCE
    status = people_in(store)["ana@example.com"].status
    assert status is SubscriberStatus.UNSUBSCRIBED


def test_an_address_is_found_however_it_is_written(store: Store) -> None:
    people.add(store, ERASER, "ana@münchen.de")
    people.remove(store, "bo@example.com")

    found = people.find(store, ERASER, "ANA@xn--mnchen-3ya.DE")
    assert found is not None
    assert found.subscriber is not None
    assert found.subscriber.address == "ana@xn--mnchen-3ya.de"
    assert found.suppression is None
    stranger = people.find(store, ERASER, "bo@example.com")
    assert stranger is not None
    assert stranger.subscriber is None
    assert people.find(store, ERASER, "nobody@example.com") is None


def test_subscribers_are_listed_by_status_and_from_one_on(store: Store) -> None:
    for name in ("a", "b", "c", "d"):
        people.add(store, ERASER, f"{name}@x.test")
    people.remove(store, "b@x.test")

    active = list(people.listing(store, status=SubscriberStatus.ACTIVE))
    after = list(people.listing(store, after_id=active[1].id))

    assert [person.address for person in active] == ["a@x.test", "c@x.test", "d@x.test"]
    assert [person.address for person in after] == ["d@x.test"]
    assert len(list(people.listing(store))) == 4
