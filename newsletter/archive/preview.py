"""Makes single files of the site, as a build would now: what the preview shows."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from newsletter.archive.crew import Tell
from newsletter.archive.index import Index, Listed
from newsletter.archive.job import Job, Made
from newsletter.archive.photos import panel_photos
from newsletter.archive.public import public_part
from newsletter.archive.reading import Reading
from newsletter.archive.record import record_issue, record_roundtable
from newsletter.archive.site import site_of
from newsletter.archive.stamps import ABOUT, UNSETTLED, stamp_of
from newsletter.archive.text_file import text_bytes
from newsletter.archive.texts import Texts
from newsletter.content.images import ImageFolder, PublishedImage
from newsletter.model.issue import Issue
from newsletter.model.page import Page
from newsletter.model.publication import Publication
from newsletter.model.roundtable import Roundtable
from newsletter.render.address import issue_path, roundtable_path
from newsletter.render.page import Entry, Site
from newsletter.render.roundtable_entry import RoundtableEntry
from newsletter.render.share_card import Photos

_KEPT = 4
"""Lists of all files that are kept: with a draft it is another than without."""


class _Known(NamedTuple):
    """The site as its pages know it, and the job of each of its files."""

    site: Site
    jobs: Mapping[str, Job]


class _Texts:
    """Gives the texts to the pages that show them: one as it is written now."""

    _text: Issue | Roundtable
    _others: Texts

    def begin(self, text: Issue | Roundtable, others: Texts, index: Index) -> None:
        """Give this text, and the others as they are saved."""
        others.learn(index)
        self._text, self._others = text, others

    def issue(self, slug: str) -> Issue:
        """A public issue; raises what `Texts.issue` does."""
        if isinstance(self._text, Issue) and self._text.slug == slug:
            return self._text
        return self._others.issue(slug)

    def roundtable(self, slug: str) -> Roundtable:
        """A public roundtable; raises what `Texts.roundtable` does."""
        if isinstance(self._text, Roundtable) and self._text.slug == slug:
            return self._text
        return self._others.roundtable(slug)

    def photos(self, slug: str) -> Photos:
        """The photos of a roundtable's panel; raises what `roundtable` does."""
        return panel_photos(self.roundtable(slug), self._others.images)


@dataclass(slots=True)
class Preview:
    """The site of a publication, of which single files are made; safe for threads.

    Only texts that have changed are read again, and the site is listed anew only when
    something changes that other pages show. `images` are all that any page has shown,
    by the names they are published under.
    """

    root: Path
    images: dict[str, PublishedImage] = field(default_factory=dict)
    _reading: Reading = field(init=False)
    _texts: _Texts = field(default_factory=_Texts)
    _known: OrderedDict[object, _Known] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        """Begin with nothing read."""
        self._reading = Reading(self.root)

    def made(
        self,
        publication: Publication,
        text: Issue | Roundtable,
        today: date,
        images: ImageFolder,
        path: str = "",
    ) -> bytes | None:
        """The file of the site at `path`, without one the text's page; None for none.

        `text` is an issue or a roundtable, which need not be as it is saved. It is in
        the site even where it is a draft, or not out on `today`: its page is what a
        build would write if it was. Other texts with mistakes are left out. Raises
        RenderError for mistakes in a template, UsageError for a folder that cannot be
        read.
        """
        own = issue_path(text) if isinstance(text, Issue) else roundtable_path(text)
        with self._lock:
            bare = self._reading.renew(publication, _nobody)
            bare = replace(bare, images_beside=images.beside)
            index = self._index(text, bare, today)
            known = self._listed(index, bare)
            job = known.jobs.get(path or own)
            if job is None:
                return None
            self._texts.begin(text, Texts(self.root, images), index)
            made = job.make(replace(known.site, images_beside=images.beside))
            self.images |= images.files
        return _bytes(made)

    def read(self, publication: Publication, tell: Tell) -> None:
        """Read what has changed, so that the next file is made sooner.

        `tell` is told of each text.
        """
        with self._lock:
            self._reading.renew(publication, tell)

    def _index(self, text: Issue | Roundtable, bare: Site, today: date) -> Index:
        """Everything that is public, and the text whether it is or not."""
        issues, tables = self._reading.summaries
        if isinstance(text, Issue):
            mine = record_issue(text, bare, UNSETTLED)
            since = min(mine.since or today, today)
            issues = issues | {mine.file: mine._replace(since=since)}
            return public_part(issues.values(), [*tables.values()], today)
        table = record_roundtable(text, bare, UNSETTLED)
        tables = tables | {table.file: table}
        index = public_part(issues.values(), [*tables.values()], today)
        if all(item.file != table.file for item in index.roundtables):
            tables[table.file] = table._replace(since=today)
            index = public_part(issues.values(), [*tables.values()], today)
        return index

    def _listed(self, index: Index, bare: Site) -> _Known:
        """All files of the site: the same ones, until others than a text's page would
        show another thing."""
        about = stamp_of(self.root / ABOUT, 0)
        issues, tables = map(_seen, index.issues), map(_seen, index.roundtables)
        key = self._reading.settings, about, tuple(issues), tuple(tables)
        known = self._known.get(key)
        if known is None:
            site, jobs, moved = site_of(index, bare, self._texts)
            known = _Known(site, {job.path: job for job in (*moved, *jobs)})
            self._known[key] = known
        self._known.move_to_end(key)
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return known


def _seen(item: Listed[Entry] | Listed[RoundtableEntry]) -> tuple[object, ...]:
    """What other pages than its own show of a text, and what decides on its links."""
    return item.shown, item.slug, item.file, item.roundtable, item.moved


def _nobody() -> None:
    """Is told that a text was read."""


def _bytes(made: Made) -> bytes:
    if isinstance(made, Page):
        made = made.html
    return made if isinstance(made, bytes) else text_bytes(made)
