"""Imports subscribers from a file: all of it or nothing, every row accounted for.

Whoever asked for no more mail, or whose mail came back, stays suppressed whatever a
file says.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from newsletter.audience.cells import one_line
from newsletter.audience.entry import Entry, Skip
from newsletter.audience.erased import refuse_unknown_secret
from newsletter.audience.layout import lay_out
from newsletter.audience.reading import Reader
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

_Rows = list[Entry | Skip]


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
    database cannot be written, ConfigError where somebody was erased under another
    secret; then nothing is changed.
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
            importer.take(reader.read(rows))
        importer.leave_erased()
        # A hash of another secret would stop all that comes after: it stops this.
        refuse_unknown_secret(connection, eraser)
        if dry_run:
            raise _Undo
    return tally.report(dry_run=dry_run)


def _read_ahead(found: Iterator[_Rows]) -> Generator[_Rows, None, None]:
    """Some at a time; a thread reads the next ones while the database is at work.

    It has come to its end when this is closed.
    """
    with ThreadPoolExecutor(max_workers=1) as thread:
        coming = thread.submit(next, found, None)
        while (some := coming.result()) is not None:
            coming = thread.submit(next, found, None)
            yield some


class _Importer:
    """Writes what was read to the database, some rows at a time."""

    def __init__(
        self, connection: Any, eraser: Eraser, tally: Tally, note: str
    ) -> None:
        self._connection = connection
        self._eraser = eraser
        self._erased = suppressions.erased(connection)
        self._newly_erased: set[str] = set()
        self._tally = tally
        self._note = note

    def take(self, found: Iterator[_Rows]) -> None:
        """Write all of one table."""
        with closing(_read_ahead(found)) as ahead:
            for some in ahead:
                entries = [item for item in some if isinstance(item, Entry)]
                if len(entries) < len(some):
                    self._tally.skip(item for item in some if isinstance(item, Skip))
                self._write(entries)
                self._tally.count(len(some))

    def leave_erased(self) -> None:
        """Unsubscribe those who are here, and of whom the file has only the hash."""
        if not self._newly_erased:
            return
        here = (each.address_key for each in subscribers.iterate(self._connection))
        erased = [key for key in here if self._newly_erased & {*self._eraser.keys(key)}]
        subscribers.leave(self._connection, erased)

    def _write(self, entries: list[Entry]) -> None:
        never = [entry for entry in entries if entry.standing.reason]
        if never:
            entries = [self._hashed(entry) for entry in entries]
        before = self._suppressed(entries)
        wanted = self._tally.not_suppressed(entries, before) if before else entries
        again = [each for each in entries if _says_more(each, before)] if never else []
        people = [entry.person for entry in wanted]
        if never:
            people = [each.person for each in wanted if not each.standing.nobody]
        # Their status keeps that they left, when the author lifts the other reason.
        people += [
            entry.person._replace(status=SubscriberStatus.UNSUBSCRIBED)
            for entry in again
            if entry.standing.reason is SuppressionReason.UNSUBSCRIBE
        ]
        outcomes = subscribers.upsert(self._connection, people)
        refused = self._tally.refused(wanted, outcomes)
        if never:
            gone = [entry.person.address_key for entry in never if _has_left(entry)]
            subscribers.leave(self._connection, gone)
            self._suppress([*refused, *again])

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
            added = suppressions.add_many(self._connection, leaving)
            self._newly_erased |= {key for key in added if key.startswith(PREFIX)}
            self._erased |= self._newly_erased

    def _hashed(self, entry: Entry) -> Entry:
        """Never write down the address of somebody who was erased."""
        key = entry.person.address_key
        erased = entry.standing.reason is SuppressionReason.ERASURE
        if not erased or key.startswith(PREFIX):
            return entry
        person = entry.person._replace(address_key=self._eraser.key(key))
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
