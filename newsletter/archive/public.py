"""What of a publication may be seen in public on a given day."""

from collections.abc import Iterable
from datetime import date

from newsletter.content.library import Library
from newsletter.model.issue import Issue, IssueStatus
from newsletter.model.roundtable import Roundtable


def public_part(library: Library, today: date) -> Library:
    """The issues and roundtables that are out on `today`; roundtables newest first.

    A roundtable is out from its date; one without a date, from the first issue that
    features it. One that a public issue features is always out: the issue links there.
    """
    issues = tuple(issue for issue in library.issues if _is_out(issue, today))
    featured, anywhere = _featured(issues), _featured(library.issues)
    roundtables = [
        item
        for slug, item in library.roundtables.items()
        if slug in featured
        or (item.date is not None and item.date <= today)
        or (item.date is None and slug not in anywhere)
    ]
    roundtables.sort(key=_newest_first)
    return Library(issues, {item.slug: item for item in roundtables})


def _is_out(issue: Issue, today: date) -> bool:
    if issue.private or issue.status is IssueStatus.DRAFT:
        return False
    return issue.published_on <= today


def _featured(issues: Iterable[Issue]) -> set[str]:
    return {issue.roundtable.slug for issue in issues if issue.roundtable}


def _newest_first(roundtable: Roundtable) -> tuple[int, str]:
    day = roundtable.date or date.min
    return -day.toordinal(), roundtable.slug
