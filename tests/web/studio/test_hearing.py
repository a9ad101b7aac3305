"""What is written into the ledger meanwhile is shown in the open pages."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from newsletter.config.publication import load_publication
from newsletter.events.apply import apply
from newsletter.model.event import Bounce, Event, EventKind
from newsletter.model.message import delivery_id
from newsletter.store import campaigns, subscribers
from newsletter.store.engine import Store
from newsletter.web.studio.desk import Desk, Options
from newsletter.web.studio.hearing import Ear
from tests.cli.conftest import Newsletter
from tests.sending.conftest import people
from tests.web.studio.conftest import ISSUE, Studio

if TYPE_CHECKING:
    from tests.rig.chromium import Pages

SLUG = "pull-up-the-second-chair"
NOW = ("--now", "2026-11-20T09:30:00+00:00")


def opened(root: Path) -> Store:
    """The ledger of a publication."""
    publication = load_publication(root)
    return Store.open(publication.store_path or publication.store)


def subscribe(root: Path) -> None:
    """Three subscribers."""
    with opened(root) as store, store.write() as connection:
        subscribers.upsert(connection, people(3))


def bounce(root: Path) -> None:
    """One message of the last campaign comes back."""
    with opened(root) as store:
        with store.read() as connection:
            campaign = campaigns.latest(connection, 1)[0]
            reader = next(iter(subscribers.iterate(connection)))
        event = Event(
            kind=EventKind.BOUNCED,
            id="1",
            at=datetime.now(UTC),
            address=reader.address,
            delivery_id=delivery_id(campaign.uid, reader.id),
            bounce=Bounce.HARD,
            reason="550 no such user",
        )
        apply(store, "outbox", [event], event.at)


def test_a_send_and_an_event_are_heard_once(
    at_desk: Studio, newsletter: Newsletter
) -> None:
    ear = Ear(at_desk.desk)
    assert not ear.hears()
    subscribe(at_desk.root)
    ear.hears()
    assert not ear.hears()
    assert newsletter(*NOW, "send", SLUG, "--yes").code == 0
    assert [ear.hears(), ear.hears()] == [True, False]
    bounce(at_desk.root)
    assert [ear.hears(), ear.hears()] == [True, False]


def test_a_ledger_that_was_not_written_is_not_opened(
    publication: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(publication)
    monkeypatch.setattr("newsletter.web.studio.hearing._SETTLED_NS", -1)
    # At a desk alone: a studio would hear by itself, at any time.
    ear = Ear(Desk(publication, Options(hosts=frozenset())))
    ear.hears()
    monkeypatch.setattr("newsletter.web.studio.hearing.peek", None)
    assert not ear.hears()


@pytest.mark.parametrize("broken", ["newsletter.yaml", ".newsletter/newsletter.db"])
def test_what_cannot_be_read_is_heard_of_elsewhere(
    at_desk: Studio, broken: str
) -> None:
    subscribe(at_desk.root)
    ear = Ear(at_desk.desk)
    ear.hears()
    (at_desk.root / broken).write_bytes(b"no: [" * 999)
    assert not ear.hears()


def test_a_send_while_it_is_open_is_seen_in_the_library_and_the_issue(
    publication: Path, preview: str, open_page: "Pages"
) -> None:
    subscribe(publication)
    library = open_page(preview)
    row = library.locator(f"tr[data-file='issues/{ISSUE}.md']")
    row.locator(".state", has_text="ready").wait_for()
    issue = open_page(f"{preview}/issues/{ISSUE}")
    shown = issue.frame_locator(".pane iframe:not(.coming)")
    shown.get_by_text("hello Ana,").wait_for()
    issue.evaluate("document.querySelector('.pane iframe').mark = 'the same'")

    command = [str(Path(sys.executable).with_name("newsletter")), *NOW, "send", SLUG]
    subprocess.run([*command, "--yes"], cwd=publication, check=True, timeout=60)
    row.locator(".state", has_text="sent").wait_for()
    issue.locator("#beside").get_by_text("accepted: 3").first.wait_for()
    bounce(publication)
    issue.locator("#beside").get_by_text("bounced: 1").first.wait_for()
    assert issue.evaluate("document.querySelector('.pane iframe').mark") == "the same"
