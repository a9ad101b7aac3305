"""Schedules, cancelling, approvals, the instance, and events, on either database."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, text

from newsletter.model.campaign import BatchState, CampaignState, DeliveryState
from newsletter.model.event import Bounce, Event, EventKind
from newsletter.store import (
    approvals,
    batches,
    campaigns,
    event_counts,
    events,
    instance,
    lifecycle,
)
from newsletter.store.engine import Store
from tests.store.ledger import (
    accepted,
    batch_state,
    claim,
    deliveries,
    new_campaign,
    plan,
    states,
    subscribe,
)

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def soon(hours: float) -> datetime:
    return datetime.now(UTC) + timedelta(hours=hours)


def test_scheduled_campaigns_are_told_with_the_time_left(store: Store) -> None:
    with store.write() as connection:
        for number, hours in enumerate((3, -2), start=1):
            new = replace(
                new_campaign(part=number),
                not_before=soon(hours),
                not_after=soon(hours + 1),
                per_hour=60.0,
            )
            made = campaigns.create(connection, new)
            assert made.state is CampaignState.SCHEDULED
        found = lifecycle.scheduled(connection)

    waits = [round(wait / 3600) for _, wait in found]
    assert [campaign.part for campaign, _ in found] == [2, 1]
    assert (waits, found[0][0].per_hour) == ([-2, 3], 60.0)
    with store.read() as connection:
        late = [lifecycle.late(connection, campaign.id) for campaign, _ in found]
    assert late == [pytest.approx(7200, abs=60), None]


def test_cancelling_leaves_out_whom_nothing_was_sent(store: Store) -> None:
    made = plan(store, subscribe(store, 8), size=2)
    done, flying, doubtful = (claim(store, made) for _ in range(3))
    with store.write() as connection:
        batches.record(connection, done, accepted(done))
        batches.release(connection, doubtful, 3600, in_doubt=True)

        assert lifecycle.cancel(connection, made.id)
        assert not lifecycle.cancel(connection, made.id)
        batches.record(connection, flying, accepted(flying))

    assert states(store, made) == [
        *[DeliveryState.ACCEPTED] * 4,
        *[DeliveryState.UNCERTAIN] * 2,
        *[DeliveryState.SKIPPED] * 2,
    ]
    assert deliveries(store, made)[8].reason == "cancelled"
    assert batch_state(store, made, 3) is BatchState.UNCERTAIN
    assert batch_state(store, made, 4) is BatchState.REJECTED


def test_one_approval_is_kept_for_an_issue_and_segment(store: Store) -> None:
    given = {"issue": "a", "segment": "all", "provider": "outbox"}
    with store.write() as connection:
        for number, who in enumerate(("ana", "bo")):
            approvals.put(
                connection, **given, email_hash=f"hash {number}", approved_by=who
            )
        found = approvals.get(connection, "a", "all")
        assert approvals.get(connection, "a", "others") is None

    assert found is not None
    assert (found.approved_by, found.email_hash) == ("bo", "hash 1")
    assert abs(found.approved_at - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_database_counts_how_often_it_was_sent_from(store: Store) -> None:
    with store.write() as connection:
        assert instance.get(connection) == ("", 0)
        first = instance.advance(connection)
        second = instance.advance(connection)
        assert instance.get(connection) == second

    assert len(first.uid) == 32
    assert second == (first.uid, 2)


def test_events_are_kept_once_and_counted_by_subscriber(store: Store) -> None:
    ids = subscribe(store, 3)
    made = plan(store, ids)
    told = [
        Event(
            kind=EventKind.BOUNCED,
            id=str(number),
            at=NOW + timedelta(minutes=number),
            address="reader@example.com",
            bounce=bounce,
            reason="full " * 200,
        )
        for number, bounce in enumerate((Bounce.SOFT, Bounce.SOFT, Bounce.HARD))
    ]
    with store.write() as connection:
        for event in (*told, *told):
            events.add(connection, "outbox", NOW, [(event, (made.id, ids[0]))])
        events.add(connection, "outbox", NOW, [(replace(told[0], id="x"), None)])
        counts = event_counts.of_campaign(connection, made.id)
        records = events.of_subscriber(connection, ids[0])

    assert counts == {"bounced soft": 1, "bounced hard": 1}
    assert [record.bounce for record in records] == [
        Bounce.SOFT,
        Bounce.SOFT,
        Bounce.HARD,
    ]
    assert {len(record.reason) for record in records} == {500}


def test_a_delivery_is_found_by_the_provider_s_id_when_it_is_the_only_one(
    store: Store,
) -> None:
    made = plan(store, subscribe(store, 3))
    claimed = claim(store, made)
    results = accepted(claimed, with_ids=True)
    same = [each._replace(provider_message_id="same") for each in results[1:]]
    with store.write() as connection:
        batches.record(connection, claimed, [results[0], *same])

        found = events.find_deliveries(connection, made.id, ["id-1", "same", "none"])
        assert found == {"id-1": 1}
        assert campaigns.by_uid(connection, made.uid) == campaigns.get(
            connection, made.id
        )
        assert campaigns.by_uid(connection, "") is None


@pytest.mark.parametrize("end", [campaigns.finish, lifecycle.cancel])
def test_what_is_over_leaves_no_hint(
    postgres: Store, end: Callable[[Connection, int], bool]
) -> None:
    """Of another campaign they stay."""
    ids = subscribe(postgres, 6)
    made = plan(postgres, ids, size=2)
    other = plan(postgres, ids, size=6, new=new_campaign(issue="other"))
    with postgres.write() as connection:
        assert batches.offer(connection, made.id) == 3
        assert batches.offer(connection, other.id) == 1
    for _ in range(3):
        sent = claim(postgres, made)
        with postgres.write() as connection:
            batches.record(connection, sent, accepted(sent))

    query = text("DELETE FROM procrastinate_jobs RETURNING args ->> 'campaign_id'")
    with postgres.write() as connection:
        assert end(connection, made.id)
        assert connection.scalars(query).all() == [str(other.id)]
