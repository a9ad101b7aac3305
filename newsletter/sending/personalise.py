"""Makes a recipient of a frozen delivery: merge values and unsubscribe token."""

import json
from dataclasses import dataclass

from newsletter.errors import CampaignError
from newsletter.model.campaign import DueDelivery
from newsletter.model.frozen import FrozenEmail
from newsletter.model.message import Recipient, delivery_id
from newsletter.model.subscriber import merge_values
from newsletter.model.text import printable_ascii
from newsletter.model.token import Signer

UNSUBSCRIBE = "unsubscribe"
"""The purpose of the tokens in unsubscribe links."""


@dataclass(frozen=True, slots=True)
class Personaliser:
    """Reads only what was frozen: the same delivery gives the same recipient."""

    email: FrozenEmail
    campaign: str
    signer: Signer
    number: int = 0
    """The campaign's id, which its links tell: 0 for a test."""

    def __post_init__(self) -> None:
        """Refuse another secret than that the campaign was planned with.

        With it a repeated message would not be the same, byte for byte.
        """
        if self.email.token_key and self.email.token_key != self.signer.key_name:
            raise CampaignError(
                "the secret was replaced since this campaign was planned",
                hint="set NEWSLETTER_SECRET to the one it had, until it is done",
            )

    def recipient(self, delivery: DueDelivery) -> Recipient:
        """Whom the message of `delivery` is for.

        Raises ValueError for an address that no header can hold.
        """
        if not printable_ascii(delivery.address):
            message = f"not printable ASCII: {delivery.address!r}"
            raise ValueError(message)
        frozen = json.loads(delivery.merge)
        known = merge_values(delivery.address, frozen["name"], frozen["attributes"])
        token = self.signer.sign(UNSUBSCRIBE, delivery.subscriber_id, self.number)
        return Recipient(
            delivery.subscriber_id,
            delivery.address,
            delivery_id(self.campaign, delivery.subscriber_id),
            token,
            self.email.values(known, token),
        )
