"""The author's word on one person: tags, and suppressions by hand."""

import json

import pytest

from newsletter.audience import marking, people
from newsletter.audience.dossier import collect
from newsletter.audience.forgetting import forget
from newsletter.errors import UsageError
from newsletter.model.consent import ConsentKind
from newsletter.model.subscriber import SubscriberStatus, SuppressionReason
from newsletter.store import campaigns, consents
from newsletter.store.engine import Store
from tests.audience.conftest import ERASER, never_mailed, people_in
from tests.store.ledger import add_deliveries, delivery, new_campaign

ANN = "Ann@example.com"


@pytest.fixture(autouse=True)
def _ann(store: Store) -> None:
    people.add(store, ERASER, ANN, name="Ann", attributes={"city": "Rome"})


def test_tags_are_put_on_and_taken_off(store: Store) -> None:
    assert marking.tag(store, ANN, ["VIP", " Hiring  Managers "]) == (
        "hiring managers",
        "vip",
    )
    assert marking.tag(store, ANN, ["vip", "à la carte"]) == (
        "hiring managers",
        "vip",
        "à la carte",
    )
    assert marking.untag(store, ANN, ["Vip", "never there"]) == (
        "hiring managers",
        "à la carte",
    )


@pytest.mark.parametrize(
    "tag", ["", "  ", "a,b", 'a"b', "a;b", "a|b", "x" * 61, "\x1b"]
)
def test_what_cannot_be_a_tag_is_refused(tag: str, store: Store) -> None:
    with pytest.raises(UsageError, match="cannot be a tag"):
        marking.tag(store, ANN, ["good", tag])

    assert marking.untag(store, ANN, ["nothing"]) == ()


def test_only_subscribers_have_tags(store: Store) -> None:
    with pytest.raises(UsageError, match=r"bo@example\.com is no subscriber"):
        marking.tag(store, "bo@example.com", ["vip"])


def test_suppressing_keeps_the_subscriber_as_they_are(store: Store) -> None:
    found = marking.suppress(store, ERASER, ANN, note="asked on the phone")

    assert (found.reason, found.note) == ("manual", "asked on the phone")
    assert people_in(store)[ANN].status is SubscriberStatus.ACTIVE
    assert marking.suppress(store, ERASER, ANN, SuppressionReason.BOUNCE) == found
    again = marking.suppress(store, ERASER, ANN, SuppressionReason.COMPLAINT)
    assert (again.reason, again.since) == ("complaint", found.since)
    with pytest.raises(UsageError):
        marking.unsuppress(store, ERASER, ANN)


def test_a_suppression_by_hand_can_be_lifted(store: Store) -> None:
    marking.suppress(store, ERASER, ANN, SuppressionReason.BOUNCE)

    before = marking.unsuppress(store, ERASER, ANN)

    assert before.reason is SuppressionReason.BOUNCE
    assert never_mailed(store) == {}
    with pytest.raises(UsageError, match="is not suppressed"):
        marking.unsuppress(store, ERASER, ANN)


def test_only_they_themselves_undo_that_they_left(store: Store) -> None:
    people.remove(store, ANN)

    with pytest.raises(UsageError, match="only they undo that") as caught:
        marking.unsuppress(store, ERASER, ANN)
    assert "--note" in caught.value.hint
    assert set(never_mailed(store)) == {"ann@example.com"}

    marking.unsuppress(store, ERASER, ANN, note="mail of 3 November")

    ann = people_in(store)[ANN]
    assert never_mailed(store) == {}
    assert ann.status is SubscriberStatus.ACTIVE
    assert ann.unsubscribed_at is None
    with store.read() as connection:
        said = consents.of_subscriber(connection, ann.id)
    assert [each.kind for each in said] == [
        ConsentKind.WITHDRAWN,
        ConsentKind.REQUESTED,
    ]
    assert said[1].note == "mail of 3 November"


def test_a_note_brings_nobody_back_who_had_not_left(store: Store) -> None:
    marking.suppress(store, ERASER, ANN, SuppressionReason.COMPLAINT)
    marking.unsuppress(store, ERASER, ANN, note="a mistake")

    assert people_in(store)[ANN].status is SubscriberStatus.ACTIVE


def test_who_was_erased_may_be_let_in_again(store: Store) -> None:
    forget(store, ERASER, ANN)

    with pytest.raises(UsageError, match="only they undo that"):
        marking.unsuppress(store, ERASER, ANN)
    marking.unsuppress(store, ERASER, ANN, note="signed at the fair")
    people.add(store, ERASER, ANN)

    assert set(people_in(store)) == {ANN}


def test_a_dossier_has_everything(store: Store) -> None:
    id = people_in(store)[ANN].id
    marking.tag(store, ANN, ["vip"])
    people.remove(store, ANN, note="on the phone")
    with store.write() as connection:
        made = campaigns.create(connection, new_campaign())
        sent = delivery(id) | {"merge": '{"name": "Ann", "attributes": {}}'}
        add_deliveries(connection, made.id, [(sent, 1)])

    found = collect(store, ERASER, "ann@EXAMPLE.com")

    assert found is not None
    read = json.loads(json.dumps(found, default=str))
    assert read["address"] == "ann@example.com"
    assert read["subscriber"]["address"] == ANN
    assert read["subscriber"]["attributes"] == {"city": "Rome"}
    assert read["tags"] == ["vip"]
    assert read["suppression"]["note"] == "on the phone"
    assert [said["kind"] for said in read["consents"]] == ["withdrawn"]
    (one,) = read["deliveries"]
    assert one["issue"] == "hello"
    assert one["merge"]["name"] == "Ann"
    assert read["events"] == read["notices"] == []


def test_of_somebody_erased_only_that_is_known(store: Store) -> None:
    forget(store, ERASER, ANN)

    found = collect(store, ERASER, ANN)

    assert found is not None
    assert found["suppression"]["reason"] == "erasure"
    assert found["subscriber"] is None
    assert collect(store, ERASER, "bo@example.com") is None


@pytest.mark.parametrize("first", ["bounce", "manual", "unsubscribe"])
def test_who_is_suppressed_because_they_asked_has_left(
    first: str, store: Store
) -> None:
    marking.suppress(store, ERASER, ANN, SuppressionReason(first))
    marking.suppress(store, ERASER, ANN, SuppressionReason.UNSUBSCRIBE)

    if first == "unsubscribe":
        with pytest.raises(UsageError, match="only they undo that"):
            marking.unsuppress(store, ERASER, ANN)
    else:
        marking.unsuppress(store, ERASER, ANN)
    assert people_in(store)[ANN].status is SubscriberStatus.UNSUBSCRIBED
