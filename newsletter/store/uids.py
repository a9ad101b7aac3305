"""The numbers of subscribers that the links in their letters hold.

An id is counted anew in a database that is filled from an export, and an old link would
unsubscribe somebody else. A uid is drawn at random, and exported and imported. Who was
there before there were uids has the id as theirs (migration 0005), so that the links
they have got go on working; those drawn are larger than any id.
"""

import secrets
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, bindparam, select

from newsletter.model.token import MAX_UID
from newsletter.store.schema import subscribers

_SMALLEST_DRAWN = 2**40
_TAKEN = select(subscribers.c.uid).where(
    subscribers.c.uid.in_(bindparam("uids", expanding=True))
)


def give(connection: Connection, wanted: Sequence[int]) -> list[int]:
    """One for each new subscriber: the one wanted where it is free, else a new one.

    0 wants none.
    """
    new = _draw(len(wanted))
    if not any(wanted):
        return list(new)
    free = {*wanted} - {0}
    free -= {*connection.scalars(_TAKEN, {"uids": sorted(free)})}
    given: list[int] = []
    for uid, other in zip(wanted, new, strict=True):
        given.append(uid if uid in free else other)
        free.discard(uid)
    return given


def _draw(number: int) -> Collection[int]:
    """A number at random, and the ones after it.

    Nothing depends on their being secret: tokens are signed. Next to each other they
    cost the index a fifth of what they would cost it all over the place.
    """
    first = _SMALLEST_DRAWN + secrets.randbelow(MAX_UID - _SMALLEST_DRAWN - number)
    return range(first, first + number)
