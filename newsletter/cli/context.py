"""What every command needs: the publication it stands in, its store, the time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.errors import UsageError

if TYPE_CHECKING:
    from newsletter.model.publication import Publication
    from newsletter.store.engine import Store


@dataclass(frozen=True, slots=True)
class Context:
    """The global options."""

    directory: Path
    now: datetime

    def path(self, path: Path) -> Path:
        """A path of the command line, seen from `--directory`."""
        return self.directory / path

    def publication(self) -> "Publication":
        """The publication at or above the directory."""
        from newsletter.config.home import find_root
        from newsletter.config.publication import load_publication

        return load_publication(find_root(self.directory))


def parse_now(text: str | None) -> datetime:
    """Read `--now`; without it, the clock. Raises UsageError for what is no time."""
    if not text:
        # Local: what "today" means to the author decides a file's name and date.
        return datetime.now().astimezone()
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageError(
            f"--now {text} is not a time",
            hint="write it as 2026-11-20 or 2026-11-20T09:00:00+00:00",
        ) from None
    return moment


@contextmanager
def open_store(publication: "Publication") -> Iterator["Store"]:
    """The publication's store, closed afterwards; says when it was upgraded."""
    from newsletter.cli.output import warn
    from newsletter.store.engine import Store

    with Store.open(publication.store_path or publication.store) as store:
        if store.backup is not None:
            warn(f"the database was upgraded; the old one is kept in {store.backup}")
        yield store
