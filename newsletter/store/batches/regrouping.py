"""New batches of deliveries that were in others: halves, leftovers, second tries."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, func, insert, select

from newsletter.model.campaign import BatchState, DeliveryState
from newsletter.store.campaigns import get, lock
from newsletter.store.clock import utc_now, utc_now_plus
from newsletter.store.rows import RowUpdate
from newsletter.store.schema import batches, deliveries

_LAST = select(func.max(batches.c.number)).where(
    batches.c.campaign_id == bindparam("campaign_id")
)
_MOVE = RowUpdate(
    deliveries,
    "subscriber_id",
    ["batch"],
    deliveries.c.campaign_id == bindparam("b_campaign"),
    deliveries.c.state == bindparam("b_from"),
    state=DeliveryState.PENDING.value,
    reason="",
    provider_message_id="",
    updated_at=utc_now(),
)


def regroup(
    connection: Connection,
    campaign_id: int,
    ids: Sequence[int],
    *,
    seconds: float = 0,
    turn: int = 0,
    among: DeliveryState = DeliveryState.PENDING,
) -> int:
    """Make a batch of the deliveries to `ids` (one at least); gives its number.

    They are pending from then on, and due after `seconds`, in their `turn`. The batch
    has a key of its own: under the old one the provider knows other bytes. Only for
    deliveries that nobody got, or that a person has decided to send again.
    """
    lock(connection, campaign_id)
    campaign = get(connection, campaign_id)
    assert campaign is not None  # noqa: S101  its batches refer to it
    number = (connection.scalar(_LAST, {"campaign_id": campaign_id}) or 0) + 1
    connection.execute(
        insert(batches).values(
            campaign_id=campaign_id,
            number=number,
            key=campaign.batch_key(number),
            lo=min(ids),
            hi=max(ids),
            size=len(ids),
            state=BatchState.PENDING.value,
            attempt=0,
            in_doubt=False,
            turn=turn,
            not_before=utc_now_plus(seconds) if seconds else None,
            reason="",
        )
    )
    rows = [{"b_subscriber_id": id, "b_batch": number} for id in ids]
    _MOVE.run(connection, rows, b_campaign=campaign_id, b_from=among.value)
    return number
