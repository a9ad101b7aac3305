"""Imports subscribers from a CSV file: all of it or nothing, every row accounted for.

Whoever asked for no more mail, or whose mail came back, stays suppressed whatever a
file says.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from newsletter.audience.cells import one_line
from newsletter.audience.csv_file import Row, broken, open_table
from newsletter.audience.layout import Layout, lay_out
from newsletter.audience.reading import Entry, Reader, Skip
from newsletter.audience.standing import why
from newsletter.model.subscriber import (
    SubscriberStatus,
    Suppression,
    SuppressionReason,
)
from newsletter.store import subscribers, suppressions
from newsletter.store.engine import Store
from newsletter.store.subscribers import UpsertOutcome

MAX_SKIPPED = 1_000_000
_ROWS_AT_ONCE = 1000
_LEFT = SubscriberStatus.UNSUBSCRIBED


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did, or would have done when it was a `dry_run`.

    Each of the `rows` is counted once: as added, updated, unchanged, suppressed (the
    file says that they are not to be mailed) or in `skipped`. `attributes` are the
    names under which further columns are kept, `ignored` the columns that are not.
    """

    file: str
    dry_run: bool
    rows: int
    added: int
    updated: int
    unchanged: int
    suppressed: int
    skipped: tuple[Skip, ...]
    attributes: tuple[str, ...]
    ignored: tuple[str, ...]


class _Undo(Exception):
    """Ends the transaction of a dry run."""


def import_csv(
    store: Store,
    path: Path,
    *,
    dry_run: bool = False,
    source: str = "",
    progress: Callable[[int], None] | None = None,
) -> ImportReport:
    """Add or update the subscribers in a CSV file, in one transaction.

    A `dry_run` does the same and takes it back. `source` is kept with those who are
    new, the file's name when it is not given; `progress` is told the rows read so far.
    Raises SourceError for a file that cannot be read to its end, StoreError when the
    database cannot be written; then nothing is changed.
    """
    note = one_line(f"import of {path.name}")
    with open_table(path) as table:
        layout, rows = lay_out(table)
        tally = _Tally(table.file, progress)
        reader = Reader(layout, one_line(source or path.name))
        with suppress(_Undo), store.bulk() as connection:
            for entries in tally.batches(reader.read(tally.counted(rows))):
                keys = [entry.person.address_key for entry in entries]
                before = suppressions.keys(connection, keys)
                wanted = tally.not_suppressed(entries, before)
                people = [entry.person for entry in wanted if not entry.standing.nobody]
                outcomes = subscribers.upsert(connection, people)
                for key, reason, was_here in tally.refusals(wanted, outcomes):
                    suppressions.add(connection, key, reason, note)
                    person = was_here and subscribers.by_address_key(connection, key)
                    if person:
                        subscribers.set_status(connection, person.id, _LEFT)
            if dry_run:
                raise _Undo
    return tally.report(layout, dry_run=dry_run)


class _Tally:
    """Counts the rows of one import by what became of them."""

    def __init__(self, file: str, progress: Callable[[int], None] | None) -> None:
        self._file = file
        self._progress = progress
        self._rows = 0
        self._suppressed = 0
        self._outcomes: Counter[UpsertOutcome] = Counter()
        self._skipped: list[Skip] = []

    def counted(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Pass the rows on."""
        for row in rows:
            self._rows += 1
            yield row

    def batches(self, found: Iterator[Entry | Skip]) -> Iterator[list[Entry]]:
        """Give some entries at a time, and remember the rows that are skipped."""
        while some := list(islice(found, _ROWS_AT_ONCE)):
            for item in some:
                if isinstance(item, Skip):
                    self._skip(item)
            yield [item for item in some if isinstance(item, Entry)]
            if self._progress:
                self._progress(self._rows)

    def not_suppressed(
        self, entries: Iterable[Entry], known: Mapping[str, Suppression]
    ) -> list[Entry]:
        """Keep those whom the store does not already know never to mail."""
        kept = []
        for entry in entries:
            suppression = known.get(entry.person.address_key)
            if suppression is None:
                kept.append(entry)
            elif entry.standing.reason is None:
                reason, hint = why(suppression)
                self._skip(Skip(entry.line, entry.person.address, reason, hint))
            else:
                self._suppressed += 1
        return kept

    def refusals(
        self, entries: Iterable[Entry], outcomes: Iterable[UpsertOutcome]
    ) -> Iterator[tuple[str, SuppressionReason, bool]]:
        """Count the outcomes, and give the keys that the file says never to mail.

        With the reason, and whether a subscriber may have been there who now has left.
        """
        rest = iter(outcomes)
        for entry in entries:
            stands, key = entry.standing, entry.person.address_key
            outcome = None if stands.nobody else next(rest)
            if stands.reason:
                self._suppressed += 1
                left = stands.status is _LEFT
                yield key, stands.reason, left and outcome is not UpsertOutcome.ADDED
            elif outcome:
                self._outcomes[outcome] += 1

    def report(self, layout: Layout, *, dry_run: bool) -> ImportReport:
        """Sum it all up, the skipped rows in the order of the file."""
        return ImportReport(
            file=self._file,
            dry_run=dry_run,
            rows=self._rows,
            added=self._outcomes[UpsertOutcome.ADDED],
            updated=self._outcomes[UpsertOutcome.UPDATED],
            unchanged=self._outcomes[UpsertOutcome.UNCHANGED],
            suppressed=self._suppressed,
            skipped=tuple(sorted(self._skipped, key=lambda skip: skip.line)),
            attributes=tuple(column.key for column in layout.attributes),
            ignored=tuple(column.header for column in layout.ignored),
        )

    def _skip(self, skip: Skip) -> None:
        if len(self._skipped) == MAX_SKIPPED:
            message = f"more than {MAX_SKIPPED:,} rows cannot be imported"
            hint = f"the first: {self._skipped[0].reason}"
            raise broken(self._file, self._skipped[0].line, message, hint)
        self._skipped.append(skip)
