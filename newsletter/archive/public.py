"""What of a publication may be seen in public on a given day."""

from collections.abc import Iterable, Sequence
from datetime import date

from newsletter.archive.index import Index
from newsletter.archive.record import IssueRecord, TableRecord, listed


def public_part(
    issues: Iterable[IssueRecord], roundtables: Sequence[TableRecord], today: date
) -> Index:
    """The issues and roundtables that are out on `today`, both newest first.

    A roundtable is out from its date; one without a date, from the first issue that
    features it. One that a public issue features is always out: the issue links there.
    """
    issues = [*issues]
    out = [item for item in issues if item.since is not None and item.since <= today]
    featured, anywhere = _featured(out), _featured(issues)
    tables = [
        item
        for item in roundtables
        if item.slug in featured
        or (item.since is not None and item.since <= today)
        or (item.since is None and item.slug not in anywhere)
    ]
    out.sort(key=lambda item: (item.entry.date, item.slug), reverse=True)
    tables.sort(key=_newest_first)
    return Index([*map(listed, out)], [*map(listed, tables)])


def next_change(
    issues: Iterable[IssueRecord], roundtables: Iterable[TableRecord], today: date
) -> date:
    """The first day after `today` on which something comes out."""
    days = [*(item.since for item in issues), *(item.since for item in roundtables)]
    return min((day for day in days if day and day > today), default=date.max)


def _featured(issues: Iterable[IssueRecord]) -> set[str]:
    return {issue.roundtable for issue in issues if issue.roundtable}


def _newest_first(roundtable: TableRecord) -> tuple[int, str]:
    day = roundtable.since or date.min
    return -day.toordinal(), roundtable.slug
