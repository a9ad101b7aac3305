"""A publication on PostgreSQL and its workers, each a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import make_url, text

from newsletter.config.publication import load_publication
from newsletter.model.campaign import CampaignState
from newsletter.model.publication import Publication
from newsletter.providers.simulator.process import Simulator
from newsletter.sending.compose import compose
from newsletter.sending.controls import Controls
from newsletter.sending.deliver import Sender
from newsletter.sending.order import Order
from newsletter.sending.rehearsal.invented import addresses, pages
from newsletter.sending.rehearsal.simulated import made_up_keys, point_at
from newsletter.sending.status import CampaignStatus, overview
from newsletter.store import subscribers
from newsletter.store.engine import Store
from tests.cli.conftest import environment
from tests.e2e.sites import ISSUE, SECRET
from tests.rig.machine import Machine

PATIENCE = 180.0
_PLAIN = ["-m", "newsletter"]
# Who is not heard of is taken for dead sooner than in earnest.
_HASTY = """
import newsletter.store.workers as workers
workers.GONE_SECONDS, workers.BEAT_SECONDS = 8.0, 1.0
"""
_MAIN = """
from newsletter.cli.main import main
main()
"""
_CLOCK_OFF = """
import datetime, sys
import time_machine
hours = datetime.timedelta(hours=int(sys.argv.pop(1)))
with time_machine.travel(datetime.datetime.now(datetime.UTC) + hours):
    from newsletter.cli.main import main
    main()
"""


@dataclass
class Fleet:
    """A publication whose store is PostgreSQL, its provider, and who sends for it."""

    home: Path
    store_url: str
    provider: str
    simulator: Simulator
    people: int
    hasty: bool = False
    """Whether workers are taken for dead sooner than in earnest."""
    environment: dict[str, str] = field(default_factory=dict)
    workers: list["subprocess.Popen[str]"] = field(default_factory=list)

    @property
    def publication(self) -> Publication:
        """It as newsletter.yaml says."""
        found = point_at(load_publication(self.home), self.provider, self.simulator.url)
        return found.model_copy(update={"store": self.store_url})

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; it never shows a traceback."""
        ended = subprocess.run(
            [sys.executable, "-m", "newsletter", *arguments],
            cwd=self.home,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert "Traceback" not in ended.stderr, ended.stderr
        return ended

    def start(
        self,
        *arguments: str,
        store: str = "",
        clock_hours: int = 0,
        machine: Machine | None = None,
    ) -> "subprocess.Popen[str]":
        """Start a worker; by another way to the same store, with another clock, or on
        another machine."""
        surroundings = self._environment()
        if machine:
            url = make_url(self.store_url)
            url = url.set(host=machine.host, port=machine.database_port)
            store = url.render_as_string(hide_password=False)
        if store:
            surroundings["NEWSLETTER_STORE"] = store
        program = ["-c", _HASTY + _MAIN] if self.hasty else _PLAIN
        if clock_hours:
            hasty = _HASTY if self.hasty else ""
            program = ["-c", hasty + _CLOCK_OFF, str(clock_hours)]
        begin = machine.begin if machine else []
        worker = subprocess.Popen(
            [*begin, sys.executable, *program, "worker", *arguments],
            cwd=self.home,
            env=surroundings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.workers.append(worker)
        return worker

    def _environment(self) -> dict[str, str]:
        keys = made_up_keys(self.provider)
        return (
            environment()
            | keys
            | {"NEWSLETTER_SECRET": SECRET, "NEWSLETTER_STORE": self.store_url}
            | self.environment
        )

    def plan(self) -> None:
        """Plan a campaign to everybody, and send none of it: workers do."""
        keys = made_up_keys(self.provider) | {"NEWSLETTER_SECRET": SECRET}
        with patch.dict(os.environ, keys), Store.open(self.store_url) as store:
            publication = self.publication
            stopped = Controls(should_stop=lambda: True)
            sender = Sender(store=store, publication=publication, controls=stopped)
            order = Order(composed=compose(publication, ISSUE), publication=publication)
            sender.send(order, self.provider)

    def is_done(self) -> bool:
        """Whether the campaign is over."""
        return self.standing().campaign.state is CampaignState.DONE

    def has_called(self, times: int) -> bool:
        """Whether the provider was called so often by now."""
        return self.simulator.counts().calls >= times

    def all_here(self, number: int) -> bool:
        """Whether so many workers have started, and opened the store."""
        return len(self.ask("SELECT 1 FROM workers")) >= number

    def senders(self) -> int:
        """How many processes have had a batch in hand."""
        query = "SELECT count(DISTINCT split_part(owner, '/', 1)) FROM batches"
        ((found,),) = self.ask(query)
        return int(found)

    def standing(self) -> CampaignStatus:
        """How the one campaign stands."""
        with Store.open(self.store_url) as store:
            (found,) = overview(store)
        return found

    def limit(self, per_second: float = 10_000, at_once: int = 8) -> None:
        """Let newsletter.yaml say how many calls the provider takes."""
        settings = self.home / "newsletter.yaml"
        words = settings.read_text()
        words = words.replace("per_second: 10000", f"per_second: {per_second}")
        settings.write_text(words.replace("at_once: 8", f"at_once: {at_once}"))

    def ask(self, query: str) -> list[Any]:
        """Ask the database from outside."""
        with Store.open(self.store_url) as store, store.read() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def change(self, statement: str) -> None:
        """Change the database from outside."""
        with Store.open(self.store_url) as store, store.write() as connection:
            connection.execute(text(statement))

    def wait_until(self, true: Callable[[], bool], seconds: float = PATIENCE) -> float:
        """Wait for something to become true; how long it took."""
        began = time.monotonic()
        while not true():
            if time.monotonic() - began > seconds:
                raise AssertionError(f"not after {seconds} seconds: {self.standing()}")
            time.sleep(0.05)
        return time.monotonic() - began

    def everybody_once(self) -> bool:
        """Whether each subscriber got exactly one, by what the provider accepted."""
        return self.simulator.recipients() == dict.fromkeys(addresses(self.people), 1)

    def end(self) -> None:
        """End the workers that are left."""
        for worker in self.workers:
            if worker.poll() is None:
                worker.send_signal(signal.SIGCONT)
                worker.kill()
            worker.communicate()


@contextmanager
def fleet(
    home: Path, url: str, provider: str, simulator: Simulator, people: int
) -> Iterator[Fleet]:
    """Give a copy of the sample publication a provider, a database, and subscribers."""
    settings = home / "newsletter.yaml"
    words = settings.read_text().replace("provider: outbox", f"provider: {provider}")
    words += (
        f"\nproviders:\n  {provider}:\n"
        f"    api_url: {simulator.url}\n    per_second: 10000\n    at_once: 8\n"
    )
    settings.write_text(words)
    with Store.open(url) as store:
        for page in pages(people):
            with store.bulk() as connection:
                subscribers.upsert(connection, page)
    found = Fleet(home, url, provider, simulator, people)
    try:
        yield found
    finally:
        found.end()
