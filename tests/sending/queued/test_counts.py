"""What a worker counts is what Prometheus is told, also when its campaign is over."""

import time
from typing import Any

import pytest

from newsletter.errors import StoreError
from newsletter.model.campaign import CampaignState
from newsletter.sending.queued.counts import WorkerCounts
from newsletter.store import measures
from newsletter.web.metrics import Metrics
from tests.sending.queued.conftest import Crew

CALLS = "newsletter_provider_calls_total"
BLOCKED = 'newsletter_provider_blocked_seconds{provider="'
DUE = "newsletter_queue_oldest_due_seconds "
TAKEN_OVER = "newsletter_batches_taken_over_total"


@pytest.fixture(autouse=True)
def nothing_is_counted(keyed_crew: Crew) -> None:
    """Other tests have handed their counts over."""
    keyed_crew.change("DELETE FROM service_counts")


def told(crew: Crew) -> list[str]:
    return Metrics().text(crew.store).splitlines()


def value(lines: list[str], start: str) -> float:
    (found,) = [line for line in lines if line.startswith(start)]
    return float(found.rpartition(" ")[2])


def test_a_provider_that_wants_no_call_and_the_queue_are_shown(
    keyed_crew: Crew,
) -> None:
    keyed_crew.provider.script("busy")

    began = time.monotonic()
    keyed_crew.send(1)

    lines = told(keyed_crew)
    passed = time.monotonic() - began
    assert 29 - passed < value(lines, BLOCKED) <= 30
    assert value(lines, 'newsletter_queue_jobs{state="todo"}') == 3
    assert 0 < value(lines, DUE) < 3600


def test_a_hint_for_later_is_not_due(keyed_crew: Crew) -> None:
    later = "clock_timestamp() + interval '1 h'"
    keyed_crew.change(f"UPDATE procrastinate_jobs SET scheduled_at = {later}")

    assert value(told(keyed_crew), DUE) == 0


def test_outcomes_outlive_their_campaign_and_their_worker(keyed_crew: Crew) -> None:
    keyed_crew.provider.script("unknown-before", "busy", "unavailable", "some")
    with keyed_crew.beat as beat:
        while keyed_crew.state() is CampaignState.SENDING:
            for number in (1, 2, 3):
                # As if the waits were over.
                keyed_crew.desks.clear(keyed_crew.campaign.id)
                keyed_crew.change("UPDATE rates SET blocked_until = NULL")
                keyed_crew.send(number)
        beat.counts.taken_over(0)
        beat.counts.taken_over(2)

    lines = told(keyed_crew)
    assert keyed_crew.state() is CampaignState.DONE
    assert 'newsletter_recipients_total{outcome="accepted"} 25' in lines
    assert 'newsletter_recipients_total{outcome="rejected"} 5' in lines
    assert "newsletter_recipients_uncertain 0" in lines
    assert f"{TAKEN_OVER} 2" in lines
    calls = {"ok": 3, "429": 1, "unknown": 1, "failed": 1}
    found = [line for line in lines if line.startswith(CALLS)]
    assert set(found) == {f'{CALLS}{{result="{r}"}} {n}' for r, n in calls.items()}


def test_archived_campaigns_are_counted_as_before(keyed_crew: Crew) -> None:
    for number in (1, 2, 3):
        keyed_crew.send(number)
    keyed_crew.change("DELETE FROM tallies")
    counts = '[["delivered", "", 20], ["bounced", "", 4], ["skipped", "erased", 6]]'
    keyed_crew.change(
        "INSERT INTO ledger_files VALUES "
        f"({keyed_crew.campaign.id}, 'f', '0', 30, '{counts}', now())".replace(
            ":", "\\:"
        )
    )

    with keyed_crew.store.read() as connection:
        found = measures.outcomes(connection)

    assert found == {"accepted": 24, "skipped": 6}


def test_what_could_not_be_handed_over_is_later(
    keyed_crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts, add = WorkerCounts(), "newsletter.store.service_counts.add"
    counts.taken_over(3)

    def away(_connection: Any, _more: Any) -> None:
        raise StoreError("away")

    with monkeypatch.context() as patch:
        patch.setattr(add, away)
        with pytest.raises(StoreError):
            counts.hand_over(keyed_crew.store)
    counts.hand_over(keyed_crew.store)
    counts.hand_over(keyed_crew.store)

    assert f"{TAKEN_OVER} 3" in told(keyed_crew)
