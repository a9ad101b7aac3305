"""What a person does to a campaign: pause, cancel, try again, settle doubts."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from newsletter.errors import (
    CampaignError,
    CampaignPaused,
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
from newsletter.model.publication import Publication
from newsletter.providers.protocol import Capabilities, Provider
from newsletter.sending import steer
from newsletter.sending.order import Order
from newsletter.sending.plan import plan
from newsletter.sending.run import run
from newsletter.sending.status import CampaignStatus, status_of
from newsletter.store import batches, lifecycle
from newsletter.store.engine import Store
from tests.sending.conftest import SIGNER, at_once
from tests.sending.simulators import Crash, KeyedSimulator, Simulator

Subscribe = Callable[[int], None]
Use = Callable[[Simulator], Simulator]
DAY = timedelta(hours=24)


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    """Let the registry open this provider, whatever its name."""

    def use(provider: Simulator) -> Simulator:
        monkeypatch.setattr(steer, "open_provider", lambda *_: provider)
        monkeypatch.setattr(steer, "load_secret", lambda _, make: SIGNER.secret)
        return provider

    return use


class Recording(Simulator):
    """Keeps records of all that it took."""

    capabilities = Capabilities(batch_size=10, at_once=1, search="records")


class Slow(Recording):
    """Its records are complete after half an hour."""

    capabilities = Capabilities(
        batch_size=10, at_once=1, search="records", search_delay=timedelta(minutes=30)
    )


class Remembering(KeyedSimulator):
    """Tells what became of a batch when the call is repeated."""

    capabilities = Capabilities(
        batch_size=10, at_once=1, key_lifetime=DAY, search="key"
    )

    def find(self, batch: Batch) -> Sequence[DeliveryResult]:
        """Repeat the call."""
        return self.send(batch)


def started(store: Store, order: Order, provider: Provider) -> Campaign:
    return plan(store, order, provider, SIGNER)


def go(store: Store, campaign: Campaign, provider: Provider) -> CampaignStatus:
    run(store, campaign, provider, SIGNER, at_once())
    return status_of(store, campaign.id)


def in_doubt(
    store: Store, order: Order, provider: Simulator, *, arrived: bool
) -> Campaign:
    """A campaign with ten uncertain deliveries, which arrived or did not."""
    campaign = started(store, order, provider)
    provider.script("unknown-after" if arrived else "unknown-before")
    found = go(store, campaign, provider)
    assert found.count(DeliveryState.UNCERTAIN) == 10
    return campaign


def test_a_paused_campaign_stands_still_until_it_is_resumed(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(30)
    campaign = plan(store, order, Simulator(), SIGNER)

    class Interrupted(Simulator):
        def accept(self, batch: Batch, step: str) -> list[DeliveryResult]:
            steer.pause(store, campaign)
            return super().accept(batch, step)

    provider = Interrupted()
    assert not run(store, campaign, provider, SIGNER, at_once())

    found = status_of(store, campaign.id)
    assert (len(provider.mailboxes), found.left) == (10, 20)
    assert found.campaign.state is CampaignState.PAUSED
    assert found.campaign.reason == "by hand"
    assert go(store, campaign, Simulator()).complete


def test_a_cancelled_campaign_ends_and_what_is_under_way_arrives(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(30)
    campaign = plan(store, order, Simulator(), SIGNER)

    class Taken(Simulator):
        def accept(self, batch: Batch, step: str) -> list[DeliveryResult]:
            steer.cancel(store, campaign)
            return super().accept(batch, step)

    provider = Taken()
    assert not run(store, campaign, provider, SIGNER, at_once())

    found = status_of(store, campaign.id)
    assert found.count(DeliveryState.ACCEPTED) == 10
    assert found.totals.skipped == {"cancelled": 20}
    assert found.campaign.state is CampaignState.CANCELLED
    with pytest.raises(CampaignError, match="is cancelled already"):
        steer.cancel(store, found.campaign)
    with pytest.raises(CampaignError, match="cannot be paused"):
        steer.pause(store, found.campaign)


def test_what_may_have_been_sent_cannot_be_cancelled(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(10)
    provider = KeyedSimulator(["after"])
    campaign = started(store, order, provider)
    with pytest.raises(Crash):
        go(store, campaign, provider)
    provider.script(*["unavailable"] * 40)
    with pytest.raises(CampaignPaused):
        go(store, campaign, provider)

    steer.cancel(store, campaign)

    assert status_of(store, campaign.id).count(DeliveryState.UNCERTAIN) == 10


def test_after_a_cancelled_campaign_the_others_can_still_be_sent_to(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(20)
    provider = Simulator(["ok", "stopped"])
    campaign = started(store, order, provider)
    with pytest.raises(ProviderStopped):
        go(store, campaign, provider)
    steer.cancel(store, campaign)

    again = started(store, order, provider)

    assert again.part == 2
    assert go(store, again, provider).count(DeliveryState.ACCEPTED) == 10
    assert set(provider.mailboxes.values()) == {1}
    assert len(provider.mailboxes) == 20


def test_rejected_deliveries_are_tried_again_with_keys_of_their_own(
    store: Store, order: Order, subscribe: Subscribe, use: Use, settings: Publication
) -> None:
    subscribe(20)
    provider = use(Simulator(["some", "ok"]))
    campaign = started(store, order, provider)
    assert go(store, campaign, provider).count(DeliveryState.REJECTED) == 5

    number = steer.send_again(store, settings, campaign, DeliveryState.REJECTED)

    assert number == 5
    assert status_of(store, campaign.id).campaign.state is CampaignState.PAUSED
    assert go(store, campaign, provider).complete
    assert len(set(provider.calls)) == 3
    assert set(provider.mailboxes.values()) == {1}


def test_uncertain_deliveries_can_be_called_sent(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(10)
    campaign = in_doubt(store, order, Simulator(), arrived=True)

    assert steer.assume_sent(store, campaign) == 10

    assert status_of(store, campaign.id).complete


def test_uncertain_deliveries_are_sent_again_when_a_person_says_so(
    store: Store, order: Order, subscribe: Subscribe, use: Use, settings: Publication
) -> None:
    subscribe(10)
    provider = use(Simulator())
    campaign = in_doubt(store, order, provider, arrived=False)

    steer.send_again(store, settings, campaign, DeliveryState.UNCERTAIN)

    assert go(store, campaign, provider).complete
    assert set(provider.mailboxes.values()) == {1}


@pytest.mark.parametrize("arrived", [True, False])
def test_complete_records_settle_everybody(
    store: Store,
    order: Order,
    subscribe: Subscribe,
    use: Use,
    settings: Publication,
    arrived: bool,
) -> None:
    subscribe(10)
    provider = use(Recording())
    campaign = in_doubt(store, order, provider, arrived=arrived)

    settled = steer.reconcile(store, settings, campaign)

    expected = steer.Settled(found=10) if arrived else steer.Settled(missing=10)
    assert settled == expected
    assert go(store, campaign, provider).complete
    assert set(provider.mailboxes.values()) == {1}


def test_records_that_are_not_complete_yet_settle_nothing(
    store: Store, order: Order, subscribe: Subscribe, use: Use, settings: Publication
) -> None:
    subscribe(10)
    provider = use(Slow())
    campaign = in_doubt(store, order, provider, arrived=True)

    settled = steer.reconcile(store, settings, campaign)

    assert settled.uncertain == 10
    assert "complete in 30 minutes" in settled.notes[0]


def test_without_records_everybody_stays_uncertain(
    store: Store, order: Order, subscribe: Subscribe, use: Use, settings: Publication
) -> None:
    subscribe(10)
    provider = use(Simulator())
    campaign = in_doubt(store, order, provider, arrived=True)

    settled = steer.reconcile(store, settings, campaign)

    assert (settled.found, settled.uncertain) == (0, 10)
    assert "no records" in settled.notes[0]


def test_a_key_tells_only_while_it_is_remembered(
    store: Store, order: Order, subscribe: Subscribe, use: Use, settings: Publication
) -> None:
    subscribe(10)
    provider = Remembering(["unknown-after"] * 40)
    campaign = started(store, order, provider)
    with pytest.raises(CampaignPaused):
        go(store, campaign, provider)
    with store.write() as connection:
        claimed = batches.claim(connection, campaign.id, "me", 60)
        assert claimed is None  # paused
        lifecycle.move(
            connection,
            campaign.id,
            CampaignState.SENDING,
            among=[CampaignState.PAUSED],
        )
        claimed = batches.claim(connection, campaign.id, "me", 60)
        assert claimed
        batches.set_uncertain(connection, claimed, "by hand")
    provider.script()
    use(provider)

    settled = steer.reconcile(store, settings, campaign)

    assert settled == steer.Settled(found=10)
    assert set(provider.mailboxes.values()) == {1}


def test_the_campaign_of_an_issue_is_the_newest_with_such_a_delivery(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    with pytest.raises(CampaignError, match="was not sent yet"):
        steer.of_issue(store, "pull-up-the-second-chair")
    subscribe(10)
    provider = Simulator(["some"])
    first = started(store, order, provider)
    go(store, first, provider)
    subscribe(10)
    second = started(store, replace(order, new_only=True), provider)
    go(store, second, provider)

    slug = first.issue
    assert steer.of_issue(store, slug).id == second.id
    assert steer.of_issue(store, slug, DeliveryState.REJECTED).id == first.id
    with pytest.raises(CampaignError, match="no delivery that is uncertain"):
        steer.of_issue(store, slug, DeliveryState.UNCERTAIN)


def test_a_call_that_was_under_way_when_its_campaign_was_cancelled_is_not_repeated(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(20)
    campaign = plan(store, order, Simulator(), SIGNER)

    class Taken(Simulator):
        def accept(self, batch: Batch, step: str) -> list[DeliveryResult]:
            steer.cancel(store, campaign)
            raise ProviderUnavailable

    assert not run(store, campaign, Taken(), SIGNER, at_once())

    found = status_of(store, campaign.id)
    assert found.totals.skipped == {"cancelled": 20}
    again = started(store, order, Simulator())
    assert go(store, again, Simulator()).count(DeliveryState.ACCEPTED) == 20


def test_what_was_rejected_can_be_tried_again_of_a_cancelled_campaign_too(
    store: Store, order: Order, subscribe: Subscribe, use: Use, settings: Publication
) -> None:
    subscribe(20)
    provider = use(Simulator(["some", "stopped"]))
    campaign = started(store, order, provider)
    with pytest.raises(ProviderStopped):
        go(store, campaign, provider)
    steer.cancel(store, campaign)

    assert steer.send_again(store, settings, campaign, DeliveryState.REJECTED) == 5

    found = go(store, campaign, provider)
    assert found.count(DeliveryState.ACCEPTED) == 10
    assert found.totals.skipped == {"cancelled": 10}
    assert set(provider.mailboxes.values()) == {1}
