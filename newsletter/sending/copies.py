"""Refuses to send from a copy of a PostgreSQL database: it does not know what its
original has sent since.

The database itself remembers where it was sent from, so that all who send from it see
the same. For a SQLite file `newsletter.sending.instance` does it.
"""

from typing import Any

from newsletter.errors import CampaignError
from newsletter.store import origin
from newsletter.store.engine import Store
from newsletter.store.origin import Origin

ADOPT = (
    "sent from both, an issue would arrive twice; if this is the one to go on with, "
    "say so once with --adopt (`newsletter worker --adopt`, `resume --adopt`)"
)
"""What to do about a copy."""

_PARTS = (
    "it was last sent from on another server",
    "it was last sent from as another database of this server",
    "its tables were put here since the last send",
)

TURNED = (
    "PostgreSQL was promoted, or restored to a moment, {since}: it is on timeline "
    "{timeline} now, and may not know of what was sent right before"
)
LOOK = (
    "all is well where each commit waited for this standby; else compare `newsletter "
    "status` with the provider's own records (docs/scale.md, failover)"
)
"""What to do when a standby took over."""


def confirm(store: Store, *, adopt: bool = False) -> CampaignError | None:
    """Make sure that this is the original, and remember where it is.

    With `adopt` a copy becomes the original. Gives what is to be told once, when it is
    on a new timeline: a standby took over, which is no reason to stop. Raises
    CampaignError for a copy. Of a file, and of a server that does not say who it is,
    nothing is asked.
    """
    with store.read() as connection:
        here = _original(connection, adopt=adopt)
        if here.timeline is None or here[:2] == origin.known(connection)[:2]:
            return None
    with store.write() as connection:
        # It may be another connection, which leads elsewhere by now.
        here = _original(connection, adopt=adopt)
        if not origin.settle(connection):
            return None
    return CampaignError(
        TURNED.format(since="since the last send", timeline=here.timeline), hint=LOOK
    )


def refuse(store: Store) -> None:
    """Raise CampaignError for a copy, and remember nothing."""
    with store.read() as connection:
        _original(connection, adopt=False)


def doubt(here: Origin, known: Origin) -> str:
    """Why this may not be the original; empty when it is, for all we know."""
    if here.place is None or known.place in (None, here.place):
        return ""
    pairs = zip(here.place.split("/"), known.place.split("/"), strict=True)
    return next(
        words for words, (now, then) in zip(_PARTS, pairs, strict=True) if now != then
    )


def _original(connection: Any, *, adopt: bool) -> Origin:
    """Where it is; refuses a copy that nobody adopts."""
    here = origin.here(connection)
    if (why := doubt(here, origin.known(connection))) and not adopt:
        message = f"this may be a copy of the database: {why}"
        raise CampaignError(message, hint=ADOPT)
    return here
