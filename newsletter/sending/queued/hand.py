"""What a hint leads to: the batch is claimed, called and written down, if it is due.

The intent is committed before the call and the outcome after it, as ever. Here each
thread does so by itself: what it says is fenced by a claim that no other has.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from newsletter.errors import SchemaOutOfDate, StoreError
from newsletter.model.campaign import ClaimedBatch, DeliveryState
from newsletter.sending import logged
from newsletter.sending.calling import Outcome
from newsletter.sending.controls import Controls
from newsletter.sending.queued.beat import LEASE_SECONDS, Beat
from newsletter.sending.queued.desk import Desk
from newsletter.sending.queued.desks import Desks
from newsletter.sending.queued.grip import firm_grip
from newsletter.sending.recovery import may_be_sent
from newsletter.sending.run import PATIENCE_SECONDS
from newsletter.sending.verdict import Verdict
from newsletter.store import batches, campaigns, lifecycle
from newsletter.store.batches import Claim
from newsletter.store.clock import now
from newsletter.store.engine import Store
from newsletter.store.listening import Again

IN_HAND_SECONDS = 10.0
"""A wait for the pace that is longer is not waited for with a hint in hand."""

_NAP = 0.5
_ANSWERED = "its answer came after the worker was taken for dead"

T = TypeVar("T")


class Hand:
    """Sends the batches that are hinted at; threads share it."""

    def __init__(
        self, store: Store, desks: Desks, beat: Beat, controls: Controls
    ) -> None:
        """Send from `store`, claim in the name of `beat`."""
        self._store = store
        self._desks = desks
        self._beat = beat
        self._controls = controls

    def send(self, campaign_id: int, number: int) -> None:
        """Send a batch; nothing is done when that is not to be.

        Raises Again when it may be later, StoreError when the ledger cannot be read or
        written, and NewsletterError when this worker cannot send the campaign.
        """
        desk = self._desks.of(campaign_id)
        if desk is None:
            return
        with desk.hands:
            # Before the claim, so that no wait lies between that and the call.
            self._wait(desk.pace.take)
            if not self._desks.holds(desk):
                desk.pace.give_back()
                raise self._again()
            if self._send(desk, self._beat.claim(campaign_id, number)):
                return
            desk.pace.give_back()
        with self._store.read() as connection:
            at = batches.due_again(connection, campaign_id, number)
        if at is not None:
            raise Again(at)
        self._desks.refresh(campaign_id)

    def _send(self, desk: Desk, claim: Claim) -> bool:
        """Send a batch for which the call is allowed; False when it is not to be."""
        with self._beat.holding(claim):
            claimed = self._claim(desk, claim)
            if claimed is not None:
                self._call(desk, claim, claimed)
        return claimed is not None

    def _wait(self, seconds_left: Callable[[], float]) -> None:
        """Wait until a call may be made; raises Again when that takes long, or when
        none is to be begun any more."""
        should_stop = self._controls.should_stop
        while True:
            if should_stop():
                raise self._again()
            seconds = seconds_left()
            if not seconds:
                return
            if seconds > IN_HAND_SECONDS:
                raise self._again(seconds)
            time.sleep(min(seconds, _NAP))

    def _again(self, seconds: float = 0.0) -> Again:
        """To be raised: the hint comes back after so long."""
        with self._store.read() as connection:
            return Again(now(connection) + timedelta(seconds=seconds))

    def _claim(self, desk: Desk, claim: Claim) -> ClaimedBatch | None:
        able = desk.capabilities
        try:
            with self._store.write() as connection:
                claimed = batches.claim(
                    connection,
                    claim.campaign_id,
                    claim.owner,
                    LEASE_SECONDS,
                    subset_on_retry=able.repeats == "message",
                    number=claim.number,
                )
                if claimed and not may_be_sent(connection, claimed, able):
                    batches.offer(connection, claim.campaign_id)
                    return None
        except SchemaOutOfDate:
            raise
        except StoreError:
            # Nobody knows whether it was committed; that no call was made, we do.
            self._withdraw(claim)
            raise
        self._controls.at("after_intent")
        return claimed

    def _call(self, desk: Desk, claim: Claim, claimed: ClaimedBatch) -> None:
        try:
            desk.pace.took(len(claimed.deliveries))
            ready = partial(self._make_sure, desk, claimed)
            outcome, verdict = desk.call(claimed, ready)
        except (Again, StoreError):
            # Not of the provider: no call was made.
            self._withdraw(claim)
            raise
        self._write_down(desk, outcome, verdict)

    def _make_sure(self, desk: Desk, claimed: ClaimedBatch) -> None:
        """Ask the ledger whether the call may be made now; raises Again when not, when
        somebody has paused or resumed its campaign, and when the ledger is a copy that
        has come into the place of the original."""
        grip = firm_grip(self._store, claimed, desk.capabilities)
        if grip is None:
            raise self._again()
        if grip.is_copy or grip.version != desk.version:
            self._desks.drop(desk)
            raise self._again()

    def _withdraw(self, claim: Claim) -> None:
        def undo(connection: Any) -> None:
            batches.withdraw(connection, claim)
            lifecycle.drop_cancelled(connection, claim.campaign_id)

        self._patiently(undo)

    def _write_down(self, desk: Desk, outcome: Outcome, verdict: Verdict) -> None:
        self._beat.counts.call(outcome)
        self._controls.at("before_mark")
        written, over = self._patiently(
            lambda connection: _write(connection, outcome, verdict)
        )
        self._controls.at("after_mark")
        logged.call(outcome, verdict, written=written)
        if not written:
            self._patiently(lambda connection: _prove(connection, outcome))
        if outcome.error is None:
            self._desks.well(desk)
        if desk.judge.stopped:
            self._desks.stop(desk)
        elif over:
            self._desks.over(desk.campaign.id)

    def _patiently(self, write: Callable[[Any], T]) -> T:
        """Wait for a database that is away: what the provider has said is not lost.

        Written twice, when nobody knows whether the first time was committed, it
        changes nothing: by then the claim is over.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                with self._store.write() as connection:
                    return write(connection)
            except SchemaOutOfDate:
                raise
            except StoreError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(_NAP)


def _write(connection: Any, outcome: Outcome, verdict: Verdict) -> tuple[bool, bool]:
    """Write down what came of a call: whether it was still ours, and whether the
    campaign is over by that."""
    campaign_id = outcome.claimed.campaign_id
    written = bool(verdict.write(connection))
    later = any(r.state is DeliveryState.PENDING for r in outcome.results)
    if outcome.error or later:
        lifecycle.drop_cancelled(connection, campaign_id)
        batches.offer(connection, campaign_id)
    if not written or batches.any_open(connection, campaign_id):
        return written, False
    return written, campaigns.finish(connection, campaign_id)


def _prove(connection: Any, outcome: Outcome) -> None:
    """Who was called uncertain while the answer was on its way, and has it, has it."""
    accepted = DeliveryState.ACCEPTED
    known = [
        result._replace(reason=_ANSWERED)
        for result in outcome.results
        if result.state is accepted
    ]
    batches.tell(connection, outcome.claimed.campaign_id, known)
