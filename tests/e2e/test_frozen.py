"""A sender that is frozen in a call for longer than its lease, and woken."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from newsletter.providers.simulator.plan import Plan
from newsletter.providers.simulator.process import Simulator
from tests.e2e.sites import ISSUE, Site, everybody_once, site

PEOPLE = {"mailgun": 2_500, "resend": 250}
ALL_CALLS = 3
SLOW = 12.0
"""Seconds a call takes: enough to be frozen within, also where all is slow."""


@pytest.mark.parametrize("provider", sorted(PEOPLE))
def test_a_frozen_sender_keeps_others_out_and_goes_on_when_woken(
    publication: Path, provider: str
) -> None:
    with Simulator(Plan(dialect=provider, latency=SLOW)) as simulator:
        ours = site(publication, simulator, provider, PEOPLE[provider])
        with _sending(ours) as sender:
            while simulator.counts().calls < ALL_CALLS:  # then nobody writes the ledger
                assert sender.poll() is None
                time.sleep(0.005)
            sender.send_signal(signal.SIGSTOP)
            _a_minute_later(ours)

            refused = ours.newsletter("resume", "--yes")
            sender.send_signal(signal.SIGCONT)
            _, err = sender.communicate(timeout=120)

        assert refused.returncode == 7
        assert f"process {sender.pid}" in refused.stderr
        assert sender.returncode == 0, err
        assert everybody_once(ours, simulator)


@contextmanager
def _sending(ours: Site) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-m", "newsletter", "send", ISSUE, "--yes"],
        cwd=ours.home,
        env=ours.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()  # One that is frozen would be waited for.


def _a_minute_later(ours: Site) -> None:
    """As the ledger sees it: the leases of the calls under way are long over."""
    under_way = ours.ask("SELECT count(*) FROM batches WHERE lease_until IS NOT NULL")
    assert under_way != [(0,)]
    ours.ask(
        "UPDATE batches SET lease_until = strftime('%Y-%m-%d %H:%M:%f', lease_until, "
        "'-10 minutes') WHERE lease_until IS NOT NULL"
    )
