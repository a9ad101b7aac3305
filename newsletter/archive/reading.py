"""Keeps the summaries of all texts up to date: reads again only what has changed."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from newsletter.archive.crew import Tell
from newsletter.archive.record import IssueRecord, TableRecord, renewed
from newsletter.archive.settings import settings_digest
from newsletter.archive.shots import Shot, recall, stamped
from newsletter.archive.site import make_site
from newsletter.archive.stamps import Stamp, look
from newsletter.archive.texts import Texts, is_roundtable
from newsletter.archive.worker import Summaries
from newsletter.content.images import ImageFolder
from newsletter.model.publication import Publication
from newsletter.render.page import Site


@dataclass(slots=True)
class Reading:
    """The summaries of the texts of a publication; those with mistakes have none.

    `settings` names the settings and templates under which they hold.
    """

    root: Path
    settings: str = ""
    summaries: Summaries = field(default_factory=lambda: Summaries({}, {}))
    _style: str = ""
    _shots: dict[str, Shot] = field(default_factory=dict)

    def renew(self, publication: Publication, tell: Tell) -> Site:
        """Look for what has changed; the site as long as its pages are not known.

        `tell` is told of each text that had to be read.
        """
        begun = time.time_ns()
        settings = settings_digest(publication)
        if settings != self.settings:
            self.settings, self._style = settings, ""
            self.summaries = Summaries({}, {})
        images = ImageFolder(self.root)
        self._shots = recall(images, self._shots, begun)
        bare = make_site(publication, images.beside, self._style)
        self._style = bare.style_version
        unread = [*self._sift()]
        read = Texts(self.root, images).read(unread, bare, tell)
        self.summaries.issues.update((item.file, item) for item in read.issues)
        tables = self.summaries.roundtables
        tables.update((item.file, item) for item in read.roundtables)
        self._shots |= stamped(read.shots, begun)
        return bare

    def _sift(self) -> Iterator[tuple[str, Stamp]]:
        """Keep the summaries that still hold; the files of which there is none."""
        inputs, before = look(self.root), self.summaries
        self.summaries = Summaries({}, {})
        for file, stamp in (*inputs.issues.items(), *inputs.roundtables.items()):
            known: Mapping[str, IssueRecord | TableRecord]
            known = before.roundtables if is_roundtable(file) else before.issues
            record = known.get(file)
            if record and self._shots.keys() >= set(record.images):
                record = renewed(record, stamp, self.root)
            else:
                record = None
            if record is None:
                yield file, stamp
            else:
                part: dict[str, Any] = self.summaries[is_roundtable(file)]
                part[file] = record
