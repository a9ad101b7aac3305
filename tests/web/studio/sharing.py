"""One preview for all tests of a module, which find its publication as it was."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import copy_publication
from tests.web.studio.conftest import previewing


@dataclass(frozen=True)
class Shared:
    """A preview that the tests of a module share, and its publication."""

    root: Path
    url: str
    files: Mapping[Path, bytes]

    def restore(self) -> None:
        """Make the publication what it was at first; what is cached may stay."""
        kept = self.root / ".newsletter"
        for path in sorted(self.root.rglob("*"), reverse=True):
            if path not in self.files and not path.is_relative_to(kept / "cache"):
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
