"""On PostgreSQL each campaign's deliveries are a table of their own, and are counted.

So an old campaign leaves as fast as a table is dropped, and the indexes of those under
way stay small. How many deliveries are in which state is counted by triggers in the
transaction that changes them: to count ten million would take ten seconds.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Integer,
    Text,
    bindparam,
    column,
    func,
    select,
    table,
    text,
    union,
)

from newsletter.store.schema import campaigns, deliveries, ledger_files

# Each connection to the server adds to rows of its own, so that none waits for another;
# the sum is what counts. Only what was skipped has a reason.
_tallies = table(
    "tallies",
    column("campaign_id", BigInteger),
    column("state", Text),
    column("reason", Text),
    column("backend", Integer),
    column("number", BigInteger),
)
TALLIED = (
    select(
        _tallies.c.campaign_id,
        _tallies.c.state,
        _tallies.c.reason,
        func.sum(_tallies.c.number),
    )
    .where(_tallies.c.campaign_id.in_(bindparam("campaigns", expanding=True)))
    .group_by(_tallies.c.campaign_id, _tallies.c.state, _tallies.c.reason)
    .having(func.sum(_tallies.c.number) > 0)
)
"""Campaign, state, reason of what was skipped, and number of deliveries."""

_FORGET = text("DELETE FROM tallies WHERE campaign_id = :campaign")

_COUNT = """
SELECT campaign_id, state, CASE WHEN state = 'skipped' THEN reason ELSE '' END AS why,
  count(*) AS number FROM deliveries GROUP BY campaign_id, state, why
"""
_MISCOUNTED = text(f"""
SELECT DISTINCT campaign_id FROM (
  SELECT campaign_id FROM (
    {_COUNT} UNION ALL SELECT campaign_id, state, reason, -number FROM tallies
  ) AS both_ways
  GROUP BY campaign_id, state, why HAVING sum(number) <> 0
) AS wrong
""")  # noqa: S608  our own words
_RECOUNT = text(f"""
INSERT INTO tallies (campaign_id, state, reason, backend, number)
SELECT campaign_id, state, why, pg_backend_pid(), number FROM ({_COUNT}) AS counted
""")  # noqa: S608  our own words

_CHANGES = {
    "INSERT": "SELECT *, 1 AS step FROM new_rows",
    "UPDATE": "SELECT *, 1 AS step FROM new_rows UNION ALL SELECT *, -1 FROM old_rows",
    "DELETE": "SELECT *, -1 AS step FROM old_rows",
}
_ROWS = {
    "INSERT": "NEW TABLE AS new_rows",
    "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "OLD TABLE AS old_rows",
}
# The subscriber comes first in the key, so that all of theirs are found without asking
# for each campaign, as `why` does; the campaign is what tells the tables apart.
_PARTITIONED = """
ALTER TABLE deliveries RENAME TO deliveries_before;
ALTER TABLE deliveries_before
  RENAME CONSTRAINT deliveries_pkey TO deliveries_before_pkey;
CREATE TABLE deliveries (
  LIKE deliveries_before INCLUDING CONSTRAINTS,
  CONSTRAINT deliveries_pkey PRIMARY KEY (subscriber_id, campaign_id)
) PARTITION BY LIST (campaign_id);
CREATE TABLE tallies (
  campaign_id bigint NOT NULL, state text NOT NULL, reason text NOT NULL,
  backend integer NOT NULL, number bigint NOT NULL,
  PRIMARY KEY (campaign_id, state, reason, backend)
) WITH (fillfactor = 50);
"""
_COUNTED = """
CREATE FUNCTION tally_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO tallies
  SELECT campaign_id, state, CASE WHEN state = 'skipped' THEN reason ELSE '' END AS why,
    pg_backend_pid(), sum(step)
  FROM ({changes}) AS changed
  GROUP BY campaign_id, state, why HAVING sum(step) <> 0
  ON CONFLICT (campaign_id, state, reason, backend)
  DO UPDATE SET number = tallies.number + excluded.number;
  RETURN NULL;
