"""Refuses to send from a copy: a restored or cloned database does not know what its
original has sent since.

A note beside the SQLite file says which database it is, how many steps were made from
it and which file it was. A copy has no note, or one that does not fit.
"""

import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from newsletter.errors import CampaignError
from newsletter.store import instance
from newsletter.store.engine import Store


class Steps(Protocol):
    """Counts what is written down between calls."""

    def advance(self, connection: Any) -> None:
        """Count one step more, in the transaction that makes it."""

    def note(self) -> None:
        """Say beside the database that the step was made; it is committed."""


class Uncounted:
    """No steps: of a database without a file."""

    def advance(self, connection: Any) -> None:
        """Count nothing."""

    def note(self) -> None:
        """Say nothing."""


@dataclass(slots=True)
class Counted:
    """The steps of a run, so that a backup made in the middle of it is seen as one."""

    database: Path
    now: instance.Instance | None = None

    def advance(self, connection: Any) -> None:
        """Count one step more, in the transaction that makes it."""
        self.now = instance.advance(connection)

    def note(self) -> None:
        """Say beside the database that the step was made; it is committed.

        Not waiting for the disk: when the power fails, a note that is lost or behind
        only asks a question too many. What is on its way must not be lost for it.
        """
        file = self.database.resolve()
        if self.now is not None:
            with suppress(CampaignError, OSError):
                data = {**self.now._asdict(), "inode": file.stat().st_ino}
                _write(_beside(file), data, wait=False)


def confirm(store: Store, database: Path, *, adopt: bool) -> None:
    """Make sure that this is the original, and count one step more.

    With `adopt` a copy becomes the original. Raises CampaignError for a copy. Called
    with the sender lock held.
    """
    file = database.resolve()
    with store.read() as connection:
        found = instance.get(connection)
    doubt = _doubt(found, _read(_beside(file)), file.stat().st_ino)
    if doubt and not adopt:
        raise CampaignError(
            f"this may be a copy of the database: {doubt}",
            hint="sent from both, an issue would arrive twice; if this is the one to "
            "go on with, say so once with --adopt",
        )
    count(store, database)


def count(store: Store, database: Path) -> None:
    """Count one step more, in the database and in the note beside it."""
    file = database.resolve()
    note = _beside(file)
    inode = file.stat().st_ino
    with store.write() as connection:
        found = instance.name(connection)
    if not found.generation:
        _write(note, {**found._asdict(), "inode": inode})
    with store.write() as connection:
        now = instance.advance(connection)
    # Afterwards: a database that is ahead of its note is no copy, one behind it is.
    _write(note, {**now._asdict(), "inode": inode})


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.instance")


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


def _write(note: Path, data: dict[str, Any], *, wait: bool = True) -> None:
    """Whole or not at all; after a crash in between the database is ahead by one."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", dir=note.parent, prefix=note.name, delete=False
        ) as file:
            json.dump(data, file)
            file.flush()
            if wait:
                os.fsync(file.fileno())
        Path(file.name).replace(note)
    except OSError as error:
        raise CampaignError(
            f"{note} cannot be written: {error.strerror}",
            hint="it says which database was sent from; make the folder writable",
        ) from None
