"""Sends that are killed with `kill -9` and taken up again, and what was left of them.

Each attempt is a process of its own that sends as `newsletter send` and `newsletter
resume` do. It dies at a named place of the engine, when it comes there for the n-th
time, or at any moment. The simulated provider lives on and counts what it accepted.
"""

import http.client
import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import newsletter.sending.judging
from benchmarks.compile import ISSUE, ROOT
from newsletter.config.publication import load_publication
from newsletter.errors import CampaignPaused, ProviderError
from newsletter.model.campaign import CampaignState, DeliveryState
from newsletter.model.publication import Publication
from newsletter.providers.registry import provider_class
from newsletter.providers.simulator.faults import FAULTS
from newsletter.providers.simulator.plan import Plan
from newsletter.providers.simulator.process import Simulator
from newsletter.sending.compose import compose
from newsletter.sending.controls import Controls
from newsletter.sending.deliver import Sender, left
from newsletter.sending.order import Order
from newsletter.sending.rehearsal.comparing import Compared, compare
from newsletter.sending.rehearsal.invented import addresses, pages
from newsletter.sending.rehearsal.simulated import made_up_keys, point_at
from newsletter.sending.status import named, overview
from newsletter.store import subscribers
from newsletter.store.engine import Store

FAILPOINTS = (
    "after_intent",
    "before_post",
    "after_write",
    "after_accept",
    "before_mark",
    "after_mark",
)
RANDOM = "random"
"""Any moment: inside of a commit, while a call is written, while Python starts."""

CALL_SECONDS = 5.0
"""Where faults are met, some of which never end; a real call may take a minute."""

MOST_ATTEMPTS = 200

