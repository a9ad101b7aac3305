"""Whether a PostgreSQL database is the one that was sent from, and knows it all."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from newsletter.model.publication import Publication
from newsletter.sending.copies import ADOPT, LOOK, TURNED, doubt
from newsletter.sending.doctor.finding import (
    Finding,
    not_checked,
    ok,
    problem,
    warning,
)
from newsletter.store import origin
from newsletter.store.clock import now
from newsletter.store.origin import Origin
from newsletter.store.peek import peek

LASTS = timedelta(days=7)
"""For so long it is told that a standby took over: there is time to look."""


def origin_findings(publication: Publication) -> Iterator[Finding]:
    """Whether it is a copy, and whether its log has turned since or of late; nothing is
    found of SQLite, where a note beside the file tells who sends."""
    store = peek(publication.store_path or publication.store)
    if store is None:
        return
    with store:
        if not store.is_shared:
            return
        with store.read() as connection:
            here, known = origin.here(connection), origin.known(connection)
            moment = now(connection)
    yield _copy(here, known)
    yield from _timeline(here, known, moment)


def _copy(here: Origin, known: Origin) -> Finding:
    if here.place is None:
        return not_checked(
            "copy",
            "this server does not tell this user which it is: a copy is not recognised",
            "grant EXECUTE on pg_control_system() and pg_walfile_name(pg_lsn), where "
            "the server knows them",
        )
    if known.place is None:
        return ok("copy", "nothing was sent from this database yet")
    if why := doubt(here, known):
        words = (
            f"this may be a copy of the database, and nothing is sent from it: {why}"
        )
        return problem("copy", words, ADOPT)
    return ok("copy", "it is where it was when it was last sent from, and no copy")


def _timeline(here: Origin, known: Origin, moment: datetime) -> Iterator[Finding]:
    """What a standby that took over may lack is not known to the database."""
    turned = here.place == known.place and None not in (here.timeline, known.timeline)
    if turned and here.timeline != known.timeline:
        words = TURNED.format(since="since the last send", timeline=here.timeline)
        yield warning("timeline", words, LOOK)
    elif known.turned_at and moment - known.turned_at < LASTS:
        since = f"before {known.turned_at:%Y-%m-%d %H:%M} UTC"
        words = TURNED.format(since=since, timeline=known.timeline)
        yield warning("timeline", words, LOOK)
