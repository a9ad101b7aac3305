"""What a database's error codes mean to a person, as StoreError with a hint."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from newsletter.errors import StoreBusy, StoreError

_PERMISSIONS = "check the owner and the permissions of the file and of its directory"
_RESTORE = (
    "restore a backup, or save what can be read with `sqlite3 OLD .recover | sqlite3 "
    "NEW`; nothing is sent meanwhile"
)

# Result codes of SQLite without their extension: https://sqlite.org/rescode.html
_BUSY = (
    "{place} is locked by another process.",
    "let the other newsletter command finish, or stop it, and try again",
)
_SQLITE = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_PROTOCOL: _BUSY,
    sqlite3.SQLITE_PERM: ("{place} cannot be opened.", _PERMISSIONS),
    sqlite3.SQLITE_READONLY: ("{place} cannot be written to.", _PERMISSIONS),
    sqlite3.SQLITE_CANTOPEN: ("{place} cannot be opened.", _PERMISSIONS),
    sqlite3.SQLITE_CORRUPT: ("{place} is damaged.", _RESTORE),
    sqlite3.SQLITE_NOTADB: (
        "{place} is not a database.",
        "restore a backup, or name another file as the store in newsletter.yaml",
    ),
    sqlite3.SQLITE_FULL: (
        "The disk is full; {place} could not grow.",
        "free some space and run the command again: what it did before is kept",
    ),
    sqlite3.SQLITE_IOERR: (
        "{place} could not be read or written.",
        "check the disk, its quota and, on a network drive, the connection",
    ),
}

# SQLSTATE codes and classes: https://postgresql.org/docs/current/errcodes-appendix.html
_BUSY_SERVER = (
    "{place} is busy: another process holds what this one needs.",
    "try again when the other newsletter command has finished",
)
_POSTGRESQL = {
    "40": _BUSY_SERVER,
    "55P03": _BUSY_SERVER,
    "53": ("{place} has run out of disk, memory or connections.", "see its log"),
    "25006": ("{place} is read-only.", "connect to the primary server instead"),
    "42501": ("{place} refused the access.", "grant the user rights to this schema"),
    "25P03": ("{place} has ended a transaction that took too long.", "see its log"),
    "58": ("{place} has trouble with its disk or its system.", "see its log"),
    "XX": ("{place} has met a mistake of its own, or damaged data.", "see its log"),
    "3F000": ("{place} has no schema to write to.", "check the search_path"),
}
_UNREACHABLE_HINT = "check that PostgreSQL runs there and that the store URL is right"
_REFUSED_HINT = "check user, password and database name in the store URL"


@contextmanager
def explained(place: str, password: str | None = None) -> Iterator[None]:
    """Turn the database's troubles into StoreError; let mistakes of ours through.

    `place` names the database for a person; `password` is kept out of every message.
    """
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        message, hint = _explain(error)
        if not message:
            raise
        message = message.format(place=place)
        if password:
            message = message.replace(password, "***")
        busy = hint in (_BUSY[1], _BUSY_SERVER[1])
        raise (StoreBusy if busy else StoreError)(message, hint=hint) from error


def _explain(error: DBAPIError | sqlite3.Error) -> tuple[str, str]:
    """Give message and hint, or nothing when the error is a bug of this package."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        # Absent where Python, not SQLite, noticed: see the sqlite3 module.
        code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        return _SQLITE.get(code & 0xFF, ("", ""))
    state: str | None = getattr(cause, "sqlstate", None)
    if "connection option" in str(cause):
        return "{place} cannot be used: " + str(cause).strip(), _UNREACHABLE_HINT
    if state is None or state[:2] in {"08", "28", "3D", "57"}:
        return _unreachable(error, state) if _is_operational(cause) else ("", "")
    return _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2]) or ("", "")


def _is_operational(cause: BaseException | None) -> bool:
    """Whether the driver blames the server; psycopg itself may not be installed."""
    return any(kind.__name__ == "OperationalError" for kind in type(cause).__mro__)


def _unreachable(error: BaseException, state: str | None) -> tuple[str, str]:
    """Pass on the server's words: when connecting, libpq gives no code."""
    cause = getattr(error, "orig", error)
    words = " ".join(str(cause).split()).replace("{", "(").replace("}", ")")
    refused = state is not None or "authentication" in words or "FATAL" in words
    message = f"{{place}} cannot be used: {words}"
    return message, _REFUSED_HINT if refused else _UNREACHABLE_HINT
