"""Confirming: whoever reads the mail at an address says yes, and gets the letter."""

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from newsletter.audience.joining import may_return
from newsletter.model.consent import Consent, NoticeKind
from newsletter.model.erasure import Eraser
from newsletter.model.subscriber import Subscriber, SubscriberStatus
from newsletter.model.token import Meant
from newsletter.store import consents, notices, subscribers, suppressions
from newsletter.store.engine import Store
from newsletter.store.notices import NewNotice
from newsletter.store.renaming import rename

LIFETIME = timedelta(days=7)
"""How long the link in the mail works."""


@dataclass(frozen=True, slots=True)
class Welcome:
    """A mail that is to be sent to who has just come, and is in the ledger."""

    uid: str
    person: Subscriber


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a click made of somebody; with a welcome only the first time."""

    welcome: Welcome | None = None


def asked(store: Store, meant: Meant) -> Subscriber | None:
    """Whom a link asks; None where it is too old, or they have left since."""
    with store.read() as connection:
        return _asked(connection, meant)


def confirm(
    store: Store,
    eraser: Eraser,
    meant: Meant,
    said: Consent,
    *,
    name: str = "",
    provider: str = "",
) -> Confirmed | None:
    """Make active whom a link asks to confirm; None where it does not work any more.

    Doing so twice is doing it once. What kept mail from them is lifted if it was their
    own leaving, and nothing else. `provider` is who sends the welcome mail, if any.
    """
    with store.write() as connection:
        suppressions.hold_back_imports(connection, alone=False)
        # Whoever leaves meanwhile has done so before this, or after it.
        found = subscribers.by_uid(connection, meant.uid, held=True)
        notices.lock(connection, found.address_key if found else "")
        person = _asked(connection, meant)
        if person is None or not may_return(connection, eraser, person.address_key):
            return None
        if name:
            rename(connection, person, name)
        suppressed = suppressions.lift(connection, person.address_key)
        if person.status is SubscriberStatus.ACTIVE and not suppressed:
            return Confirmed()
        subscribers.confirm(connection, person.id)
        consents.add(connection, person.id, replace(said, address=person.address))
        known = subscribers.get(connection, person.id) or person
        return Confirmed(_welcome(connection, known, provider) if provider else None)


def _asked(connection: Any, meant: Meant) -> Subscriber | None:
    notice = notices.planned(connection, meant.about)
    if notice is None or notice.kind is not NoticeKind.CONFIRMATION:
        return None
    person = subscribers.by_uid(connection, meant.uid)
    if person is None or notice.subscriber_id != person.id:
        return None
    left = person.unsubscribed_at
    if left is not None and notice.planned_at <= left:
        return None
    return person if notice.age_seconds <= LIFETIME.total_seconds() else None


def _welcome(connection: Any, person: Subscriber, provider: str) -> Welcome:
    uid = uuid.uuid4().hex
    notices.plan(
        connection,
        NewNotice(
            uid=uid,
            kind=NoticeKind.WELCOME,
            subscriber_id=person.id,
            address_key=person.address_key,
            provider=provider,
        ),
    )
    return Welcome(uid, person)
