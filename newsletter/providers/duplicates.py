"""Keeps an address from standing twice in one call, where a service cannot bear it."""

from collections.abc import Sequence

from newsletter.model.campaign import DeliveryResult, DeliveryState
from newsletter.model.message import Recipient


def each_once(
    recipients: Sequence[Recipient],
) -> tuple[list[Recipient], list[DeliveryResult]]:
    """The recipients whose address is new in the batch, and the others as rejected.

    Services compare addresses without regard to case. They refuse the whole call for a
    second one, or drop it silently, and then it must not be called accepted.
    """
    first: dict[str, Recipient] = {}
    others = [
        DeliveryResult(
            each.subscriber_id,
            DeliveryState.REJECTED,
            reason="the same address is in this batch already",
        )
        for each in recipients
        if first.setdefault(each.address.lower(), each) is not each
    ]
    return list(first.values()), others
