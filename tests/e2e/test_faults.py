"""Every fault of a provider, alone and mixed, met by the real pipeline over HTTP.

With keys nobody is lost and nobody gets it twice; without them whoever may or may not
have got it is uncertain and listed, and never more than the calls that met the fault.
"""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.config.publication import load_publication
from newsletter.model.campaign import DeliveryState
from newsletter.model.publication import Publication
from newsletter.providers.simulator.faults import FAULTS, OK, End
from newsletter.providers.simulator.plan import Plan
from newsletter.providers.simulator.process import Simulator
from newsletter.sending.compose import compose
from newsletter.sending.order import Order
from newsletter.sending.rehearsal.rehearse import Conditions, Rehearsal, play, ready
from tests.conftest import ROOT

ISSUE = "pull-up-the-second-chair"
PEOPLE = {"resend": 350, "mailgun": 2500}
SIZE = {"resend": 100, "mailgun": 1000}
NEVER_ENDS = {kind for kind in FAULTS if FAULTS[kind].end in (End.HANG, End.DRIP)}
CALL_SECONDS = 6.0
"""How long a call may take where some never end. The others have no longer there: a
machine that stands still for a moment must not make another fault of it."""

pytestmark = pytest.mark.usefixtures("without_pauses")


@pytest.fixture
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Back off for a moment only: the order of things is the same."""
    monkeypatch.setattr("newsletter.sending.judging.LONGEST_PAUSE", 0.1)


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    """One process for all tests here."""
    with Simulator(Plan(dialect="resend")) as running:
        yield running


@pytest.fixture(scope="module")
def order() -> Order:
    """The sample issue, with no limit of calls per second."""
    publication = load_publication(ROOT, {})
    return ready(compose(publication, ISSUE), _unlimited(publication))


def _unlimited(publication: Publication) -> Publication:
    providers = publication.providers
    fast = {
        name: providers.of(name).model_copy(update={"per_second": 10_000})
        for name in PEOPLE
    }
    return publication.model_copy(
        update={"providers": providers.model_copy(update=fast)}
    )


def meet(order: Order, simulator: Simulator, plan: Plan) -> Rehearsal:
    """Send to a provider that follows `plan`, until the campaign is done."""
    simulator.begin(plan)
    patience = CALL_SECONDS if NEVER_ENDS & {*plan.steps()} else None
    conditions = Conditions(
        plan=plan, subscribers=PEOPLE[plan.dialect], call_seconds=patience
    )
    return play(order, conditions, simulator)


def judge(found: Rehearsal) -> None:
    """What holds after any faults."""
    report, provider = found.report, found.conditions.plan.dialect
    doubtful = sum(n for kind, n in found.counts.faults.items() if FAULTS[kind].doubt)
    assert found.compared.kept_the_promise
    assert report.left == 0
    assert report.totals.recipients == PEOPLE[provider]
    assert report.count(DeliveryState.UNCERTAIN) <= SIZE[provider] * doubtful
    told = report.count(DeliveryState.ACCEPTED) + report.count(DeliveryState.UNCERTAIN)
    assert report.count(DeliveryState.ACCEPTED) <= found.counts.recipients <= told


# With a key the same call is made again, and its answer tells. To be told to wait is
# the same with keys and without.
SETTLED = sorted(
    kind
    for kind in set(FAULTS) - {"short", "partial", "413"}
    if not kind.startswith("429-")
)
MOST_CALLS = 40
"""However often a provider says no, it is not asked ten thousand times."""


@pytest.mark.parametrize("kind", SETTLED)
def test_with_keys_every_fault_ends_well(
    kind: str, order: Order, simulator: Simulator
) -> None:
    found = meet(order, simulator, Plan(dialect="resend", script=(f"{kind}*2",)))

    judge(found)
    assert found.counts.faults[kind] >= 1
    assert found.counts.calls < MOST_CALLS
    assert found.report.count(DeliveryState.ACCEPTED) == PEOPLE["resend"]


@pytest.mark.parametrize("kind", sorted(FAULTS))
def test_without_keys_nobody_is_lost_or_gets_it_twice(
    kind: str, order: Order, simulator: Simulator
) -> None:
    found = meet(order, simulator, Plan(dialect="mailgun", script=(f"{kind}*2",)))

    judge(found)
    assert found.counts.faults[kind] >= 1
    assert found.counts.calls < MOST_CALLS
    if not FAULTS[kind].doubt:
        assert found.report.count(DeliveryState.ACCEPTED) == PEOPLE["mailgun"]


scripts = st.lists(
    st.sampled_from([OK, *sorted(set(FAULTS) - NEVER_ENDS)]), min_size=1, max_size=8
)
mixed = settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@mixed
@given(script=scripts, seed=st.integers(0, 99))
def test_any_order_of_faults_with_keys(
    order: Order, simulator: Simulator, script: list[str], seed: int
) -> None:
    judge(meet(order, simulator, Plan(dialect="resend", script=script, seed=seed)))


@mixed
@given(script=scripts, seed=st.integers(0, 99))
def test_any_order_of_faults_without_keys(
    order: Order, simulator: Simulator, script: list[str], seed: int
) -> None:
    judge(meet(order, simulator, Plan(dialect="mailgun", script=script, seed=seed)))
