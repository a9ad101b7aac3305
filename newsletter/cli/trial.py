"""`newsletter send ISSUE --test ADDRESS`: the real message, to the author alone."""

from typing import TYPE_CHECKING

import typer

from newsletter.cli.context import Context, open_store
from newsletter.cli.output import say, say_json, say_problems
from newsletter.errors import Incomplete
from newsletter.model.campaign import DeliveryResult, DeliveryState

if TYPE_CHECKING:
    from newsletter.sending.order import Order


def say_trial(
    options: Context, order: "Order", through: str, typed: list[str], *, as_json: bool
) -> None:
    """Send a test to each address, and say what the provider said of it."""
    from newsletter.audience.address import normalise
    from newsletter.audience.people import merge_of
    from newsletter.providers.registry import open_provider
    from newsletter.sending.trial import Trial, send_trial

    addresses = [normalise(text) for text in typed]
    say_problems(order.composed.problems)
    with open_store(order.publication) as store:
        merge = merge_of(store, addresses)
    trial = Trial(
        composed=order.composed, publication=order.publication, moment=options.now
    )
    provider = open_provider(through, order.publication)
    try:
        told = send_trial(trial, provider, [a.address for a in addresses], merge)
    finally:
        provider.close()
    _say(told, through, as_json=as_json)
    if any(r is None or r.state is not DeliveryState.ACCEPTED for _, r in told):
        raise typer.Exit(Incomplete.exit_code)


def _say(
    told: list[tuple[str, DeliveryResult | None]], through: str, *, as_json: bool
) -> None:
    if as_json:
        say_json(
            [
                {
                    "address": address,
                    "state": result.state if result else DeliveryState.UNCERTAIN,
                    "reason": result.reason if result else "",
                    "provider_message_id": result.provider_message_id if result else "",
                }
                for address, result in told
            ]
        )
        return
    for address, result in told:
        if result is None:
            say(f"{address}: uncertain: {through} did not say")
            continue
        more = result.reason or result.provider_message_id
        say(f"{address}: {result.state} by {through}" + (f" ({more})" if more else ""))
