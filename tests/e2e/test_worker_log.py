"""What workers log for programs of a send in which much goes wrong."""

import json
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newsletter.model.campaign import CampaignState
from newsletter.providers.simulator.plan import Plan
from newsletter.providers.simulator.process import Simulator
from newsletter.sending.rehearsal.invented import addresses
from newsletter.sending.rehearsal.simulated import made_up_keys
from tests.e2e.fleet import Fleet, fleet
from tests.e2e.sites import SECRET
from tests.store.databases import fresh_schema

PEOPLE = 600
IP = re.compile(r"\d{1,3}(\.\d{1,3}){3}")


@pytest.fixture
def crew(publication: Path, postgres_url: str) -> Iterator[Fleet]:
    """A planned campaign; one call is refused for now, one fails, one never ends."""
    script = ["429-seconds", "503", "hang-after"]
    with (
        Simulator(Plan(dialect="resend", script=script)) as simulator,
        fresh_schema(postgres_url) as url,
        fleet(publication, url, "resend", simulator, PEOPLE) as found,
    ):
        found.hasty = True
        found.plan()
        yield found


def test_all_that_happens_is_logged_and_nobody_is_named(crew: Fleet) -> None:
    first = crew.start("--json", "--concurrency", "1")
    crew.wait_until(lambda: crew.simulator.counts().calls >= 3)
    first.kill()
    logged = first.communicate(timeout=60)[0]
    second = crew.start("--json", "--concurrency", "2")
    crew.wait_until(lambda: crew.standing().campaign.state is CampaignState.DONE)
    second.send_signal(signal.SIGTERM)
    logged += second.communicate(timeout=60)[0]

    lines = [json.loads(line) for line in logged.splitlines()]
    of_each_kind(lines)
    assert crew.everybody_once()
    for address in addresses(PEOPLE):
        assert address not in logged
    for named in (SECRET, "@", *made_up_keys("resend").values()):
        assert named not in logged
    assert not IP.search(re.sub(r'"version": "[^"]*"', "", logged))


def of_each_kind(lines: list[dict[str, Any]]) -> None:
    """Each event is there, with what a program wants to know of it."""
    by_kind = {line["message"]: line for line in lines}
    assert by_kind["worker started"]["slots"] == 2
    assert by_kind["campaign taken up"]["provider"] == "resend"
    failed = [line for line in lines if line["message"] == "batch failed"]
    assert {line["kind"] for line in failed} == {"ProviderBusy", "OutcomeUnknown"}
    assert all(line["retry_at"].endswith("+00:00") for line in failed)
    assert by_kind["held by the provider"]["seconds"] >= 1
    assert by_kind["batch taken over"]["from_worker"] == lines[0]["worker"]
    sent = [line for line in lines if line["message"] == "batch sent"]
    assert sum(line["recipients"] for line in sent) == PEOPLE
    assert all(line["ms"] >= 0 and line["attempt"] >= 1 for line in sent)
    assert by_kind["campaign done"]["recipients"] == PEOPLE
    assert by_kind["worker stopped"]["level"] == "info"
