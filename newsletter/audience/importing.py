"""Imports subscribers from a file: all of it or nothing, every row accounted for.

Whoever asked for no more mail, or whose mail came back, stays suppressed whatever a
file says.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from newsletter.audience.cells import one_line
from newsletter.audience.erased import refuse_unknown_secret
from newsletter.audience.layout import lay_out
from newsletter.audience.reading import Entry, Reader, Skip
from newsletter.audience.tables import open_tables
from newsletter.audience.tally import ImportReport, Tally
from newsletter.model.erasure import PREFIX, Eraser
from newsletter.model.subscriber import (
    NewSuppression,
    SubscriberStatus,
    Suppression,
    SuppressionReason,
)
from newsletter.store import subscribers, suppressions
from newsletter.store.engine import Store

_ROWS_AT_ONCE = 1000


class _Undo(Exception):
    """Ends the transaction of a dry run."""


def import_file(
    store: Store,
    eraser: Eraser,
    path: Path,
    *,
    dry_run: bool = False,
    source: str = "",
    progress: Callable[[int], None] | None = None,
) -> ImportReport:
    """Add or update the subscribers in a CSV file, or a zip of them, as one change.

    A `dry_run` does the same and takes it back. `source` is kept with those who are
    new, the file's name when it is not given; `progress` is told the rows read so far.
    Raises SourceError for a file that cannot be read to its end, StoreError when the
    database cannot be written; then nothing is changed.
    """
    note = one_line(f"import of {path.name}")
    tally = Tally(path.as_posix(), progress)
    with (
        open_tables(path) as tables,
        suppress(_Undo),
        store.bulk() as connection,
    ):
        suppressions.hold_back_imports(connection, alone=False)
        refuse_unknown_secret(connection, eraser)
        importer = _Importer(connection, eraser, tally, note)
        for table in tables:
            layout, rows = lay_out(table)
            tally.begin(table.file, layout)
            reader = Reader(layout, one_line(source or path.name))
            importer.take(reader.read(tally.counted(rows)))
        if dry_run:
            raise _Undo
    return tally.report(dry_run=dry_run)


class _Importer:
    """Writes what was read to the database, some rows at a time."""

    def __init__(
        self, connection: Any, eraser: Eraser, tally: Tally, note: str
    ) -> None:
        self._connection = connection
        self._eraser = eraser
        self._erased = suppressions.erased(connection)
        self._tally = tally
        self._note = note

    def take(self, found: Iterator[Entry | Skip]) -> None:
        """Write all of one table."""
        while some := list(islice(found, _ROWS_AT_ONCE)):
            self._tally.skip(item for item in some if isinstance(item, Skip))
            self._write([item for item in some if isinstance(item, Entry)])
            self._tally.tell_progress()

    def _write(self, entries: list[Entry]) -> None:
        gone = [entry.person.address_key for entry in entries if _has_left(entry)]
        entries = [self._hashed(entry) for entry in entries]
        before = self._suppressed(entries)
        wanted = self._tally.not_suppressed(entries, before)
        again = [entry for entry in entries if _says_more(entry, before)]
        people = [entry.person for entry in wanted if not entry.standing.nobody]
        outcomes = subscribers.upsert(self._connection, people)
        if gone:
            subscribers.leave(self._connection, gone)
        self._suppress([*self._tally.refusals(wanted, outcomes), *again])

    def _suppress(self, never: list[Entry]) -> None:
        """Suppress those whom the file says never to mail."""
        leaving = [
            NewSuppression(
                address_key=entry.person.address_key,
                reason=reason,
                since=entry.since,
                note=self._note if entry.note is None else entry.note,
            )
            for entry in never
            if (reason := entry.standing.reason)
        ]
        if leaving:
            suppressions.add_many(self._connection, leaving)

    def _hashed(self, entry: Entry) -> Entry:
        """Never write down the address of somebody who was erased."""
        key = entry.person.address_key
        erased = entry.standing.reason is SuppressionReason.ERASURE
        if not erased or key.startswith(PREFIX):
            return entry
        person = replace(entry.person, address_key=self._eraser.key(key))
        return entry._replace(person=person)

    def _suppressed(self, entries: Iterable[Entry]) -> dict[str, Suppression]:
        """Those among the addresses who are suppressed, also as somebody erased."""
        keys = [entry.person.address_key for entry in entries]
        found = suppressions.keys(self._connection, keys)
        if not self._erased:
            return found
        for key in keys:
            hashed = next((k for k in self._eraser.keys(key) if k in self._erased), "")
            if hashed and (erased := suppressions.get(self._connection, hashed)):
                found[key] = erased
        return found


def _has_left(entry: Entry) -> bool:
    """Whether a file says that somebody left or was erased, who may be here still."""
    reason, status = entry.standing.reason, entry.standing.status
    left = status is SubscriberStatus.UNSUBSCRIBED
    return reason is SuppressionReason.ERASURE or (reason is not None and left)


def _says_more(entry: Entry, before: Mapping[str, Suppression]) -> bool:
    """Whether a file has another reason never to mail than is known of an address."""
    known = before.get(entry.person.address_key)
    if known is None or entry.standing.reason is None:
        return False
    return known.reason not in (entry.standing.reason, SuppressionReason.ERASURE)
