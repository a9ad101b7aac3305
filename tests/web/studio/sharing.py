"""One preview for all tests of a module, which find its publication as it was."""

import http.client
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import copy_publication
from tests.web.studio.conftest import SECONDS, exchange, previewing

# Files that no view shows; the studio tells of them as of any other.
MARK = "told.txt"
MARKS = {MARK, f"issues/{MARK}"}


@dataclass(frozen=True)
class Shared:
    """A preview that the tests of a module share, and its publication."""

    root: Path
    url: str
    files: Mapping[Path, bytes]

    def restore(self) -> None:
        """Make the publication what it was at first; what is cached may stay.

        The studio has told of it then: the pages of the next test hear nothing more.
        """
        before = self._state()
        self._put_back()
        if self._state() != before:
            self.settle()

    def settle(self) -> None:
        """Wait until the studio has told of everything that was written by now.

        What changes in one folder is told in its order, so that a mark that is told
        comes last. Told of the first one, the studio may begin to watch anew, because
        there are other folders now: a second one is told when it does.
        """
        host = self.url.removeprefix("http://")
        with closing(http.client.HTTPConnection(host, timeout=SECONDS)) as connection:
            connection.request("GET", "/live")
            with closing(connection.getresponse()) as news:
                for _ in range(2):
                    self._mark(news)

    def _mark(self, news: http.client.HTTPResponse) -> None:
        """Change the marks, and read the news until both were told."""
        missing = {"."}
        while missing:
            if "." in missing:
                # A watch has begun: what was written before is told by nobody.
                missing = {*MARKS}
                for mark in MARKS:
                    exchange(self.root / mark, "")
            line = news.readline().decode().removeprefix("data: ")
            assert line, "the studio has ended"
            files = {*json.loads(line)["files"]} if '"files"' in line else set()
            missing = {"."} if "." in files else missing - files

    def _state(self) -> dict[Path, tuple[int, int]]:
        """What tells each file and folder that is watched from another."""
        kept = self.root / ".newsletter"
        return {
            path: (path.stat().st_mtime_ns, path.stat().st_ino)
            for path in self.root.rglob("*")
            if path != kept and not path.is_relative_to(kept)
        }

    def _put_back(self) -> None:
        kept = self.root / ".newsletter"
        for path in sorted(self.root.rglob("*"), reverse=True):
            stays = path.name == MARK or path.is_relative_to(kept / "cache")
            if path not in self.files and not stays:
                with suppress(OSError):  # a folder that has a file
                    path.rmdir() if path.is_dir() else path.unlink()
        for path, data in self.files.items():
            if not path.is_file() or path.read_bytes() != data:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """One preview for all tests of a module, which restore it first."""
    root = tmp_path_factory.mktemp("shared") / "publication"
    copy_publication(root)
    files = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    with previewing(root) as url:
        yield Shared(root, url, files)


@pytest.fixture
def publication(shared: Shared) -> Path:
    """That of the shared preview, as it was at first."""
    shared.restore()
    return shared.root


@pytest.fixture
def preview(shared: Shared, publication: Path) -> str:
    """The address of the shared preview."""
    return shared.url


@pytest.fixture
def settle(shared: Shared) -> Callable[[], None]:
    """Wait until the studio has told of what was written before its page is opened."""
    return shared.settle
