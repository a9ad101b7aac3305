"""What `check` is told of earlier sends: only what reached somebody, or may have."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from newsletter.sending import steer
from newsletter.sending.deliver import Sender
from newsletter.sending.order import Order
from newsletter.sending.sent_before import sent_before
from tests.sending.conftest import ISSUE


def test_a_schedule_counts_once_it_has_begun(sender: Sender, letter: Order) -> None:
    later = replace(letter, at=datetime.now(UTC) + timedelta(hours=1))
    sender.schedule(later, "outbox")
    assert sent_before(sender.publication) == ()

    steer.cancel(sender.store, steer.of_issue(sender.store, ISSUE))
    assert sent_before(sender.publication) == ()

    sender.send(letter, "outbox")
    assert [each.slug for each in sent_before(sender.publication)] == [ISSUE]
