"""Moves a publication to another database, so that nobody is mailed from both."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from newsletter.errors import CampaignError
from newsletter.sending import copies, instance
from newsletter.sending.lock import sender_lock
from newsletter.store.batches import leased
from newsletter.store.changeover import open_source, open_target
from newsletter.store.copying import CopiedTable, move
from newsletter.store.engine import Store

Database = str | Path
"""The file of a SQLite database, or the URL of a server."""


def move_publication(
    source: Database, target: Database, tell: Callable[[str, int], None]
) -> list[CopiedTable]:
    """Bring everything from one database to another, which is the one in use then.

    Broken off, it goes on where it stopped. Raises CampaignError while somebody sends,
    and for a copy that nobody has adopted; StoreError for a database that cannot be
    moved to.
    """
    with (
        _nobody_sends(source),
        _nobody_sends(target),
        open_source(source) as old,
        open_target(target) as new,
    ):
        _refuse_leased(old)
        # Moved, it would be taken for the original.
        copies.refuse(old)
        copied = move(old, new, tell)
    if isinstance(target, Path):
        with Store.open(target) as store:
            # It is here by our own doing: no copy of a copy.
            instance.count(store, target)
    return copied


def _nobody_sends(database: Database) -> AbstractContextManager[None]:
    return sender_lock(database) if isinstance(database, Path) else nullcontext()


def _refuse_leased(store: Store) -> None:
    """On a server leases say who sends; for a file its lock has told already."""
    if store.dialect == "sqlite":
        return
    with store.read() as connection:
        under_way = leased(connection)
    if under_way:
        raise CampaignError(
            f"{under_way:,} batches are being sent from it",
            hint="stop the workers first; after a crash, wait for two minutes",
        )
