"""What every view of the studio works with: the publication, the clock, the news."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request

from newsletter.archive.preview import Preview
from newsletter.config.publication import load_publication
from newsletter.content.library import issue_files, roundtable_files
from newsletter.model.publication import Publication
from newsletter.sending.compose import Composed, compose_file
from newsletter.sending.table import Table, compose_table
from newsletter.web.studio.checking import Checking
from newsletter.web.studio.drafts import Draft, Drafts
from newsletter.web.studio.live import Live
from newsletter.web.studio.naming import name_of
from newsletter.web.studio.shelf import Shelf
from newsletter.web.studio.tested import Tested
from newsletter.web.studio.unsaved import Unsaved

_QUIET_SECONDS = 0.3
_SHORT_SECONDS = 0.001

VERSION = "studio.version"
"""Where a request's scope keeps the version of the files when it came."""


def _now() -> datetime:
    # Local: what "today" means to the author decides a date.
    return datetime.now().astimezone()


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the studio is run.

    `hosts` are the values of `Host` that it answers to, such as `127.0.0.1:8025`. `key`
    must be shown by every browser when it can be reached from elsewhere; blank when it
    cannot. `editor` is the author's own, a command or an address with `{file}` and
    `{line}`; blank for VS Code.
    """

    hosts: frozenset[str]
    key: str = ""
    editor: str = ""
    now: Callable[[], datetime] = _now


@dataclass(slots=True)
class Desk:
    """One publication in the studio.

    `token` is what every change must bring, so that no other site can make one; `asked`
    is when the last request came, by the clock that only goes forward.
    """

    root: Path
    options: Options
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    asked: float = field(default_factory=time.monotonic)
    live: Live = field(default_factory=Live)
    unsaved: Unsaved = field(default_factory=Unsaved)
    tested: Tested = field(default_factory=Tested)
    issues: Drafts[Composed] = field(init=False)
    roundtables: Drafts[Table] = field(init=False)
    shelf: Shelf = field(init=False)
    archive: Preview = field(init=False)
    checking: Checking = field(init=False)

    def __post_init__(self) -> None:
        """Begin with nothing read."""
        self.issues = Drafts(self.root, compose_file)
        self.roundtables = Drafts(self.root, compose_table)
        self.shelf = Shelf(self.root)
        self.archive = Preview(self.root)
        self.checking = Checking(self.root, self.shelf)

    def publication(self) -> Publication:
        """The publication as it is on disk now; raises SourceError or ConfigError."""
        return load_publication(self.root)

    @property
    def has_read_all(self) -> bool:
        """Whether every text was read; else what needs all of them takes long."""
        return self.shelf.has((*issue_files(self.root), *roundtable_files(self.root)))

    def read_all(self) -> None:
        """Read every text, so that nobody need wait for it; while nobody does."""
        for path in (*issue_files(self.root), *roundtable_files(self.root)):
            self._give_way()
            if self.live.closed:
                return
            self.shelf.facts(path)
        self._give_way()
        self.archive.read(self.publication(), self._make_room)

    @property
    def _is_busy(self) -> bool:
        recently = time.monotonic() - self.asked < _QUIET_SECONDS
        return recently and not self.live.closed

    def _make_room(self) -> None:
        """Go slower while something is asked, which may have to wait for us."""
        if self._is_busy:
            time.sleep(_SHORT_SECONDS)

    def _give_way(self) -> None:
        """Wait until nothing was asked for a while: who is there comes first."""
        while self._is_busy:
            time.sleep(_QUIET_SECONDS / 4)

    def issue_file(self, name: str) -> Path:
        """The file of an issue by its name; HTTPException 404 for anything else."""
        return _named(name, issue_files(self.root))

    def roundtable_file(self, name: str) -> Path:
        """The file of a roundtable by its name; HTTPException 404 for anything else."""
        return _named(name, roundtable_files(self.root))

    def issue(self, request: Request) -> Draft[Composed]:
        """The issue that an address names, or what is being written in it."""
        path = self.issue_file(request.path_params["name"])
        return self.issues.draft(path, self._written(request, path))

    def roundtable(self, request: Request) -> Draft[Table]:
        """The roundtable that an address names, or what is being written in it."""
        path = self.roundtable_file(request.path_params["name"])
        return self.roundtables.draft(path, self._written(request, path))

    def _written(self, request: Request, path: Path) -> bytes | None:
        """What a page asks a picture of; 410 where it has to be told once more.

        To show the file instead would be to pass it off as what is being written.
        """
        key = request.query_params.get("unsaved", "")
        text = self.unsaved.text(path, key) if key else None
        if key and text is None:
            raise HTTPException(410, "what is being written was forgotten")
        return text


def desk_of(request: Request) -> Desk:
    """The desk that a request is for."""
    desk: Desk = request.app.state.desk
    return desk


def _named(name: str, files: list[Path]) -> Path:
    """A name is only compared, so that none can lead anywhere."""
    for path in files:
        if name_of(path) == name:
            return path
    raise HTTPException(404, f"there is no {name} here (any more)")
