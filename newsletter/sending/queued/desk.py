"""What a worker keeps of a campaign that it sends: its caller, its judge, its pace."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from newsletter.model.campaign import Campaign, ClaimedBatch
from newsletter.providers.protocol import Capabilities
from newsletter.sending.calling import Caller, Outcome
from newsletter.sending.judging import Judge
from newsletter.sending.queued.pace import SharedPace
from newsletter.sending.verdict import Verdict
from newsletter.store.baseline import Baseline
from newsletter.store.batches import SoFar


@dataclass(slots=True, kw_only=True, eq=False)
class Desk:
    """Where a campaign is worked on; threads share it.

    It is good for one `version` of the campaign: who pauses or resumes it makes
    another. `hands` are as many as calls may be under way. What was told of its
    messages `before` does not stop it: a person has seen that, and has resumed it. It
    is the same for all workers, whenever they join.
    """

    campaign: Campaign
    version: int
    capabilities: Capabilities
    caller: Caller
    judge: Judge
    pace: SharedPace
    hands: threading.BoundedSemaphore
    before: Baseline
    _judging: threading.Lock = field(default_factory=threading.Lock)

    def call(
        self, claimed: ClaimedBatch, ready: Callable[[], None]
    ) -> tuple[Outcome, Verdict]:
        """Make a call, if `ready` does not raise, and judge what came of it."""
        with self._judging:
            self.judge.starts(claimed.number)
        outcome = self.caller.call(claimed, ready)
        with self._judging:
            return outcome, self.judge.judge(outcome, self.pace)

    def watch(self, told: Counter[str], far: SoFar) -> None:
        """Stop it when readers or mailboxes complain of what all workers have sent."""
        with self._judging:
            self.judge.watch(told, far, self.before)
