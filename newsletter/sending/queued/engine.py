"""The engine of PostgreSQL: a queue tells any number of workers what may be due."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from newsletter.model.campaign import Campaign, ClaimedBatch
from newsletter.providers.protocol import Capabilities
from newsletter.sending.engine import Shift
from newsletter.sending.pace import Limits
from newsletter.sending.queued.grip import firm_grip
from newsletter.sending.queued.pace import SharedPace
from newsletter.store import batches, workers
from newsletter.store.engine import Store

if TYPE_CHECKING:
    from newsletter.sending.deliver import Sender


class Queued:
    """Hints go into the queue; what to do with them is said by the ledger."""

    def __init__(self, store: Store) -> None:
        """Use the queue beside the ledger."""
        self._store = store

    def offer(self, connection: Any, campaign_id: int) -> None:
        """Put hints into the queue, for batches that have none."""
        batches.offer(connection, campaign_id)

    def pace(
        self, campaign: Campaign, limits: Limits, clock: Callable[[], float]
    ) -> SharedPace:
        """The limits, counted by the database."""
        del clock
        return SharedPace(self._store, campaign, limits)

    def others_send(self, connection: Any, campaign_id: int) -> bool:
        """Whether a worker that lives has a batch of the campaign in its hands."""
        return any(
            campaign_id == campaign
            for worker in workers.present(connection)
            for campaign, _ in worker.in_hand
            if not worker.gone
        )

    def others_can(self, connection: Any, campaign_id: int, name: str) -> bool:
        """Whether a worker lives that nothing keeps from it, or somebody has a batch
        of it in hand."""
        return workers.others_can(connection, name) or workers.others_hold(
            connection, campaign_id, name
        )

    def may_call(self, claimed: ClaimedBatch, capabilities: Capabilities) -> bool:
        """Whether the ledger says so."""
        grip = firm_grip(self._store, claimed, capabilities)
        return grip is not None and not grip.is_copy

    def work(self, sender: "Sender", shift: Shift) -> None:
        """Do what the queue hints at, until told to stop."""
        from newsletter.sending.queued.worker import Worker  # noqa: PLC0415  asyncio

        Worker(sender, shift).work()
