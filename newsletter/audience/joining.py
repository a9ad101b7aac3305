"""Joining: somebody asks for the letter; who of them is sent a mail to confirm.

A mail goes to an address at most once a day, and three times in all until somebody
confirms. None goes to who gets the letter already, nor to who complained, bounced, was
erased or was suppressed by the author: only who left by themselves may come back.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from newsletter.audience.address import Address
from newsletter.model.consent import Consent, NoticeKind
from newsletter.model.erasure import Eraser
from newsletter.model.subscriber import (
    NewSubscriber,
    Subscriber,
    SubscriberStatus,
    SuppressionReason,
)
from newsletter.store import consents, notices, sign_ups, subscribers, suppressions
from newsletter.store.engine import Store
from newsletter.store.notices import NewNotice

PAUSE_SECONDS = 24 * 3600
"""Between two mails that ask the same address to confirm."""

IN_ALL = 3
"""As many of them go to an address that does not answer."""

FORM = "sign-up form"


@dataclass(frozen=True, slots=True)
class Invitation:
    """A mail that is to be sent, and is in the ledger: whom it asks to confirm.

    `number` is that of its notice, which the link in it names.
    """

    uid: str
    number: int
    person: Subscriber
    address: str


def ask(
    store: Store,
    eraser: Eraser,
    address: Address,
    said: Consent,
    provider: str,
    *,
    kept: int = 0,
    let_in: Callable[[], bool] = lambda: True,
) -> Invitation | None:
    """Take note that somebody wants the letter at `address`; whom to mail, if anybody.

    `said` is when, from where and to which words; nothing else that a stranger typed
    is kept. The caller sends the mail through `provider`, once. `kept` is the number of
    the sign-up, where it is kept: only who took it goes on, and if `let_in` says so.
    """
    with store.write() as connection:
        if (kept and not sign_ups.take(connection, kept)) or not let_in():
            return None
        suppressions.hold_back_imports(connection, alone=False)
        notices.lock(connection, address.key)
        person = subscribers.by_address_key(connection, address.key)
        if not _may_be_asked(connection, eraser, address.key, person):
            return None
        person = person or _pending(connection, address)
        uid = uuid.uuid4().hex
        said = replace(said, address=address.address, note=uid)
        consents.add(connection, person.id, said)
        number = notices.plan(
            connection,
            NewNotice(
                uid=uid,
                kind=NoticeKind.CONFIRMATION,
                subscriber_id=person.id,
                address_key=address.key,
                provider=provider,
            ),
        )
    # As they typed it now: this is where the mail goes.
    return Invitation(uid, number, person, address.address)


def may_return(connection: Any, eraser: Eraser, key: str) -> bool:
    """Whether nothing but their own leaving, if that, keeps mail from an address."""
    names = [key, *eraser.keys(key)]
    found = suppressions.keys(connection, names).values()
    return all(each.reason is SuppressionReason.UNSUBSCRIBE for each in found)


def _may_be_asked(
    connection: Any, eraser: Eraser, key: str, person: Subscriber | None
) -> bool:
    suppressed = suppressions.get(connection, key) is not None
    if person and person.status is SubscriberStatus.ACTIVE and not suppressed:
        return False
    if not may_return(connection, eraser, key):
        return False
    since = person.confirmed_at if person else None
    sent = notices.sent(connection, key, NoticeKind.CONFIRMATION, since)
    return sent.number < IN_ALL and sent.seconds_ago >= PAUSE_SECONDS


def _pending(connection: Any, address: Address) -> Subscriber:
    new = NewSubscriber(
        address=address.address,
        address_key=address.key,
        status=SubscriberStatus.PENDING,
        source=FORM,
    )
    subscribers.upsert(connection, [new])
    made = subscribers.by_address_key(connection, address.key)
    assert made is not None  # noqa: S101 - it has just been added
    return made
