"""What the ledger knows of the issues that were sent, for `check`."""

import json

from newsletter.check.facts import Sent
from newsletter.model.campaign import CampaignState
from newsletter.model.publication import Publication

NEWEST = 500
"""Campaigns that are looked at: ten years of a weekly letter."""


def sent_before(publication: Publication) -> tuple[Sent, ...]:
    """Every issue that was sent, the newest first; empty where there is no ledger.

    Raises StoreError when there is one that cannot be read.
    """
    path = publication.store_path
    if path is not None and not path.exists():
        return ()  # and SQLAlchemy, which takes its time to load, is not needed
    from newsletter.sending.reached import cancelled_in_time  # noqa: PLC0415 - see above
    from newsletter.store import campaigns  # noqa: PLC0415
    from newsletter.store.peek import peek  # noqa: PLC0415

    store = peek(path or publication.store)
    if store is None:
        return ()
    with store, store.read() as connection:
        return tuple(
            Sent(
                slug=item.issue,
                day=item.planned_at.date(),
                text_hash=json.loads(campaigns.email(connection, item.id))["source"],
            )
            for item in campaigns.latest(connection, NEWEST)
            if item.state is not CampaignState.SCHEDULED
            and not cancelled_in_time(connection, item)
        )
