"""Campaigns: one per issue, segment and part, and done only when nothing is left."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from newsletter.errors import AlreadySent
from newsletter.model.campaign import Campaign, CampaignState, DeliveryState
from newsletter.store import batches, campaigns, schema
from newsletter.store.engine import Store
from tests.store.ledger import (
    accepted,
    add_deliveries,
    claim,
    delivery,
    new_campaign,
    plan,
    subscribe,
    tell,
)

SKIPPED = DeliveryState.SKIPPED


def finish(store: Store, made: Campaign) -> bool:
    with store.write() as connection:
        return campaigns.finish(connection, made.id)


def get(store: Store, made: Campaign) -> Campaign | None:
    with store.read() as connection:
        return campaigns.get(connection, made.id)


def set_state(store: Store, made: Campaign, state: CampaignState) -> None:
    table = schema.campaigns
    with store.write() as connection:
        connection.execute(
            update(table).where(table.c.id == made.id).values(state=state.value)
        )


def test_a_new_campaign_is_sending(store: Store) -> None:
    new = new_campaign()

    with store.write() as connection:
        made = campaigns.create(connection, new)

    assert made.state is CampaignState.SENDING
    assert made.ended_at is None
    assert abs(made.planned_at - datetime.now(UTC)) < timedelta(seconds=5)
    for name in ("uid", "issue", "segment", "part", "provider", "email_hash"):
        assert getattr(made, name) == getattr(new, name)
    assert get(store, made) == made


def test_the_frozen_email_is_kept_to_the_letter(store: Store) -> None:
    text = '{"html": "<p>Grüße 💌</p>\\n", "x": "' + "long " * 50_000 + '"}'

    with store.write() as connection:
        made = campaigns.create(connection, replace(new_campaign(), email=text))
        assert campaigns.email(connection, made.id) == text


def test_the_same_issue_is_not_sent_to_the_same_segment_again(store: Store) -> None:
    with store.write() as connection:
        campaigns.create(connection, new_campaign())

    refused = pytest.raises(AlreadySent, match="hello was already sent to all")
    with refused, store.write() as connection:
        campaigns.create(connection, new_campaign())

    with store.write() as connection:
        campaigns.create(connection, new_campaign(part=2))
        campaigns.create(connection, new_campaign(segment="friends"))
        campaigns.create(connection, new_campaign(issue="goodbye"))


def test_an_id_made_twice_is_a_bug_and_not_already_sent(store: Store) -> None:
    new = new_campaign()
    with store.write() as connection:
        campaigns.create(connection, new)

    with pytest.raises(IntegrityError), store.write() as connection:
        campaigns.create(connection, replace(new, issue="another"))


def test_campaigns_are_found_by_issue_and_segment(store: Store) -> None:
    with store.write() as connection:
        first = campaigns.create(connection, new_campaign())
        second = campaigns.create(connection, new_campaign(segment="friends"))
        other = campaigns.create(connection, new_campaign(issue="other"))
        third = campaigns.create(connection, new_campaign(part=2))

        assert campaigns.find(connection, "hello") == [first, second, third]
        assert campaigns.find(connection, "hello", "all") == [first, third]
        assert campaigns.find(connection, "hello", "nobody") == []
        assert campaigns.latest(connection, 2) == [third, other]
        assert campaigns.get(connection, third.id + 1) is None


@pytest.mark.parametrize("state", CampaignState)
def test_what_is_neither_done_nor_cancelled_is_unfinished(
    store: Store, state: CampaignState
) -> None:
    made = plan(store, [])
    set_state(store, made, state)

    with store.read() as connection:
        found = campaigns.unfinished(connection)

    ended = state in {CampaignState.DONE, CampaignState.CANCELLED}
    assert [each.id for each in found] == ([] if ended else [made.id])


def test_a_campaign_is_done_when_no_batch_is_left(store: Store) -> None:
    made = plan(store, subscribe(store, 4), size=2)
    assert not finish(store, made)

    for _ in range(2):
        claimed = claim(store, made)
        assert not finish(store, made)
        with store.write() as connection:
            batches.record(connection, claimed, accepted(claimed))

    assert finish(store, made)
    found = get(store, made)
    assert found is not None
    assert found.state is CampaignState.DONE
    assert found.ended_at is not None


def test_a_campaign_is_done_once(store: Store) -> None:
    made = plan(store, [])
    assert finish(store, made)
    before = get(store, made)

    assert finish(store, made)

    assert get(store, made) == before


def test_a_delivery_that_no_batch_answers_for_forbids_to_be_done(store: Store) -> None:
    (id,) = subscribe(store, 1)
    made = plan(store, [])
    with store.write() as connection:
        add_deliveries(connection, made.id, [(delivery(id), 1)])

    assert not finish(store, made)


def test_a_batch_in_flight_forbids_to_be_done_whatever_events_told(
    store: Store,
) -> None:
    ids = subscribe(store, 2)
    made = plan(store, ids)
    claim(store, made)
    for id in ids:
        tell(store, made, id, DeliveryState.DELIVERED)

    assert not finish(store, made)


@pytest.mark.parametrize("state", [CampaignState.CANCELLED, CampaignState.SCHEDULED])
def test_a_campaign_that_is_not_being_sent_is_not_done(
    store: Store, state: CampaignState
) -> None:
    made = plan(store, [])
    set_state(store, made, state)

    assert not finish(store, made)
    found = get(store, made)
    assert found is not None
    assert found.state is state


def test_totals_count_every_delivery_once(store: Store) -> None:
    ids = subscribe(store, 12)
    made = plan(store, ids[:9])
    with store.write() as connection:
        left_out = [
            (delivery(ids[9], SKIPPED, "unsubscribed"), None),
            (delivery(ids[10], SKIPPED, "suppressed: bounce"), None),
            (delivery(ids[11], SKIPPED, "suppressed: bounce"), None),
        ]
        add_deliveries(connection, made.id, left_out)
    first = claim(store, made)
    with store.write() as connection:
        batches.record(connection, first, accepted(first))
    tell(store, made, ids[0], DeliveryState.BOUNCED)
    claim(store, made)
    tell(store, made, ids[3], DeliveryState.DELIVERED)

    with store.read() as connection:
        totals = campaigns.totals(connection, made.id)

    assert totals.states == {
        DeliveryState.BOUNCED: 1,
        DeliveryState.ACCEPTED: 2,
        DeliveryState.DELIVERED: 1,
        DeliveryState.IN_FLIGHT: 2,
        DeliveryState.PENDING: 3,
        DeliveryState.SKIPPED: 3,
    }
    assert totals.skipped == {"unsubscribed": 1, "suppressed: bounce": 2}
    assert totals.recipients == 12


def test_a_campaign_to_nobody_counts_nothing(store: Store) -> None:
    made = plan(store, [])

    with store.read() as connection:
        totals = campaigns.totals(connection, made.id)

    assert totals.states == {}
    assert totals.skipped == {}
