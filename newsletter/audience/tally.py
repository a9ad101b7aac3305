"""Counts the rows of an import by what became of them; none is left out."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from newsletter.audience.csv_file import broken
from newsletter.audience.entry import Entry, Skip
from newsletter.audience.layout import Layout
from newsletter.audience.skips import Skips
from newsletter.audience.standing import why
from newsletter.model.subscriber import Suppression
from newsletter.store.subscribers import UpsertOutcome

MAX_SKIPPED = 1_000_000


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
    skipped: Sequence[Skip]
    attributes: tuple[str, ...]
    ignored: tuple[str, ...]


class Tally:
    """Counts the rows of one import, file by file."""

    def __init__(self, file: str, progress: Callable[[int], None] | None) -> None:
        """Count the rows of `file`; `progress` is told how many were read."""
        self._file = self._table = file
        self._progress = progress
        self._rows = 0
        self._suppressed = 0
        self._outcomes: Counter[UpsertOutcome] = Counter()
        self._skipped = Skips()
        self._skipped_now: list[Skip] = []
        self._attributes: dict[str, None] = {}
        self._ignored: dict[str, None] = {}

    def begin(self, table: str, layout: Layout) -> None:
        """The rows that follow are of this table."""
        self._table = table
        self._attributes.update(dict.fromkeys(c.key for c in layout.attributes))
        self._ignored.update(dict.fromkeys(c.header for c in layout.ignored))

    def skip(self, skipped: Iterable[Skip]) -> None:
        """Remember rows that are left out."""
        inside = self._table if self._table != self._file else ""
        self._skipped_now += (
            replace(each, file=inside) if inside else each for each in skipped
        )

    def count(self, rows: int) -> None:
        """Count rows that were read and dealt with, and tell how many it were so far.

        Raises SourceError when too many of them cannot be imported.
        """
        self._rows += rows
        self._skipped.add(self._skipped_now)
        self._skipped_now = []
        if len(self._skipped) > MAX_SKIPPED:
            first = self._skipped[0]
            message = f"more than {MAX_SKIPPED:,} rows cannot be imported"
            hint = f"the first: {first.reason}"
            raise broken(first.file or self._file, first.line, message, hint)
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
                self.skip([Skip(entry.line, entry.person.address, reason, hint)])
            else:
                self._suppressed += 1
        return kept

    def refused(
        self, entries: Sequence[Entry], outcomes: Sequence[UpsertOutcome]
    ) -> list[Entry]:
        """Count the outcomes, and give the entries that the file says never to mail.

        There may be outcomes of others after theirs.
        """
        refused = [entry for entry in entries if entry.standing.reason]
        counted: Sequence[UpsertOutcome] = outcomes[: len(entries)]
        if refused:
            theirs = iter(outcomes)
            there = (None if each.standing.nobody else next(theirs) for each in entries)
            counted = [
                outcome
                for entry, outcome in zip(entries, there, strict=True)
                if outcome and not entry.standing.reason
            ]
        self._suppressed += len(refused)
        for outcome in UpsertOutcome:
            self._outcomes[outcome] += counted.count(outcome)
        return refused

    def report(self, *, dry_run: bool) -> ImportReport:
        """Sum it all up, the skipped rows in the order of the files."""
        return ImportReport(
            file=self._file,
            dry_run=dry_run,
            rows=self._rows,
            added=self._outcomes[UpsertOutcome.ADDED],
            updated=self._outcomes[UpsertOutcome.UPDATED],
            unchanged=self._outcomes[UpsertOutcome.UNCHANGED],
            suppressed=self._suppressed,
            skipped=self._skipped,
            attributes=tuple(self._attributes),
            ignored=tuple(self._ignored),
        )
