"""Mail to one person in the ledger, and what else the public service writes."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from newsletter.audience.address import normalise
from newsletter.audience.confirming import Confirmed, confirm
from newsletter.audience.joining import Invitation, ask
from newsletter.audience.leaving import Leaving, leave
from newsletter.model.campaign import DeliveryState
from newsletter.model.consent import Consent, ConsentKind, NoticeKind
from newsletter.model.erasure import Eraser
from newsletter.model.event import Bounce, Event, EventKind
from newsletter.model.subscriber import (
    NewSubscriber,
    SubscriberStatus,
    SuppressionReason,
)
from newsletter.model.token import Meant
from newsletter.store import (
    consents,
    events,
    notices,
    sns_subscriptions,
    staying,
    subscribers,
    suppressions,
)
from newsletter.store.engine import Store
from newsletter.store.notices import NewNotice
from newsletter.store.renaming import rename
from newsletter.store.schema import notices as table

KEY = "ana@example.com"
NOW = datetime.now(UTC)
S = DeliveryState


def planned(store: Store, **values: str) -> tuple[str, int]:
    """A notice that is about to be sent: its uid and its number."""
    uid = uuid.uuid4().hex
    given = {"address_key": KEY, "provider": "outbox"} | values
    new = NewNotice(uid=uid, kind=NoticeKind.CONFIRMATION, subscriber_id=1, **given)
    with store.write() as connection:
        return uid, notices.plan(connection, new)


def readers(store: Store, *names: str) -> list[int]:
    """Subscribers of these names; their ids."""
    rows = [
        NewSubscriber(
            address=f"{name}@example.com",
            address_key=f"{name}@example.com",
            attributes={"first_name": name, "company": "x"},
        )
        for name in names
    ]
    with store.write() as connection:
        subscribers.upsert(connection, rows)
        found = [
            subscribers.by_address_key(connection, row.address_key) for row in rows
        ]
    return [person.id for person in found if person]


def test_a_notice_is_found_by_its_number_and_its_name(store: Store) -> None:
    uid, number = planned(store)

    with store.read() as connection:
        found = notices.planned(connection, number)
        named = notices.by_uid(connection, uid)

        assert notices.planned(connection, number + 1) is None
        assert notices.by_uid(connection, "x") is None
    assert found
    assert (found.kind, found.subscriber_id) == (NoticeKind.CONFIRMATION, 1)
    assert 0 <= found.age_seconds < 60
    assert abs(found.planned_at - datetime.now(UTC)) < timedelta(minutes=5)
    assert named
    assert (named.uid, named.provider) == (uid, "outbox")


@pytest.mark.parametrize(
    ("first", "then", "expected"),
    [
        (S.ACCEPTED, S.DELIVERED, S.DELIVERED),
        (S.DELIVERED, S.ACCEPTED, S.DELIVERED),
        (S.BOUNCED, S.DELIVERED, S.BOUNCED),
        (S.DELIVERED, S.BOUNCED, S.BOUNCED),
        (S.UNCERTAIN, S.ACCEPTED, S.ACCEPTED),
        (S.ACCEPTED, S.UNCERTAIN, S.ACCEPTED),
        (S.REJECTED, S.ACCEPTED, S.REJECTED),
    ],
)
def test_what_is_worse_or_later_is_not_taken_back(
    store: Store, first: S, then: S, expected: S
) -> None:
    uid, _ = planned(store)

    with store.write() as connection:
        assert notices.mark(connection, uid, first, provider_message_id="m1")
        changed = notices.mark(connection, uid, then, reason="x" * 600)
        row = connection.execute(table.select()).one()

    assert row.state == expected
    assert changed is (expected is then)
    assert row.provider_message_id == "m1"
    assert len(row.reason) == (500 if changed else 0)


def test_what_was_sent_to_an_address_is_counted(store: Store) -> None:
    planned(store)
    planned(store)
    planned(store, address_key="ben@example.com")

    with store.read() as connection:
        two = notices.sent(connection, KEY, NoticeKind.CONFIRMATION)
        welcome = notices.sent(connection, KEY, NoticeKind.WELCOME)
        later = NOW + timedelta(days=1)
        none = notices.sent(connection, KEY, NoticeKind.CONFIRMATION, later)

    assert two.number == 2
    assert 0 <= two.seconds_ago < 60
    assert (welcome.number, welcome.seconds_ago) == (0, float("inf"))
    assert none.number == 0


def test_those_who_leave_are_gone_at_once(store: Store) -> None:
    ana, ben, cho = readers(store, "ana", "ben", "cho")

    with store.read() as connection:
        uids = {n: subscribers.get(connection, n) for n in (ana, ben, cho)}
    one, two, three = (person.uid for person in uids.values() if person)
    leave(store, [Leaving(uid=uid, ip="::1") for uid in (one, two, one, 4711)])
    leave(store, [Leaving(uid=one), Leaving(uid=4711)])

    with store.write() as connection:
        people = [subscribers.get(connection, n) for n in (ana, ben, cho)]
        said = consents.of_subscriber(connection, ana)
        assert [each.id for each in staying.by_links(connection, [one, three])] == [cho]
        assert staying.keys(connection, [ana, 4711]) == {ana: KEY}
        suppression = suppressions.get(connection, KEY)
    left = SubscriberStatus.UNSUBSCRIBED
    assert [each and each.status for each in people] == [
        left,
        left,
        SubscriberStatus.ACTIVE,
    ]
    assert people[0]
    assert people[0].unsubscribed_at is not None
    assert [each.kind for each in said] == [ConsentKind.WITHDRAWN]
    assert suppression
    assert suppression.reason is SuppressionReason.UNSUBSCRIBE


def test_a_new_name_replaces_all_that_was_known_of_it(store: Store) -> None:
    (ana,) = readers(store, "ana")

    with store.write() as connection:
        person = subscribers.get(connection, ana)
        assert person
        assert rename(connection, person, "Ana Silva")
        renamed = subscribers.get(connection, ana)
        assert renamed
        assert not rename(connection, renamed, "Ana Silva")

    assert (renamed.name, dict(renamed.attributes)) == ("Ana Silva", {"company": "x"})


def test_soft_bounces_are_counted_by_campaign(store: Store) -> None:
    def event(name: str, days: int, campaign: int, kind: EventKind) -> None:
        bounce = Bounce.SOFT if kind is EventKind.BOUNCED else None
        told = Event(
            kind=kind,
            id=name,
            at=NOW + timedelta(days=days),
            address=KEY,
            bounce=bounce,
        )
        with store.write() as connection:
            assert events.add(connection, "x", NOW, [(told, (campaign, 1))]) == {name}

    event("a", 0, 1, EventKind.BOUNCED)
    event("b", 1, 1, EventKind.BOUNCED)
    event("c", 2, 2, EventKind.BOUNCED)

    with store.read() as connection:
        assert events.soft_bounces(connection, [1, 2], NOW) == {1: 2}
        late = NOW + timedelta(days=2)
        assert events.soft_bounces(connection, [1], late) == {1: 1}
    event("d", 3, 3, EventKind.DELIVERED)
    with store.read() as connection:
        assert events.soft_bounces(connection, [1], NOW) == {}
        assert events.add(connection, "x", NOW, []) == set()


def test_the_newest_link_of_a_topic_is_kept(store: Store) -> None:
    with store.write() as connection:
        for link in ("https://one.example", "https://two.example/" + "x" * 3000):
            sns_subscriptions.add(connection, "arn:b", link)
        sns_subscriptions.add(connection, "arn:a", "https://three.example")
        found = sns_subscriptions.asked(connection)

    assert [(each.topic, len(each.url)) for each in found] == [
        ("arn:a", 21),
        ("arn:b", 2000),
    ]


def test_many_ask_for_one_address_and_one_mail_is_sent(store: Store) -> None:
    eraser = Eraser(b"a secret of the tests")
    said = Consent(kind=ConsentKind.REQUESTED, at=NOW)
    address = normalise("nia@example.com")

    def asked(_: int) -> Invitation | None:
        return ask(store, eraser, address, said, "outbox")

    with ThreadPoolExecutor(8) as pool:
        found = [each for each in pool.map(asked, range(16)) if each]

    (invitation,) = found
    meant = Meant(invitation.person.uid, invitation.number)

    def confirmed(_: int) -> Confirmed | None:
        yes = Consent(kind=ConsentKind.CONFIRMED, at=NOW)
        return confirm(store, eraser, meant, yes, name="Nia", provider="outbox")

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(confirmed, range(16)))

    assert all(told)
    assert sum(each is not None and each.welcome is not None for each in told) == 1
    with store.read() as connection:
        person = subscribers.by_address_key(connection, "nia@example.com")
        assert person
        kinds = [each.kind for each in consents.of_subscriber(connection, person.id)]
    assert (person.status, person.name) == (SubscriberStatus.ACTIVE, "Nia")
    assert kinds == [ConsentKind.REQUESTED, ConsentKind.CONFIRMED]
