"""One delivery of one campaign, as it was frozen, to show it to its reader again."""

from sqlalchemy import Connection, select

from newsletter.model.campaign import DeliveryState, DueDelivery
from newsletter.store.schema import deliveries, subscribers

_SHOWN = (
    DeliveryState.ACCEPTED.value,
    DeliveryState.DELIVERED.value,
    DeliveryState.UNCERTAIN.value,
    DeliveryState.BOUNCED.value,
)


def get(connection: Connection, campaign_id: int, uid: int) -> DueDelivery | None:
    """What was handed over to one subscriber; None where nothing was."""
    query = (
        select(
            deliveries.c.subscriber_id,
            deliveries.c.address,
            deliveries.c.merge,
            subscribers.c.uid,
        )
        .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
        .where(
            deliveries.c.campaign_id == campaign_id,
            subscribers.c.uid == uid,
            deliveries.c.state.in_(_SHOWN),
        )
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else DueDelivery(*row)
