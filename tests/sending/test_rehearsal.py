"""A rehearsal sends for real to nobody, and notices when a promise is broken."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from newsletter.errors import CheckFailed, UsageError
from newsletter.model.campaign import DeliveryState
from newsletter.model.issue import IssueStatus
from newsletter.model.problem import Problem
from newsletter.model.publication import Publication
from newsletter.providers.simulator.dialects import DIALECTS
from newsletter.providers.simulator.plan import Plan
from newsletter.providers.simulator.process import Simulator
from newsletter.sending.compose import compose
from newsletter.sending.controls import Controls
from newsletter.sending.order import Order
from newsletter.sending.plan import plan
from newsletter.sending.rehearsal.comparing import compare
from newsletter.sending.rehearsal.invented import REFUSED_PEOPLE, addresses, pages
from newsletter.sending.rehearsal.rehearse import Conditions, play, ready, rehearse
from newsletter.sending.run import run
from newsletter.sending.status import named, status_of
from newsletter.store.engine import Store
from tests.sending.conftest import ISSUE, SIGNER
from tests.sending.simulators import Simulator as InProcess


def unlimited(settings: Publication, provider: str) -> Publication:
    known = settings.providers
    changes = {
        "per_second": 10_000,
        **({"region": "eu-west-1"} if provider == "ses" else {}),
    }
    fast = known.of(provider).model_copy(update=changes)
    providers = known.model_copy(update={provider: fast})
    return settings.model_copy(update={"providers": providers})


@pytest.mark.parametrize("provider", sorted(DIALECTS))
def test_every_simulated_provider_can_be_rehearsed(
    settings: Publication, provider: str
) -> None:
    found = rehearse(unlimited(settings, provider), ISSUE, Conditions.of(provider, 120))

    assert found.compared.kept_the_promise
    assert found.report.count(DeliveryState.ACCEPTED) == 120
    assert found.counts.recipients == 120
    data = found.as_data()
    assert (data["lost"], data["twice"], data["uncertain"]) == (0, 0, 0)
    assert data["faults"] == {}
    assert found.seconds > found.planning_seconds > 0
    assert found.first_call_after > 0
    assert found.cpu_seconds > 0
    assert found.peak_mib > 0


def test_faults_are_met_and_nobody_is_lost(
    settings: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.sending.judging.LONGEST_PAUSE", 0.1)
    monkeypatch.setattr("newsletter.sending.rehearsal.rehearse.FAULTY", 0.4)
    conditions = Conditions.of("mailgun", 8000, faults=True, seed=5)
    seen: list[int] = []

    found = rehearse(settings, ISSUE, conditions, Controls(progress=seen.append))

    assert found.compared.kept_the_promise
    assert sum(found.counts.faults.values()) > 0
    assert found.report.count(DeliveryState.REJECTED) <= REFUSED_PEOPLE
    assert found.report.left == 0
    assert sum(seen) == 8000


def test_nothing_of_the_publication_is_touched(
    settings: Publication, publication: Path
) -> None:
    compose(settings, ISSUE)  # which keeps small copies of the images
    before = sorted(publication.rglob("*"))

    rehearse(settings, ISSUE, Conditions.of("mailgun", 10))

    assert sorted(publication.rglob("*")) == before


def test_a_draft_can_be_rehearsed_and_an_issue_with_errors_cannot(
    settings: Publication, order: Order
) -> None:
    draft = order.composed.issue.model_copy(update={"status": IssueStatus.DRAFT})
    composed = compose(settings, ISSUE)
    conditions = Conditions.of("mailgun", 10)

    with Simulator(conditions.plan) as simulator:
        waiting = ready(replace(composed, issue=draft), settings)
        assert play(waiting, conditions, simulator).compared.kept_the_promise
        problem = Problem(code="link", message="bad", file="issues/x.md")
        broken = ready(replace(composed, problems=(problem,)), settings)
        with pytest.raises(CheckFailed):
            play(broken, conditions, simulator)


@pytest.mark.parametrize(("provider", "people"), [("outbox", 10), ("mailgun", 0)])
def test_what_cannot_be_rehearsed_is_told(provider: str, people: int) -> None:
    with pytest.raises(UsageError) as caught:
        Conditions.of(provider, people)

    assert caught.value.hint


def test_a_provider_that_never_lets_anybody_in_is_given_up(
    settings: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.sending.rehearsal.rehearse.MOST_STOPS", 3)
    never = Plan(dialect="mailgun", faults={"revoked": 1.0})

    found = rehearse(settings, ISSUE, Conditions(plan=never, subscribers=10))

    assert found.stops == 3
    assert found.compared.lost == 10


def test_the_comparison_finds_every_kind_of_lie(
    store: Store, order: Order, subscribe: Callable[[int], None]
) -> None:
    subscribe(20)
    provider = InProcess(["some"])
    campaign = plan(store, order, provider, SIGNER)
    run(store, campaign, provider, SIGNER, Controls(alone=True))
    found = status_of(store, campaign.id)
    people = [f"reader{n}@example.com" for n in range(1, 21)]
    truth = Counter(provider.mailboxes)
    reached = next(iter(truth))
    refused = named(store, found, DeliveryState.REJECTED)[0].address

    assert compare(store, found, truth, people).kept_the_promise
    assert compare(store, found, truth | {reached: 2}, people).twice == 1
    assert compare(store, found, truth | {refused: 1}, people).denied == 1
    del truth[reached]
    assert compare(store, found, truth, people).lost == 1


def test_a_rehearsal_can_be_stopped(settings: Publication) -> None:
    with pytest.raises(KeyboardInterrupt):
        rehearse(
            settings,
            ISSUE,
            Conditions.of("mailgun", 10),
            Controls(should_stop=lambda: True),
        )


def test_invented_people_are_many_different_and_always_the_same() -> None:
    people = [each for page in pages(25_000, refused=True) for each in page]

    assert len({each.address_key for each in people}) == 25_000
    assert [each.address for each in people] == list(addresses(25_000, refused=True))
    refused = [each for each in people if each.address.startswith("refused")]
    assert len(refused) == REFUSED_PEOPLE
    assert all(each.address.rpartition("@")[2].isascii() for each in people)
    assert max(len(each.address.partition("@")[0]) for each in people) <= 64
    assert list(addresses(2, refused=True))
