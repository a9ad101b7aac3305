"""Builds the archive: the whole of it, or what has changed since the last time."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from newsletter.archive.cache_file import cache_path, read_cache, write_cache
from newsletter.archive.crew import Seen
from newsletter.archive.folder import open_folder
from newsletter.archive.memory import Memory
from newsletter.archive.report import BuildReport
from newsletter.archive.run import Run, unseen
from newsletter.archive.staging import open_staging
from newsletter.archive.stamps import Inputs, look
from newsletter.archive.wanted import USUAL, Wanted
from newsletter.archive.writing import Writer, read_ours
from newsletter.config.home import FILE_NAME
from newsletter.content.listing import ISSUES
from newsletter.errors import UsageError
from newsletter.model.publication import Publication
from newsletter.model.text import SiteUrl

_SOURCES = (ISSUES, "templates", ".git", ".newsletter")


def build_site(
    publication: Publication, out: Path, *, today: date, wanted: Wanted = USUAL
) -> BuildReport:
    """Build the site of what is public on `today` into the folder `out`.

    The same publication gives the same bytes, whenever it is built. Raises SourceError
    for mistakes in the publication and UsageError for a folder that cannot be used;
    then nothing was written.
    """
    return SiteBuilder(publication.root, out, wanted).build(publication, today)


@dataclass(slots=True)
class SiteBuilder:
    """Builds a site, and again whenever it is asked: what has not changed is kept.

    At most `processes` work together; `seen` is told how much of what is done.
    """

    root: Path
    out: Path
    wanted: Wanted = USUAL
    processes: int = 1
    seen: Seen = unseen
    _memory: Memory | None = None

    def build(
        self, publication: Publication, today: date, inputs: Inputs | None = None
    ) -> BuildReport:
        """Build what `publication`, as it is read now, shows on `today`.

        `inputs` are what was there before it was read, if somebody has looked.
        Raises what `build_site` does; the next build may be right again.
        """
        publication = _as_wanted(publication, self.wanted)
        out = _usable(self.out, self.root)
        cache = cache_path(self.root, self.out, self.wanted)
        memory = self._memory or Memory.unpack(read_cache(cache))
        run = Run(publication, today, memory, inputs or look(publication.root))
        with open_folder(out) as folder, open_staging(folder) as staging:
            writer = Writer(folder, staging, read_ours(folder))
            outcome = run.build(writer, self.processes, self.seen)
        self._memory = outcome.memory
        write_cache(cache, outcome.glance, outcome.memory.pack(memory))
        return outcome.report


def _as_wanted(publication: Publication, wanted: Wanted) -> Publication:
    """The publication at another address, such as that of a trial run, or with less."""
    changes: dict[str, object] = {
        "search": publication.search and wanted.search,
        "pictures": publication.pictures and wanted.pictures,
    }
    if wanted.base_url:
        changes["base_url"] = _address(wanted.base_url)
    return publication.model_copy(update=changes)


def _address(base_url: str) -> str:
    try:
        url: str = TypeAdapter(SiteUrl).validate_python(base_url)
    except ValidationError:
        message = f"`{base_url}` is not a web address"
        hint = "start it with https://, and leave out `?`, `#`, blanks and passwords"
        raise UsageError(message, hint=hint) from None
    return url


def _usable(out: Path, root: Path) -> Path:
    """The real folder to build into: never one that holds sources."""
    real, home = out.resolve(), root.resolve()
    hint = "build into a folder of its own, such as `site`"
    if home.is_relative_to(real) or (real / FILE_NAME).exists():
        raise UsageError(f"{out} holds a publication, not a site", hint=hint)
    if any(real.is_relative_to(home / name) for name in _SOURCES):
        raise UsageError(f"{out} holds sources of the publication", hint=hint)
    return real
