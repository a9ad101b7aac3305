"""What was restored, left lying or asked too early is not sent a second time."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsletter.errors import CampaignError, ProviderRefused, ProviderStopped
from newsletter.model.campaign import CampaignState, DeliveryResult, DeliveryState
from newsletter.model.message import Batch
from newsletter.model.publication import Publication
from newsletter.providers.outbox import Outbox
from newsletter.sending import instance, steer
from newsletter.sending.controls import Controls
from newsletter.sending.deliver import Sender
from newsletter.sending.order import Order
from newsletter.sending.plan import plan
from newsletter.sending.run import run
from newsletter.sending.status import status_of
from newsletter.store.engine import Store
from tests.sending.conftest import ISSUE, SIGNER, at_once
from tests.sending.simulators import Simulator
from tests.sending.test_steer import Recording, Slow, Subscribe, Use, in_doubt, use
from tests.store.ledger import set_first_sent

__all__ = ["use"]


class Killed(BaseException):
    """The process dies here."""


def test_a_backup_made_between_two_calls_is_older_than_its_original(
    sender: Sender, letter: Order, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Path(sender.store.url.removeprefix("sqlite:///"))
    backup = tmp_path / "backup"
    # Ten readers, five in a call.
    small = replace(Outbox.capabilities, batch_size=5)
    monkeypatch.setattr(Outbox, "capabilities", small)

    def at(place: str) -> None:
        if place != "after_accept":
            return
        if backup.exists():
            raise Killed
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("VACUUM INTO ?", (str(backup),))

    usual = instance.count

    def count(store: Store, database: Path) -> None:
        # Nothing is noted any more by a process that is killed.
        if not backup.exists():
            usual(store, database)

    monkeypatch.setattr(instance, "count", count)
    dying = replace(sender, controls=Controls(at=at))
    with pytest.raises(Killed):
        dying.send(letter, "outbox")
    sender.store.close()
    database.write_bytes(backup.read_bytes())

    with (
        Store.open(database) as old,
        pytest.raises(CampaignError, match="older than the last send"),
    ):
        replace(sender, store=old).resume()


def test_what_was_left_in_the_middle_too_long_ago_waits_for_a_person(
    sender: Sender, letter: Order
) -> None:
    store = sender.store
    replace(sender, controls=Controls(should_stop=lambda: True)).send(letter, "outbox")
    campaign = steer.of_issue(store, ISSUE)
    late = timedelta(hours=sender.publication.grace_hours + 1)
    set_first_sent(store, campaign, datetime.now(UTC) - late)

    [told] = sender.due()

    assert told.report.campaign.state is CampaignState.PAUSED
    assert "left in the middle" in told.report.campaign.reason
    assert told.report.count(DeliveryState.PENDING) == 10
    assert sender.due() == []
    assert sender.resume(ISSUE)[0].finished


def test_records_are_complete_some_time_after_the_last_attempt(
    store: Store, order: Order, subscribe: Subscribe, use: Use, settings: Publication
) -> None:
    subscribe(10)
    campaign = in_doubt(store, order, use(Slow()), arrived=True)
    # The first attempt was long ago, but a later one may have been what arrived.
    set_first_sent(store, campaign, datetime.now(UTC) - timedelta(hours=2))

    assert steer.reconcile(store, settings, campaign).uncertain == 10


def test_a_cancelled_campaign_stays_cancelled_whatever_the_records_say(
    store: Store, order: Order, subscribe: Subscribe, use: Use, settings: Publication
) -> None:
    subscribe(20)
    provider = use(Recording())
    campaign = plan(store, order, provider, SIGNER)
    provider.script("unknown-before", "stopped")
    with pytest.raises(ProviderStopped):
        run(store, campaign, provider, SIGNER, at_once())
    steer.cancel(store, campaign)

    settled = steer.reconcile(store, settings, steer.of_issue(store, ISSUE))

    assert settled == steer.Settled(missing=10)
    found = status_of(store, campaign.id)
    assert found.campaign.state is CampaignState.CANCELLED
    assert found.totals.skipped == {"cancelled": 20}


class Odd(Simulator):
    """Refuses with words that no database takes."""

    def send(self, batch: Batch) -> list[DeliveryResult]:
        """One call."""
        raise ProviderRefused("no \ud800 way")


def test_the_reason_of_a_pause_can_be_written_down(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(30)
    provider = Odd()
    campaign = plan(store, order, provider, SIGNER)

    with pytest.raises(CampaignError, match="no way"):
        run(store, campaign, provider, SIGNER, at_once())

    assert "no way" in status_of(store, campaign.id).campaign.reason
