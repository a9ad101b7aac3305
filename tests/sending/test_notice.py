"""Mail to one person: as often tried as is safe, and its outcome in the ledger."""

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import pytest

from newsletter.config.publication import load_publication
from newsletter.errors import ProviderRefused, ProviderUnavailable
from newsletter.model.campaign import DeliveryResult, DeliveryState
from newsletter.model.consent import NoticeKind
from newsletter.model.message import Batch
from newsletter.model.subscriber import Subscriber, SubscriberStatus
from newsletter.providers.protocol import Capabilities
from newsletter.sending.notice import TRIES, Notices
from newsletter.store import notices
from newsletter.store.engine import Store
from newsletter.store.notices import NewNotice
from newsletter.store.schema import notices as table
from tests.sending.conftest import SIGNER
from tests.sending.simulators import Simulator

S = DeliveryState
ANA = Subscriber(
    id=7,
    address="ana@example.com",
    address_key="ana@example.com",
    name="",
    attributes={},
    status=SubscriberStatus.PENDING,
    source="sign-up form",
    created_at=datetime(2026, 11, 20, tzinfo=UTC),
    uid=4711,
)


@pytest.fixture
def uid(store: Store) -> str:
    """A confirmation that is about to be sent."""
    uid = uuid.uuid4().hex
    with store.write() as connection:
        notices.plan(
            connection,
            NewNotice(
                uid=uid,
                kind=NoticeKind.CONFIRMATION,
                subscriber_id=7,
                address_key="ana@example.com",
                provider="simulator",
            ),
        )
    return uid


@pytest.fixture
def send(store: Store, publication: Path, uid: str) -> Callable[[Simulator], str]:
    """Send it through a provider; the state it is in then."""

    def work(provider: Simulator) -> str:
        settings = load_publication(publication, {})
        mail = Notices(store, settings, provider, SIGNER, pause=lambda _: None)
        mail.ask_to_confirm(uid, 1, ANA, ANA.address)
        with store.read() as connection:
            return str(connection.execute(table.select()).one().state)

    return work


@pytest.mark.parametrize(
    ("script", "state", "calls"),
    [
        ([], S.ACCEPTED, 1),
        (["unavailable", "unavailable"], S.ACCEPTED, 3),
        (["unavailable"] * 5, S.REJECTED, TRIES),
        (["unknown-after"], S.UNCERTAIN, 1),
        (["unknown-before"], S.UNCERTAIN, 1),
        (["stopped"], S.REJECTED, 1),
        (["refused"], S.REJECTED, 1),
    ],
)
def test_it_is_tried_again_only_where_nothing_was_sent(
    send: Callable[[Simulator], str], script: list[str], state: S, calls: int
) -> None:
    provider = Simulator(script)

    assert send(provider) == state

    assert len(provider.calls) == calls
    assert len(set(provider.calls)) == 1
    assert sum(provider.mailboxes.values()) <= 1


class Silent(Simulator):
    """Says nothing of the one recipient, or that it may be later."""

    told: ClassVar[Sequence[DeliveryResult]] = ()
    capabilities: ClassVar[Capabilities] = Capabilities(batch_size=1)

    def send(self, batch: Batch) -> Sequence[DeliveryResult]:
        """Do not say."""
        return self.told


class Later(Silent):
    """One that puts it off."""

    told: ClassVar[Sequence[DeliveryResult]] = (DeliveryResult(7, S.PENDING),)


@pytest.mark.parametrize("kind", [Silent, Later])
def test_what_nobody_told_is_uncertain(
    send: Callable[[Simulator], str], kind: type[Simulator]
) -> None:
    assert send(kind()) == S.UNCERTAIN


def test_a_provider_that_says_how_long_is_waited_for(
    store: Store, publication: Path, uid: str
) -> None:
    class Busy(Simulator):
        """Names a time, and then a shorter one than it would be."""

        def send(self, batch: Batch) -> Sequence[DeliveryResult]:
            raise ProviderUnavailable("busy", retry_after=7.0)

    waited: list[float] = []
    settings = load_publication(publication, {})
    mail = Notices(store, settings, Busy(), SIGNER, pause=waited.append)

    mail.ask_to_confirm(uid, 1, ANA, ANA.address)

    assert waited == [7.0] * (TRIES - 1)
    with store.read() as connection:
        row = connection.execute(table.select()).one()
    assert (row.state, row.reason) == (S.REJECTED, "busy")


def test_why_it_was_refused_is_kept(store: Store, publication: Path, uid: str) -> None:
    class No(Simulator):
        """Refuses."""

        def send(self, batch: Batch) -> Sequence[DeliveryResult]:
            raise ProviderRefused("no such mailbox")

    mail = Notices(store, load_publication(publication, {}), No(), SIGNER)
    mail.ask_to_confirm(uid, 1, ANA, ANA.address)

    with store.read() as connection:
        assert connection.execute(table.select()).one().reason == "no such mailbox"
