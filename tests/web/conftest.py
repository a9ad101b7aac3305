"""A service with nine readers and an outbox, and what asks it."""

import email
import email.policy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from newsletter.archive.build import build_site
from newsletter.config.publication import load_publication
from newsletter.model.subscriber import Subscriber, SuppressionReason
from newsletter.sending.personalise import UNSUBSCRIBE
from newsletter.store import subscribers, suppressions
from newsletter.store.schema import notices
from newsletter.web import door
from newsletter.web.app import make_app
from newsletter.web.limits import Buckets
from newsletter.web.service import Service
from newsletter.web.serving import open_service
from tests.cli.repository import change
from tests.sending.conftest import people
from tests.web.asgi import Answer, Client

SECRET = "a secret of the tests"
TOPICS = """service:
  topics:
    hiring: "for those who hire"
    searching: "for those who look for work"
"""


@dataclass
class World:
    """The service, its client, and what became of readers and mail."""

    service: Service
    client: Client
    root: Path

    def token(self, number: int = 1, campaign: int = 0) -> str:
        """The token in the letters of reader `number`; of nobody, if there is none."""
        with self.service.store.read() as connection:
            found = subscribers.get(connection, number)
        signer = self.service.keyring.current
        return signer.sign(UNSUBSCRIBE, found.uid if found else number, campaign)

    def reader(self, number: int = 1) -> Subscriber:
        """Reader `number`."""
        with self.service.store.read() as connection:
            found = subscribers.get(connection, number)
        assert found is not None
        return found

    def known(self, address: str) -> Subscriber | None:
        """Who has an address."""
        with self.service.store.read() as connection:
            return subscribers.by_address_key(connection, address)

    def suppressed(self, address: str) -> SuppressionReason | None:
        """Why an address is never mailed."""
        with self.service.store.read() as connection:
            found = suppressions.get(connection, address)
        return found.reason if found else None

    def join(self, address: str, **options: Any) -> Answer:
        """Sign up by the form, as a person does, and wait until all is done."""
        shown = self.client.get("/subscribe")
        moment = re.findall(r'name="moment" value="([^"]+)"', shown.text)[0]
        form = {"address": address, "moment": moment}
        answer = self.client.post("/subscribe", form, **options)
        self.settle()
        return answer

    def settle(self) -> None:
        """Wait until all mails are sent."""
        self.client.run(self.service.door.done())

    def wait(self, *, days: float) -> None:
        """Let time pass: all mails to one person are as much older."""
        with self.service.store.write() as connection:
            for row in connection.execute(notices.select()).all():
                earlier = row.planned_at - timedelta(days=days)
                this = notices.update().where(notices.c.id == row.id)
                connection.execute(this.values(planned_at=earlier))

    def mails(self) -> list[EmailMessage]:
        """What is in the outbox."""
        files = sorted((self.root / ".newsletter/outbox/new").glob("*.eml"))
        return [
            email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            for file in files
        ]

    def confirm_path(self, mail: EmailMessage | None = None) -> str:
        """Where the link of a confirmation leads."""
        mail = mail or self.mails()[-1]
        text = mail.get_body(("plain",))
        assert text is not None
        found: str = re.findall(r"https://[^/]+(/confirm/\S+)", text.get_content())[0]
        return found


@pytest.fixture
def make_world(
    publication: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., World]]:
    """Make a world: `make_world(("old text", "new"))` changes newsletter.yaml."""
    monkeypatch.setenv("NEWSLETTER_SECRET", SECRET)
    # What is promised waits for `settle`, however slow the machine is meanwhile.
    monkeypatch.setattr(door, "REST", (600.0, 600.0))
    made: list[World] = []

    def make(*changes: tuple[str, str]) -> World:
        topics = ("service:\n", TOPICS)
        change(publication / "newsletter.yaml", *changes, topics)
        service = open_service(load_publication(publication))
        service.fill_seconds = 0
        service.limits.network = Buckets(1000, 1)
        with service.store.write() as connection:
            subscribers.upsert(connection, people(9))
        client = Client(make_app(service, publication / "site"))
        made.append(World(service, client, publication))
        return made[-1]

    yield make
    for world in made:
        world.client.close()


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """The usual one."""
    return make_world()


@pytest.fixture
def site(world: World) -> World:
    """One whose archive is built."""
    publication = world.service.publication
    build_site(publication, world.root / "site", today=date(2026, 12, 31))
    return world
