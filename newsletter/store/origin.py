"""Where a PostgreSQL database is, and where it was when it was last sent from.

A dump that was restored, or a clone, is at another place than its original. A standby
that took over, or a server that was restored to a moment, is at the same place, on
another timeline:
https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-TIMELINES
"""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select, text, update
from sqlalchemy.exc import DBAPIError

from newsletter.store.clock import utc_now
from newsletter.store.instance import name
from newsletter.store.schema import instance

_CACHED = "newsletter_database"

_NOT_TOLD = {"0A000", "42501", "42883", "55000"}
"""SQLSTATEs of servers that have the functions, and do not say: Amazon Aurora's wants
wal_level to be logical. https://postgresql.org/docs/current/errcodes-appendix.html"""

# Where their owner has taken these from others, nobody can be told from a copy.
_MAY_ASK = text("""
SELECT bool_and(coalesce(
    has_function_privilege(to_regprocedure(called)::oid, 'execute'), false))
FROM unnest(ARRAY[
    'pg_control_system()', 'pg_current_wal_lsn()', 'pg_walfile_name(pg_lsn)'
]) AS called
""")
_DATABASE = text("""
SELECT concat_ws('/', (SELECT system_identifier FROM pg_control_system()), oid)
FROM pg_database WHERE datname = current_database()
""")
# A dump that is restored over a database makes its tables anew.
_TABLE = text("SELECT to_regclass('instance')::oid")
# Not that of pg_control_checkpoint(), which is the old one until the first checkpoint
# after a promotion has ended. The name of a file of the log begins with it, in hex.
_TIMELINE = text("""
SELECT CASE WHEN NOT pg_is_in_recovery()
THEN ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer END
""")
_KNOWN = select(instance.c.place, instance.c.timeline, instance.c.turned_at)


class Origin(NamedTuple):
    """A `place` that mail is sent from, None for one that nobody knows.

    Its log is on a `timeline`; sends first met that at `turned_at`, when they had been
    on another before.
    """

    place: str | None = None
    timeline: int | None = None
    turned_at: datetime | None = None


def place(connection: Connection) -> str | None:
    """The server, database and tables that a connection leads to, as `1/2/3`.

    None for a file, and where the server does not say. A connection leads to one
    database as long as it lasts.
    """
    if connection.dialect.name != "postgresql":
        return None
    if _CACHED not in connection.info:
        connection.info[_CACHED] = _database(connection)
    database = connection.info[_CACHED]
    return f"{database}/{connection.scalar(_TABLE)}" if database else None


def _database(connection: Connection) -> str | None:
    """The server and the database, where it tells the timeline, too."""
    try:
        with connection.begin_nested():
            if not connection.scalar(_MAY_ASK):
                return None
            connection.scalar(_TIMELINE)
            return str(connection.scalar(_DATABASE))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) in _NOT_TOLD:
            return None
        raise


def here(connection: Connection) -> Origin:
    """Where the database is now; of a standby the timeline is not known."""
    found = place(connection)
    return Origin(found, connection.scalar(_TIMELINE)) if found else Origin()


def known(connection: Connection) -> Origin:
    """Where it was last sent from."""
    row = connection.execute(_KNOWN).first()
    return Origin() if row is None else Origin(*row)


def settle(connection: Connection) -> bool:
    """Remember that it is sent from here; whether that is first met on a new timeline.

    Of several who do so at once one meets it.
    """
    name(connection)
    before, now = known(connection), here(connection)
    turned = before.place == now.place and None is not before.timeline != now.timeline
    values = {"place": now.place, "timeline": now.timeline}
    statement = update(instance).values(**values)
    if turned or before.place != now.place:
        statement = statement.values(turned_at=utc_now() if turned else None)
    connection.execute(statement)
    return turned
