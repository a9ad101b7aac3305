"""What a worker comes to that cannot send: it stands aside while others can."""

from collections import Counter
from types import SimpleNamespace

import pytest

from newsletter.errors import (
    CampaignPaused,
    ConfigError,
    ProviderBusy,
    ProviderStopped,
)
from newsletter.model.campaign import CampaignState, DeliveryResult
from newsletter.model.event import Bounce
from newsletter.model.message import Batch
from newsletter.model.publication import Publication
from newsletter.sending.breaker import FAILURES
from newsletter.sending.controls import Controls
from newsletter.sending.queued import desks as desks_module
from newsletter.sending.queued.desk import Desk
from newsletter.sending.queued.desks import NotHere
from newsletter.sending.run import run
from newsletter.store import baseline, batches, workers
from newsletter.store.baseline import Baseline
from tests.sending.conftest import SIGNER
from tests.sending.queued.conftest import SENT, WAITS, Crew

SENDING, PAUSED = CampaignState.SENDING, CampaignState.PAUSED


@pytest.fixture
def one(keyed_crew: Crew) -> Crew:
    """One worker, which has said that it is there."""
    keyed_crew.beat.beat()
    return keyed_crew


def another_lives(crew: Crew, trouble: str = "") -> None:
    with crew.store.write() as connection:
        workers.seen(connection, "other:1", "1.0", 4, trouble)


def desk_of(crew: Crew) -> Desk:
    desk = crew.desks.of(crew.campaign.id)
    assert desk is not None
    return desk


def without_a_key(name: str, publication: Publication) -> None:
    raise ConfigError("RESEND_API_KEY is not set", hint="set it")


