"""The engine of SQLite: one process, whose threads take the batches themselves."""

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from newsletter.errors import NewsletterError, SenderBusy
from newsletter.model.campaign import Campaign, ClaimedBatch
from newsletter.providers.protocol import Capabilities
from newsletter.sending.engine import Shift
from newsletter.sending.pace import Limits, Pace

if TYPE_CHECKING:
    from newsletter.sending.deliver import Sender

_NAP = 0.5


class Threads:
    """Nobody else has to be told: who sends looks at the batches."""

    def offer(self, connection: Any, campaign_id: int) -> None:
        """Nobody is to be told."""

    def pace(
        self, campaign: Campaign, limits: Limits, clock: Callable[[], float]
    ) -> Pace:
        """The limits, counted by this process."""
        del campaign
        return Pace(**asdict(limits), clock=clock)

    def others_send(self, connection: Any, campaign_id: int) -> bool:
        """There is one process that sends."""
        del connection, campaign_id
        return False

    def others_can(self, connection: Any, campaign_id: int, name: str) -> bool:
        """There is one process that sends."""
        del connection, campaign_id, name
        return False

    def may_call(self, claimed: ClaimedBatch, capabilities: Capabilities) -> bool:
        """Nobody can: the one process holds a lock."""
        del claimed, capabilities
        return True

    def work(self, sender: "Sender", shift: Shift) -> None:
        """Look again and again, and send what is due."""
        should_stop = sender.controls.should_stop
        while not should_stop():
            _look(sender, shift)
            # Once is enough: by now this is the original.
            sender = sender.adopted()
            end = time.monotonic() + shift.every
            while not should_stop() and time.monotonic() < end:
                time.sleep(_NAP)


def _look(sender: "Sender", shift: Shift) -> None:
    try:
        for sent in sender.due():
            shift.tell(sent)
    except SenderBusy:
        return  # it goes on with what is due itself, or we do next time
    except NewsletterError as error:
        shift.trouble(error)
