"""The promise to readers: whatever happens in whatever order, no means no mail.

Joining, leaving, events, files, the author's word and letters in any order, through the
real use cases; a model of plain sets says who may be mailed at each call.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, text

from newsletter.audience.address import normalise
from newsletter.audience.confirming import confirm
from newsletter.audience.forgetting import forget
from newsletter.audience.importing import import_file
from newsletter.audience.joining import IN_ALL, ask
from newsletter.audience.leaving import Leaving, leave
from newsletter.audience.marking import suppress, unsuppress
from newsletter.audience.preferences import change
from newsletter.config.publication import load_publication
from newsletter.errors import NothingToSend, UsageError
from newsletter.events.apply import apply
from newsletter.model.campaign import Campaign, DeliveryResult
from newsletter.model.consent import Consent, ConsentKind
from newsletter.model.event import Bounce, Event, EventKind
from newsletter.model.message import Batch, delivery_id
from newsletter.model.subscriber import SubscriberStatus, SuppressionReason
from newsletter.model.token import Meant
from newsletter.providers.protocol import Capabilities
from newsletter.sending.compose import compose
from newsletter.sending.order import Order
from newsletter.sending.plan import plan
from newsletter.sending.run import run
from newsletter.store import schema, subscribers
from newsletter.store.engine import Store
from tests.audience.conftest import ERASER, NewStore
from tests.audience.model import IN_FILE, Reader
from tests.sending.conftest import ISSUE, SIGNER, at_once
from tests.sending.simulators import Simulator

EXAMPLES = int(os.environ.get("HYPOTHESIS_MAX_EXAMPLES", "30"))
"""2,000 were run by hand; a suite has as many as take some seconds."""

STEPS = 30
NAMES = ("ana", "ben", "cho", "dee", "eli")
ISSUES = ("first", "second", "third", "fourth")
ANYBODY = st.sampled_from(NAMES)
TOPICS = ("hiring", "searching")
EARLIER = [
    f"UPDATE {table} SET {column} = strftime('%Y-%m-%d %H:%M:%f000', {column}, :days)"
    for table, column in [
        ("notices", "planned_at"),
        ("subscribers", "confirmed_at"),
        ("subscribers", "unsubscribed_at"),
    ]
]
CONSENT = Consent(kind=ConsentKind.REQUESTED, ip="203.0.113.5", text="yes")
TOLD = st.sampled_from(["delivered", "hard", "soft", "policy", "complained", "left"])
ROWS = st.lists(st.tuples(ANYBODY, st.sampled_from(sorted(IN_FILE))), min_size=1)


@dataclass
class Link:
    """The link in a mail that asks to confirm, and whether it must not work."""

    whose: Reader
    meant: Meant
    days: int = 0
    dead: bool = False


@dataclass
class Letter:
    """A message in a mailbox, which its provider may tell of."""

    whose: Reader
    id: int
    issue: str
    campaign: Campaign


class Recorder(Simulator):
    """Takes two at a time, tells the machine of each, and lets somebody leave then."""

    capabilities: ClassVar[Capabilities] = Capabilities(batch_size=2, at_once=1)

    def __init__(self, machine: "Audience", issue: str, leaver: str | None) -> None:
        super().__init__()
        self.machine, self.issue, self.leaver = machine, issue, leaver
        self.wrong: list[str] = []

    def send(self, batch: Batch) -> Sequence[DeliveryResult]:
        for each in batch.recipients:
            whose = self.machine.readers[each.address.partition("@")[0]]
            if (
                not whose.mailed
                or self.issue in whose.had
                or whose.id != each.subscriber_id
            ):
                self.wrong.append(f"{self.issue} to {whose}")
            whose.had.add(self.issue)
        if self.leaver:
            self.machine.leave_by_link(self.leaver, one_click=True)
            self.leaver = None
        return super().send(batch)


class Audience(RuleBasedStateMachine):
    """A list, and all that can happen to it."""

    store: ClassVar[Store]
    order: ClassVar[Order]
    file: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        with self.store.write() as connection:
            for table in reversed(schema.metadata.sorted_tables):
                connection.execute(delete(table))
        self.readers = {name: Reader(f"{name}@example.com") for name in NAMES}
        self.links: list[Link] = []
        self.letters: list[Letter] = []
        self.planned: dict[str, tuple[Campaign, dict[str, int]]] = {}
        self.sent: set[str] = set()
        self.asked = dict.fromkeys(NAMES, 0)
        self.events = 0

    @rule(name=ANYBODY)
    def subscribe(self, name: str) -> None:
        self.wait(1)
        reader = self.readers[name]
        said = ask(
            self.store, ERASER, normalise(reader.address), CONSENT, Simulator.name
        )
        if said is None:
            return
        assert reader.may_return
        assert not reader.mailed
        self.asked[name] += 1
        assert self.asked[name] <= IN_ALL
        assert reader.id in (0, said.person.id)
        reader.status = reader.status or SubscriberStatus.PENDING
        reader.id, reader.uid = said.person.id, said.person.uid
        self.links.append(Link(reader, Meant(reader.uid, said.number)))

    @precondition(lambda self: self.links)
    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        link = data.draw(st.sampled_from(self.links))
        reader = link.whose
        done = confirm(self.store, ERASER, link.meant, CONSENT, name="Zoë")
        works = not link.dead and reader.may_return and link.days < 7
        # Where the author took their leaving back, an old link may say so once more.
        assert works == (done is not None) or reader.mailed
        if works:
            if not reader.mailed:
                self.asked[reader.address.partition("@")[0]] = 0
            reader.confirm()

    @rule(days=st.sampled_from([1, 1, 1, 7]))
    def wait(self, days: int) -> None:
        """Let time pass: all that has happened is as much longer ago."""
        with self.store.write() as connection:
            for statement in EARLIER:
                connection.execute(text(statement), {"days": f"-{days} days"})
        for link in self.links:
            link.days += days

    @rule(name=ANYBODY, one_click=st.booleans())
    def leave_by_link(self, name: str, one_click: bool) -> None:
        reader = self.readers[name]
        source = "one-click" if one_click else "page"
        leave(self.store, [Leaving(uid=reader.uid, source=source)])
        self._left(reader)

    @rule(name=ANYBODY, topics=st.sets(st.sampled_from([*TOPICS, "vip"])))
    def prefer(self, name: str, topics: set[str]) -> None:
        uid = self.readers[name].uid
        change(self.store, uid, name="Zoë", topics=topics, offered=TOPICS)

    @rule(name=ANYBODY)
    def suppress(self, name: str) -> None:
        reader = self.readers[name]
        suppress(self.store, ERASER, reader.address)
        reader.never.add(SuppressionReason.MANUAL)

    @rule(name=ANYBODY, note=st.sampled_from(["", "they asked me"]))
    def unsuppress(self, name: str, note: str) -> None:
        reader = self.readers[name]
        try:
            unsuppress(self.store, ERASER, reader.address, note)
        except UsageError:
            return
        reader.unsuppress(asked=bool(note))

    @rule(name=ANYBODY)
    def forget(self, name: str) -> None:
        reader = self.readers[name]
        forget(self.store, ERASER, reader.address)
        self._forgotten(name)

    @rule(rows=ROWS)
    def import_(self, rows: list[tuple[str, str]]) -> None:
        lines = [
            f"{self.readers[name].address},"
            + (f"suppressed,{word}" if word == "erasure" else f"{word},")
            for name, word in rows
        ]
        self.file.write_text("\n".join(["email,status,suppressed", *lines]), "utf-8")
        import_file(self.store, ERASER, self.file)
        said: dict[str, set[str | None]] = {}
        for name, word in rows:
            # Of an address that is there twice, whatever else says no is heard; nothing
            # is of who was erased.
            before = said.setdefault(name, set())
            if before and (IN_FILE[word] in {None, *before} or "erasure" in before):
                continue
            before.add(IN_FILE[word])
            if word in ("unsubscribed", "erasure"):
                self._left(self.readers[name])
            self.readers[name].imported(word)
        self._learn_ids()

    @precondition(lambda self: self.letters)
    @rule(data=st.data(), told=TOLD)
    def tell(self, data: st.DataObject, told: str) -> None:
        letter = data.draw(st.sampled_from(self.letters))
        reader = letter.whose
        self.events += 1
        apply(self.store, Simulator.name, [self._event(letter, told)], _now())
        if reader.id != letter.id:
            return
        if told in ("delivered", "complained", "left"):
            reader.soft.clear()
        if told == "hard":
            reader.never.add(SuppressionReason.BOUNCE)
        elif told == "soft":
            reader.bounced_softly(letter.campaign.uid)
        elif told == "complained":
            reader.never.add(SuppressionReason.COMPLAINT)
        elif told == "left":
            self._left(reader)

    @rule(issue=st.sampled_from(ISSUES))
    def plan(self, issue: str) -> None:
        if issue in self.planned:
            return
        wanted = {
            name: reader.id
            for name, reader in self.readers.items()
            if reader.mailed and issue not in reader.had
        }
        composed = self.order.composed
        named = composed.issue.model_copy(update={"slug": issue, "title": issue})
        order = replace(
            self.order,
            composed=replace(composed, issue=named),
            new_only=issue in self.sent,
        )
        try:
            campaign = plan(self.store, order, Simulator(), SIGNER)
        except NothingToSend:
            assert not wanted
            return
        assert wanted
        self.planned[issue] = campaign, wanted
        self.sent.add(issue)

    @precondition(lambda self: self.planned)
    @rule(data=st.data(), leaver=st.none() | ANYBODY)
    def run(self, data: st.DataObject, leaver: str | None) -> None:
        issue = data.draw(st.sampled_from(sorted(self.planned)))
        self._run(issue, leaver)

    def teardown(self) -> None:
        """Send what is planned, and one more letter to everybody who may get it."""
        for issue in sorted(self.planned):
            self._run(issue, None)
        self.plan("last")
        if "last" in self.planned:
            self._run("last", None)

    def _run(self, issue: str, leaver: str | None) -> None:
        campaign, planned = self.planned.pop(issue)
        provider = Recorder(self, issue, leaver)
        run(self.store, campaign, provider, SIGNER, at_once())
        assert not provider.wrong
        assert all(number == 1 for number in provider.mailboxes.values())
        for name, id in planned.items():
            reader = self.readers[name]
            got = reader.address in provider.mailboxes
            # Nobody is lost either.
            assert got or reader.id != id or not reader.mailed, reader
            if got:
                self.letters.append(Letter(reader, id, issue, campaign))

    def _event(self, letter: Letter, told: str) -> Event:
        kinds = {"complained": EventKind.COMPLAINED, "left": EventKind.UNSUBSCRIBED}
        bounced = told in ("hard", "soft", "policy")
        other = EventKind.BOUNCED if bounced else EventKind.DELIVERED
        return Event(
            kind=kinds.get(told, other),
            id=f"event {self.events}",
            at=_now(),
            address=letter.whose.address,
            delivery_id=delivery_id(letter.campaign.uid, letter.id),
            bounce=Bounce(told) if bounced else None,
        )

    def _left(self, reader: Reader) -> None:
        """Links that were sent before do not bring them back."""
        if reader.status and not reader.never >= {SuppressionReason.UNSUBSCRIBE}:
            for link in self.links:
                link.dead |= link.whose is reader
        reader.leave()

    def _forgotten(self, name: str) -> None:
        reader = self.readers[name]
        reader.forget()
        self.asked[name] = 0
        for link in self.links:
            link.dead |= link.whose is reader

    def _learn_ids(self) -> None:
        with self.store.read() as connection:
            for reader in self.readers.values():
                found = subscribers.by_address_key(connection, reader.address)
                assert reader.id in (0, found.id if found else 0)
                reader.id = found.id if found else 0
                reader.uid = found.uid if found else 0


def _now() -> datetime:
    return datetime.now(UTC)


def test_no_means_no_mail(
    new_store: NewStore, publication: Path, tmp_path: Path
) -> None:
    home = load_publication(publication, {})
    with new_store() as opened:

        class Machine(Audience):
            store = opened
            order = Order(composed=compose(home, ISSUE), publication=home)
            file = tmp_path / "people.csv"

        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEPS,
                deadline=None,
                suppress_health_check=[*HealthCheck],
            ),
        )
