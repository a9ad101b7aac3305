"""Several events about one reader in one call, and events about who is gone."""

from itertools import permutations

import pytest
from sqlalchemy import select

from newsletter.audience.forgetting import forget
from newsletter.events.apply import STRANGE
from newsletter.model.campaign import Campaign
from newsletter.model.erasure import Eraser
from newsletter.model.event import Bounce, EventKind
from newsletter.model.subscriber import SubscriberStatus, SuppressionReason
from newsletter.store import subscribers
from newsletter.store.engine import Store
from newsletter.store.schema import events as table
from tests.events.test_apply import applied, bounce, sent, suppressed, told

_LEFT = EventKind.UNSUBSCRIBED
_SPAM = EventKind.COMPLAINED


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_all_that_is_told_in_one_call_counts(
    store: Store, campaign: Campaign, order: tuple[int, ...], *, at_once: bool
) -> None:
    given = (
        told(campaign, _LEFT),
        told(campaign, _SPAM),
        bounce(campaign, Bounce.HARD, id="b"),
    )
    calls = [[given[i] for i in order]] if at_once else [[given[i]] for i in order]

    for call in calls:
        applied(store, *call)

    with store.read() as connection:
        person = subscribers.get(connection, 1)
    assert person
    assert person.status is SubscriberStatus.UNSUBSCRIBED
    assert suppressed(store) is SuppressionReason.COMPLAINT


@pytest.mark.parametrize("left_first", [True, False])
def test_who_bounced_and_left_has_left(
    store: Store, campaign: Campaign, *, left_first: bool
) -> None:
    given = [told(campaign, _LEFT), bounce(campaign, Bounce.HARD, id="b")]

    applied(store, *(given if left_first else reversed(given)))

    with store.read() as connection:
        person = subscribers.get(connection, 1)
    assert person
    assert person.status is SubscriberStatus.UNSUBSCRIBED
    assert suppressed(store) is SuppressionReason.BOUNCE


def test_an_event_brings_no_address_back_that_was_erased(
    store: Store, campaign: Campaign
) -> None:
    sent(store, campaign)
    forget(store, Eraser(b"a secret of the tests"), "reader1@example.com")
    late = bounce(campaign, Bounce.HARD)
    object.__setattr__(late, "reason", "550 <reader1@example.com> unknown")

    assert applied(store, late) == {STRANGE: 1}

    with store.read() as connection:
        assert connection.scalars(select(table.c.reason)).all() == [""]
