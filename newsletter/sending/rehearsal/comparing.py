"""Compares what the ledger says with what a provider really accepted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from newsletter.model.campaign import DeliveryState
from newsletter.sending.status import CampaignStatus, named
from newsletter.store.engine import Store

_EXCEPTIONS = (
    DeliveryState.REJECTED,
    DeliveryState.UNCERTAIN,
    DeliveryState.SKIPPED,
    DeliveryState.PENDING,
    DeliveryState.IN_FLIGHT,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """How many recipients the ledger is wrong about; all three must be 0.

    lost: did not get it, although the ledger says so, or says nothing at the end.
    twice: got it more than once. denied: got it, although the ledger says not.
    """

    lost: int
    twice: int
    denied: int

    @property
    def kept_the_promise(self) -> bool:
        """Whether nobody was lost and nobody got it twice."""
        return not (self.lost or self.twice or self.denied)


def compare(
    store: Store,
    found: CampaignStatus,
    copies: Mapping[str, int],
    addresses: Iterable[str],
) -> Compared:
    """Look at each of the `addresses` that were to get it.

    `copies` are what the provider accepted for each. Who is uncertain is neither lost
    nor denied: the ledger says that it does not know.
    """
    excepted = {
        record.address: state
        for state in _EXCEPTIONS
        for record in named(store, found, state)
    }
    lost = twice = denied = 0
    for address in addresses:
        got, state = copies.get(address, 0), excepted.get(address)
        twice += got > 1
        if state in (DeliveryState.REJECTED, DeliveryState.SKIPPED):
            denied += got > 0
        elif state is not DeliveryState.UNCERTAIN:
            # Accepted by the ledger's word, or left over at the end.
            lost += got == 0 or state is not None
    return Compared(lost=lost, twice=twice, denied=denied)
