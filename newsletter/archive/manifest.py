"""The list of files in a site folder that are ours; all others are never touched."""

import json
from collections.abc import Mapping

from newsletter.errors import UsageError

MANIFEST = ".newsletter-site.json"


def read_manifest(data: bytes, place: str) -> dict[str, str]:
    """Path and BLAKE2b digest of each file that the last build wrote.

    Raises UsageError for a list that we did not write: it must not make us delete
    anything. `place` is what the message calls it.
    """
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(
        isinstance(digest, str) and is_inside(path) for path, digest in found.items()
    ):
        raise UsageError(
            f"{place} is damaged: it does not say which files are ours",
            hint="delete the folder, or build into another one",
        )
    return found


def write_manifest(files: Mapping[str, str]) -> bytes:
    """The list as it is kept in the folder; the same files give the same bytes."""
    return (json.dumps(files, indent=0, sort_keys=True) + "\n").encode()


def is_inside(path: str) -> bool:
    """Tell whether a path stays inside the folder that it is relative to."""
    parts = path.split("/")
    return "\0" not in path and all(part not in ("", ".", "..") for part in parts)
