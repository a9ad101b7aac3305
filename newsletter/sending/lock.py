"""One sender at a time: a file lock that the system lets go of when its holder dies.

While it is held, every batch found in flight belongs to a process that is no more, so
a crashed send can go on at once. It guards a SQLite store, which is used from one
machine; on PostgreSQL leases do this.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from newsletter.errors import CampaignError, SenderBusy


@contextmanager
def sender_lock(database: Path) -> Iterator[None]:
    """Hold the lock beside `database`.

    Raises CampaignError when another process is sending from this store.
    """
    # The file itself, however it is called: two names must not be two locks.
    real = database.resolve()
    path = real.with_name(f"{real.name}.sending")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CampaignError(
            f"{path} cannot be opened: {error.strerror}",
            hint="it says who is sending; see that it is a file of yours",
        ) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 20).decode(errors="replace").strip()
            raise SenderBusy(
                f"another newsletter (process {holder or 'unknown'}) is sending",
                hint="wait until it ends; `newsletter status` shows how far it is",
            ) from None
        except OSError as error:
            raise CampaignError(
                f"{path} cannot be locked: {error.strerror}",
                hint="keep the database on a local disk, not on a network share",
            ) from None
        # Only told to whom finds it locked: a full disk does not keep us from it.
        with suppress(OSError):
            os.truncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
