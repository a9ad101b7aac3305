"""What the pages of a site know of each other: a summary of everything public."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

from newsletter.render.page import Entry
from newsletter.render.roundtable_entry import RoundtableEntry

Shown = TypeVar("Shown", Entry, RoundtableEntry)


class Listed(NamedTuple, Generic[Shown]):
    """A public issue or roundtable, as all pages but its own need it.

    `text` is a digest of its whole file, `shown` one of `entry`, which knows the file's
    name too; `whole` is both: what a page is made of, for the page's key. `roundtable`
    is the slug of the one that an issue features, `moved` are the places that its page
    had before.
    """

    slug: str
    entry: Shown
    text: str
    shown: str
    file: str
    roundtable: str = ""
    moved: tuple[str, ...] = ()

    @property
    def whole(self) -> str:
        """Names everything of it: also its slug and day, which its name may tell."""
        return f"{self.text} {self.shown}"


ListedIssue = Listed[Entry]
ListedRoundtable = Listed[RoundtableEntry]


@dataclass(frozen=True)
class Index:
    """Everything that is public; issues and roundtables, both newest first."""

    issues: Sequence[ListedIssue]
    roundtables: Sequence[ListedRoundtable]

    def featured_by(self, issue: ListedIssue) -> ListedRoundtable | None:
        """The roundtable that an issue features."""
        return self._by_slug.get(issue.roundtable)

    def featuring(self, roundtable: ListedRoundtable) -> list[ListedIssue]:
        """The issues that feature a roundtable, newest first."""
        return self._featuring[roundtable.slug]

    @cached_property
    def _by_slug(self) -> dict[str, ListedRoundtable]:
        return {item.slug: item for item in self.roundtables}

    @cached_property
    def _featuring(self) -> defaultdict[str, list[ListedIssue]]:
        found: defaultdict[str, list[ListedIssue]] = defaultdict(list)
        for issue in self.issues:
            if issue.roundtable:
                found[issue.roundtable].append(issue)
        return found


def shown(items: Sequence[Listed[Entry]] | Sequence[Listed[RoundtableEntry]]) -> str:
    """What a list of entries shows, for the key of a page that has it."""
    return " ".join(item.shown for item in items)
