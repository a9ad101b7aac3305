"""What stands around an issue: the archive's pages, the numbers, our own templates.

`check` looks at an issue with it; made of little, so that it can be kept of a thousand.
"""

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from newsletter.config.files import display_name, inside
from newsletter.model.issue import Issue, IssueStatus

_ID = re.compile(r'\bid="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Known:
    """What the others have to know of an issue.

    `day` is the one from which the archive has it: None for a draft, and for what only
    its readers see. `features` is the slug of its roundtable.
    """

    slug: str
    day: datetime.date | None
    number: int | None
    features: str


def known_of(issue: Issue) -> Known:
    """What the others have to know of it."""
    hidden = issue.private or issue.status is IssueStatus.DRAFT
    day = None if hidden else issue.published_on
    features = issue.roundtable.slug if issue.roundtable else ""
    return Known(issue.slug, day, issue.number, features)


def archive_pages(
    issues: Iterable[Known], tables: Mapping[str, datetime.date | None]
) -> dict[str, datetime.date | None]:
    """Every page of the archive, and the day it comes out.

    `tables` are the dates of the roundtables by their slugs.
    """
    out: dict[str, datetime.date | None] = {"": None, "roundtables/": None}
    featured: dict[str, list[datetime.date]] = {}
    for issue in issues:
        days = featured.setdefault(issue.features, [])
        if issue.day is not None:
            out[f"{issue.slug}/"] = issue.day
            days.append(issue.day)
    for slug, day in tables.items():
        # With the first issue that features it, it is out whatever its own date.
        if days := [*featured.get(slug, ()), *([day] if day else [])]:
            out[f"roundtables/{slug}/"] = min(days)
        elif slug not in featured:
            out[f"roundtables/{slug}/"] = None
    return out


def numbers(issues: Iterable[Known]) -> dict[int, tuple[str, ...]]:
    """The slugs of the issues that have a number, by it."""
    found: dict[int, tuple[str, ...]] = {}
    for issue in issues:
        if issue.number is not None:
            found[issue.number] = (*found.get(issue.number, ()), issue.slug)
    return found


def own_templates(root: Path) -> dict[str, str]:
    """The publication's own templates of the email, which win over ours."""
    return {
        display_name(path, root): path.read_text("utf-8", errors="replace")
        for path in sorted((root / "templates" / "email").glob("*"))
        if inside(path, root) and path.is_file()
    }


def ids(html: str) -> frozenset[str]:
    """The ids of a page, to which links may lead."""
    return frozenset(_ID.findall(html))
