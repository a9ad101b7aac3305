"""A worker on PostgreSQL: does what the queue hints at, and looks at the ledger."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from newsletter.config.secret import load_secret
from newsletter.errors import (
    CampaignError,
    NewsletterError,
    SchemaOutOfDate,
    StoreError,
)
from newsletter.model.campaign import Campaign, CampaignState
from newsletter.sending.queued.beat import Beat
from newsletter.sending.queued.desks import Desks, NotHere
from newsletter.sending.queued.hand import Hand
from newsletter.sending.queued.troubles import Troubles
from newsletter.sending.recovery import recover, recover_cancelled
from newsletter.store import batches, campaigns, event_counts, workers
from newsletter.store.listening import Again, Duties, listen

if TYPE_CHECKING:
    from newsletter.sending.deliver import Sender
    from newsletter.sending.engine import Shift

_PAUSE_SECONDS = 1.0
_HOLD_SECONDS = 10.0
_NAP = 0.2


class Worker:
    """One process of several; what it knows beside the ledger may be lost."""

    def __init__(self, sender: "Sender", shift: "Shift") -> None:
        """Send as `sender` does, until its controls say stop."""
        self._sender = sender
        self._store = sender.store
        self._shift = shift
        self._fatal: Exception | None = None
        self._troubles = Troubles(shift.trouble)
        self._beat = Beat(
            sender.store, shift.slots, self._troubles.words, self._end, shift.name
        )
        self._desks = Desks(sender, shift.tell, self._troubles, self._beat.name)
        self._hand = Hand(sender.store, self._desks, self._beat, sender.controls)

    def work(self) -> None:
        """Work until it is time to stop; raises SchemaOutOfDate when it has to.

        Raises ConfigError without a secret: one made here would sign other links than
        those of the machine that plans the campaigns.
        """
        load_secret(self._sender.publication.root, make=False)
        duties = Duties(
            send=self._send,
            look=self._look,
            slots=self._shift.slots,
            should_stop=self._should_stop,
            trouble=lambda words: self._shift.trouble(StoreError(words)),
        )
        try:
            with self._beat:
                if self._sender.adopt:
                    self._desks.confirm(adopt=True)
                self._pause_forgotten()
                listen(self._store.url, duties)
        finally:
            self._desks.close()
        if self._fatal:
            raise self._fatal

    def _should_stop(self) -> bool:
        return self._fatal is not None or self._sender.controls.should_stop()

    def _end(self, error: Exception) -> None:
        self._fatal = error

    def _pause_forgotten(self) -> None:
        """What nobody worked on for long waits for a person; not while somebody does:
        then it is slow, or its turn is still to come."""
        with self._store.read() as connection:
            alone = workers.alone(connection, self._beat.name)
        if alone:
            for sent in self._sender.pause_forgotten():
                self._shift.tell(sent)

    def _send(self, campaign_id: int, number: int) -> None:
        """Do what a hint says; a mistake in one campaign pauses that one."""
        try:
            self._hand.send(campaign_id, number)
        except Again:
            raise
        except NotHere:
            self._hold()
            raise
        except SchemaOutOfDate as error:
            self._end(error)
            raise
        except StoreError:
            # The hint comes back at once, and the database may be away.
            time.sleep(_PAUSE_SECONDS)
            raise
        except Exception as error:
            mistake = CampaignError(f"{type(error).__name__} in batch {number}")
            self._desks.pause(campaign_id, mistake)
            raise

    def _hold(self) -> None:
        """Keep a hint for a while, then give it back: all the others are for others.

        Of this one the next look at the ledger makes another.
        """
        end = time.monotonic() + _HOLD_SECONDS
        while not self._should_stop() and time.monotonic() < end:
            time.sleep(_NAP)

    def _look(self) -> None:
        """See to what nobody was told of: it is due, was left behind, or is over."""
        try:
            self._desks.confirm()
            for campaign in self._sender.waiting():
                self._safely(self._begin, campaign)
            with self._store.read() as connection:
                unfinished = campaigns.unfinished(connection)
            for campaign in unfinished:
                self._safely(self._see_to, campaign)
        except NotHere:
            return  # it was said
        except SchemaOutOfDate as error:
            self._end(error)
        except NewsletterError as error:
            self._shift.trouble(error)

    def _safely(self, do: Callable[[Campaign], None], campaign: Campaign) -> None:
        """What is wrong with one campaign keeps nobody from looking at the next."""
        try:
            do(campaign)
        except NotHere:
            return  # it was said
        except SchemaOutOfDate:
            raise
        except StoreError as error:
            self._shift.trouble(error)
        except NewsletterError as error:
            self._troubles.meet(campaign.id, error)
        except Exception as error:  # noqa: BLE001  said, and the look goes on
            words = f"{type(error).__name__} when looking at {campaign.issue}"
            self._troubles.meet(campaign.id, CampaignError(words))

    def _offer(self, campaign: Campaign) -> None:
        """Hint at what waits: others can send it, also what our own hands hold up."""
        with self._store.write() as connection:
            batches.offer(connection, campaign.id)

    def _begin(self, campaign: Campaign) -> None:
        for sent in self._sender.start(campaign):
            self._shift.tell(sent)

    def _see_to(self, campaign: Campaign) -> None:
        if campaign.state is CampaignState.SCHEDULED:
            return
        if campaign.state is CampaignState.CANCELLED:
            recover_cancelled(self._store, campaign, everything=False)
        if campaign.state is not CampaignState.SENDING:
            self._desks.clear(campaign.id)
            return
        try:
            desk = self._desks.fresh(campaign.id)
        except NotHere:
            self._offer(campaign)
            raise
        if desk is None:
            return
        able = desk.capabilities
        taken = recover(self._store, campaign, able, everything=False)
        self._beat.counts.taken_over(taken)
        with self._store.write() as connection:
            desk.watch(
                event_counts.of_campaign(connection, campaign.id),
                batches.so_far(connection, campaign.id),
            )
            batches.offer(connection, campaign.id)
            is_over = not batches.any_open(connection, campaign.id) and (
                campaigns.finish(connection, campaign.id)
            )
        if desk.judge.stopped:
            self._desks.stop(desk)
        elif is_over:
            self._desks.over(campaign.id)
