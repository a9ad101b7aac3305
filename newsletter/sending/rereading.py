"""A letter again, as one reader got it: from what the ledger has frozen."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.model.email import MergeText
from newsletter.model.frozen import FrozenEmail
from newsletter.model.subscriber import merge_values
from newsletter.store import campaigns, letters
from newsletter.store.engine import Store


@dataclass(frozen=True, slots=True)
class Letter:
    """The HTML, and the reader's values to put into it; they are not escaped."""

    html: MergeText
    values: Sequence[str]


def reread(store: Store, campaign_id: int, uid: int, token: str) -> Letter | None:
    """The letter of a campaign to a subscriber, its links signed by `token`.

    None where nothing was sent, or its traces were erased.
    """
    with store.read() as connection:
        delivery = letters.get(connection, campaign_id, uid)
        if delivery is None:
            return None
        email = FrozenEmail.from_json(campaigns.email(connection, campaign_id))
    frozen = json.loads(delivery.merge)
    known = merge_values(delivery.address, frozen["name"], frozen["attributes"])
    return Letter(email.html, email.values(known, token))
