"""Everything that is kept of one person, table by table, as it stands there."""

from typing import Any

from sqlalchemy import Connection, Select, select

from newsletter.store.schema import (
    campaigns,
    consents,
    deliveries,
    events,
    notices,
    subscriber_tags,
    subscribers,
    suppressions,
)

Rows = list[dict[str, Any]]


def everything(
    connection: Connection,
    subscriber_id: int | None,
    address_key: str,
    *,
    suppressed_as: str,
) -> dict[str, Rows]:
    """Every row about a person, by the table's name; with the issue where there is one.

    `suppressed_as` is the address, or the keyed hash of somebody who was erased.
    """
    id = -1 if subscriber_id is None else subscriber_id
    queries = _queries(id, address_key, suppressed_as)
    return {
        name: [dict(row) for row in connection.execute(query).mappings()]
        for name, query in queries.items()
    }


def _queries(id: int, key: str, suppressed_as: str) -> dict[str, Select[Any]]:
    sent = deliveries.join(campaigns, campaigns.c.id == deliveries.c.campaign_id)
    told = events.outerjoin(campaigns, campaigns.c.id == events.c.campaign_id)
    return {
        "subscribers": select(subscribers).where(subscribers.c.id == id),
        "subscriber_tags": select(subscriber_tags)
        .where(subscriber_tags.c.subscriber_id == id)
        .order_by(subscriber_tags.c.tag),
        "consents": select(consents)
        .where(consents.c.subscriber_id == id)
        .order_by(consents.c.id),
        "suppressions": select(suppressions).where(
            suppressions.c.address_key == suppressed_as
        ),
        "deliveries": select(campaigns.c.issue, campaigns.c.provider, deliveries)
        .select_from(sent)
        .where(deliveries.c.subscriber_id == id)
        .order_by(deliveries.c.campaign_id),
        "events": select(campaigns.c.issue, events)
        .select_from(told)
        .where(events.c.subscriber_id == id)
        .order_by(events.c.id),
        "notices": select(notices)
        .where(notices.c.address_key == key)
        .order_by(notices.c.id),
    }
