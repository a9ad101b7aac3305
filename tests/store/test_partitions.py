"""On PostgreSQL each campaign has a table of its own, and is counted as it changes."""

from collections import Counter

import pytest
from sqlalchemy import Connection, text

from newsletter.model.campaign import DeliveryState
from newsletter.store import batches, campaigns
from newsletter.store.engine import Store
from newsletter.store.soundness import examine_whole, mend
from newsletter.store.upgrade import Revisions
from tests.store.ledger import accepted, claim, new_campaign, plan, subscribe

BEFORE = Revisions(head="0006")
_PARTS = text(
    "SELECT inhrelid::regclass::text, reloptions FROM pg_inherits"
    " JOIN pg_class ON oid = inhrelid"
    " WHERE inhparent = 'deliveries'::regclass ORDER BY 1"
)
_STATES = text("SELECT state, count(*) FROM deliveries GROUP BY state")


def parts(connection: Connection) -> dict[str, list[str]]:
    """The tables of the campaigns, with their options."""
    return {row[0]: row[1] for row in connection.execute(_PARTS)}


def counted(connection: Connection, campaign_id: int) -> dict[DeliveryState, int]:
    """What the counts say, batches in flight as pending, as the rows have them."""
    states = Counter(campaigns.totals(connection, campaign_id).states)
    states[DeliveryState.PENDING] += states.pop(DeliveryState.IN_FLIGHT, 0)
    return +states


def real(connection: Connection) -> dict[DeliveryState, int]:
    """What the rows say."""
    return {DeliveryState(state): n for state, n in connection.execute(_STATES)}


def test_an_older_ledger_is_parted_by_campaign_and_counted(
    postgres_schema: str,
) -> None:
    with Store.open(postgres_schema, revisions=BEFORE) as store:
        ids = subscribe(store, 7)
        with store.write() as connection:
            for number, state in enumerate(("done", "sending", "scheduled"), start=1):
                connection.execute(_CAMPAIGN, {"issue": number, "state": state})
            connection.execute(_DELIVERIES, {"states": ["accepted", "skipped"]})

    with Store.open(postgres_schema, upgrade=True) as store, store.write() as writer:
        assert parts(writer) == {
            f"deliveries_{id}": ["fillfactor=50"] for id in (1, 2, 3)
        }
        totals = campaigns.totals(writer, 2)
        assert totals.states == {DeliveryState.ACCEPTED: 3, DeliveryState.SKIPPED: 4}
        assert totals.skipped == {"pending": 4}
        rows = "SELECT subscriber_id FROM deliveries WHERE campaign_id = 1 ORDER BY 1"
        assert writer.scalars(text(rows)).all() == ids
        assert not campaigns.totals(writer, 3).states


_CAMPAIGN = text(
    "INSERT INTO campaigns (uid, issue, segment, part, provider, email_hash, state,"
    " planned_at) VALUES (:issue, :issue, 'all', 1, 'outbox', '', :state, now())"
)
_DELIVERIES = text(
    "INSERT INTO deliveries SELECT campaign, s.id, 1, s.address, '{}',"
    " (CAST(:states AS text[]))[s.id % 2 + 1], 'pending', '', now()"
    " FROM subscribers AS s, generate_series(1, 2) AS campaign"
)


def test_counts_follow_whatever_is_done(postgres: Store) -> None:
    made = plan(postgres, subscribe(postgres, 8), size=3)
    first = claim(postgres, made)
    with postgres.read() as connection:
        assert campaigns.totals(connection, made.id).states == {
            DeliveryState.IN_FLIGHT: 3,
            DeliveryState.PENDING: 5,
        }
    with postgres.write() as connection:
        assert batches.record(connection, first, accepted(first))
    for change in (
        "UPDATE deliveries SET state = 'skipped', reason = 'cancelled' WHERE batch = 2",
        "UPDATE deliveries SET reason = 'erased' WHERE subscriber_id = 4",
        "DELETE FROM deliveries WHERE subscriber_id = 5",
        "DELETE FROM deliveries WHERE subscriber_id = 99",
    ):
        with postgres.write() as connection:
            connection.execute(text(change))
    with postgres.read() as connection:
        assert counted(connection, made.id) == real(connection)
        totals = campaigns.totals(connection, made.id)
        assert totals.skipped == {"cancelled": 1, "erased": 1}


@pytest.mark.parametrize(
    "drift",
    [
        "DELETE FROM tallies",
        "UPDATE tallies SET number = number + 1",
        "UPDATE tallies SET reason = 'erased' WHERE state = 'skipped'",
        "TRUNCATE deliveries",
    ],
)
def test_counts_that_drifted_are_found_and_counted_anew(
    postgres: Store, drift: str
) -> None:
    ids = subscribe(postgres, 4)
    made, other = (
        plan(postgres, ids, new=new_campaign(issue)) for issue in ("hello", "again")
    )
    change = "UPDATE deliveries SET state = 'skipped', reason = 'cancelled'"
    with postgres.write() as connection:
        connection.execute(text(f"{change} WHERE subscriber_id = {ids[0]}"))
    wrong = "campaigns that are counted wrongly (`--mend` counts anew)"
    assert wrong not in examine_whole(postgres).contradictions
    with postgres.write() as connection:
        connection.execute(text(drift))

    assert examine_whole(postgres).contradictions[wrong] == 2
    assert mend(postgres) == 2
    assert mend(postgres) == 0

    assert wrong not in examine_whole(postgres).contradictions
    with postgres.read() as connection:
        totals = [campaigns.totals(connection, each.id) for each in (made, other)]
    left = 0 if drift.startswith("TRUNCATE") else 4
    assert [each.recipients for each in totals] == [left, left]


def test_two_who_write_at_once_do_not_wait_for_each_other(postgres: Store) -> None:
    made = plan(postgres, subscribe(postgres, 8), size=4)
    change = text("UPDATE deliveries SET state = 'accepted' WHERE batch = :batch")
    with postgres.write() as one, postgres.write() as other:
        other.execute(text("SET LOCAL lock_timeout TO '1s'"))
        one.execute(change, {"batch": 1})
        other.execute(change, {"batch": 2})

    with postgres.read() as connection:
        assert campaigns.totals(connection, made.id).states == {
            DeliveryState.ACCEPTED: 8
        }


def test_others_send_while_a_campaign_is_planned(postgres: Store) -> None:
    made = plan(postgres, subscribe(postgres, 3))
    with postgres.write() as planning:
        campaigns.create(planning, new_campaign("another"))
        with postgres.write() as sending:
            sending.execute(text("SET LOCAL lock_timeout TO '1s'"))
            sending.execute(text("UPDATE deliveries SET state = 'accepted'"))

    with postgres.read() as connection:
        assert campaigns.totals(connection, made.id).states == {
            DeliveryState.ACCEPTED: 3
        }


def test_what_is_taken_back_is_not_counted(postgres: Store) -> None:
    made = plan(postgres, subscribe(postgres, 3))
    with postgres.write() as connection:
        change = connection.begin_nested()
        connection.execute(text("UPDATE deliveries SET state = 'accepted'"))
        change.rollback()

    with postgres.read() as connection:
        assert campaigns.totals(connection, made.id).states == {
            DeliveryState.PENDING: 3
        }
