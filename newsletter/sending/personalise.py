"""Makes recipients of frozen deliveries: merge values and unsubscribe tokens."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newsletter.errors import CampaignError
from newsletter.model.campaign import DueDelivery
from newsletter.model.frozen import FrozenEmail
from newsletter.model.message import Recipient, delivery_id
from newsletter.model.subscriber import merge_values
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

    def recipients(self, deliveries: Sequence[DueDelivery]) -> Iterator[Recipient]:
        """Whom the messages of `deliveries` are for, in their order."""
        # One text for all of them is read in half the time.
        frozen = json.loads(f"[{','.join([each.merge for each in deliveries])}]")
        values, sign = self.email.values, self.signer.sign
        campaign, number = self.campaign, self.number
        for (id, address, _, uid), merge in zip(deliveries, frozen, strict=True):
            token = sign(UNSUBSCRIBE, uid, number)
            known = merge_values(address, merge["name"], merge["attributes"])
            yield Recipient(
                id, address, delivery_id(campaign, id), token, values(known, token)
            )
