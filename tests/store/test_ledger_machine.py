"""The promise of the ledger, tried with any order of claims, crashes and events."""

from collections.abc import Callable
from typing import ClassVar, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, delete, select

from newsletter.model.campaign import (
    BatchState,
    Campaign,
    CampaignState,
    ClaimedBatch,
    DeliveryResult,
    DeliveryState,
)
from newsletter.model.subscriber import SuppressionReason
from newsletter.store import batches, campaigns, schema, suppressions
from newsletter.store.engine import Store
from tests.store.ledger import LEASE, deliveries, person, plan, subscribe, tell
from tests.store.ledger import unsubscribe as leave

Said = TypeVar("Said")

PEOPLE, SIZE = 8, 3
RESULTS = st.sampled_from(
    [DeliveryState.ACCEPTED] * 3
    + [DeliveryState.REJECTED, DeliveryState.UNCERTAIN, None]
)
EVENTS = st.sampled_from([DeliveryState.DELIVERED, DeliveryState.BOUNCED])
ANYBODY = st.integers(0, PEOPLE - 1)


class Ledger(RuleBasedStateMachine):
    """Workers that claim and report, die and are replaced; and readers who leave.

    `held` is who the database must take each batch in flight to belong to; `zombies`
    are workers whose batch was taken away and who do not know it yet.
    """

    store: ClassVar[Store]

    def __init__(self) -> None:
        super().__init__()
        with self.store.write() as connection:
            for table in reversed(schema.metadata.sorted_tables):
                connection.execute(delete(table))
        self.ids = subscribe(self.store, PEOPLE)
        self.campaign: Campaign = plan(self.store, self.ids, size=SIZE)
        self.keys = {n: f"{self.campaign.uid}-{n}" for n in (1, 2, 3)}
        self.held: dict[int, ClaimedBatch] = {}
        self.zombies: list[ClaimedBatch] = []
        self.gone: set[int] = set()
        self.handed_out: set[int] = set()
        self.in_doubt: dict[int, list[int]] = {}
        self.settled: dict[int, DeliveryState] = {}

    @rule(whole=st.booleans())
    def claim(self, whole: bool) -> None:
        with self.store.write() as connection:
            claimed = batches.claim(
                connection, self.campaign.id, "w", LEASE, subset_on_retry=not whole
            )
        if claimed is None:
            return
        ids = [each.subscriber_id for each in claimed.deliveries]
        assert claimed.number not in self.held
        assert claimed.key == self.keys[claimed.number]
        assert ids
        assert not self.gone & set(ids)
        assert not self.settled.keys() & set(ids)
        for other in self.held.values():
            assert not {each.subscriber_id for each in other.deliveries} & set(ids)
        # Whoever may have got it already is only reached by the same call again.
        assert claimed.in_doubt == (claimed.number in self.in_doubt)
        if claimed.in_doubt and whole:
            assert ids == self.in_doubt[claimed.number]
        self.held[claimed.number] = claimed
        self.handed_out |= set(ids)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), plain=st.booleans())
    def record(self, data: st.DataObject, plain: bool) -> None:
        claimed = self._somebody(data)
        results = []
        for each in claimed.deliveries:
            state = DeliveryState.ACCEPTED if plain else data.draw(RESULTS)
            if state is not None:
                results.append(DeliveryResult(each.subscriber_id, state))
        assert self._report(claimed, batches.record, results)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), in_doubt=st.booleans())
    def release(self, data: st.DataObject, in_doubt: bool) -> None:
        claimed = self._somebody(data)
        with self.store.write() as connection:
            assert batches.release(connection, claimed, 0, in_doubt=in_doubt)
        if in_doubt:
            self._doubt(claimed)
        del self.held[claimed.number]

    @precondition(lambda self: self.held)
    @rule(data=st.data(), refused=st.booleans())
    def fail(self, data: st.DataObject, refused: bool) -> None:
        report = batches.give_up if refused else batches.set_uncertain
        assert self._report(self._somebody(data), report, "a reason")

    @precondition(lambda self: self.held)
    @rule(repeat=st.booleans())
    def restart(self, repeat: bool) -> None:
        """All workers die; the next one deals with what they had in flight."""
        with self.store.write() as connection:
            found = batches.orphans(connection, self.campaign.id, everything=True)
            assert [each.number for each in found] == sorted(self.held)
            for orphan in found:
                if repeat:
                    assert batches.reopen(connection, orphan)
                    self._doubt(self.held[orphan.number])
                else:
                    assert batches.orphan_uncertain(connection, orphan, "a crash")
        self.zombies += self.held.values()
        self.held.clear()

    @precondition(lambda self: self.zombies)
    @rule(data=st.data())
    def report_late(self, data: st.DataObject) -> None:
        claimed = data.draw(st.sampled_from(self.zombies))
        before = deliveries(self.store, self.campaign)
        with self.store.write() as connection:
            results = [
                DeliveryResult(each.subscriber_id, DeliveryState.ACCEPTED)
                for each in claimed.deliveries
            ]
            assert not batches.record(connection, claimed, results)
            assert not batches.release(connection, claimed, 0)
            assert not batches.give_up(connection, claimed, "late")
        assert deliveries(self.store, self.campaign) == before

    @rule(number=ANYBODY)
    def suppress(self, number: int) -> None:
        with self.store.write() as connection:
            key = person(number).address_key
            suppressions.add(connection, key, SuppressionReason.COMPLAINT)
        self.gone.add(self.ids[number])

    @rule(number=ANYBODY)
    def unsubscribe(self, number: int) -> None:
        leave(self.store, self.ids[number])
        self.gone.add(self.ids[number])

    @rule(number=ANYBODY, state=EVENTS)
    def event(self, number: int, state: DeliveryState) -> None:
        id = self.ids[number]
        skipped = self.settled.get(id) is DeliveryState.SKIPPED
        if id in self.handed_out and not skipped:
            tell(self.store, self.campaign, id, state)
            self.settled[id] = state

    @invariant()
    def nobody_is_lost_and_nothing_goes_back(self) -> None:
        lines = deliveries(self.store, self.campaign)
        assert list(lines) == self.ids
        for id, state in self.settled.items():
            assert lines[id].state is state
        for id, line in lines.items():
            if line.state is not DeliveryState.PENDING:
                self.settled[id] = line.state

    @invariant()
    def batches_agree_with_their_deliveries(self) -> None:
        table = schema.batches
        with self.store.read() as connection:
            rows = connection.execute(select(table).order_by(table.c.number)).all()
            totals = campaigns.totals(connection, self.campaign.id)
        assert {row.number: row.key for row in rows} == self.keys
        flying = {row.number for row in rows if row.state == BatchState.IN_FLIGHT}
        assert flying == self.held.keys()
        answered_for = {
            id
            for row in rows
            if row.state in {BatchState.PENDING, BatchState.IN_FLIGHT}
            for id in range(row.lo, row.hi + 1)
        }
        for id, line in deliveries(self.store, self.campaign).items():
            assert line.state is not DeliveryState.PENDING or id in answered_for
        assert totals.recipients == PEOPLE

    @invariant()
    def it_is_done_when_nothing_is_left(self) -> None:
        with self.store.write() as connection:
            savepoint = connection.begin_nested()
            done = campaigns.finish(connection, self.campaign.id)
            savepoint.rollback()
            left = batches.next_wait(connection, self.campaign.id) is not None
        assert done == (not left and not self.held)

    def teardown(self) -> None:
        """Send what is left; then everybody has an outcome."""
        self.restart(True)
        while True:
            before = set(self.held)
            self.claim(False)
            if before == set(self.held):
                break
        for claimed in list(self.held.values()):
            assert self._report(claimed, batches.set_uncertain, "the end")
        self.nobody_is_lost_and_nothing_goes_back()
        assert self.settled.keys() == set(self.ids)
        with self.store.write() as connection:
            assert campaigns.finish(connection, self.campaign.id)
            ended = campaigns.get(connection, self.campaign.id)
        assert ended is not None
        assert ended.state is CampaignState.DONE

    def _somebody(self, data: st.DataObject) -> ClaimedBatch:
        return self.held[data.draw(st.sampled_from(sorted(self.held)))]

    def _report(
        self,
        claimed: ClaimedBatch,
        report: Callable[[Connection, ClaimedBatch, Said], bool],
        said: Said,
    ) -> bool:
        with self.store.write() as connection:
            written = report(connection, claimed, said)
        del self.held[claimed.number]
        return written

    def _doubt(self, claimed: ClaimedBatch) -> None:
        ids = [each.subscriber_id for each in claimed.deliveries]
        self.in_doubt.setdefault(claimed.number, ids)


@pytest.mark.parametrize(
    ("database", "examples", "steps"), [("sqlite", 60, 30), ("postgres", 12, 20)]
)
def test_the_promise_is_kept(
    request: pytest.FixtureRequest, database: str, examples: int, steps: int
) -> None:
    class Machine(Ledger):
        store = request.getfixturevalue(database)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None
        ),
    )
