"""Events about a campaign that is archived: who is meant is found in its file."""

from pathlib import Path

import pytest

from newsletter.events.apply import AWAY, NEW, STRANGE
from newsletter.model.campaign import Campaign
from newsletter.model.event import EventKind
from newsletter.sending.old_ledgers import archive
from newsletter.sending.why import explain
from newsletter.store.engine import Store
from newsletter.store.ledger_files import LedgerFile
from tests.events.test_apply import applied, sent, suppressed, told


@pytest.fixture
def file(store: Store, campaign: Campaign, tmp_path: Path) -> LedgerFile:
    """The campaign, sent and archived."""
    sent(store, campaign)
    return archive(store, campaign, tmp_path)


@pytest.fixture
def message(store: Store, file: LedgerFile) -> str:
    """What the provider calls the message to the third reader."""
    (away,) = explain(store, "reader3@example.com").archived
    assert away.record
    assert away.path == file.path
    return away.record.provider_message_id


def complaint(store: Store, campaign: Campaign, message: str, number: int = 3) -> str:
    """Tell of a reader whose address we do not know; what came of it."""
    address = "Other.Spelling@example.net"
    event = told(
        campaign,
        EventKind.COMPLAINED,
        number,
        address=address,
        provider_message_id=message,
    )
    (outcome,) = applied(store, event)
    return outcome


def test_a_complaint_is_found_in_the_file(
    store: Store, campaign: Campaign, message: str
) -> None:
    assert complaint(store, campaign, message) == NEW

    assert suppressed(store, 3)
    (event,) = explain(store, "reader3@example.com").events
    assert event.kind is EventKind.COMPLAINED


def test_another_s_message_is_nobody_s(
    store: Store, campaign: Campaign, message: str
) -> None:
    assert complaint(store, campaign, message, 4) == STRANGE
    assert complaint(store, campaign, "no such message", 5) == STRANGE
    assert not any(suppressed(store, number) for number in (3, 4, 5))


def test_a_file_that_is_not_here_is_told_of(
    store: Store, campaign: Campaign, file: LedgerFile, message: str
) -> None:
    file.path.unlink()

    assert complaint(store, campaign, message) == AWAY

    assert suppressed(store, 3) is None
