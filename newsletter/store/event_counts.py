"""How many subscribers were told of: counted when an event arrives, not when asked.

The first event of a kind about a subscriber of a campaign says what it counts as, and a
unique index lets no second one say so, whoever writes at the same time. To count the
subscribers of a million events would take a second, and many ask every few seconds.
"""

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, func, select, text

from newsletter.model.event import Event
from newsletter.store.schema import event_tallies

# Each connection to PostgreSQL adds to rows of its own, so that none waits for another.
_TALLIED = (
    select(event_tallies.c.counts_as, func.sum(event_tallies.c.number))
    .where(event_tallies.c.campaign_id == bindparam("campaign_id"))
    .group_by(event_tallies.c.counts_as)
    .having(func.sum(event_tallies.c.number) > 0)
)

_ADD = {
    dialect: text(f"""
INSERT INTO event_tallies (campaign_id, counts_as, backend, number)
VALUES (:campaign, :word, {mine}, :number)
ON CONFLICT (campaign_id, counts_as, backend)
DO UPDATE SET number = event_tallies.number + excluded.number
""")  # noqa: S608  our own words
    for dialect, mine in {"sqlite": "0", "postgresql": "pg_backend_pid()"}.items()
}

_AS = "kind || coalesce(' ' || bounce, '')"
_RANKED = f"""
WITH ranked AS (
  SELECT id, {_AS} AS counts_as, row_number() OVER (
    PARTITION BY subscriber_id, campaign_id, kind, bounce ORDER BY id
  ) AS place FROM events WHERE subscriber_id IS NOT NULL AND campaign_id IS NOT NULL
)
"""  # noqa: S608  our own words
_UNMARK = text(f"""
{_RANKED} UPDATE events SET counts_as = NULL WHERE counts_as IS NOT NULL
AND NOT EXISTS (SELECT 1 FROM ranked WHERE ranked.id = events.id
  AND ranked.place = 1 AND ranked.counts_as = events.counts_as)
""")  # noqa: S608  our own words
_MARK = text(f"""
{_RANKED} UPDATE events SET counts_as = ranked.counts_as FROM ranked
WHERE ranked.id = events.id AND ranked.place = 1 AND events.counts_as IS NULL
""")  # noqa: S608  our own words
_RECOUNT = """
INSERT INTO event_tallies (campaign_id, counts_as, backend, number)
SELECT campaign_id, counts_as, 0, count(*) FROM events
WHERE campaign_id IS NOT NULL AND counts_as IS NOT NULL GROUP BY campaign_id, counts_as
"""
_MISCOUNTED = text(f"""
SELECT DISTINCT campaign_id FROM (
  SELECT campaign_id, counts_as FROM (
    SELECT campaign_id, {_AS} AS counts_as, count(DISTINCT subscriber_id) AS people,
      sum(CASE WHEN counts_as IS NULL THEN 0 WHEN counts_as = {_AS} THEN 1 ELSE -1 END)
      AS marked, 0 AS tallied
    FROM events WHERE subscriber_id IS NOT NULL AND campaign_id IS NOT NULL
    GROUP BY campaign_id, kind, bounce
    UNION ALL SELECT campaign_id, counts_as, 0, 0, number FROM event_tallies
  ) AS both_ways GROUP BY campaign_id, counts_as
  HAVING sum(people) <> sum(marked) OR sum(people) <> sum(tallied)
) AS wrong
""")  # noqa: S608  our own words


def counts_as(event: Event) -> str:
    """What an event is counted as: its kind, of bounces their class: `bounced hard`."""
    return f"{event.kind} {event.bounce}" if event.bounce else event.kind.value


def add(connection: Connection, found: Mapping[tuple[int, str], int]) -> None:
    """Count subscribers in, by their campaign and what they count as."""
    if found:
        rows = [
            {"campaign": campaign_id, "word": word, "number": number}
            for (campaign_id, word), number in found.items()
        ]
        connection.execute(_ADD[connection.dialect.name], rows)


def of_campaign(connection: Connection, campaign_id: int) -> Counter[str]:
    """How many subscribers of a campaign each kind was told of, such as `complained`.

    Bounces are counted by class: `bounced hard`.
    """
    rows = connection.execute(_TALLIED, {"campaign_id": campaign_id})
    return Counter({word: int(number) for word, number in rows})


def miscounted(connection: Connection) -> set[int]:
    """The campaigns whose counts are not those of their events; counts them all."""
    return set(connection.scalars(_MISCOUNTED))


def recount(connection: Connection) -> None:
    """Count all events anew; whoever brings any waits for it."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE events IN SHARE ROW EXCLUSIVE MODE")
    connection.execute(_UNMARK)
    count_all(connection)


def count_all(connection: Connection) -> None:
    """Mark and count events of which none, or only right ones, say what they count as.

    Also for a migration.
    """
    connection.execute(_MARK)
    connection.exec_driver_sql("DELETE FROM event_tallies")
    connection.exec_driver_sql(_RECOUNT)
