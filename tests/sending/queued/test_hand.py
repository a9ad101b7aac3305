"""Between a claim and its call: whatever happens there, nobody gets it twice."""

from typing import Any

import pytest

from newsletter.model.campaign import CampaignState
from newsletter.render.message import MessageBuilder
from newsletter.sending.queued.hand import IN_HAND_SECONDS
from newsletter.store import rates
from newsletter.store.listening import Again
from newsletter.store.rates import Rate
from tests.sending.queued.conftest import SENT, WAITS, Crew

SLOW = Rate("provider simulator", 0.001, 1.0)


def drain(crew: Crew) -> None:
    """Others take every token that there is."""
    with crew.store.bulk() as connection:
        rates.take(connection, SLOW, 1)


def tokens(crew: Crew) -> float:
    """In how many seconds there is a token again."""
    with crew.store.read() as connection:
        return rates.wait(connection, SLOW, 1)


def pause_and_resume(crew: Crew) -> None:
    for state in (CampaignState.PAUSED, CampaignState.SENDING):
        crew.change(f"UPDATE campaigns SET state = '{state}'")


def test_what_is_hinted_at_is_sent_once(crew: Crew) -> None:
    crew.send()
    crew.send()

    assert crew.batch().state == SENT
    assert len(crew.provider.calls) == 1
    assert set(crew.provider.mailboxes.values()) == {1}


@pytest.mark.parametrize("place", ["after_intent", "before_post"])
def test_who_slept_until_others_took_over_makes_no_call(crew: Crew, place: str) -> None:
    """Its heart beats again before it looks: that renews and proves nothing."""

    def sleep() -> None:
        crew.others_take_over()
        crew.beat.beat()

    crew.at[place] = sleep
    with pytest.raises(Again):
        crew.send()

    assert crew.provider.calls == []
    by_keys = crew.provider.capabilities.key_lifetime is not None
    assert crew.batch().state == (SENT if by_keys else "uncertain")


def test_with_little_of_its_lease_left_no_call_is_begun(crew: Crew) -> None:
    soon = "lease_until = clock_timestamp() + interval '3 s'"
    crew.at["before_post"] = lambda: crew.change(f"UPDATE batches SET {soon}")

    with pytest.raises(Again):
        crew.send()

    assert crew.provider.calls == []
    assert (crew.batch().state, crew.batch().attempt) == (WAITS, 0)
    crew.at.clear()
    crew.send()
    assert crew.batch().state == SENT


def test_a_key_that_expires_while_its_claim_sleeps_is_not_used(
    keyed_crew: Crew,
) -> None:
    keyed_crew.provider.script("unknown-after")
    keyed_crew.send()
    assert keyed_crew.batch().in_doubt
    old = "first_sent_at = first_sent_at - interval '30 h'"
    keyed_crew.at["before_post"] = lambda: keyed_crew.change(
        f"UPDATE batches SET {old}"
    )
    keyed_crew.desks.clear(keyed_crew.campaign.id)

    with pytest.raises(Again):
        keyed_crew.send()
    keyed_crew.at.clear()
    keyed_crew.send()

    assert len(keyed_crew.provider.calls) == 1
    assert keyed_crew.batch().state == "uncertain"


def test_the_pace_is_asked_before_the_claim(keyed_crew: Crew) -> None:
    """So no wait lies between the claim and the call."""
    keyed_crew.per_second = SLOW.per_second
    keyed_crew.at["after_intent"] = lambda: drain(keyed_crew)

    keyed_crew.send()

    assert keyed_crew.batch().state == SENT
    with pytest.raises(Again) as later:
        keyed_crew.send(2)
    assert keyed_crew.batch(2).attempt == 0
    assert later.value.at > keyed_crew.batch().first_sent_at
    assert tokens(keyed_crew) > IN_HAND_SECONDS


def test_what_was_taken_for_nothing_is_given_back(keyed_crew: Crew) -> None:
    keyed_crew.per_second = SLOW.per_second
    keyed_crew.others_send()

    keyed_crew.send()

    assert keyed_crew.provider.calls == []
    assert tokens(keyed_crew) == 0


def test_who_paused_it_meanwhile_is_heard(keyed_crew: Crew) -> None:
    keyed_crew.at["before_post"] = lambda: keyed_crew.change(
        "UPDATE campaigns SET state = 'paused'"
    )

    with pytest.raises(Again):
        keyed_crew.send()
    keyed_crew.send()

    assert keyed_crew.provider.calls == []
    assert keyed_crew.states() == {WAITS: 3}


def test_a_resumed_campaign_begins_with_a_new_desk(keyed_crew: Crew) -> None:
    """What an old one has counted, and would pause it for, a person has seen."""
    keyed_crew.send()
    before = keyed_crew.desks.of(keyed_crew.campaign.id)
    pause_and_resume(keyed_crew)

    with pytest.raises(Again):
        keyed_crew.send(2)
    keyed_crew.send(2)

    assert keyed_crew.desks.of(keyed_crew.campaign.id) is not before
    assert keyed_crew.batch(2).state == SENT


def test_who_waits_with_a_desk_that_was_given_up_claims_nothing(
    keyed_crew: Crew,
) -> None:
    desk = keyed_crew.desks.of(keyed_crew.campaign.id)
    assert desk is not None
    taken = desk.pace.take

    def take_while_somebody_stops() -> float:
        keyed_crew.desks.drop(desk)
        return taken()

    desk.pace.take = take_while_somebody_stops  # type: ignore[method-assign]

    with pytest.raises(Again):
        keyed_crew.send()

    assert keyed_crew.batch().attempt == 0


def test_another_version_repeats_no_key_with_the_bytes_it_would_make(
    keyed_crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The provider would take them for the first: nobody knows who got which."""
    keyed_crew.provider.script("unknown-after")
    keyed_crew.send()
    assert keyed_crew.batch().in_doubt
    build = MessageBuilder.build

    def other_bytes(self: MessageBuilder, *given: Any) -> bytes:
        return build(self, *given) + b"\r\n"

    monkeypatch.setattr(MessageBuilder, "build", other_bytes)
    monkeypatch.setattr("newsletter.sending.recovery.__version__", "0.0.1")
    older = Crew(
        keyed_crew.store,
        keyed_crew.publication,
        keyed_crew.provider,
        keyed_crew.campaign,
    )
    older.change("UPDATE batches SET not_before = NULL")
    older.send()

    assert len(keyed_crew.provider.calls) == 1
    assert keyed_crew.batch().state == "uncertain"
    older.send(2)
    assert keyed_crew.batch(2).state == SENT
