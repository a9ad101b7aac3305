"""`why` tells of every mail to one person: letters, and those that are none."""

import uuid

import pytest

from newsletter.model.campaign import DeliveryState
from newsletter.model.consent import NoticeKind
from newsletter.sending.why import explain
from newsletter.store import notices, subscribers
from newsletter.store.engine import Store
from newsletter.store.notices import NewNotice
from tests.sending.conftest import people

ADDRESS = "reader1@example.com"


@pytest.fixture(autouse=True)
def _reader(store: Store) -> None:
    with store.write() as connection:
        subscribers.upsert(connection, people(1))


def noted(store: Store, kind: NoticeKind, address: str = ADDRESS) -> str:
    """A mail to one person that is about to be sent."""
    uid = uuid.uuid4().hex
    new = NewNotice(
        uid=uid, kind=kind, subscriber_id=1, address_key=address, provider="postmark"
    )
    with store.write() as connection:
        notices.plan(connection, new)
    return uid


def marked(store: Store, uid: str, state: DeliveryState, **told: str) -> None:
    with store.write() as connection:
        notices.mark(connection, uid, state, **told)


def test_the_mails_that_ask_to_confirm_and_welcome_are_told(store: Store) -> None:
    first = noted(store, NoticeKind.CONFIRMATION)
    marked(store, first, DeliveryState.ACCEPTED, provider_message_id="m1")
    second = noted(store, NoticeKind.WELCOME)
    marked(store, second, DeliveryState.BOUNCED, reason="550 5.1.1 no such user")

    answer = explain(store, ADDRESS)

    lines = list(answer.lines())
    assert len(lines) == 5
    assert lines[1].startswith("  welcome mail of 2")
    assert "UTC: bounced, 550 5.1.1 no such user at 2" in lines[1]
    assert lines[2] == "    through postmark"
    assert "confirmation mail" in lines[3]
    assert "UTC: accepted at 2" in lines[3]
    assert lines[4] == "    through postmark, id m1"
    data = answer.as_data()["notices"]
    assert [(each["kind"], each["state"], each["reason"]) for each in data] == [
        ("welcome", "bounced", "550 5.1.1 no such user"),
        ("confirmation", "accepted", ""),
    ]
    assert data[1]["planned_at"] <= data[1]["updated_at"]


@pytest.mark.parametrize("state", [DeliveryState.PENDING, DeliveryState.UNCERTAIN])
def test_what_may_not_have_left_is_told_as_such(
    store: Store, state: DeliveryState
) -> None:
    uid = noted(store, NoticeKind.CONFIRMATION)
    if state is not DeliveryState.PENDING:
        marked(store, uid, state)

    assert f"UTC: {state} at" in "\n".join(explain(store, ADDRESS).lines())


def test_mail_to_others_is_not_told(store: Store) -> None:
    noted(store, NoticeKind.CONFIRMATION, "reader2@example.com")

    assert list(explain(store, ADDRESS).lines())[1:] == ["  nothing was sent to it yet"]
