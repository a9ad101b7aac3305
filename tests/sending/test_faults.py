"""Any order of faults and crashes: the ledger and the mailboxes agree in the end."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.errors import NewsletterError
from newsletter.model.campaign import DeliveryState
from newsletter.sending.order import Order
from newsletter.sending.plan import plan
from newsletter.sending.run import run
from newsletter.sending.status import status_of
from newsletter.store import history, subscribers
from newsletter.store.engine import Store
from tests.sending.conftest import SIGNER, at_once, people
from tests.sending.simulators import Crash, KeyedSimulator, Simulator

STEPS = (
    "ok",
    "before",
    "after",
    "unknown-before",
    "unknown-after",
    "unavailable",
    "stopped",
    "refused",
    "some",
    "silent",
)
PEOPLE = 25


def send_until_done(store: Store, order: Order, provider: Simulator, calls: int) -> int:
    """Send and resume after every crash or stop; gives the campaign's id."""
    campaign = plan(store, order, provider, SIGNER)
    for _ in range(200):
        try:
            if run(store, campaign, provider, SIGNER, at_once(calls)):
                return campaign.id
        except (Crash, NewsletterError):
            continue
    pytest.fail("the campaign never ended")


def states(store: Store) -> dict[str, DeliveryState]:
    with store.read() as connection:
        return {
            person.address: history.history(connection, person.address_key)[0].state
            for person in people(PEOPLE)
        }


def exercise(order: Order, provider: Simulator, calls: int) -> dict[str, DeliveryState]:
    with (
        tempfile.TemporaryDirectory() as folder,
        Store.open(f"sqlite:///{Path(folder) / 'store.db'}") as store,
    ):
        with store.write() as connection:
            subscribers.upsert(connection, people(PEOPLE))
        campaign = send_until_done(store, order, provider, calls)
        found = states(store)
        totals = status_of(store, campaign).totals
        assert totals.recipients == PEOPLE
        return found


loose = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@loose
@given(
    script=st.lists(st.sampled_from(STEPS), max_size=12), calls=st.sampled_from([1, 3])
)
def test_with_keys_nobody_is_lost_and_nobody_gets_it_twice(
    order: Order, script: list[str], calls: int
) -> None:
    provider = KeyedSimulator(script)

    found = exercise(order, provider, calls)

    for address, state in found.items():
        copies = provider.mailboxes[address]
        assert copies <= 1
        if state is DeliveryState.ACCEPTED:
            assert copies == 1
        elif state is DeliveryState.REJECTED:
            assert copies == 0
        else:
            # Never mentioned in an answer, or refused after an attempt in doubt.
            assert state is DeliveryState.UNCERTAIN


@loose
@given(
    script=st.lists(st.sampled_from(STEPS), max_size=12), calls=st.sampled_from([1, 3])
)
def test_without_keys_nobody_gets_it_twice_and_doubts_are_named(
    order: Order, script: list[str], calls: int
) -> None:
    provider = Simulator(script)

    found = exercise(order, provider, calls)

    for address, state in found.items():
        copies = provider.mailboxes[address]
        assert copies <= 1
        if state is DeliveryState.ACCEPTED:
            assert copies == 1
        if state is DeliveryState.REJECTED:
            assert copies == 0
        assert state is not DeliveryState.PENDING
