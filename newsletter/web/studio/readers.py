"""Whose message is shown: a usual reader's, the hardest cases', a real subscriber's."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from starlette.exceptions import HTTPException

from newsletter.model.publication import Publication
from newsletter.model.subscriber import (
    Subscriber,
    SubscriberStatus,
    Suppression,
    merge_values,
)
from newsletter.sending.why import standing
from newsletter.store import subscribers, suppressions
from newsletter.store.engine import Store
from newsletter.store.searching import search, suppressed
from newsletter.web.studio.ledger import look_into

USUAL = "usual"
_REAL = "subscriber-"
MOST = 20
"""Subscribers that a search shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody to whom the message is shown; `key` names them in addresses.

    The key of a subscriber is a number, so that no address book grows in a browser's
    history. `standing` tells how a subscriber stands, `mailed` whether they are.
    """

    key: str
    title: str
    address: str
    known: Mapping[str, str]
    standing: str = ""
    mailed: bool = True


def _invented(key: str, title: str, address: str, name: str, company: str) -> Reader:
    known = merge_values(address, name, {"company": company})
    return Reader(key=key, title=title, address=address, known=known)


_LONG = "Maximiliana-Theodora Featherstonehaugh-Cholmondeley von und zu Hohenwaldeck "
_BIDI = "\u05e0\u05d5\u05e2\u05d4 \u05d1\u05e8-\u05dc\u05d1"  # Hebrew: Noa Bar-Lev

INVENTED: tuple[Reader, ...] = (
    _invented(USUAL, "a usual reader", "ana@example.com", "Ana Lindqvist", "Alder"),
    _invented("no-name", "nobody knows their name", "x7@example.com", "", ""),
    _invented(
        "long-name",
        "a very long name",
        f"{'maximiliana.' * 5}x@{'subsidiary.' * 12}example.com",
        (_LONG * 4).strip(),
        "The Worshipful Company of Spectacle, Lantern and Telescope Makers of Aberdeen",
    ),
    _invented("right-to-left", "right to left", "noa@example.com", _BIDI, _BIDI[:4]),
    _invented(
        "emoji", "emoji and marks", "zoe@example.com", "Zoë 👩🏽‍🚀 <O’Neil> & 🦊", "A&B"
    ),
)


def reader_of(publication: Publication, key: str) -> Reader:
    """The reader that a key names; the usual one for none.

    Raises HTTPException 404 for a subscriber who is no more, StoreError for a database
    that cannot be read.
    """
    for reader in INVENTED:
        if reader.key == (key or USUAL):
            return reader
    number = key.removeprefix(_REAL)
    if key.startswith(_REAL) and number.isascii() and number.isdigit():
        found = _subscriber(publication, int(number))
        if found:
            return found
    raise HTTPException(404, "there is no such reader (any more)")


def found(publication: Publication, text: str) -> Iterator[Reader]:
    """The subscribers in whose name or address `text` is, the first few of them."""
    store = look_into(publication)
    if store is None:
        return
    with store, store.read() as connection:
        for subscriber in search(connection, text, MOST):
            key = subscriber.address_key
            yield _real(subscriber, suppressions.get(connection, key))


def left_out(store: Store) -> list[Reader]:
    """Subscribers whom no letter reaches, because they are suppressed: the latest."""
    with store.read() as connection:
        return [_real(*found) for found in suppressed(connection, MOST)]


def _subscriber(publication: Publication, number: int) -> Reader | None:
    store = look_into(publication)
    if store is None or number >= 2**63:
        return None
    with store, store.read() as connection:
        subscriber = subscribers.get(connection, number)
        if subscriber is None:
            return None
        return _real(subscriber, suppressions.get(connection, subscriber.address_key))


def _real(subscriber: Subscriber, suppression: Suppression | None) -> Reader:
    title = subscriber.name or subscriber.address
    active = subscriber.status is SubscriberStatus.ACTIVE
    return Reader(
        standing=standing(subscriber, suppression),
        mailed=active and suppression is None,
        key=f"{_REAL}{subscriber.id}",
        title=title,
        address=subscriber.address,
        known=subscriber.merge_values(),
    )
