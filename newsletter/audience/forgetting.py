"""Forgets a person: everything that is kept of them, also in the file (GDPR Art. 17).

What stays is a keyed hash of the address among the suppressions, so that no later
import brings them back.
"""

import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from newsletter.audience.address import normalise, readable
from newsletter.audience.erased import suppression_of
from newsletter.errors import StoreError
from newsletter.model.erasure import Eraser
from newsletter.model.subscriber import SuppressionReason
from newsletter.store import (
    erasure,
    ledger_csv,
    ledger_files,
    subscribers,
    suppressions,
)
from newsletter.store.engine import Store

_CHUNK = 4 * 1024 * 1024
_NOT_OURS = frozenset({".git", ".venv", "node_modules"})


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What forgetting did: whether anything was known, and what files still hold.

    `remnants` are files that contain the address and are not the database's: messages
    in the outbox, copies of the database, a CSV file. `ledgers` are the files of old
    campaigns that hold it, or are not here to be looked into. Both are left to the
    author.
    """

    known: bool
    remnants: tuple[Path, ...] = ()
    ledgers: tuple[Path, ...] = ()


def forget(
    store: Store, eraser: Eraser, address: str, folders: Iterable[Path] = ()
) -> Forgotten:
    """Erase all that is known of an address, and see that it never comes back.

    The files in `folders` are searched for it afterwards. Raises AddressRefused for
    what is no address, StoreBusy when the bytes in the file could not be overwritten.
    """
    found = normalise(address)
    with store.write() as connection:
        suppressions.hold_back_imports(connection)
        person = subscribers.by_address_key(connection, found.key)
        known = person or suppression_of(connection, eraser, found.key)
        spellings = {found.key, found.address, readable(found.key)}
        if person:
            spellings.add(person.address)
        erasure.erase(connection, person.id if person else None, spellings)
        reason = SuppressionReason.ERASURE
        suppressions.add(connection, eraser.key(found.key), reason)
        files = ledger_files.every(connection)
    erasure.scrub(store)
    id = person.id if person else None
    return Forgotten(
        known is not None,
        tuple(_holding(folders, spellings)),
        tuple(file.path for file in files if _may_tell(file.path, id, spellings)),
    )


def _may_tell(path: Path, id: int | None, spellings: Collection[str]) -> bool:
    """Whether an old ledger has a row of somebody, or cannot be read here."""
    wanted = {each.lower() for each in spellings}
    try:
        rows = map(ledger_csv.named, chain.from_iterable(ledger_csv.read(path)))
        return any(
            row["subscriber_id"] == id or row["address"].lower() in wanted
            for row in rows
        )
    except StoreError:
        return True


def _holding(folders: Iterable[Path], spellings: Iterable[str]) -> Iterator[Path]:
    wanted = {form for each in spellings for form in _forms(each)}
    for path in sorted({path for folder in folders for path in _files(folder)}):
        if _holds(path, wanted):
            yield path


def _forms(spelling: str) -> Iterator[bytes]:
    """As it is in text files, and in UTF-16."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        yield spelling.lower().encode(encoding)


def _files(folder: Path) -> Iterator[Path]:
    for place, below, names in os.walk(folder):
        below[:] = [name for name in below if name not in _NOT_OURS]
        yield from (Path(place, name) for name in names)


def _holds(path: Path, wanted: Iterable[bytes]) -> bool:
    """Whether a file contains one of these, in capital or small letters."""
    overlap = max(map(len, wanted), default=0)
    before = b""
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                text = before + chunk.lower()
                if any(each in text for each in wanted):
                    return True
                before = text[-overlap:]
    except OSError:  # gone by now, or not for us to read
        return False
    return False
