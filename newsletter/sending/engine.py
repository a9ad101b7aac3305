"""The seam between sending and what hands out the work: threads, or a queue.

The ledger says what is to be sent, whatever the engine. SQLite is used by one process,
whose threads take the batches themselves; on PostgreSQL a queue wakes as many workers
as there are.
"""

import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from newsletter.errors import NewsletterError
from newsletter.model.campaign import Campaign, ClaimedBatch
from newsletter.providers.protocol import Capabilities
from newsletter.sending.pace import Limits, Pacing
from newsletter.store.engine import Store

if TYPE_CHECKING:
    from newsletter.sending.deliver import Sender, Sent


def new_name() -> str:
    """A name for a worker: its machine, its process, and a word to tell it by."""
    return f"{os.uname().nodename}:{os.getpid()}:{uuid.uuid4().hex[:6]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """How a worker works.

    `every` is how many seconds lie between two looks at what is due, where no queue
    tells; `slots` how many calls it makes at once, where not the provider alone says.
    `tell` is told what became of a campaign, `trouble` what went wrong. The `name` of
    the worker is one that no other ever has.
    """

    every: float
    slots: int
    tell: "Callable[[Sent], None]"
    trouble: Callable[[NewsletterError], None]
    name: str = field(default_factory=new_name)


class Engine(Protocol):
    """Hands out the batches of a ledger."""

    def offer(self, connection: Any, campaign_id: int) -> None:
        """Tell workers of the batches that wait, in the transaction of the ledger.

        More than once does no harm, and never only delays: `work` finds them itself.
        """

    def pace(
        self, campaign: Campaign, limits: Limits, clock: Callable[[], float]
    ) -> Pacing:
        """The limits of a campaign, kept by everybody who sends from the database."""

    def others_send(self, connection: Any, campaign_id: int) -> bool:
        """Whether a worker that lives has a batch of the campaign in its hands."""

    def others_can(self, connection: Any, campaign_id: int, name: str) -> bool:
        """Whether others than the sender of that name can send the campaign, for all
        we know: then what is wrong here is no reason to pause it."""

    def may_call(self, claimed: ClaimedBatch, capabilities: Capabilities) -> bool:
        """Whether nobody else can have taken over what was claimed here."""

    def work(self, sender: "Sender", shift: Shift) -> None:
        """Send what is due until the sender's controls say stop, then end what is in
        hand. Raises SchemaOutOfDate when another version has changed the database.
        """


def engine_of(store: Store) -> Engine:
    """The engine of a database."""
    # Where they are used: neither needs the other, and both need this module.
    if store.dialect == "sqlite":
        from newsletter.sending.threads import Threads  # noqa: PLC0415

        return Threads()
    from newsletter.sending.queued.engine import Queued  # noqa: PLC0415

    return Queued(store)
