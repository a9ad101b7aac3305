"""Two at once on PostgreSQL: who cancels, finishes, puts back, archives, beside others.

Nobody is told to be left out who gets the mail, and nobody gets it twice.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from newsletter.errors import StoreBusy
from newsletter.model.campaign import (
    BatchState,
    Campaign,
    CampaignState,
    ClaimedBatch,
    DeliveryState,
)
from newsletter.sending.old_ledgers import archive
from newsletter.store import batches, campaigns, ledger_files, lifecycle, planning
from newsletter.store.engine import Store
from tests.rig.meanwhile import Meanwhile
from tests.store.ledger import (
    LEASE,
    accepted,
    batch_state,
    claim,
    new_campaign,
    plan,
    states,
    subscribe,
)

ACCEPTED, SKIPPED = DeliveryState.ACCEPTED, DeliveryState.SKIPPED


def sent(store: Store, ids: list[int], part: int = 1) -> Campaign:
    """A part of an issue that everybody has got."""
    made = plan(store, ids, size=len(ids), new=new_campaign("hello", "all", part))
    claimed = claim(store, made)
    with store.write() as connection:
        batches.record(connection, claimed, accepted(claimed))
        assert campaigns.finish(connection, made.id)
    return made


@pytest.fixture
def archived_after(
    postgres: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Campaign], list[Meanwhile]]:
    """Archives a campaign beside whoever has just asked whether one is in a file."""
    refuse, began = ledger_files.refuse, []

    def prepare(leaving: Campaign) -> list[Meanwhile]:
        def refuse_then_archive(connection: Connection, issue: str) -> None:
            refuse(connection, issue)
            work = Meanwhile(postgres, lambda: archive(postgres, leaving, tmp_path))
            began.append(work)

        monkeypatch.setattr(ledger_files, "refuse", refuse_then_archive)
        return began

    return prepare


def ended(work: list[Meanwhile]) -> int:
    """Wait for all of them; one that waited for too long has changed nothing."""
    for each in work:
        with suppress(StoreBusy):
            each.end()
    return len(work)


def test_who_is_sent_to_beside_a_cancel_is_not_called_left_out(
    postgres: Store,
) -> None:
    """A worker claims what it can after each statement of who cancels."""
    made = plan(postgres, subscribe(postgres, 12), size=2)
    in_hand: list[ClaimedBatch] = []

    def work(*_: object) -> None:
        with postgres.write() as other:
            if claimed := batches.claim(other, made.id, "other", LEASE):
                in_hand.append(claimed)

    with postgres.write() as connection:
        event.listen(connection, "after_cursor_execute", work)
        assert lifecycle.cancel(connection, made.id)
    for claimed in in_hand:
        with postgres.write() as connection:
            assert batches.record(connection, claimed, accepted(claimed))

    sent = 2 * len(in_hand)
    assert 0 < sent < 12
    assert states(postgres, made) == [ACCEPTED] * sent + [SKIPPED] * (12 - sent)


def test_what_is_put_back_beside_a_cancel_is_cancelled_too(postgres: Store) -> None:
    made = plan(postgres, subscribe(postgres, 4), size=2)
    claimed = claim(postgres, made)

    def put_back() -> None:
        with postgres.write() as other:
            batches.release(other, claimed, 0.0)
            lifecycle.drop_cancelled(other, made.id)

    with postgres.write() as connection:
        assert lifecycle.cancel(connection, made.id)
        worker = Meanwhile(postgres, put_back)
    worker.end()

    assert states(postgres, made) == [SKIPPED] * 4
    assert batch_state(postgres, made) is BatchState.REJECTED


def test_a_campaign_is_not_done_while_people_are_put_back(postgres: Store) -> None:
    made = plan(postgres, subscribe(postgres, 4), size=4)
    claimed = claim(postgres, made)
    with postgres.write() as connection:
        batches.give_up(connection, claimed, "refused")

    def finish() -> bool:
        with postgres.write() as other:
            return campaigns.finish(other, made.id)

    with postgres.write() as connection:
        assert batches.send_again(connection, made.id, DeliveryState.REJECTED, 4) == 4
        worker = Meanwhile(postgres, finish)

    assert worker.end() is False
    with postgres.read() as connection:
        found = campaigns.get(connection, made.id)
    assert found
    assert found.state is CampaignState.SENDING


def test_who_has_an_issue_is_known_while_a_part_of_it_is_archived(
    postgres: Store, archived_after: Callable[[Campaign], list[Meanwhile]]
) -> None:
    first = sent(postgres, subscribe(postgres, 4))
    with postgres.write() as connection:
        scheduled = campaigns.create(connection, new_campaign("hello", "all", 2))
    work = archived_after(first)

    with postgres.write() as connection:
        cut = planning.add_deliveries(connection, scheduled.id, "hello", 100)

    assert ended(work) == 1
    assert cut == []


def test_nobody_is_put_back_who_is_in_a_part_that_is_being_archived(
    postgres: Store, archived_after: Callable[[Campaign], list[Meanwhile]]
) -> None:
    ids = subscribe(postgres, 4)
    first = plan(postgres, ids, size=4)
    claimed = claim(postgres, first)
    with postgres.write() as connection:
        batches.give_up(connection, claimed, "refused")
        assert campaigns.finish(connection, first.id)
    work = archived_after(sent(postgres, ids, part=2))

    with postgres.write() as connection:
        again = batches.send_again(connection, first.id, DeliveryState.REJECTED, 4)

    assert ended(work) == 1
    assert again == 0
