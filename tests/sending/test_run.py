"""Sending: nobody lost, nobody twice, whatever the provider and the process do."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter.errors import (
    CampaignPaused,
    ProviderRefused,
    ProviderStopped,
    ProviderUnavailable,
)
from newsletter.model.campaign import (
    Campaign,
    CampaignState,
    DeliveryResult,
    DeliveryState,
)
from newsletter.model.message import Batch
from newsletter.model.subscriber import SuppressionReason
from newsletter.providers.protocol import Provider
from newsletter.sending.breaker import FAILURES
from newsletter.sending.controls import Controls
from newsletter.sending.order import Order
from newsletter.sending.plan import plan
from newsletter.sending.run import run
from newsletter.sending.status import CampaignStatus, named, status_of
from newsletter.store import suppressions
from newsletter.store.engine import Store
from tests.sending.conftest import SIGNER, at_once
from tests.sending.simulators import Crash, KeyedSimulator, Simulator

Subscribe = Callable[[int], None]
NOW = at_once()


def start(store: Store, order: Order, provider: Provider) -> Campaign:
    return plan(store, order, provider, SIGNER)


def outcome(store: Store, campaign: Campaign) -> CampaignStatus:
    return status_of(store, campaign.id)


def test_everybody_gets_it_once(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(25)
    provider = Simulator()
    campaign = start(store, order, provider)

    assert run(store, campaign, provider, SIGNER, NOW)

    assert len(provider.calls) == 3
    assert set(provider.mailboxes.values()) == {1}
    assert outcome(store, campaign).count(DeliveryState.ACCEPTED) == 25
    assert outcome(store, campaign).complete


def test_a_crash_after_the_call_is_uncertain_without_keys(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(25)
    provider = Simulator(["ok", "after"])
    campaign = start(store, order, provider)
    with pytest.raises(Crash):
        run(store, campaign, provider, SIGNER, NOW)

    assert run(store, campaign, provider, SIGNER, NOW)

    found = outcome(store, campaign)
    assert found.count(DeliveryState.UNCERTAIN) == 10
    assert found.count(DeliveryState.ACCEPTED) == 15
    assert max(provider.mailboxes.values()) == 1
    assert not found.complete


def test_a_crash_after_the_call_is_repeated_byte_for_byte_with_keys(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(25)
    provider = KeyedSimulator(["ok", "after", "ok"])
    campaign = start(store, order, provider)
    with pytest.raises(Crash):
        run(store, campaign, provider, SIGNER, NOW)

    assert run(store, campaign, provider, SIGNER, NOW)

    assert outcome(store, campaign).count(DeliveryState.ACCEPTED) == 25
    assert set(provider.mailboxes.values()) == {1}
    assert provider.calls[1] == provider.calls[2]


def test_a_broken_connection_is_repeated_with_keys_and_uncertain_without(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(10)
    keyed = KeyedSimulator(["unknown-after", "unknown-before"])
    campaign = start(store, order, keyed)

    assert run(store, campaign, keyed, SIGNER, NOW)

    assert set(keyed.mailboxes.values()) == {1}
    assert outcome(store, campaign).complete


def test_a_broken_connection_without_keys_is_never_tried_again(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(10)
    provider = Simulator(["unknown-before"])
    campaign = start(store, order, provider)

    assert run(store, campaign, provider, SIGNER, NOW)

    assert len(provider.calls) == 1
    assert outcome(store, campaign).count(DeliveryState.UNCERTAIN) == 10


def test_a_busy_provider_is_tried_again(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(10)
    provider = Simulator(["unavailable"] * 3)
    campaign = start(store, order, provider)

    assert run(store, campaign, provider, SIGNER, at_once())

    assert set(provider.mailboxes.values()) == {1}
    assert len(provider.calls) == 4


def test_a_provider_that_stays_busy_pauses_the_campaign_and_nobody_is_lost(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(10)
    provider = Simulator(["unavailable"] * FAILURES)
    campaign = start(store, order, provider)
    with pytest.raises(CampaignPaused, match="one after another"):
        run(store, campaign, provider, SIGNER, at_once())

    found = outcome(store, campaign)
    assert found.count(DeliveryState.PENDING) == 10
    assert found.campaign.state is CampaignState.PAUSED
    assert "one after another" in found.campaign.reason
    assert run(store, campaign, provider, SIGNER, at_once())
    assert set(provider.mailboxes.values()) == {1}
    assert outcome(store, campaign).campaign.reason == ""


def test_a_batch_that_fails_while_others_get_through_is_not_tried_for_ever(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(100)

    class Poisoned(Simulator):
        def accept(self, batch: Batch, step: str) -> list[DeliveryResult]:
            if batch.number == 1:
                raise ProviderUnavailable
            return super().accept(batch, step)

    provider = Poisoned()
    campaign = start(store, order, provider)

    with pytest.raises(ProviderUnavailable):
        run(store, campaign, provider, SIGNER, at_once())

    assert len(provider.mailboxes) == 90
    assert outcome(store, campaign).count(DeliveryState.PENDING) == 10


def test_a_refused_key_stops_at_once_and_the_rest_can_be_resumed(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(25)
    provider = Simulator(["ok", "stopped"])
    campaign = start(store, order, provider)
    with pytest.raises(ProviderStopped):
        run(store, campaign, provider, SIGNER, NOW)
    assert len(provider.calls) == 2

    assert run(store, campaign, provider, SIGNER, NOW)

    assert set(provider.mailboxes.values()) == {1}
    assert len(provider.mailboxes) == 25


def test_refused_and_unmentioned_recipients_are_told_apart(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(20)
    provider = Simulator(["some", "silent"])
    campaign = start(store, order, provider)

    assert run(store, campaign, provider, SIGNER, NOW)

    found = outcome(store, campaign)
    assert found.count(DeliveryState.REJECTED) == 5
    assert found.count(DeliveryState.UNCERTAIN) == 5
    assert found.count(DeliveryState.ACCEPTED) == 10


def test_who_unsubscribes_during_the_send_is_left_out(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(25)

    class Leaving(Simulator):
        def accept(self, batch: Batch, step: str) -> list[DeliveryResult]:
            if not self.mailboxes:
                with store.write() as connection:
                    suppressions.add(
                        connection,
                        "reader25@example.com",
                        SuppressionReason.UNSUBSCRIBE,
                    )
            return super().accept(batch, step)

    provider = Leaving()
    campaign = start(store, order, provider)

    assert run(store, campaign, provider, SIGNER, NOW)

    assert "reader25@example.com" not in provider.mailboxes
    skipped = outcome(store, campaign).totals.skipped
    assert skipped == {"suppressed: unsubscribe": 1}


def test_a_batch_that_lost_a_recipient_after_a_crash_is_not_repeated(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(10)
    provider = KeyedSimulator(["after"])
    campaign = start(store, order, provider)
    with pytest.raises(Crash):
        run(store, campaign, provider, SIGNER, NOW)
    with store.write() as connection:
        suppressions.add(connection, "reader3@example.com", SuppressionReason.MANUAL)

    assert run(store, campaign, provider, SIGNER, NOW)

    assert len(provider.calls) == 1
    assert outcome(store, campaign).count(DeliveryState.UNCERTAIN) == 10


def test_a_run_that_is_asked_to_stop_ends_after_the_batch_in_hand(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(25)
    provider = Simulator()
    campaign = start(store, order, provider)
    stop = Controls(alone=True, should_stop=lambda: len(provider.calls) == 1)

    assert not run(store, campaign, provider, SIGNER, stop)
    assert outcome(store, campaign).count(DeliveryState.PENDING) == 15

    assert run(store, campaign, provider, SIGNER, NOW)
    assert set(provider.mailboxes.values()) == {1}


def test_what_is_sent_was_frozen_when_it_was_planned(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(2)
    provider = Simulator(["stopped"])
    campaign = start(store, order, provider)
    with pytest.raises(ProviderStopped):
        run(store, campaign, provider, SIGNER, NOW)
    subscribe(5)

    assert run(store, campaign, provider, SIGNER, NOW)

    assert set(provider.mailboxes) == {"reader1@example.com", "reader2@example.com"}


@pytest.mark.parametrize("calls", [1, 3])
def test_in_a_batch_that_is_refused_the_recipient_is_found_who_is_the_cause(
    store: Store, order: Order, subscribe: Subscribe, calls: int
) -> None:
    subscribe(30)
    odd = "reader17@example.com"

    class Strict(Simulator):
        def accept(self, batch: Batch, step: str) -> list[DeliveryResult]:
            if odd in {each.address for each in batch.recipients}:
                raise ProviderRefused("no such address")
            return super().accept(batch, step)

    provider = Strict()
    campaign = start(store, order, provider)

    assert run(store, campaign, provider, SIGNER, at_once(calls))

    found = outcome(store, campaign)
    refused = named(store, found, DeliveryState.REJECTED)
    assert [(each.address, each.reason) for each in refused] == [
        (odd, "no such address")
    ]
    assert found.count(DeliveryState.ACCEPTED) == 29
    assert set(provider.mailboxes.values()) == {1}
    assert len(set(provider.calls)) == len(provider.calls)


def test_an_outcome_waits_for_a_database_that_another_command_holds(
    store: Store, order: Order, subscribe: Subscribe, tmp_path: Path
) -> None:
    subscribe(10)
    holder = sqlite3.connect(tmp_path / "store.db", isolation_level=None)

    class Busy(Simulator):
        def accept(self, batch: Batch, step: str) -> list[DeliveryResult]:
            holder.execute("BEGIN IMMEDIATE")
            return super().accept(batch, step)

    def let_go(_: float) -> None:
        holder.rollback()

    provider = Busy()
    campaign = start(store, order, provider)
    with Store.open(tmp_path / "store.db", busy_seconds=0.1) as impatient:
        controls = Controls(alone=True, sleep=let_go)
        assert run(impatient, campaign, provider, SIGNER, controls)
    holder.close()

    assert outcome(store, campaign).count(DeliveryState.ACCEPTED) == 10
    assert set(provider.mailboxes.values()) == {1}
