"""How a PostgreSQL server stands, as far as sending depends on it."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

# https://www.postgresql.org/docs/current/runtime-config.html
_SETTINGS = text(
    "SELECT current_setting('fsync') = 'on'"
    " AND current_setting('synchronous_commit') <> 'off',"
    " (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),"
    " current_setting('max_connections')::integer"
)
_QUEUE = text(
    "SELECT count(*) FILTER (WHERE status = 'todo'"
    " AND coalesce(scheduled_at, now()) <= now()),"
    " count(*) FILTER (WHERE status = 'failed') FROM procrastinate_jobs"
)
# Whoever lacks the rights of pg_monitor is not told the state:
# https://www.postgresql.org/docs/current/monitoring-stats.html
_STANDBYS = text(
    "SELECT count(*), count(*) FILTER (WHERE sync_state IS NULL),"
    " count(*) FILTER (WHERE sync_state IN ('sync', 'quorum')"
    " AND current_setting('synchronous_commit') NOT IN ('off', 'local'))"
    " FROM pg_stat_replication WHERE (state IS NULL OR state <> 'backup')"
    " AND pid NOT IN (SELECT active_pid FROM pg_replication_slots"
    " WHERE slot_type = 'logical' AND active_pid IS NOT NULL)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standbys:
    """The copies that a primary streams to: `count` in all, of which a commit waits
    for those `awaited`; of those `hidden` we may not know."""

    count: int = 0
    hidden: int = 0
    awaited: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """`keeps` says whether what was committed outlives a power failure.

    `connections` of at most `room` are in use; in the queue `due` jobs wait, and
    `failed` ones are left for a person to look at.
    """

    keeps: bool
    connections: int
    room: int
    due: int
    failed: int
    standbys: Standbys = Standbys()


def examine_server(connection: Connection) -> Server | None:
    """Ask the server; None on SQLite, which has none."""
    if connection.dialect.name != "postgresql":
        return None
    keeps, connections, room = connection.execute(_SETTINGS).one()
    due, failed = connection.execute(_QUEUE).one()
    count, hidden, awaited = connection.execute(_STANDBYS).one()
    return Server(
        keeps=keeps,
        connections=connections,
        room=room,
        due=due,
        failed=failed,
        standbys=Standbys(count=count, hidden=hidden, awaited=awaited),
    )
