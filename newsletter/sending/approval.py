"""Approval: somebody says yes to the very bytes, to whom and through whom they go."""

from contextlib import closing
from typing import Any

from newsletter.errors import CampaignError
from newsletter.model.frozen import FrozenEmail
from newsletter.model.token import Signer
from newsletter.providers.registry import open_provider
from newsletter.sending.order import Order, freeze, refuse_unready
from newsletter.sending.signing import secret_here
from newsletter.store import approvals
from newsletter.store.approvals import Approval
from newsletter.store.engine import Store


def demand(connection: Any, order: Order, provider: str, frozen: FrozenEmail) -> None:
    """Raise CampaignError unless this was approved, where newsletter.yaml asks for it.

    Any change since (text, template, sender, provider, segment, secret) needs a new
    yes: all of them are in the email's hash, or compared beside it.
    """
    if not order.publication.require_approval:
        return
    slug = order.composed.issue.slug
    found = approvals.get(connection, slug, order.segment)
    hint = f"look at it, then run `newsletter approve {slug}`"
    if found is None:
        raise CampaignError(
            f"{order.composed.issue.file} was not approved for `{order.segment}`",
            hint=hint,
        )
    agreed = (found.provider, found.email_hash, found.expression)
    if agreed != (provider, frozen.hash(), order.expression):
        raise CampaignError(
            f"{order.composed.issue.file} has changed since {found.approved_by} "
            f"approved it on {found.approved_at:%Y-%m-%d %H:%M UTC}",
            hint=hint,
        )


def refuse_unapproved(store: Store, order: Order, provider_name: str) -> None:
    """Raise now what planning the order would raise of its bytes: see `demand`."""
    frozen = _frozen(store, order, provider_name)
    with store.read() as connection:
        demand(connection, order, provider_name, frozen)


def approve(store: Store, order: Order, provider_name: str, by: str) -> Approval:
    """Write down that `by` agrees to what would be sent now.

    Raises as a send would that is not ready.
    """
    refuse_unready(order)
    frozen = _frozen(store, order, provider_name)
    slug = order.composed.issue.slug
    with store.write() as connection:
        approvals.put(
            connection,
            issue=slug,
            segment=order.segment,
            provider=provider_name,
            email_hash=frozen.hash(),
            approved_by=by,
            expression=order.expression,
        )
        found = approvals.get(connection, slug, order.segment)
    assert found is not None  # noqa: S101  it was just written
    return found


def _frozen(store: Store, order: Order, provider_name: str) -> FrozenEmail:
    signer = Signer(secret_here(store, order.publication.root))
    with closing(open_provider(provider_name, order.publication)) as provider:
        return freeze(order, provider, signer)
