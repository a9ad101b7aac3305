"""What the outcomes of a campaign mean for all of it: slow down, or stand still."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from newsletter.errors import (
    CampaignPaused,
    NewsletterError,
    ProviderBusy,
    ProviderStopped,
)
from newsletter.providers.protocol import Capabilities
from newsletter.sending.breaker import FAILURES, Breaker, in_all
from newsletter.sending.calling import Outcome
from newsletter.sending.pace import Pacing
from newsletter.sending.verdict import Verdict, judge
from newsletter.store.baseline import Baseline
from newsletter.store.batches import SoFar

LONGEST_PAUSE = 60.0
"""Seconds between two tries while the provider fails."""

LONGEST_REQUEST = 3600.0
"""Seconds that a provider may ask us to wait; beyond, the campaign is paused."""


@dataclass(slots=True)
class Judge:
    """Judges the outcomes of one campaign in one process, one after the other.

    `stopped` is why the campaign cannot go on, once it cannot.
    """

    capabilities: Capabilities
    clock: Callable[[], float]
    breaker: Breaker = field(default_factory=Breaker)
    stopped: NewsletterError | None = None
    _tries: Counter[int] = field(default_factory=Counter)
    _started: dict[int, float] = field(default_factory=dict)
    _failed_at: float = float("-inf")
    _failing_since: float = float("-inf")

    @property
    def may_be_here(self) -> bool:
        """Whether what stopped it may be the trouble of this process alone: it does not
        get through to the provider, or is refused there."""
        stopped = isinstance(self.stopped, ProviderStopped)
        return stopped or self.breaker.failures >= FAILURES

    def failing_seconds(self) -> float:
        """For how long one call after another has failed; 0 when the last did not."""
        return self.clock() - self._failing_since if self.breaker.failures else 0.0

    def watch(self, told: Counter[str], far: SoFar, before: Baseline) -> None:
        """Stop when readers or mailboxes complain of what was sent, by all who send.

        What was told `before` is not reckoned in: a person has seen that, and has
        resumed the campaign.
        """
        sent, rejected = far.sent - before.sent, far.rejected - before.rejected
        if reason := in_all(told - before.told, sent, rejected):
            self.stopped = self.stopped or CampaignPaused(reason)

    def starts(self, number: int) -> None:
        """The call for a batch is made now."""
        self._started[number] = self.clock()

    def judge(self, outcome: Outcome, pace: Pacing) -> Verdict:
        """What an outcome means; reckons it into the pace, and whether to stop."""
        number = outcome.claimed.number
        self._tries[number] += 1
        before = self.breaker.failures
        tries = self._tries[number]
        verdict = judge(outcome, self.capabilities, self.breaker, tries)
        if verdict.fatal:
            self.stopped = self.stopped or verdict.fatal
        elif (
            self.breaker.failures > before and self._started[number] <= self._failed_at
        ):
            # Under way when another one failed: one outage, not two.
            self.breaker.failures = before
        if self.breaker.failures and not before:
            self._failing_since = self.clock()
        if reason := self.breaker.in_a_row():
            hint = outcome.error.message if outcome.error else ""
            self.stopped = self.stopped or CampaignPaused(f"{reason}: {hint}")
        if verdict.backoff:
            self._failed_at = self.clock()
            busy = isinstance(outcome.error, ProviderBusy)
            pause = self._slow_down(verdict, pace, busy=busy)
            return replace(verdict, pause=pause)
        return verdict

    def _slow_down(self, verdict: Verdict, pace: Pacing, *, busy: bool) -> float:
        """Wait as long as the provider asked, or longer with every failure in a row."""
        doubled = verdict.backoff * 2.0 ** min(self.breaker.failures, 10)
        longest = min(LONGEST_PAUSE, doubled)
        pause = random.uniform(0.1, longest)  # noqa: S311  no secret
        asked = verdict.retry_after or 0.0
        if asked > LONGEST_REQUEST:
            hours = asked / 3600
            message = f"the provider asks to be left alone for {hours:.0f} hours"
            self.stopped = self.stopped or CampaignPaused(message)
        if busy or asked:
            pause = max(asked, pause)
            pace.block(pause)
        else:
            pace.pause(pause)
        return pause
