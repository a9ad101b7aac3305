"""Approvals: nothing else than what somebody said yes to."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from newsletter.errors import CampaignError, CheckFailed
from newsletter.model.problem import Problem, Severity
from newsletter.model.publication import Publication
from newsletter.sending.approval import approve
from newsletter.sending.compose import compose
from newsletter.sending.deliver import Sender
from newsletter.sending.order import Order
from tests.sending.conftest import ISSUE

ISSUE_FILE = "issues/2026-11-20-pull-up-the-second-chair.md"


def test_without_an_approval_nothing_is_sent_where_one_is_asked_for(
    sender: Sender, letter: Order, home: Publication
) -> None:
    strict = home.model_copy(update={"require_approval": True})
    sender = replace(sender, publication=strict)
    order = replace(letter, publication=strict)
    with pytest.raises(CampaignError, match="was not approved") as caught:
        sender.send(order, "outbox")
    assert "newsletter approve" in caught.value.hint

    given = approve(sender.store, order, "outbox", "ana")

    assert (given.approved_by, given.segment) == ("ana", "all")
    assert sender.send(order, "outbox").report.complete


def rewrite(home: Publication) -> None:
    """Add a line to the issue."""
    path = home.root / ISSUE_FILE
    path.write_text(path.read_text() + "\none more thing.\n")


def restyle(home: Publication) -> None:
    """Give the publication a template of its own."""
    path = home.root / "templates/email/reply.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("<p>bye</p>")


def rekey(home: Publication) -> None:
    """Replace the secret that signs the links."""
    (home.root / ".newsletter/secret").write_text("another " * 4)


@pytest.mark.parametrize("change", [rewrite, restyle, rekey])
def test_any_change_after_an_approval_needs_a_new_one(
    sender: Sender, home: Publication, change: Callable[[Publication], object]
) -> None:
    strict = home.model_copy(update={"require_approval": True})
    sender = replace(sender, publication=strict)
    before = Order(composed=compose(strict, ISSUE), publication=strict)
    approve(sender.store, before, "outbox", "ana")
    change(strict)
    after = Order(composed=compose(strict, ISSUE), publication=strict)

    with pytest.raises(CampaignError, match="has changed since ana approved it"):
        sender.send(after, "outbox")

    approve(sender.store, after, "outbox", "bo")
    assert sender.send(after, "outbox").report.complete


def test_an_issue_that_is_not_ready_cannot_be_approved(
    sender: Sender, letter: Order
) -> None:
    error = Problem(
        code="empty", message="m", hint="h", severity=Severity.ERROR, file="x.md"
    )
    broken = replace(letter, composed=replace(letter.composed, problems=(error,)))

    with pytest.raises(CheckFailed):
        approve(sender.store, broken, "outbox", "ana")
