"""Joining, confirming, choosing and leaving in Chromium, the mail through real SMTP."""

import email
import email.policy
import os
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from newsletter.archive.build import build_site
from newsletter.config.publication import load_publication
from newsletter.model.subscriber import Subscriber
from newsletter.model.token import Signer
from newsletter.store import subscribers, tags
from newsletter.store.engine import Store
from newsletter.web.join import FORM
from tests.cli.repository import change
from tests.rig.axe import faults
from tests.rig.smtp import Received, Relay, relay
from tests.web.conftest import SECRET, TOPICS
from tests.web.running import free_port, running

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.rig.chromium import Pages
    from tests.rig.vnu import Vnu

NEW = "nia@example.com"
_SMTP = """
providers:
  smtp: {{host: 127.0.0.1, port: {port}, security: none}}
"""


class Inbox(list[Received]):
    """What was delivered; `arrived` is set with the first."""

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self.arrived = threading.Event()

    def append(self, message: Received) -> None:
        """Take a message."""
        super().append(message)
        self.arrived.set()


@dataclass
class Place:
    """The running service, the SMTP server behind it, and its database."""

    url: str
    relay: Relay
    database: Path

    def mail(self, pages: int) -> str:
        """The text of the mail that was delivered, once there are so many."""
        assert len(self.relay.messages) == pages
        data = self.relay.messages[-1].data
        message = email.message_from_bytes(data, policy=email.policy.default)
        text = message.get_body(("plain",))
        assert text is not None
        return str(text.get_content())

    def known(self) -> tuple[Subscriber | None, tuple[str, ...]]:
        """The new subscriber, and what they have chosen."""
        with Store.open(self.database) as store, store.read() as connection:
            person = subscribers.by_address_key(connection, NEW)
            chosen = tags.of_subscriber(connection, person.id) if person else ()
        return person, chosen


@pytest.fixture
def place(publication: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """`newsletter serve` with an SMTP server of the test's."""
    monkeypatch.setenv("NEWSLETTER_SECRET", SECRET)
    port = free_port()
    with relay(Relay(offer_starttls=False, messages=Inbox())) as mailbox:
        settings = publication / "newsletter.yaml"
        change(
            settings,
            ("provider: outbox", "provider: smtp"),
            ("https://letter.example.com", f"http://127.0.0.1:{port}"),
            ("https://letter.example.com", f"http://127.0.0.1:{port}"),
            ("service:\n", TOPICS),
        )
        with settings.open("a", encoding="utf-8") as file:
            file.write(_SMTP.format(port=mailbox.port))
        loaded = load_publication(publication)
        build_site(loaded, publication / "site", today=date(2026, 12, 31))
        with running(publication, port) as url:
            yield Place(url, mailbox, publication / ".newsletter/newsletter.db")


def shot(page: "Page", name: str) -> None:
    """Keep a picture where SCREENSHOTS says, for people to look at."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def messages(page: "Page", vnu: "Vnu") -> list[str]:
    """What the checker finds; it does not know which site `'self'` is."""
    found = vnu.messages(page.content())
    return [each for each in found if "“style-src” directive" not in each]


def looks_well(page: "Page", vnu: "Vnu", name: str) -> None:
    """Valid, accessible, and no wider than the screen; in colours of the day."""
    page.wait_for_load_state()
    assert messages(page, vnu) == []
    assert faults(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide
    shot(page, name)


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (375, True)])
def test_a_reader_comes_chooses_and_leaves(
    place: Place, open_page: "Pages", vnu: "Vnu", width: int, dark: bool
) -> None:
    kind = f"{width}-{'dark' if dark else 'light'}"
    # The scripts that may run are the checker's: the pages' policy allows none.
    page = open_page(f"{place.url}/subscribe", width=width, dark=dark)
    looks_well(page, vnu, f"join-{kind}")
    page.get_by_label("your email address").fill(NEW)
    # As if they had taken a minute; nobody types in less than two seconds.
    earlier = Signer(SECRET.encode()).sign(FORM, 0, int(time.time()) - 60)
    page.locator("[name=moment]").evaluate("(one, text) => one.value = text", earlier)
    page.get_by_role("button", name="sign me up").click()
    page.get_by_role("heading", name="now look into your inbox").wait_for()
    looks_well(page, vnu, f"sent-{kind}")

    link = _link(place)
    page.goto(link)
    looks_well(page, vnu, f"confirm-{kind}")
    person, _ = place.known()
    assert person
    assert person.status == "pending"
    page.get_by_label("your name, if you like").fill("Nia")
    page.get_by_role("button", name="yes, sign me up").click()
    page.get_by_role("heading", name="you are in").wait_for()
    looks_well(page, vnu, f"confirmed-{kind}")
    person, _ = place.known()
    assert person
    assert (person.status, person.name) == ("active", "Nia")

    _choose(page, place, vnu, kind, person.uid)
    _leave(page, place, vnu, kind, person.uid)
    assert open_page.refused == []


def _link(place: Place) -> str:
    """The link of the confirmation, when SMTP has delivered it."""
    assert isinstance(place.relay.messages, Inbox)
    assert place.relay.messages.arrived.wait(30)
    found = re.search(r"http://\S+/confirm/\S+", place.mail(1))
    assert found
    return found[0]


def _token(number: int) -> str:
    return Signer(SECRET.encode()).sign("unsubscribe", number)


def _choose(page: "Page", place: Place, vnu: "Vnu", kind: str, number: int) -> None:
    page.goto(f"{place.url}/preferences/{_token(number)}")
    looks_well(page, vnu, f"preferences-{kind}")
    page.get_by_label("for those who hire").check()
    page.get_by_role("button", name="save").click()
    page.get_by_text("saved.").wait_for()
    assert page.get_by_label("for those who hire").is_checked()
    looks_well(page, vnu, f"saved-{kind}")
    assert place.known()[1] == ("hiring",)


def _leave(page: "Page", place: Place, vnu: "Vnu", kind: str, number: int) -> None:
    page.get_by_role("link", name="unsubscribe").click()
    page.get_by_role("button", name="unsubscribe me").wait_for()
    looks_well(page, vnu, f"leave-{kind}")
    assert place.known()[0].status == "active"  # type: ignore[union-attr]
    page.get_by_role("button", name="unsubscribe me").click()
    page.get_by_role("heading", name="you are out").wait_for()
    looks_well(page, vnu, f"left-{kind}")
    assert place.known()[0].status == "unsubscribed"  # type: ignore[union-attr]


def test_mistakes_are_shown_where_they_are(
    place: Place, open_page: "Pages", vnu: "Vnu"
) -> None:
    page = open_page(f"{place.url}/subscribe", javascript=False)
    field = page.get_by_label("your email address")
    field.fill("nia@example")
    page.get_by_role("button", name="sign me up").click()

    alert = page.get_by_role("alert")
    alert.wait_for()
    assert alert.inner_text() == "this does not look like an email address."
    assert page.get_by_label("your email address").input_value() == "nia@example"
    page.wait_for_load_state()
    assert messages(page, vnu) == []
    shot(page, "mistake")

    page.goto(f"{place.url}/u/cut-in-two")
    page.get_by_role("heading", name="this link is not whole").wait_for()
    shot(page, "bad-link")
