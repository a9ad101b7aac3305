"""Planning: who gets an issue, who does not and why, and that it happens once."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from newsletter.errors import AlreadySent, CampaignError, CheckFailed, NothingToSend
from newsletter.model.campaign import CampaignState
from newsletter.model.issue import IssueStatus
from newsletter.model.problem import Problem
from newsletter.model.subscriber import SubscriberStatus, SuppressionReason
from newsletter.sending.controls import Controls
from newsletter.sending.order import Order
from newsletter.sending.plan import forecast, plan
from newsletter.sending.run import run
from newsletter.store import batches, campaigns, subscribers, suppressions
from newsletter.store.engine import Store
from tests.sending.conftest import SIGNER
from tests.sending.simulators import Simulator

Subscribe = Callable[[int], None]


def send(store: Store, order: Order) -> Simulator:
    provider = Simulator()
    campaign = plan(store, order, provider, SIGNER)
    run(store, campaign, provider, SIGNER, Controls(alone=True))
    return provider


def test_a_second_send_refuses_and_says_how_to_reach_the_new_ones(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(3)
    send(store, order)

    with pytest.raises(AlreadySent) as caught:
        send(store, order)

    assert "was sent to `all`" in caught.value.message
    assert "--new-only" in caught.value.hint


def test_new_only_reaches_exactly_those_who_joined_since(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(3)
    send(store, order)
    subscribe(2)

    provider = send(store, replace(order, new_only=True))

    assert set(provider.mailboxes) == {"reader4@example.com", "reader5@example.com"}


def test_new_only_with_nobody_new_sends_nothing_and_keeps_nothing(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(3)
    send(store, order)

    with pytest.raises(NothingToSend):
        send(store, replace(order, new_only=True))

    with store.read() as connection:
        assert len(campaigns.latest(connection, 10)) == 1


def test_a_send_that_is_not_finished_must_be_resumed_first(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(3)
    plan(store, order, Simulator(), SIGNER)

    for again in (order, replace(order, new_only=True)):
        with pytest.raises(AlreadySent) as caught:
            plan(store, again, Simulator(), SIGNER)
        assert "newsletter resume" in caught.value.hint


def test_the_forecast_says_who_is_left_out_and_why(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(4)
    with store.write() as connection:
        subscribers.set_status(connection, 1, SubscriberStatus.PENDING)
        subscribers.set_status(connection, 2, SubscriberStatus.UNSUBSCRIBED)
        suppressions.add(connection, "reader3@example.com", SuppressionReason.BOUNCE)

    found = forecast(store, order)

    assert found.recipients == 1
    assert found.skipped == {
        "not confirmed": 1,
        "unsubscribed": 1,
        "suppressed: bounce": 1,
    }


def test_an_empty_list_is_told(store: Store, order: Order) -> None:
    with pytest.raises(NothingToSend) as caught:
        plan(store, order, Simulator(), SIGNER)

    assert "subscribers import" in caught.value.hint


def test_a_draft_is_not_sent(store: Store, order: Order, subscribe: Subscribe) -> None:
    subscribe(1)
    issue = order.composed.issue.model_copy(update={"status": IssueStatus.DRAFT})
    draft = replace(order, composed=replace(order.composed, issue=issue))

    with pytest.raises(CampaignError, match="is `draft`"):
        plan(store, draft, Simulator(), SIGNER)


def test_an_issue_with_errors_is_not_sent(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(1)
    problem = Problem(code="link", message="bad", file="issues/x.md")
    broken = replace(order, composed=replace(order.composed, problems=(problem,)))

    with pytest.raises(CheckFailed) as caught:
        plan(store, broken, Simulator(), SIGNER)

    assert caught.value.problems == (problem,)


def test_an_unknown_segment_is_told(store: Store, order: Order) -> None:
    with pytest.raises(CampaignError, match="no segment `friends`"):
        plan(store, replace(order, segment="friends"), Simulator(), SIGNER)


def test_batches_are_as_large_as_the_provider_takes_and_keep_their_keys(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(25)
    campaign = plan(store, order, Simulator(), SIGNER)

    with store.write() as connection:
        claimed = [batches.claim(connection, campaign.id, "me", 60) for _ in range(4)]

    sizes = [len(item.deliveries) for item in claimed if item]
    assert sizes == [10, 10, 5]
    assert claimed[3] is None
    assert len({item.key for item in claimed if item}) == 3


def test_names_are_frozen_in_the_delivery(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(1)
    campaign = plan(store, order, Simulator(), SIGNER)
    assert campaign.state is CampaignState.SENDING

    with store.write() as connection:
        claimed = batches.claim(connection, campaign.id, "me", 60)

    assert claimed is not None
    (due,) = claimed.deliveries
    assert json.loads(due.merge) == {"name": "", "attributes": {"first_name": "Zoë 1"}}
