"""Rehearses a send: the real pipeline, to invented people, by a simulated provider.

Neither the publication's store nor its outbox is touched, and nothing leaves the
machine: the provider's own code calls a simulator on a port of this one.
"""

import random
import resource
import secrets
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from newsletter.errors import CampaignPaused, ProviderError, UsageError
from newsletter.model.campaign import Campaign, DeliveryState
from newsletter.model.issue import IssueStatus
from newsletter.model.publication import Publication
from newsletter.model.token import Signer
from newsletter.providers.protocol import Provider
from newsletter.providers.simulator.counts import Counts
from newsletter.providers.simulator.dialects import DIALECTS
from newsletter.providers.simulator.faults import FAULTS
from newsletter.providers.simulator.plan import Plan
from newsletter.providers.simulator.process import Simulator
from newsletter.sending.compose import Composed, compose
from newsletter.sending.controls import Controls
from newsletter.sending.order import Order
from newsletter.sending.plan import plan
from newsletter.sending.rehearsal.comparing import Compared, compare
from newsletter.sending.rehearsal.invented import addresses, pages
from newsletter.sending.rehearsal.simulated import open_simulated, point_at
from newsletter.sending.run import run
from newsletter.sending.status import CampaignStatus, status_of
from newsletter.store import subscribers
from newsletter.store.engine import Store

FAULTY = 0.05
"""The share of calls that meet a fault, every kind as often as any other."""

SURELY_FAULTY = 3
"""How many of the first calls meet one in any case, so that a short send does too."""

CALL_SECONDS = 3.0
"""How long a call may take while faults are rehearsed: some never end."""

MOST_STOPS = 500
"""How often a rehearsal goes on before it gives up."""

_USUAL = Controls()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What is to be rehearsed: with how many people, by a provider that follows `plan`.

    `refused` lets a few of them have addresses that the provider refuses;
    `call_seconds` is how long a call may take, by default as in earnest.
    """

    plan: Plan
    subscribers: int
    refused: bool = False
    call_seconds: float | None = None

    @classmethod
    def of(
        cls,
        provider: str,
        subscribers: int,
        *,
        latency: float = 0.0,
        faults: bool = False,
        seed: int = 0,
    ) -> "Conditions":
        """The usual one; `latency` is in seconds, and a `seed` repeats the faults.

        Raises UsageError for a provider that is not simulated.
        """
        if provider not in DIALECTS:
            raise UsageError(
                f"`{provider}` cannot be rehearsed",
                hint=f"simulated are {', '.join(DIALECTS)}",
            )
        if subscribers < 1:
            raise UsageError("nobody to rehearse with", hint="--subscribers 1000")
        share = FAULTY / len(FAULTS)
        order = random.Random(seed)  # noqa: S311  to be repeated, no secret
        first = order.choices(tuple(FAULTS), k=SURELY_FAULTY)
        plan = Plan(
            dialect=provider,
            latency=latency,
            faults=dict.fromkeys(FAULTS, share) if faults else {},
            script=first if faults else (),
            seed=seed,
        )
        patience = CALL_SECONDS if faults else None
        return cls(
            plan=plan, subscribers=subscribers, refused=faults, call_seconds=patience
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What came of it.

    `seconds` count from the order to the last outcome, `cpu_seconds` are this
    process's. `stops` is how often the send was paused and went on.
    """

    conditions: Conditions
    report: CampaignStatus
    counts: Counts
    seconds: float
    planning_seconds: float
    first_call_after: float
    cpu_seconds: float
    peak_mib: int
    stops: int
    compared: Compared

    @property
    def per_second(self) -> float:
        """Recipients who got it, by the second, planning included."""
        return self.counts.recipients / self.seconds

    def as_data(self) -> dict[str, object]:
        """The result for a program."""
        reached = max(1, self.counts.recipients)
        return {
            "issue": self.report.campaign.issue,
            "provider": self.conditions.plan.dialect,
            "subscribers": self.conditions.subscribers,
            "latency_seconds": self.conditions.plan.latency,
            "seed": self.conditions.plan.seed,
            "seconds": round(self.seconds, 3),
            "planning_seconds": round(self.planning_seconds, 3),
            "first_call_after_seconds": round(self.first_call_after, 3),
            "recipients_per_second": round(self.per_second),
            "calls": self.counts.calls,
            "calls_at_once": self.counts.most_at_once,
            "repeats_recognised": self.counts.repeats,
            "cpu_seconds_per_thousand": round(1000 * self.cpu_seconds / reached, 4),
            "bytes_per_recipient": round(self.counts.bytes_in / reached),
            "peak_mib": self.peak_mib,
            "faults": dict(self.counts.faults),
            "stops": self.stops,
            "accepted": self.report.count(DeliveryState.ACCEPTED),
            "rejected": self.report.count(DeliveryState.REJECTED),
            "uncertain": self.report.count(DeliveryState.UNCERTAIN),
            **asdict(self.compared),
        }


