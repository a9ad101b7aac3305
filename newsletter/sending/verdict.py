"""What an outcome means for its batch: what is written down, and whether to go on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from newsletter.errors import (
    NewsletterError,
    OutcomeUnknown,
    ProviderRefused,
    ProviderStopped,
    ProviderUnavailable,
)
from newsletter.model.campaign import DeliveryState
from newsletter.providers.protocol import Capabilities
from newsletter.sending.breaker import Breaker
from newsletter.sending.calling import Outcome
from newsletter.sending.recovery import key_is_honoured
from newsletter.store import batches

MAX_ATTEMPTS = 8
"""Of one batch in one run, while others get through."""

BUSY_SECONDS = 0.5
"""First pause when nothing was taken: to ask again costs nobody anything."""

BROKEN_SECONDS = 2.0
"""First pause after a call of unknown outcome: each one more is one more doubt."""

LATER_SECONDS = 60.0
"""Before those are asked about again whom the provider did not take this time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`write` records it in a transaction; `settled` is how many are dealt with.

    `backoff` is how many seconds to wait at first when the provider did not answer
    well, doubled with every failure in a row, and 0 when it did; `retry_after` how many
    it asked for, `pause` how many were chosen; `fatal` is why the campaign cannot go
    on.
    """

    write: Callable[[Any], object]
    settled: int = 0
    backoff: float = 0.0
    retry_after: float | None = None
    pause: float = 0.0
    fatal: NewsletterError | None = None


def judge(
    outcome: Outcome, capabilities: Capabilities, breaker: Breaker, tries: int
) -> Verdict:
    """Sort an outcome by facts only: what was certainly not sent may be sent again."""
    claimed, error = outcome.claimed, outcome.error
    settled = len(claimed.deliveries) + claimed.suppressed
    if error is None:
        return _answered(outcome, breaker, settled)
    if isinstance(error, ProviderStopped):
        return _put_back(outcome, fatal=error)
    if isinstance(error, ProviderUnavailable):
        breaker.failures += 1
        return _put_back(
            outcome,
            retry_after=error.retry_after,
            # To be asked to wait is no failure of this batch.
            fatal=error if not error.retry_after and _alone(tries, breaker) else None,
        )
    if isinstance(error, ProviderRefused):
        return _refused(outcome, breaker, settled)
    assert isinstance(error, OutcomeUnknown)  # noqa: S101  the protocol has no others
    breaker.failures += 1
    age = timedelta(seconds=claimed.age_seconds)
    if key_is_honoured(capabilities, age) and not _alone(tries, breaker):
        return Verdict(
            write=lambda c: batches.release(c, claimed, 0.0, in_doubt=True),
            backoff=BROKEN_SECONDS,
        )
    breaker.unknown += 1
    reason = error.message
    return Verdict(
        write=lambda c: batches.set_uncertain(c, claimed, reason),
        settled=settled,
        backoff=BROKEN_SECONDS,
    )


def _alone(tries: int, breaker: Breaker) -> bool:
    """Whether a batch fails again and again while others get through."""
    return tries >= MAX_ATTEMPTS and breaker.failures < tries


def _answered(outcome: Outcome, breaker: Breaker, settled: int) -> Verdict:
    claimed, results = outcome.claimed, outcome.results
    states = [result.state for result in results]
    later = states.count(DeliveryState.PENDING)
    accepted = DeliveryState.ACCEPTED in states
    nothing = later and not accepted
    if accepted:
        breaker.accepted()
    elif nothing:
        breaker.failures += 1
    return Verdict(
        write=lambda c: batches.record(c, claimed, results, seconds=LATER_SECONDS),
        backoff=BUSY_SECONDS if nothing else 0.0,
        settled=settled - later,
    )


def _refused(outcome: Outcome, breaker: Breaker, settled: int) -> Verdict:
    """Look for the recipient who is the cause; one alone is the cause."""
    claimed = outcome.claimed
    reason = outcome.error.message if outcome.error else ""
    if len(claimed.deliveries) > 1:
        return Verdict(write=lambda c: batches.split(c, claimed))
    breaker.refused += 1
    return Verdict(write=lambda c: batches.give_up(c, claimed, reason), settled=settled)


def _put_back(
    outcome: Outcome,
    *,
    retry_after: float | None = None,
    fatal: NewsletterError | None = None,
) -> Verdict:
    """Nothing of it was sent; an earlier attempt in doubt stays in doubt."""
    claimed = outcome.claimed
    return Verdict(
        write=lambda c: batches.release(c, claimed, 0.0, in_doubt=claimed.in_doubt),
        backoff=BUSY_SECONDS,
        retry_after=retry_after,
        fatal=fatal,
    )
