"""Names everything that all pages depend on: program, publication, templates."""

from pathlib import Path

from newsletter.archive.cache_file import digest
from newsletter.archive.stamps import files_below, program
from newsletter.config.home import DEFAULT_TEMPLATES
from newsletter.model.publication import Publication

_PLACES = {"root", "places"}
"""Where the publication and its settings stand: nothing that a page shows."""


def settings_digest(publication: Publication) -> str:
    """A name that is another when any of it is."""
    parts = [program(), publication.model_dump_json(exclude=_PLACES)]
    for folder in (publication.root / "templates", DEFAULT_TEMPLATES):
        for path in sorted(files_below(folder)):
            parts += [path, digest(_bytes(path))]
    return digest("\0".join(parts).encode(errors="surrogateescape"))


def _bytes(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""