def rehearse(
    publication: Publication,
    name: str,
    conditions: Conditions,
    controls: Controls = _USUAL,
) -> Rehearsal:
    """Rehearse the issue called `name`; drafts may be, issues with errors may not.

    Raises as `compose` and `plan` do, and KeyboardInterrupt when it is asked to stop.
    """
    order = ready(compose(publication, name), publication)
    with Simulator(conditions.plan) as simulator:
        return play(order, conditions, simulator, controls)


def ready(composed: Composed, publication: Publication) -> Order:
    """The order to send an issue, be it a draft."""
    issue = composed.issue.model_copy(update={"status": IssueStatus.READY})
    return Order(composed=replace(composed, issue=issue), publication=publication)


def play(
    order: Order,
    conditions: Conditions,
    simulator: Simulator,
    controls: Controls = _USUAL,
) -> Rehearsal:
    """Rehearse an order with a simulator that runs and follows the plan."""
    name = conditions.plan.dialect
    pointed = point_at(order.publication, name, simulator.url)
    provider = open_simulated(pointed, name, conditions.call_seconds)
    try:
        with (
            TemporaryDirectory(prefix="newsletter-rehearsal-") as folder,
            Store.open(Path(folder) / "rehearsal.db") as store,
        ):
            for page in pages(conditions.subscribers, refused=conditions.refused):
                with store.bulk() as connection:
                    subscribers.upsert(connection, page)
            return _measured(store, order, provider, simulator, conditions, controls)
    finally:
        provider.close()


def _measured(
    store: Store,
    order: Order,
    provider: Provider,
    simulator: Simulator,
    conditions: Conditions,
    controls: Controls,
) -> Rehearsal:
    limits = order.publication.providers.of(provider.name)
    controls = replace(
        controls,
        alone=True,
        per_second=limits.per_second,
        at_once=limits.at_once,
    )
    signer = Signer(secrets.token_bytes(32))
    began, cpu = time.monotonic(), time.process_time()
    campaign = plan(store, order, provider, signer)
    planned = time.monotonic()
    stops = _send(store, campaign, provider, signer, controls)
    ended, cpu = time.monotonic(), time.process_time() - cpu
    peak, counts = _peak_mib(), simulator.counts()
    found = status_of(store, campaign.id)
    people = addresses(conditions.subscribers, refused=conditions.refused)
    return Rehearsal(
        conditions=conditions,
        report=found,
        counts=counts,
        seconds=ended - began,
        planning_seconds=planned - began,
        first_call_after=counts.first_at - began,
        cpu_seconds=cpu,
        peak_mib=peak,
        stops=stops,
        compared=compare(store, found, simulator.recipients(), people),
    )


def _send(
    store: Store,
    campaign: Campaign,
    provider: Provider,
    signer: Signer,
    controls: Controls,
) -> int:
    """Send, and go on after every stop as a person would; tells how often."""
    stops = 0
    while stops < MOST_STOPS:
        try:
            run(store, campaign, provider, signer, controls)
            if controls.should_stop():
                raise KeyboardInterrupt
            break
        except (ProviderError, CampaignPaused):
            stops += 1
    return stops


def _peak_mib() -> int:
    """The most memory this process ever had; macOS counts bytes, others KiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak // (2**20 if sys.platform == "darwin" else 2**10))