END $$;
CREATE TRIGGER tally_{name} AFTER {event} ON deliveries REFERENCING {rows}
  FOR EACH STATEMENT EXECUTE FUNCTION tally_{name}();
"""
# Attached when it is made: to make it as a partition would stop all who send.
_PARTITION = (
    "CREATE TABLE {name} (LIKE deliveries INCLUDING CONSTRAINTS,"
    " PRIMARY KEY (subscriber_id, campaign_id)) WITH (fillfactor = 50)",
    "ALTER TABLE deliveries ATTACH PARTITION {name} FOR VALUES IN ({campaign})",
)


def install(connection: Connection) -> None:
    """Part the deliveries by campaign, and count them from now on, for a migration.

    Those that are there are copied, campaign by campaign.
    """
    driver: Any = connection.connection.driver_connection
    driver.execute(_PARTITIONED)
    for event, changes in _CHANGES.items():
        name = event.lower()
        words = {"event": event, "changes": changes, "rows": _ROWS[event]}
        driver.execute(_COUNTED.format(name=name, **words))
    for campaign in connection.scalars(text("SELECT id FROM campaigns ORDER BY id")):
        make(connection, campaign)
        moved = text(
            "INSERT INTO deliveries SELECT * FROM deliveries_before"
            " WHERE campaign_id = :campaign ORDER BY subscriber_id"
        )
        connection.execute(moved, {"campaign": campaign})
    driver.execute("DROP TABLE deliveries_before")


def make(connection: Connection, campaign_id: int) -> None:
    """Make the place for a campaign's deliveries; on SQLite there is but one.

    Others may send meanwhile; who makes another waits for the end of the transaction.
    """
    if connection.dialect.name == "postgresql":
        name = _name(campaign_id)
        for statement in _PARTITION:
            made = statement.format(name=name, campaign=campaign_id)
            connection.exec_driver_sql(made)


def miscounted(connection: Connection) -> set[int]:
    """The campaigns whose counts are not those of their deliveries; counts them all."""
    if connection.dialect.name != "postgresql":
        return set()  # there they are counted whenever somebody asks
    return set(connection.scalars(_MISCOUNTED))


def recount(connection: Connection) -> None:
    """Count all deliveries anew; whoever changes any waits for it, on PostgreSQL."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE deliveries IN SHARE MODE")
        connection.exec_driver_sql("DELETE FROM tallies")
        connection.execute(_RECOUNT)


def wanted(connection: Connection) -> set[int]:
    """The campaigns that have a place for deliveries, or would on PostgreSQL."""
    kept = select(campaigns.c.id).where(
        campaigns.c.id.not_in(select(ledger_files.c.campaign_id))
    )
    return set(connection.scalars(union(kept, select(deliveries.c.campaign_id))))


def make_missing(connection: Connection, campaign_ids: Iterable[int]) -> None:
    """Make the place of each of these campaigns that has none."""
    if connection.dialect.name == "postgresql":
        for id in sorted(campaign_ids):
            there = func.to_regclass(_name(id))
            if connection.scalar(select(there)) is None:
                make(connection, id)


def lock(connection: Connection, campaign_id: int) -> None:
    """Let others read a campaign's deliveries, and not change them, on PostgreSQL."""
    connection.exec_driver_sql(f"LOCK TABLE {_name(campaign_id)} IN SHARE MODE")


def keep_all(connection: Connection) -> None:
    """Let no campaign's deliveries leave until the transaction ends, on PostgreSQL.

    Waits for one that is leaving. ONLY, since the others need no locks of their own.
    """
    if connection.dialect.name == "postgresql":
        locked = "LOCK TABLE ONLY deliveries IN ROW EXCLUSIVE MODE"
        connection.exec_driver_sql(locked)


def drop(connection: Connection, campaign_id: int) -> None:
    """Remove a campaign's place with all that is in it, and the counts, on PostgreSQL.

    Waits for whoever reads or writes any delivery, and they for it.
    """
    connection.exec_driver_sql(f"DROP TABLE {_name(campaign_id)}")
    connection.execute(_FORGET, {"campaign": campaign_id})


def _name(campaign_id: int) -> str:
    return f"deliveries_{campaign_id:d}"
