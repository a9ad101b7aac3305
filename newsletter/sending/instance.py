"""Refuses to send from a copy: a restored or cloned database does not know what its
original has sent since.

A note beside the SQLite file says which database it is, how often it was sent from and
which file it was. A copy has no note, or one that does not fit.
"""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from newsletter.errors import CampaignError
from newsletter.store import instance
from newsletter.store.engine import Store


def confirm(store: Store, database: Path, *, adopt: bool) -> None:
    """Make sure that this is the original, and count one run more.

    With `adopt` a copy becomes the original. Raises CampaignError for a copy. Called
    with the sender lock held.
    """
    file = database.resolve()
    note = file.with_name(f"{file.name}.instance")
    with store.read() as connection:
        found = instance.get(connection)
    doubt = _doubt(found, _read(note), file.stat().st_ino)
    if doubt and not adopt:
        raise CampaignError(
            f"this may be a copy of the database: {doubt}",
            hint="sent from both, an issue would arrive twice; if this is the one to "
            "go on with, say so once with --adopt",
        )
    count(store, database)


def count(store: Store, database: Path) -> None:
    """Count one run more, in the database and in the note beside it."""
    file = database.resolve()
    note = file.with_name(f"{file.name}.instance")
    inode = file.stat().st_ino
    with store.write() as connection:
        found = instance.name(connection)
    if not found.generation:
        _write(note, {**found._asdict(), "inode": inode})
    with store.write() as connection:
        now = instance.advance(connection)
    # Afterwards: a database that is ahead of its note is no copy, one behind it is.
    _write(note, {**now._asdict(), "inode": inode})


def _doubt(found: instance.Instance, note: dict[str, Any] | None, inode: int) -> str:
    """Why this may not be the original; empty when it is."""
    if note is None:
        return (
            "" if found.generation == 0 else "it was sent from, but not in this place"
        )
    if found.uid and note.get("uid") != found.uid:
        return "another database was sent from in this place"
    if note["generation"] > found.generation:
        return "it is older than the last send from this place"
    if note.get("inode") != inode:
        return "its file was put here since the last send"
    return ""


def _read(note: Path) -> dict[str, Any] | None:
    try:
        data = json.loads(note.read_bytes())
    except (OSError, ValueError):
        return None
    known = isinstance(data, dict) and isinstance(data.get("generation"), int)
    return data if known else None


def _write(note: Path, data: dict[str, Any]) -> None:
    """Whole or not at all; after a crash in between the database is ahead by one."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", dir=note.parent, prefix=note.name, delete=False
        ) as file:
            json.dump(data, file)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(note)
    except OSError as error:
        raise CampaignError(
            f"{note} cannot be written: {error.strerror}",
            hint="it says which database was sent from; make the folder writable",
        ) from None