def test_who_is_set_up_wrong_pauses_nothing(
    one: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = "newsletter.sending.queued.desks.open_provider"
    monkeypatch.setattr(place, without_a_key)

    for _ in range(3):
        with pytest.raises(NotHere):
            one.send()

    assert one.state() is SENDING
    assert [each.message for each in one.said] == ["RESEND_API_KEY is not set"]
    one.beat.beat()
    with one.store.read() as connection:
        (worker,) = workers.present(connection)
    assert worker.trouble == "RESEND_API_KEY is not set"


def test_another_secret_than_that_of_the_plan_pauses_nothing(
    one: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_SECRET", "another secret than the one")

    with pytest.raises(NotHere):
        one.send()

    assert one.state() is SENDING
    assert "the secret was replaced" in one.said[0].message


def test_a_worker_makes_no_secret(one: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEWSLETTER_SECRET")

    with pytest.raises(NotHere):
        one.send()

    assert "there is no secret here" in one.said[0].message
    assert "NEWSLETTER_SECRET" in one.said[0].hint
    assert not (one.publication.root / ".newsletter/secret").exists()


def test_a_provider_that_stops_the_only_worker_pauses(one: Crew) -> None:
    one.provider.script("stopped")

    one.send()

    assert one.state() is PAUSED
    assert len(one.told) == 1


@pytest.mark.parametrize("step", ["stopped", "unavailable"])
def test_who_alone_does_not_get_through_leaves_it_to_the_others(
    one: Crew, step: str
) -> None:
    one.others_send(3)
    one.provider.script(step)
    if step == "unavailable":
        judge = desk_of(one).judge
        judge.breaker.failures, judge._failing_since = FAILURES - 1, judge.clock()

    one.send()

    assert one.state() is SENDING
    assert one.batch().state == WAITS
    with pytest.raises(NotHere):
        one.send()
    assert len(one.provider.calls) == 1
    assert len(one.said) == 1


def test_a_worker_that_has_not_tried_yet_may_get_through(one: Crew) -> None:
    another_lives(one)
    one.provider.script("stopped")

    one.send()

    assert one.state() is SENDING


def test_when_all_have_the_same_trouble_it_is_the_campaigns(one: Crew) -> None:
    another_lives(one, trouble="refused, too")
    one.provider.script("stopped")

    one.send()

    assert one.state() is PAUSED


def test_who_stood_aside_tries_again(
    one: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desks_module, "ASIDE_SECONDS", 0.0)
    one.others_send(3)
    one.provider.script("stopped")
    one.send()
    assert one.troubles.words()

    one.send()

    assert one.batch().state == SENT
    assert one.troubles.words() == ""


def test_what_is_wrong_with_the_campaign_pauses_it_whoever_else_sends(
    one: Crew,
) -> None:
    another_lives(one)
    one.others_send(3)
    desk = desk_of(one)
    desk.judge.stopped = CampaignPaused("readers complained")

    one.desks.stop(desk)

    assert one.state() is PAUSED


def test_a_desk_that_was_given_up_pauses_nothing(one: Crew) -> None:
    """Its campaign was paused and resumed while one of its calls was under way."""
    old = desk_of(one)
    one.change("UPDATE campaigns SET state = 'paused'")
    one.change("UPDATE campaigns SET state = 'sending'")
    new = one.desks.fresh(one.campaign.id)
    assert new is not old

    old.judge.stopped = ProviderStopped("of the time before")
    one.desks.stop(old)

    assert one.state() is SENDING
    assert one.desks.holds(desk_of(one))


def test_a_desk_is_kept_as_long_as_its_campaign_is_the_same(one: Crew) -> None:
    assert one.desks.fresh(one.campaign.id) is desk_of(one)
    one.desks.refresh(one.campaign.id)
    assert one.desks.fresh(one.campaign.id) is desk_of(one)


def test_refusals_that_others_met_count(one: Crew) -> None:
    """Each refused one of ten: of all that were sent it is too many."""
    desk = desk_of(one)
    one.change("UPDATE batches SET state = 'accepted', size = 100, rejected = 10")
    with one.store.read() as connection:
        far = batches.so_far(connection, one.campaign.id)

    assert (far.sent, far.rejected) == (270, 30)
    desk.watch(Counter(), far)

    assert desk.judge.stopped is not None
    assert "30 of 300 addresses do not exist" in desk.judge.stopped.message


def test_refusals_before_it_was_resumed_do_not_count(one: Crew) -> None:
    one.change("UPDATE batches SET state = 'accepted', size = 100, rejected = 10")
    with one.store.write() as connection:
        baseline.note(connection, one.campaign.id)
    desk = desk_of(one)
    with one.store.read() as connection:
        desk.watch(Counter(), batches.so_far(connection, one.campaign.id))

    assert desk.judge.stopped is None


def test_who_joins_late_reckons_as_all_the_others_do(one: Crew) -> None:
    """What is told after it came is mostly of messages that were sent before."""
    sent, since = "state = 'accepted', size", "WHERE number = 3"
    one.change(f"UPDATE batches SET {sent} = 500 WHERE number < 3")
    late = desk_of(one)
    one.change(f"UPDATE batches SET {sent} = 400 {since}")
    with one.store.read() as connection:
        far = batches.so_far(connection, one.campaign.id)

    late.watch(Counter({"bounced hard": 50}), far)

    assert late.judge.stopped is None
    late.watch(Counter({"bounced hard": 70}), far)
    assert late.judge.stopped is not None
    assert "70 of 1,400 addresses do not exist" in late.judge.stopped.message


def test_a_resume_counts_from_then_on_for_all_who_send(one: Crew) -> None:
    one.change("UPDATE batches SET state = 'accepted', size = 400 WHERE number < 3")
    one.mailboxes_refuse(Bounce.HARD, 30)
    one.change("UPDATE campaigns SET state = 'paused'")
    run(one.store, one.campaign, one.provider, SIGNER, Controls(at_once=1))

    with one.store.read() as connection:
        before = baseline.get(connection, one.campaign.id)

    assert before == Baseline(800, 0, Counter({"bounced hard": 30}))


def test_only_what_a_provider_asks_for_is_shared(
    one: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That one worker does not get through is no reason for another to wait."""
    # The pause may be a tenth of a second: it must not be over when it is looked at.
    stopped = SimpleNamespace(monotonic=lambda: 1000.0)
    monkeypatch.setattr("newsletter.sending.queued.pace.time", stopped)
    one.provider.script("unavailable")
    one.send()
    asked = "SELECT count(*) FROM rates WHERE blocked_until IS NOT NULL"
    with one.store.read() as connection:
        assert connection.exec_driver_sql(asked).scalar() == 0
    assert desk_of(one).pace.take() > 0

    def busy(batch: Batch) -> list[DeliveryResult]:
        raise ProviderBusy("429 without a word")

    one.provider.send = busy  # type: ignore[method-assign]
    one.desks.clear(one.campaign.id)
    one.send(2)

    with one.store.read() as connection:
        assert connection.exec_driver_sql(asked).scalar() == 1
