"""Sends what a campaign has left: claim a batch, hand it over, record what came back.

The intent is committed before each call and the outcome after it. In between a crash
leaves the batch in flight, which `newsletter.sending.recovery` deals with.
"""

import hashlib
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from newsletter import __version__
from newsletter.errors import (
    CampaignError,
    OutcomeUnknown,
    ProviderRefused,
    ProviderStopped,
    ProviderUnavailable,
    StoreBusy,
)
from newsletter.model.campaign import (
    Campaign,
    ClaimedBatch,
    DeliveryResult,
    DeliveryState,
)
from newsletter.model.frozen import FrozenEmail
from newsletter.model.message import Batch, Recipient
from newsletter.model.token import Signer
from newsletter.providers.protocol import Provider
from newsletter.render.message import MessageBuilder
from newsletter.sending.personalise import Personaliser
from newsletter.sending.recovery import key_is_honoured, recover
from newsletter.store import batches, campaigns
from newsletter.store.engine import Store

LEASE_SECONDS = 120.0
"""Longer than any call may take; after it the batch may be taken over."""

MAX_ATTEMPTS = 8
"""Of one batch in one run, before the provider is called down."""

PATIENCE_SECONDS = 300.0
"""How long an outcome waits for the database before it is given up."""

_LONGEST_PAUSE = 60.0


