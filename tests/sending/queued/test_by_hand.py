"""A send by hand beside workers: what they took over while it slept is theirs."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from newsletter.errors import (
    CampaignPaused,
    ConfigError,
    ProviderStopped,
    StoreError,
)
from newsletter.model.campaign import CampaignState
from newsletter.model.event import Bounce
from newsletter.model.publication import Publication
from newsletter.sending import deliver
from newsletter.sending import run as run_module
from newsletter.sending.controls import Controls
from newsletter.sending.deliver import Sender
from newsletter.sending.queued.engine import Queued
from newsletter.sending.run import run
from newsletter.store import batches, workers
from newsletter.store.workers import GONE_SECONDS
from tests.sending.conftest import SIGNER
from tests.sending.queued.conftest import SENT, WAITS, Crew


def send_by_hand(crew: Crew) -> None:
    controls = Controls(at=crew._at, at_once=1)
    run(crew.store, crew.campaign, crew.provider, SIGNER, controls)


def test_what_others_took_over_meanwhile_is_not_sent_again(crew: Crew) -> None:
    def sleep() -> None:
        crew.at.clear()
        crew.others_take_over()

    crew.at["before_post"] = sleep

    send_by_hand(crew)

    assert len(crew.provider.calls) == 2
    assert crew.batch().key not in crew.provider.calls
    by_keys = crew.provider.capabilities.key_lifetime is not None
    assert crew.batch().state == (SENT if by_keys else "uncertain")
    assert crew.state() is CampaignState.DONE


def test_a_ledger_that_cannot_be_asked_is_asked_again(
    crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No call was made, so nobody is uncertain."""
    answers = [StoreError("away for a moment")]
    may_call = Queued.may_call

    def ask(self: Queued, *about: object) -> bool:
        if answers:
            raise answers.pop()
        return may_call(self, *about)  # type: ignore[arg-type]

    monkeypatch.setattr(Queued, "may_call", ask)

    send_by_hand(crew)

    assert crew.states() == {SENT: 3}
    assert set(crew.provider.mailboxes.values()) == {1}


def by_hand(crew: Crew) -> Sender:
    """Who sends from this machine, for `newsletter resume` and `send --due`."""
    there = crew.publication.model_copy(update={"store": crew.store.url})
    return replace(crew.sender, publication=there)


def another_worker_lives(crew: Crew) -> None:
    with crew.store.write() as connection:
        workers.seen(connection, "other:1:abc", "1.0", 4)


def another_hand_sends(crew: Crew) -> None:
    with crew.store.write() as connection:
        batches.claim(connection, crew.campaign.id, "other:1", 60.0, number=3)


def a_worker_died(crew: Crew) -> None:
    another_worker_lives(crew)
    dead = f"seen_at = clock_timestamp() - interval '{GONE_SECONDS + 1} s'"
    crew.change(f"UPDATE workers SET {dead}")


def nobody(_crew: Crew) -> None:
    """Nobody else is there."""


@pytest.fixture
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider cannot be opened here."""

    def without_a_key(_name: str, _publication: Publication) -> None:
        raise ConfigError("RESEND_API_KEY is not set", hint="set it")

    monkeypatch.setattr(deliver, "open_provider", without_a_key)


OTHERS = [
    (another_worker_lives, CampaignState.SENDING),
    (another_hand_sends, CampaignState.SENDING),
    (a_worker_died, CampaignState.PAUSED),
    (nobody, CampaignState.PAUSED),
]


@pytest.mark.usefixtures("no_key")
@pytest.mark.parametrize(("others", "state"), OTHERS)
def test_a_machine_without_the_key_pauses_nothing_for_others(
    crew: Crew,
    others: Callable[[Crew], None],
    state: CampaignState,
) -> None:
    others(crew)

    with pytest.raises(ConfigError, match="RESEND_API_KEY"):
        by_hand(crew).resume()

    assert crew.state() is state


@pytest.mark.parametrize(("others", "state"), OTHERS)
def test_who_is_refused_pauses_nothing_for_others(
    crew: Crew,
    monkeypatch: pytest.MonkeyPatch,
    others: Callable[[Crew], None],
    state: CampaignState,
) -> None:
    """As a machine whose address the provider does not know."""
    others(crew)
    crew.provider.script("stopped")
    monkeypatch.setattr(deliver, "open_provider", lambda *_: crew.provider)

    with pytest.raises(ProviderStopped):
        by_hand(crew).resume()

    assert crew.state() is state
    assert crew.batch().state == WAITS


@pytest.mark.usefixtures("no_key")
@pytest.mark.parametrize(
    ("others", "state"),
    [(another_worker_lives, CampaignState.SCHEDULED), (nobody, CampaignState.PAUSED)],
)
def test_what_is_due_is_left_to_others_who_can_begin_it(
    crew: Crew,
    others: Callable[[Crew], None],
    state: CampaignState,
) -> None:
    others(crew)
    crew.change("UPDATE campaigns SET state = 'scheduled', not_before = now()")

    with suppress(ConfigError):
        by_hand(crew).due()

    assert crew.state() is state


def told_of_what_others_sent(crew: Crew, sent: int, bounce: Bounce) -> None:
    """While this process sends its first ten, others send a batch, and ten bounce."""
    another_worker_lives(crew)

    def meanwhile() -> None:
        crew.at.clear()
        crew.others_send(3)
        crew.change(f"UPDATE batches SET size = {sent} WHERE number = 3")
        crew.mailboxes_refuse(bounce, 10)

    crew.at["after_intent"] = meanwhile


@pytest.fixture
def attentive(monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks at what was told before each claim."""
    monkeypatch.setattr(run_module, "WATCH_SECONDS", 0.0)


@pytest.mark.usefixtures("attentive")
@pytest.mark.parametrize(
    ("bounce", "sent"), [(Bounce.POLICY, 2000), (Bounce.HARD, 300)]
)
def test_bounces_of_what_others_sent_are_a_share_of_all(
    crew: Crew, bounce: Bounce, sent: int
) -> None:
    told_of_what_others_sent(crew, sent, bounce)

    send_by_hand(crew)

    assert crew.state() is CampaignState.DONE


@pytest.mark.usefixtures("attentive")
@pytest.mark.parametrize(
    ("bounce", "sent", "reason"),
    [
        (Bounce.POLICY, 900, "10 of 900 were refused because of the sender"),
        (Bounce.HARD, 200, r"10 of 200 addresses do not exist \(5%\)"),
    ],
)
def test_too_many_bounces_of_what_others_sent_pause_it(
    crew: Crew, bounce: Bounce, sent: int, reason: str
) -> None:
    told_of_what_others_sent(crew, sent, bounce)

    with pytest.raises(CampaignPaused, match=reason):
        send_by_hand(crew)

    assert crew.state() is CampaignState.PAUSED
    assert len(crew.provider.mailboxes) == 10


@pytest.mark.usefixtures("attentive")
def test_who_joins_workers_reckons_from_when_they_began(crew: Crew) -> None:
    """What bounced before it came is among what workers sent, and so is the share."""
    another_worker_lives(crew)
    crew.change("UPDATE batches SET state = 'accepted', size = 250 WHERE number = 3")
    crew.mailboxes_refuse(Bounce.HARD, 15)

    with pytest.raises(CampaignPaused, match="15 of 250 addresses do not exist"):
        send_by_hand(crew)