_FINISHED, _PAUSED = 0, 3
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["benchmarks.killing"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """Where a process dies: at the `hit`-th time of a place, or after `seconds`."""

    place: str
    hit: int = 1
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Survived:
    """What was left after all the kills of one campaign.

    `in_flight` counts the recipients of the batches that were under way at the kills;
    `doubtful` the calls that met a fault after which nobody can know. `listed` is how
    many `status --list uncertain` names, `sound` whether the database is whole and the
    states add up.
    """

    kills: int
    attempts: int
    in_flight: int
    doubtful: int
    uncertain: int
    listed: int
    rejected: int
    sound: bool
    compared: Compared

    @property
    def kept_the_promise(self) -> bool:
        """Nobody lost, nobody twice, and all who are uncertain are listed."""
        listed = self.listed == self.uncertain
        return self.compared.kept_the_promise and listed and self.sound


class Ground:
    """A publication with many subscribers, of which each campaign gets a copy."""

    def __init__(self, folder: Path, people: int, provider: str) -> None:
        """Make it in `folder`."""
        self.people = people
        self.provider = provider
        self._folder = folder
        self._made = 0
        home = folder / "template"
        shutil.copytree(ROOT / "issues", home / "issues")
        settings = (ROOT / "newsletter.yaml").read_text()
        (home / "newsletter.yaml").write_text(settings)
        with Store.open(home / "newsletter.db") as store:
            for page in pages(people):
                with store.bulk() as connection:
                    subscribers.upsert(connection, page)

    @contextmanager
    def copy(self) -> Iterator[Path]:
        """A copy that nothing was sent from yet."""
        self._made += 1
        home = self._folder / f"copy-{self._made}"
        shutil.copytree(self._folder / "template", home)
        yield home
        shutil.rmtree(home)


def survive(
    ground: Ground, simulator: Simulator, plan: Plan, kills: Sequence[Kill]
) -> Survived:
    """Send one campaign, killed once by each of `kills`, until it is done."""
    simulator.begin(plan)
    ahead: list[Kill | None] = [*kills]
    killed = attempts = in_flight = 0
    with ground.copy() as home:
        while True:
            attempts += 1
            kill = ahead.pop(0) if ahead else None
            code = _attempt(home, plan, simulator.url, kill)
            if code == -signal.SIGKILL:
                killed += 1
                in_flight += _in_flight(home)
            elif code == _FINISHED and not ahead:
                break
            elif code not in (_FINISHED, _PAUSED) or attempts > MOST_ATTEMPTS:
                sys.exit(f"the attempt {attempts} ended with {code}")
        return _survey(home, ground, simulator, killed, attempts, in_flight)


def _survey(
    home: Path,
    ground: Ground,
    simulator: Simulator,
    killed: int,
    attempts: int,
    in_flight: int,
) -> Survived:
    faults = simulator.counts().faults
    with Store.open(home / "newsletter.db") as store:
        (found,) = overview(store)
        uncertain = named(store, found, DeliveryState.UNCERTAIN)
        compared = compare(
            store, found, simulator.recipients(), addresses(ground.people)
        )
    whole = found.totals.recipients == ground.people
    done = found.campaign.state is CampaignState.DONE
    return Survived(
        kills=killed,
        attempts=attempts,
        in_flight=in_flight,
        doubtful=sum(n for kind, n in faults.items() if FAULTS[kind].doubt),
        uncertain=found.count(DeliveryState.UNCERTAIN),
        listed=len({record.address for record in uncertain}),
        rejected=found.count(DeliveryState.REJECTED),
        sound=whole and done and _ask(home, "PRAGMA integrity_check") == "ok",
        compared=compared,
    )


def _in_flight(home: Path) -> int:
    """The recipients of the batches whose calls were under way."""
    query = "SELECT coalesce(sum(size), 0) FROM batches WHERE state = 'in_flight'"
    try:
        return int(_ask(home, query))
    except sqlite3.OperationalError:  # it died before there was any
        return 0


def _ask(home: Path, query: str) -> Any:
    with closing(sqlite3.connect(home / "newsletter.db", timeout=30)) as connection:
        return connection.execute(query).fetchone()[0]


def _attempt(home: Path, plan: Plan, url: str, kill: Kill | None) -> int:
    """Send or go on in a process of its own; gives how it ended."""
    process = _PROCESSES.Process(target=_send, args=(home, plan, url, kill))
    process.start()
    process.join()
    code = process.exitcode
    process.close()
    assert code is not None
    return code


def _send(home: Path, plan: Plan, url: str, kill: Kill | None) -> None:
    """What the process does."""
    provider = plan.dialect
    os.environ.update(made_up_keys(provider), NEWSLETTER_SECRET="s" * 32)
    if plan.faults:
        _hurry(provider)
    publication = _simulated(home, provider, url)
    controls = Controls(at=_killer(kill))
    try:
        with Store.open(home / "newsletter.db") as store:
            sender = Sender(store=store, publication=publication, controls=controls)
            if left(store):
                sender.resume()
            elif not overview(store):
                composed = compose(publication, ISSUE)
                sender.send(Order(composed=composed, publication=publication), provider)
    except (ProviderError, CampaignPaused):
        sys.exit(_PAUSED)


def _simulated(home: Path, provider: str, url: str) -> Publication:
    publication = point_at(load_publication(home), provider, url)
    fast = publication.providers.of(provider).model_copy(update={"per_second": 10_000})
    providers = publication.providers.model_copy(update={provider: fast})
    store = f"sqlite:///{home / 'newsletter.db'}"
    return publication.model_copy(update={"providers": providers, "store": store})


def _hurry(provider: str) -> None:
    """Wait less than in earnest: the order of things is the same."""
    found: Any = provider_class(provider)
    found.capabilities = replace(found.capabilities, call_seconds=CALL_SECONDS)
    newsletter.sending.judging.LONGEST_PAUSE = 0.2


def _killer(kill: Kill | None) -> Callable[[str], None]:
    if kill is None:
        return lambda _: None
    if kill.place == RANDOM:
        timer = threading.Timer(kill.seconds, _die)
        timer.daemon = True
        timer.start()
    hits: Counter[str] = Counter()
    lock = threading.Lock()

    def at(place: str) -> None:
        with lock:
            hits[place] += 1
            if place == kill.place and hits[place] == kill.hit:
                _die()

    _watch_writes(at)
    return at


def _watch_writes(at: Callable[[str], None]) -> None:
    """Tell when a call has been written as a whole, and nothing was read yet."""
    usual = http.client.HTTPConnection.getresponse

    def getresponse(self: http.client.HTTPConnection) -> http.client.HTTPResponse:
        at("after_write")
        return usual(self)

    http.client.HTTPConnection.getresponse = getresponse  # type: ignore[method-assign]


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def ground(people: int, provider: str) -> Iterator[tuple[Ground, Simulator]]:
    """A publication to send from, and a simulator to send to."""
    with (
        TemporaryDirectory(prefix="newsletter-kills-") as folder,
        Simulator(Plan(dialect=provider)) as simulator,
    ):
        yield Ground(Path(folder), people, provider), simulator


def kills(place: str, number: int, calls: int, dice: random.Random) -> list[Kill]:
    """So many kills at a place, each at another time of a send of so many `calls`."""
    return [
        Kill(
            place=place,
            hit=dice.randint(1, max(1, calls // 2)),
            seconds=dice.uniform(0.0, 0.02 * calls + 0.2),
        )
        for _ in range(number)
    ]