def never() -> bool:
    """Nobody asks the run to stop."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """How a run is watched and stopped.

    `progress` is told the number of recipients dealt with; `should_stop` is asked
    between batches; `sleep` waits, in seconds; `alone` means that no other process
    can be sending (the sender lock is held).
    """

    progress: Callable[[int], None] = lambda _: None
    should_stop: Callable[[], bool] = never
    sleep: Callable[[float], None] = time.sleep
    alone: bool = False


def run(
    store: Store,
    campaign: Campaign,
    provider: Provider,
    signer: Signer,
    controls: Controls,
) -> bool:
    """Send everything a campaign has left; True when it is done.

    False when it was asked to stop, or when another worker still holds a batch. Raises
    ProviderStopped or ProviderUnavailable when the provider cannot go on; what is left
    stays pending, for `newsletter send --resume`.
    """
    return _Run.start(store, campaign, provider, signer, controls).all()


@dataclass(slots=True)
class _Run:
    store: Store
    campaign: Campaign
    provider: Provider
    controls: Controls
    builder: MessageBuilder
    personaliser: Personaliser
    tries: Counter[int] = field(default_factory=Counter)
    owner: str = field(default_factory=lambda: f"{os.uname().nodename}:{os.getpid()}")

    @classmethod
    def start(
        cls,
        store: Store,
        campaign: Campaign,
        provider: Provider,
        signer: Signer,
        controls: Controls,
    ) -> "_Run":
        with store.read() as connection:
            frozen = FrozenEmail.from_json(campaigns.email(connection, campaign.id))
        if frozen.target and frozen.target != provider.target:
            raise CampaignError(
                f"the campaign was planned for the {provider.name} {frozen.target}, "
                f"which is {provider.target} now",
                hint="set it back until the campaign is done: what is there already "
                "would be sent again",
            )
        builder = MessageBuilder(frozen, campaign.uid)
        personaliser = Personaliser(frozen, campaign.uid, signer)
        return cls(store, campaign, provider, controls, builder, personaliser)

    def all(self) -> bool:
        recover(
            self.store,
            self.campaign,
            self.provider.capabilities,
            everything=self.controls.alone,
        )
        while not self.controls.should_stop():
            claimed = self._claim()
            if claimed is not None:
                self._send(claimed)
            elif not self._wait():
                break
        with self.store.write() as connection:
            return campaigns.finish(connection, self.campaign.id)

    def _claim(self) -> ClaimedBatch | None:
        by_message = self.provider.capabilities.repeats == "message"
        with self.store.write() as connection:
            return batches.claim(
                connection,
                self.campaign.id,
                self.owner,
                LEASE_SECONDS,
                subset_on_retry=by_message,
            )

    def _wait(self) -> bool:
        """Wait until a batch can be claimed; False when none will be."""
        with self.store.read() as connection:
            seconds = batches.next_wait(connection, self.campaign.id)
        if seconds is None:
            return False
        self.controls.sleep(min(max(seconds, 0.01), 1.0))
        return True

    def _send(self, claimed: ClaimedBatch) -> None:
        if not self._may_be_sent(claimed):
            return
        batch, refused = self._batch(claimed)
        try:
            results = [*refused, *self.provider.send(batch)]
        except ProviderStopped:
            self._release(claimed, 0.0)
            raise
        except ProviderRefused as error:
            reason = error.message
            self._write_patiently(lambda c: batches.give_up(c, claimed, reason))
        except ProviderUnavailable:
            self._release(claimed, self._pause(claimed))
            if self.tries[claimed.number] >= MAX_ATTEMPTS:
                raise
        except OutcomeUnknown as error:
            self._in_doubt(claimed, error)
        else:
            self._write_patiently(lambda c: batches.record(c, claimed, results))
            self.controls.progress(len(claimed.deliveries) + claimed.suppressed)

    def _write_patiently(self, write: Callable[[Any], bool]) -> None:
        """Write an outcome down, waiting for a database that another command holds.

        What the provider has said must not be lost to an import that takes a minute.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                with self.store.write() as connection:
                    write(connection)
            except StoreBusy:
                if time.monotonic() > deadline:
                    raise
                self.controls.sleep(1.0)
            else:
                return

    def _may_be_sent(self, claimed: ClaimedBatch) -> bool:
        """Whether a batch is new, or its earlier attempt will be recognised."""
        self.tries[claimed.number] += 1
        capabilities = self.provider.capabilities
        if claimed.in_doubt and not self._key_is_honoured(claimed):
            reason = "the provider no longer recognises the key"
            self._write_patiently(lambda c: batches.set_uncertain(c, claimed, reason))
            return False
        if capabilities.repeats == "message" or capabilities.key_lifetime is None:
            return True
        with self.store.write() as connection:
            if batches.seal(connection, claimed, _fingerprint(claimed)):
                return True
            # A key must never name other bytes than it did (a bug, if it happens).
            batches.set_uncertain(connection, claimed, "the bytes have changed")
        return False

    def _key_is_honoured(self, claimed: ClaimedBatch) -> bool:
        age = timedelta(seconds=claimed.age_seconds)
        return key_is_honoured(self.provider.capabilities, age)

    def _batch(self, claimed: ClaimedBatch) -> tuple[Batch, list[DeliveryResult]]:
        """What is handed over, and those of whom no message can be made."""
        recipients: list[Recipient] = []
        refused: list[DeliveryResult] = []
        for delivery in claimed.deliveries:
            try:
                recipients.append(self.personaliser.recipient(delivery))
            except ValueError as error:
                reason = f"no message can be made: {error}"
                refused.append(
                    DeliveryResult(
                        delivery.subscriber_id, DeliveryState.REJECTED, reason=reason
                    )
                )
        moment = claimed.first_sent_at
        batch = Batch(
            key=claimed.key,
            campaign=self.campaign.uid,
            number=claimed.number,
            moment=moment,
            email=self.personaliser.email,
            recipients=recipients,
            mime=lambda recipient: self.builder.build(recipient, moment),
        )
        return batch, refused

    def _in_doubt(self, claimed: ClaimedBatch, error: OutcomeUnknown) -> None:
        """Repeat as it was where the provider would notice; else leave it uncertain."""
        again = self.tries[claimed.number] < MAX_ATTEMPTS
        if again and self._key_is_honoured(claimed):
            self._release(claimed, self._pause(claimed), in_doubt=True)
            return
        reason = error.message
        self._write_patiently(lambda c: batches.set_uncertain(c, claimed, reason))
        self.controls.progress(len(claimed.deliveries) + claimed.suppressed)

    def _release(
        self, claimed: ClaimedBatch, seconds: float, *, in_doubt: bool = False
    ) -> None:
        doubt = in_doubt or claimed.in_doubt
        self._write_patiently(
            lambda c: batches.release(c, claimed, seconds, in_doubt=doubt)
        )

    def _pause(self, claimed: ClaimedBatch) -> float:
        """Seconds until the next attempt: doubling, with full jitter."""
        longest = min(_LONGEST_PAUSE, 0.5 * 2.0 ** self.tries[claimed.number])
        return random.uniform(0.1, longest)  # noqa: S311  no secret


def _fingerprint(claimed: ClaimedBatch) -> str:
    """Names what the batch's bytes are made of; the email is frozen besides.

    The version is part of it: another one may build a message differently.
    """
    made_by = f"{__version__} {claimed.first_sent_at.isoformat()}"
    digest = hashlib.blake2b(made_by.encode(), digest_size=16)
    for delivery in claimed.deliveries:
        digest.update(f"{delivery.address}\0{delivery.merge}\0".encode())
    return digest.hexdigest()
