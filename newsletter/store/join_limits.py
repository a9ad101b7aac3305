"""Buckets of tokens in PostgreSQL, for limits that several processes hold in common.

On the server's clock, and one statement for each hit, which is a transaction of its
own. Whoever is refused writes nothing: a flood makes no rows.
"""

from sqlalchemy import Connection, text

# A bucket is full again `seconds` later for each token that is taken; it gives one as
# long as that is at most `room` ahead. One moment counts for the whole statement. A
# bucket that is full later than any can be is of a clock that was set back: it is full.
_TAKE = text("""
WITH taken AS (
    INSERT INTO join_limits AS known (key, full_at)
    VALUES (:key, statement_timestamp() + make_interval(secs => :seconds))
    ON CONFLICT (key) DO UPDATE
    SET full_at = make_interval(secs => :seconds) + CASE
        WHEN known.full_at > statement_timestamp() + make_interval(secs => :never)
        THEN statement_timestamp()
        ELSE greatest(known.full_at, statement_timestamp())
    END
    WHERE known.full_at <= statement_timestamp() + make_interval(secs => :room)
    OR known.full_at > statement_timestamp() + make_interval(secs => :never)
    RETURNING key
)
SELECT NOT EXISTS (SELECT FROM taken),
    (SELECT extract(epoch FROM full_at - statement_timestamp())::float - :room
     FROM join_limits WHERE key = :key)
""")
# Steps over what others have in hand, so that nobody waits for anybody in a circle.
_PRUNE = text("""
DELETE FROM join_limits WHERE key IN (
    SELECT key FROM join_limits WHERE full_at <= statement_timestamp()
    FOR UPDATE SKIP LOCKED
)
""")

_MOMENT = 0.001
_LEEWAY = 60.0
"""Seconds: statements that are under way at the same time have different moments."""


def take(connection: Connection, key: str, burst: int, seconds: float) -> float:
    """Take one token of a bucket: 0 when it was taken, else the seconds to wait.

    It gives `burst` at once, then one each `seconds`.
    """
    given = {
        "key": key,
        "seconds": float(seconds),
        "room": float((burst - 1) * seconds),
        "never": burst * seconds + _LEEWAY,
    }
    refused, wait = connection.execute(_TAKE, given).one()
    # Another may have emptied it this very moment: then there is no row to see yet.
    return max(wait or 0.0, _MOMENT) if refused else 0.0


def prune(connection: Connection) -> int:
    """Forget the buckets that are full again; tells how many there were."""
    return connection.execute(_PRUNE).rowcount
