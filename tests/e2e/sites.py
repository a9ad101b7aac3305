"""Publications that send through a simulated provider, by command and by hand."""

import ctypes
import resource
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from sqlite3 import connect
from typing import Any

from newsletter.config.publication import load_publication
from newsletter.model.publication import Publication
from newsletter.model.token import Signer
from newsletter.providers.simulator.process import Simulator
from newsletter.sending.compose import compose
from newsletter.sending.controls import Controls
from newsletter.sending.order import Order
from newsletter.sending.plan import plan
from newsletter.sending.rehearsal.invented import addresses, pages
from newsletter.sending.rehearsal.simulated import made_up_keys, open_simulated
from newsletter.sending.run import run
from newsletter.sending.status import CampaignStatus, status_of
from newsletter.store import campaigns, subscribers
from newsletter.store.engine import Store
from tests.cli.conftest import environment

ISSUE = "pull-up-the-second-chair"
SECRET = "a secret of the tests"
_SIGNER = Signer(SECRET.encode())

# linux/prctl.h, linux/capability.h
_DROP_CAPABILITY = 24
_OVERRIDE_PERMISSIONS = 1


@dataclass(frozen=True)
class Site:
    """A publication in a folder, its provider, and how many subscribers it has."""

    home: Path
    provider: str
    people: int
    url: str

    @property
    def database(self) -> Path:
        """The file of the store."""
        return self.home / ".newsletter" / "newsletter.db"

    @property
    def publication(self) -> Publication:
        """It as newsletter.yaml says."""
        return load_publication(self.home, {})

    @property
    def environment(self) -> dict[str, str]:
        """With the keys of the provider."""
        keys = made_up_keys(self.provider)
        return environment() | keys | {"NEWSLETTER_SECRET": SECRET}

    def newsletter(
        self, *arguments: str, largest_file: int = resource.RLIM_INFINITY
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as a process of its own; it never shows a traceback.

        It cannot write a file beyond `largest_file` bytes, and has no more rights than
        the files give.
        """

        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
            # Else root may write what is read-only; for others it changes nothing.
            ctypes.CDLL(None).prctl(_DROP_CAPABILITY, _OVERRIDE_PERMISSIONS)

        ended = subprocess.run(
            [sys.executable, "-m", "newsletter", *arguments],
            cwd=self.home,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            preexec_fn=limit,
        )
        assert "Traceback" not in ended.stderr, ended.stderr
        return ended

    def states(self) -> dict[str, int]:
        """How many deliveries the ledger has in each state."""
        query = "SELECT state, count(*) FROM deliveries GROUP BY state"
        return dict(self.ask(query))

    def ask(self, query: str) -> list[Any]:
        """Ask the database from outside, or change it."""
        with closing(connect(self.database, timeout=30)) as connection, connection:
            return connection.execute(query).fetchall()


def site(publication: Path, simulator: Simulator, provider: str, people: int) -> Site:
    """Give a copy of the sample publication a provider and subscribers."""
    found = Site(publication, provider, people, simulator.url)
    settings = publication / "newsletter.yaml"
    text = settings.read_text().replace("provider: outbox", f"provider: {provider}")
    text += (
        f"\nproviders:\n  {provider}:\n"
        f"    api_url: {simulator.url}\n    per_second: 10000\n"
    )
    settings.write_text(text)
    with Store.open(found.database) as store:
        for page in pages(people):
            with store.bulk() as connection:
                subscribers.upsert(connection, page)
    return found


def send(
    ours: Site,
    controls: Controls,
    *,
    again: bool = False,
    call_seconds: float | None = None,
) -> CampaignStatus:
    """Plan and send, or go on, in this process; gives up on a call after that time."""
    publication = ours.publication
    provider = open_simulated(publication, ours.provider, call_seconds)
    with Store.open(ours.database) as store:
        if again:
            with store.read() as connection:
                (campaign,) = campaigns.find(connection, ISSUE)
        else:
            composed = compose(publication, ISSUE)
            order = Order(composed=composed, publication=publication)
            campaign = plan(store, order, provider, _SIGNER)
        try:
            run(store, campaign, provider, _SIGNER, replace(controls, alone=True))
        finally:
            provider.close()
            found = status_of(store, campaign.id)
    return found


def everybody_once(found: Site, simulator: Simulator) -> bool:
    """Whether each subscriber got exactly one, and the ledger says so."""
    expected = dict.fromkeys(addresses(found.people), 1)
    return simulator.recipients() == expected and found.states() == {
        "accepted": found.people
    }
