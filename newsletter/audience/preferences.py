"""Preferences: what readers may see and change of themselves, and nothing besides."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from newsletter.model.subscriber import Subscriber, SubscriberStatus
from newsletter.model.text import clean_line
from newsletter.store import subscribers, tags
from newsletter.store.engine import Store
from newsletter.store.renaming import rename

MAX_NAME = 60
"""Characters of a name that is typed on a page."""

_NO_NAME = re.compile(r"[@<>{}]|://|www\.|\w\.\w{2,}/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a reader's page shows: the name, the topics chosen, whether mail comes."""

    person: Subscriber
    topics: frozenset[str]

    @property
    def active(self) -> bool:
        """Whether the reader gets the letter."""
        return self.person.status is SubscriberStatus.ACTIVE


def preferences(store: Store, uid: int, offered: Collection[str]) -> Preferences | None:
    """What a reader may change; None for one who is not known any more."""
    with store.read() as connection:
        person = subscribers.by_uid(connection, uid)
        if person is None:
            return None
        chosen = tags.of_subscriber(connection, person.id)
    return Preferences(person, frozenset(chosen) & frozenset(offered))


def change(
    store: Store,
    uid: int,
    *,
    name: str,
    topics: Iterable[str],
    offered: Collection[str],
) -> None:
    """Take over a name and the topics chosen, of those that are offered and no others.

    A tag that is not offered is the author's: it can be neither taken nor given here.
    """
    chosen = frozenset(topics) & frozenset(offered)
    with store.write() as connection:
        person = subscribers.by_uid(connection, uid, held=True)
        if person is None:
            return
        if clean_name(name) or not name.strip():
            rename(connection, person, clean_name(name))
        tags.remove(connection, person.id, sorted(frozenset(offered) - chosen))
        tags.add(connection, [(person.id, topic) for topic in sorted(chosen)])


def clean_name(text: str) -> str:
    """A name that somebody typed, as it is kept; blank for what is none.

    Whoever was forwarded a letter has its links: a name is mailed where a letter greets
    its reader, and must not be able to bring an address or a message with it.
    """
    name = clean_line(text).strip()
    return "" if len(name) > MAX_NAME or _NO_NAME.search(name) else name


def veiled(address: str) -> str:
    """An address with most of it hidden: `a…@example.com`.

    A letter is forwarded with its links, and its reader's address is not ours to tell.
    """
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"
