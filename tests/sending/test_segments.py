"""Campaigns to segments: whom they reach is decided once, and cannot drift."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newsletter.errors import CampaignError, NothingToSend
from newsletter.model.campaign import CampaignState
from newsletter.model.publication import Publication
from newsletter.model.segment_parser import parse
from newsletter.sending import approval
from newsletter.sending.controls import Controls
from newsletter.sending.order import Order, refuse_unready
from newsletter.sending.plan import fill, forecast, plan
from newsletter.sending.run import run
from newsletter.store import lifecycle, subscribers, tags
from newsletter.store.engine import Store
from tests.sending.conftest import SIGNER
from tests.sending.simulators import Simulator

SOON = datetime.now(UTC) + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _tagged(subscribed: Store) -> None:
    """Readers 1 and 2 have the tag."""
    with subscribed.write() as connection:
        ids = [each.id for each in subscribers.iterate(connection)]
        tags.add(connection, [(id, "close") for id in ids[:2]])


def to(order: Order, name: str, expression: str) -> Order:
    """The order, to a segment that means this."""
    publication = order.publication.model_copy(
        update={"segments": {name: parse(expression)}}
    )
    return replace(order, publication=publication, segment=name)


def send(store: Store, order: Order) -> Simulator:
    provider = Simulator()
    campaign = plan(store, order, provider, SIGNER)
    run(store, campaign, provider, SIGNER, Controls(alone=True))
    return provider


def test_only_the_segment_gets_it(store: Store, order: Order) -> None:
    close = to(order, "close", "tag:close")

    expected = forecast(store, close)
    provider = send(store, close)

    assert expected.recipients == len(provider.mailboxes) == 2
    assert expected.skipped == {"not in the segment": 8}


def test_nobody_gets_it_twice_from_two_segments(store: Store, order: Order) -> None:
    first = send(store, to(order, "close", "tag:close"))
    second = send(store, to(order, "others", 'not name = "nobody"'))

    assert len(second.mailboxes) == 8
    assert not first.mailboxes.keys() & second.mailboxes.keys()


def test_an_empty_segment_is_told(store: Store, order: Order) -> None:
    with pytest.raises(NothingToSend) as caught:
        send(store, to(order, "lost", "tag:lost"))

    assert caught.value.hint == "`lost` is for tag:lost"


def test_what_a_scheduled_segment_means_is_frozen(store: Store, order: Order) -> None:
    scheduled = replace(to(order, "close", "tag:close"), at=SOON)
    provider = Simulator()
    campaign = plan(store, scheduled, provider, SIGNER)
    assert campaign.expression == "tag:close"
    with store.write() as connection:
        last = list(subscribers.iterate(connection))[-1]
        tags.add(connection, [(last.id, "close")])
        lifecycle.move(
            connection,
            campaign.id,
            CampaignState.SCHEDULED,
            among=[CampaignState.SCHEDULED],
        )

    assert fill(store, campaign, provider)
    run(store, campaign, provider, SIGNER, Controls(alone=True))

    # Who is in it is decided when it is due.
    assert len(provider.mailboxes) == 3


def test_an_approval_is_of_what_the_segment_means(
    store: Store, home: Publication, letter: Order
) -> None:
    strict = home.model_copy(update={"require_approval": True})
    asked = to(replace(letter, publication=strict), "close", "tag:close")
    approval.approve(store, asked, "outbox", "ana")

    with pytest.raises(CampaignError, match="has changed since ana"):
        plan(store, to(asked, "close", "not tag:close"), Simulator(), SIGNER)


def test_an_unknown_segment_in_an_issue_is_told_with_its_line(order: Order) -> None:
    issue = order.composed.issue.model_copy(
        update={"segment": "closed", "key_lines": {"segment": 7}}
    )
    composed = replace(order.composed, issue=issue)
    wrong = to(replace(order, composed=composed), "close", "tag:close")

    with pytest.raises(CampaignError) as caught:
        refuse_unready(replace(wrong, segment="closed"))

    assert caught.value.message == f"{issue.file}:7: there is no segment `closed`"
    assert caught.value.hint == "did you mean `close`?"
