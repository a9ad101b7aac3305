"""Sends what a campaign has left: claim batches, hand them over, record what came back.

The intent is committed before each call and the outcome after it. In between a crash
leaves the batch in flight, which `newsletter.sending.recovery` deals with. Calls are
made by several threads; the ledger is written by this one only, and what came back is
recorded in the same transaction that claims what goes out next.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from newsletter.errors import (
    CampaignError,
    NewsletterError,
    ProviderUnavailable,
    StoreBusy,
    StoreError,
)
from newsletter.model.campaign import Campaign, CampaignState, ClaimedBatch
from newsletter.model.frozen import FrozenEmail
from newsletter.model.token import Signer
from newsletter.providers.protocol import Capabilities, Provider
from newsletter.sending import logged
from newsletter.sending.calling import Caller, Outcome
from newsletter.sending.controls import Controls
from newsletter.sending.crew import Crew
from newsletter.sending.engine import Engine, engine_of
from newsletter.sending.instance import Steps, Uncounted
from newsletter.sending.judging import Judge
from newsletter.sending.pace import Limits, Pacing, portion
from newsletter.sending.recovery import may_be_sent, recover
from newsletter.sending.verdict import Verdict
from newsletter.store import baseline, batches, campaigns, event_counts, lifecycle
from newsletter.store.engine import Store

LEASE_SECONDS = 120.0
"""Longer than any call may take; after it the batch may be taken over."""

PATIENCE_SECONDS = 300.0
"""How long an outcome waits for the database before it is given up."""

WATCH_SECONDS = 5.0
"""Between two looks at complaints and bounces."""

_IDLE_SECONDS = 1.0

T = TypeVar("T")


def run(
    store: Store,
    campaign: Campaign,
    provider: Provider,
    signer: Signer,
    controls: Controls,
    steps: Steps | None = None,
) -> bool:
    """Send everything a campaign has left, also a paused one; True when it is done.

    False when it was asked to stop, was paused or cancelled by somebody else, or when
    another worker still holds a batch. Raises CampaignPaused when the provider cannot
    go on or too much goes wrong; what is left stays pending, for `newsletter resume`.
    """
    with store.read() as connection:
        email = FrozenEmail.from_json(campaigns.email(connection, campaign.id))
    refuse_another_target(email, provider)
    caller = Caller(campaign, email, provider, signer, controls.at)
    capabilities = provider.capabilities
    counted = steps or Uncounted()
    judge = Judge(capabilities, controls.clock)
    engine = engine_of(store)
    return _Run(
        store, campaign, capabilities, caller, controls, counted, judge, engine
    ).all()


def refuse_another_target(email: FrozenEmail, provider: Provider) -> None:
    """Raise CampaignError when the provider is another account than at planning."""
    if email.target and email.target != provider.target:
        raise CampaignError(
            f"the campaign was planned for the {provider.name} {email.target}, "
            f"which is {provider.target} now",
            hint="set it back until the campaign is done: what is there already "
            "would be sent again",
        )


def sender_name() -> str:
    """What this process claims batches as when it sends by hand."""
    return f"{os.uname().nodename}:{os.getpid()}"


@dataclass(slots=True)
class _Run:
    store: Store
    campaign: Campaign
    capabilities: Capabilities
    caller: Caller
    controls: Controls
    steps: Steps
    judge: Judge
    engine: Engine
    owner: str = field(default_factory=sender_name)
    looked_at: float = float("-inf")

    def all(self) -> bool:
        self._take_up()
        slots = self.controls.at_once or self.capabilities.at_once
        with Crew(self._call, slots) as crew:
            self._send(crew, self._pace())
        if self.judge.stopped:
            self._pause(self.judge.stopped)
        with self.store.write() as connection:
            return campaigns.finish(connection, self.campaign.id)

    def _send(self, crew: "Crew[ClaimedBatch, Outcome]", pace: Pacing) -> None:
        """Claim, call and record until nothing is left, or nothing may go on."""
        done: list[Outcome] = []
        while True:
            self._watch()
            claimed = self._turn(done, crew.free, pace)
            for batch in claimed:
                self.controls.at("after_intent")
                pace.took(len(batch.deliveries))
                self.judge.starts(batch.number)
                crew.start(batch)
            may_go_on = self._may_go_on() and not crew.failed
            if crew.failed and not crew.busy:
                raise crew.failed
            if not crew.busy and (not may_go_on or not self._wait(pace)):
                break
            done = crew.finished(self._until_next(claimed, crew.free, pace))

    def _call(self, claimed: ClaimedBatch) -> Outcome:
        return self.caller.call(claimed, partial(self._make_sure, claimed))

    def _make_sure(self, claimed: ClaimedBatch) -> None:
        """Make no call for what others may have taken over: nothing of it was sent."""
        try:
            ours = self.engine.may_call(claimed, self.capabilities)
        except StoreError as error:
            raise ProviderUnavailable(error.message, hint=error.hint) from error
        if not ours:
            raise ProviderUnavailable("the batch was in other hands by then")

    def _until_next(
        self, claimed: list[ClaimedBatch], free: int, pace: Pacing
    ) -> float | None:
        """Seconds until another call may be made; None to wait for one that ends."""
        if not free or not self._may_go_on():
            return None
        # Nothing was claimed although a call might be made: there is nothing now.
        return pace.wait() or (0.0 if claimed else None)

    def _take_up(self) -> None:
        """Deal with what an earlier run left, and call the campaign sending."""
        states = CampaignState.SENDING, CampaignState.PAUSED
        with self.store.write() as connection:
            id, to = self.campaign.id, states[0]
            resumed = lifecycle.move(connection, id, to, among=[states[1]])
            # Who goes on with what nobody sends has seen how it stands, too.
            if resumed or not self.engine.others_can(connection, id, self.owner):
                baseline.note(connection, id)
            self.engine.offer(connection, self.campaign.id)
        logged.taken_up(self.campaign)
        alone = self.controls.alone
        recover(self.store, self.campaign, self.capabilities, everything=alone)

    def _pace(self) -> Pacing:
        with self.store.read() as connection:
            far = batches.so_far(connection, self.campaign.id)
        limit = self.campaign.per_hour
        limits = Limits(
            per_second=self.controls.per_second or self.capabilities.calls_per_second,
            per_hour=limit,
            spread_seconds=self.campaign.spread_seconds,
            batch_size=portion(self.capabilities.batch_size, limit),
            idle_seconds=far.idle,
        )
        return self.engine.pace(self.campaign, limits, self.controls.clock)

    def _may_go_on(self) -> bool:
        return not self.judge.stopped and not self.controls.should_stop()

    def _turn(self, done: list[Outcome], free: int, pace: Pacing) -> list[ClaimedBatch]:
        """Write down what is done and claim batches for `free` hands, all at once."""
        verdicts = [self.judge.judge(outcome, pace) for outcome in done]
        # Asked after the verdicts: a call that failed slows the next one down.
        calls = pace.calls(free) if self._may_go_on() else 0
        if not verdicts:
            return self._write_patiently(verdicts, calls) if calls else []
        self.controls.at("before_mark")
        claimed = self._write_patiently(verdicts, calls)
        self.controls.at("after_mark")
        for outcome, verdict in zip(done, verdicts, strict=True):
            logged.call(outcome, verdict)
            self.controls.progress(verdict.settled)
        return claimed

    def _write_patiently(
        self, verdicts: list[Verdict], calls: int
    ) -> list[ClaimedBatch]:
        def write(connection: Any) -> list[ClaimedBatch]:
            for verdict in verdicts:
                verdict.write(connection)
            if verdicts:
                lifecycle.drop_cancelled(connection, self.campaign.id)
            self.steps.advance(connection)
            return self._claim(connection, calls)

        claimed = self._patiently(write)
        self.steps.note()
        return claimed

    def _patiently(self, write: Callable[[Any], T]) -> T:
        """Wait for a database that another command holds, as an import does.

        What the provider has said must not be lost for it.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                with self.store.write() as connection:
                    return write(connection)
            except StoreBusy:
                if time.monotonic() > deadline:
                    raise
                self.controls.sleep(_IDLE_SECONDS)

    def _claim(self, connection: Any, calls: int) -> list[ClaimedBatch]:
        found: list[ClaimedBatch] = []
        while len(found) < calls:
            claimed = batches.claim(
                connection,
                self.campaign.id,
                self.owner,
                LEASE_SECONDS,
                subset_on_retry=self.capabilities.repeats == "message",
            )
            if claimed is None:
                break
            if may_be_sent(connection, claimed, self.capabilities):
                found.append(claimed)
        return found

    def _wait(self, pace: Pacing) -> bool:
        """Wait until a batch can be claimed; False when none will be."""
        with self.store.read() as connection:
            seconds = batches.next_wait(connection, self.campaign.id)
            found = campaigns.get(connection, self.campaign.id)
            if seconds is None and self.engine.others_send(
                connection, self.campaign.id
            ):
                seconds = _IDLE_SECONDS
        if seconds is None or not found or found.state is not CampaignState.SENDING:
            return False
        seconds = max(seconds, pace.wait())
        if seconds > 0:
            self.controls.sleep(min(seconds, _IDLE_SECONDS))
        return True

    def _watch(self) -> None:
        """Look now and then at what readers and mailboxes say of it.

        Others may have sent what they speak of: so all is reckoned, as workers do.
        """
        now = time.monotonic()
        if now - self.looked_at < WATCH_SECONDS:
            return
        self.looked_at = now
        with self.store.read() as connection:
            told = event_counts.of_campaign(connection, self.campaign.id)
            far = batches.so_far(connection, self.campaign.id)
            before = baseline.get(connection, self.campaign.id)
        self.judge.watch(told, far, before)

    def _pause(self, error: NewsletterError) -> None:
        """Write down why it stands still, then say it.

        It does not while others get through, for all we know: then it is this process
        that cannot, and they go on.
        """
        to, among = CampaignState.PAUSED, [CampaignState.SENDING]
        id, why = self.campaign.id, error.message

        def write(connection: Any) -> None:
            here = self.judge.may_be_here
            if not (here and self.engine.others_can(connection, id, self.owner)):
                lifecycle.move(connection, id, to, among=among, reason=why)

        self._patiently(write)
        raise error
