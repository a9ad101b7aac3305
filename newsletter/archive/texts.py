"""The texts of a publication: read to be summed up, and for pages that show them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from newsletter.archive.cache_file import digest
from newsletter.archive.crew import Tell
from newsletter.archive.index import Index
from newsletter.archive.photos import panel_photos
from newsletter.archive.record import (
    IssueRecord,
    TableRecord,
    record_issue,
    record_roundtable,
)
from newsletter.archive.shots import Shot, keys, taken
from newsletter.archive.stamps import Stamp
from newsletter.content.images import ImageFolder
from newsletter.content.issue import read_issue
from newsletter.content.listing import ROUNDTABLES
from newsletter.content.roundtable import read_roundtable
from newsletter.errors import SourceError, UsageError
from newsletter.model.issue import Issue
from newsletter.model.problem import Problem
from newsletter.model.roundtable import Roundtable
from newsletter.render.page import Site
from newsletter.render.share_card import Photos


class Read(NamedTuple):
    """Summaries of what was read, the images in them, the mistakes of the rest."""

    issues: list[IssueRecord]
    roundtables: list[TableRecord]
    shots: list[Shot]
    problems: list[Problem]


@dataclass(slots=True)
class Texts:
    """Reads issues and roundtables; keeps those it has read, for their own pages."""

    root: Path
    images: ImageFolder
    _issues: dict[str, Issue] = field(default_factory=dict)
    _roundtables: dict[str, Roundtable] = field(default_factory=dict)
    _files: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    def read(self, files: Iterable[tuple[str, Stamp]], site: Site, tell: Tell) -> Read:
        """Sum up the files that have these stamps."""
        found = Read([], [], [], [])
        for file, stamp in files:
            try:
                self._read(file, stamp, site, found)
            except SourceError as error:
                wrong = [item for item in error.problems if isinstance(item, Problem)]
                found.problems.extend(wrong)
            tell()
        return found

    def _read(self, file: str, stamp: Stamp, site: Site, found: Read) -> None:
        self.images.asked.clear()
        if is_roundtable(file):
            table = record_roundtable(self._roundtable(file), site, stamp)
            shots = taken(self.images)
            found.roundtables.append(table._replace(images=keys(shots)))
        else:
            issue = record_issue(self._issue(file), site, stamp)
            shots = taken(self.images)
            found.issues.append(issue._replace(images=keys(shots)))
        found.shots.extend(shots)

    def learn(self, index: Index) -> None:
        """Learn which file is meant by which slug."""
        for issue in index.issues:
            self._files["issue", issue.slug] = issue.file, issue.text
        for table in index.roundtables:
            self._files["roundtable", table.slug] = table.file, table.text

    def issue(self, slug: str) -> Issue:
        """A public issue. Raises UsageError where its file was changed meanwhile."""
        file, text = self._files["issue", slug]
        issue = self._issue(file)
        _check(issue, text)
        return issue

    def roundtable(self, slug: str) -> Roundtable:
        """A public roundtable. Raises UsageError as `issue` does."""
        file, text = self._files["roundtable", slug]
        roundtable = self._roundtable(file)
        _check(roundtable, text)
        return roundtable

    def photos(self, slug: str) -> Photos:
        """The photos of a public roundtable's panel."""
        return panel_photos(self.roundtable(slug), self.images)

    def _issue(self, file: str) -> Issue:
        found = self._issues.get(file)
        if found is None:
            found = self._issues[file] = read_issue(self.root / file, self.root)
        return found

    def _roundtable(self, file: str) -> Roundtable:
        found = self._roundtables.get(file)
        if found is None:
            made = read_roundtable(self.root / file, self.root)
            found = self._roundtables[file] = made
        return found


def is_roundtable(file: str) -> bool:
    """Whether a file of the publication is a roundtable's and not an issue's."""
    return file.startswith(f"{ROUNDTABLES}/")


def _check(item: Issue | Roundtable, text: str) -> None:
    """Refuse a text that is not the one that was summed up."""
    if digest(item.source.encode()) != text:
        message = f"{item.file} was changed while it was used"
        raise UsageError(message, hint="run the command again")
