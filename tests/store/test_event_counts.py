"""What was told is counted as it comes: each subscriber once a kind, whoever writes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from threading import Barrier, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from newsletter.model.event import Bounce, Event, EventKind
from newsletter.sending.old_ledgers import archive, restore
from newsletter.store import event_counts, events
from newsletter.store.changeover import open_source, open_target
from newsletter.store.copying import move
from newsletter.store.engine import Store
from newsletter.store.erasure import erase
from newsletter.store.soundness import examine_whole, mend
from newsletter.store.upgrade import Revisions
from tests.rig.meanwhile import Meanwhile
from tests.store.ledger import done, plan, subscribe

BEFORE = Revisions(head="0008")
NOW = datetime(2026, 11, 20, tzinfo=UTC)
OPENED, DELIVERED = EventKind.OPENED, EventKind.DELIVERED
WRONG = "campaigns whose events are counted wrongly (`--mend` counts anew)"
_READ = text(
    "SELECT kind || coalesce(' ' || bounce, ''), count(DISTINCT subscriber_id)"
    " FROM events WHERE campaign_id = :id GROUP BY kind, bounce"
)

About = tuple[int, int] | None
Told = tuple[Event, About]


def told(
    id: str, about: About, kind: EventKind = OPENED, bounce: Bounce | None = None
) -> Told:
    """An event about a campaign's subscriber."""
    event = Event(id=id, kind=kind, at=NOW, address="", bounce=bounce)
    return event, about


def bring(store: Store, *given: Told, provider: str = "outbox") -> set[str]:
    """Bring events in, as one webhook does."""
    with store.write() as connection:
        return events.add(connection, provider, NOW, given)


def counted(store: Store, campaign_id: int = 1) -> Counter[str]:
    """What is known without reading the events."""
    with store.read() as connection:
        return event_counts.of_campaign(connection, campaign_id)


def read(connection: Connection, campaign_id: int = 1) -> Counter[str]:
    """What the events say, when all are read."""
    return Counter(dict(connection.execute(_READ, {"id": campaign_id}).all()))


def test_a_subscriber_counts_once_for_each_kind(store: Store) -> None:
    first = bring(
        store,
        told("a", (1, 1)),
        told("b", (1, 1)),
        told("c", (1, 2)),
        told("d", (2, 1)),
        told("e", None),
    )
    again = bring(
        store,
        told("c", (1, 2)),
        told("f", (1, 2)),
        told("g", (1, 1), EventKind.BOUNCED, Bounce.SOFT),
        told("h", (1, 1), EventKind.BOUNCED, Bounce.HARD),
    )

    assert first == {"a", "b", "c", "d", "e"}
    assert again == {"f", "g", "h"}
    assert counted(store) == {"opened": 2, "bounced soft": 1, "bounced hard": 1}
    assert counted(store, 2) == {"opened": 1}
    assert not counted(store, 3)
    assert bring(store) == set()


_OF_A_KIND = st.one_of(
    st.tuples(st.sampled_from([OPENED, DELIVERED]), st.none()),
    st.tuples(st.just(EventKind.BOUNCED), st.sampled_from(Bounce)),
)
_ABOUT = st.none() | st.tuples(st.integers(0, 1), st.integers(1, 4))
_WEBHOOK = st.lists(st.tuples(st.integers(1, 30), _ABOUT, _OF_A_KIND), max_size=8)
_STEPS = st.lists(
    st.tuples(st.just("told"), _WEBHOOK)
    | st.tuples(st.just("taken back"), _WEBHOOK)
    | st.tuples(st.just("erased"), st.integers(1, 4))
    | st.tuples(st.just("mended"), st.none()),
    max_size=8,
)
_NUMBERS = count(1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(steps=_STEPS)
def test_counts_are_those_of_the_events(
    store: Store, steps: list[tuple[str, object]]
) -> None:
    """After whatever happened, each example with campaigns of its own."""
    first = next(_NUMBERS) * 10
    for what, how in steps:
        if what == "erased":
            with store.write() as connection:
                erase(connection, int(str(how)), {f"reader{how}@example.com"})
        elif what == "mended":
            assert mend(store) == 0
        else:
            assert isinstance(how, list)
            with suppress(InterruptedError), store.write() as connection:
                events.add(connection, f"provider{first}", NOW, _webhook(first, how))
                if what == "taken back":
                    raise InterruptedError
    for id in (first, first + 1):
        with store.read() as connection:
            assert event_counts.of_campaign(connection, id) == read(connection, id)


def _webhook(
    first: int, given: Sequence[tuple[int, About, tuple[EventKind, Bounce | None]]]
) -> list[Told]:
    return [
        told(f"e{id}", about and (first + about[0], about[1]), *kind)
        for id, about, kind in given
    ]


@pytest.mark.parametrize("kept", [True, False])
def test_who_tells_the_same_at_once_is_waited_for(
    postgres: Store, *, kept: bool
) -> None:
    """Two events of one subscriber in two webhooks, one of which may be taken back."""
    with suppress(InterruptedError), postgres.write() as connection:
        events.add(connection, "outbox", NOW, [told("a", (1, 1)), told("b", (1, 2))])
        other = Meanwhile(
            postgres, lambda: bring(postgres, told("x", (1, 2)), told("y", (1, 3)))
        )
        if not kept:
            raise InterruptedError

    assert other.end() == {"x", "y"}
    assert counted(postgres) == {"opened": 3 if kept else 2}


def test_who_tells_of_others_is_not_waited_for(postgres: Store) -> None:
    with postgres.write() as one, postgres.write() as other:
        other.execute(text("SET LOCAL lock_timeout TO '1s'"))
        events.add(one, "outbox", NOW, [told("a", (1, 1))])
        events.add(other, "outbox", NOW, [told("b", (1, 2))])

    assert counted(postgres) == {"opened": 2}


def test_all_who_tell_go_in_one_order(store: Store) -> None:
    """Else two could wait for each other in the middle of their events."""
    bring(store, *(told(f"e{id}", (1, id)) for id in (3, 1, 2)))

    with store.read() as connection:
        written = text("SELECT subscriber_id FROM events ORDER BY id")
        assert connection.scalars(written).all() == [1, 2, 3]


def test_deliveries_are_marked_in_one_order_too(postgres: Store) -> None:
    """Who waits for the second has not taken the third before."""
    ids = subscribe(postgres, 3)
    made = plan(postgres, ids)
    given = [(told(f"e{id}", None)[0], (made.id, id)) for id in reversed(ids)]

    def mark() -> None:
        with postgres.write() as connection:
            events.mark(connection, given)

    row = "SELECT state FROM deliveries WHERE subscriber_id = {} FOR UPDATE NOWAIT"
    with postgres.write() as connection:
        connection.execute(text(row.format(ids[1])))
        other = Meanwhile(postgres, mark)
        assert connection.scalar(text(row.format(ids[2]))) == "pending"
    other.end()

    with postgres.read() as connection:
        states = text("SELECT DISTINCT state FROM deliveries")
        assert connection.scalars(states).all() == ["delivered"]


def test_many_at_once_in_any_order_are_counted_to_the_letter(store: Store) -> None:
    """Each reader opens it eight times; nobody waits in a circle for another."""
    begin = Barrier(4)
    failed: list[BaseException] = []

    def tell(process: int) -> None:
        try:
            with Store.open(store.url) as mine:
                begin.wait()
                for turn in range(2):
                    ids = list(range(1, 101))[:: 1 if (process + turn) % 2 else -1]
                    name = f"{process}-{turn}"
                    bring(mine, *(told(f"{name}-{id}", (1, id)) for id in ids))
        except BaseException as error:
            failed.append(error)
            raise

    threads = [Thread(target=tell, args=(process,)) for process in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not failed
    assert counted(store) == {"opened": 100}
    with store.read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM events")) == 800


@pytest.mark.parametrize(
    "drift",
    [
        "DELETE FROM event_tallies",
        "UPDATE event_tallies SET number = number + 1",
        "UPDATE events SET counts_as = NULL",
        "UPDATE events SET counts_as = 'clicked' WHERE counts_as = 'opened'",
        "DELETE FROM events WHERE counts_as IS NOT NULL",
    ],
)
def test_counts_that_drifted_are_found_and_counted_anew(
    store: Store, drift: str
) -> None:
    for campaign in (1, 2):
        bring(store, *(told(f"{campaign}{id}", (campaign, 1)) for id in "abc"))
    assert WRONG not in examine_whole(store).contradictions
    with store.write() as connection:
        connection.execute(text(drift))

    assert examine_whole(store).contradictions[WRONG] == 2
    assert mend(store) == 2
    assert mend(store) == 0

    assert WRONG not in examine_whole(store).contradictions
    assert counted(store, 2) == {"opened": 1}
    bring(store, told("late", (2, 1)), told("new", (2, 2)))
    assert counted(store, 2) == {"opened": 2}


def test_what_was_told_before_an_upgrade_is_counted(store_url: str) -> None:
    with Store.open(store_url, revisions=BEFORE) as old, old.write() as connection:
        for number, (kind, bounce, campaign, who) in enumerate(_OLD):
            row: dict[str, object] = {
                "id": f"e{number}",
                "kind": kind,
                "bounce": bounce,
            }
            row |= {"campaign": campaign, "who": who, "now": "2026-11-20 00:00:00+00"}
            connection.execute(_INSERT_OLD, row)

    with Store.open(store_url, upgrade=True) as store:
        assert counted(store) == {"opened": 2, "bounced hard": 1, "bounced soft": 1}
        assert counted(store, 2) == {"opened": 1}
        assert mend(store) == 0
        bring(store, told("new", (1, 2)), told("newer", (1, 3)))
        assert counted(store)["opened"] == 3


def test_a_webhook_ends_while_all_is_counted_anew(postgres: Store) -> None:
    """Who mends waits for it, and holds nothing by then that it wants."""
    made = plan(postgres, subscribe(postgres, 2))
    first, second = (told(f"e{id}", (made.id, id), DELIVERED) for id in (1, 2))
    bring(postgres, first)
    with postgres.write() as connection:
        connection.execute(text("UPDATE tallies SET number = number + 1"))
        connection.execute(text("UPDATE event_tallies SET number = number + 1"))

    with postgres.write() as connection:
        events.add(connection, "outbox", NOW, [second])
        mending = Meanwhile(postgres, lambda: mend(postgres))
        events.mark(connection, [(second[0], (made.id, 2))])

    assert mending.end() == 1
    assert counted(postgres, made.id) == {"delivered": 2}
    assert not examine_whole(postgres).contradictions


def test_nor_do_two_webhooks_wait_for_each_other(postgres: Store) -> None:
    """Though each tells many things of the same people."""
    made = plan(postgres, subscribe(postgres, 3))
    several = [
        (told(f"a{id}", None, kind)[0], (made.id, id))
        for id, kind in enumerate([DELIVERED, OPENED, DELIVERED], start=1)
    ]

    def mark() -> None:
        with postgres.write() as connection:
            events.mark(connection, several)

    row = "SELECT state FROM deliveries WHERE subscriber_id = {} FOR UPDATE NOWAIT"
    with postgres.write() as connection:
        connection.execute(text(row.format(2)))
        other = Meanwhile(postgres, mark)
        assert connection.scalar(text(row.format(3))) == "pending"
    other.end()

    with postgres.read() as connection:
        states = text("SELECT DISTINCT state FROM deliveries")
        assert connection.scalars(states).all() == ["delivered"]


_OLD: list[tuple[str, str | None, int | None, int | None]] = [
    ("opened", None, 1, 1),
    ("opened", None, 1, 1),
    ("opened", None, 1, 2),
    ("opened", None, 2, 1),
    ("opened", None, None, None),
    ("bounced", "hard", 1, 1),
    ("bounced", "soft", 1, 1),
]
_INSERT_OLD = text(
    "INSERT INTO events (provider, event, kind, bounce, at, received_at, campaign_id,"
    " subscriber_id, reason) VALUES ('x', :id, :kind, :bounce, :now, :now, :campaign,"
    " :who, '')"
)


@pytest.fixture
def moved(sqlite: Store, postgres_schema: str) -> Iterator[Store]:
    """A database on PostgreSQL that came from SQLite, with what was told there."""
    subscribe(sqlite, 3)
    bring(sqlite, told("a", (1, 1)), told("b", (1, 1)), told("c", (1, 2)))
    with open_source(sqlite.url) as source, open_target(postgres_schema) as target:
        move(source, target, lambda _name, _rows: None)
    with Store.open(postgres_schema) as store:
        yield store


def test_counts_move_along_and_back(moved: Store, tmp_path: Path) -> None:
    bring(moved, told("d", (1, 2)), told("e", (1, 3)))
    assert counted(moved) == {"opened": 3}

    back = f"sqlite:///{tmp_path / 'back.db'}"
    with open_source(moved.url) as source, open_target(back) as target:
        move(source, target, lambda _name, _rows: None)
    with Store.open(back) as store:
        bring(store, told("f", (1, 3)), told("g", (1, 4)))
        assert counted(store) == {"opened": 4}
        assert mend(store) == 0


def test_counts_stay_while_a_campaign_is_in_a_file(
    store: Store, tmp_path: Path
) -> None:
    made = done(store)
    bring(store, told("a", (made.id, 1), DELIVERED))
    file = archive(store, made, tmp_path)
    bring(store, told("b", (made.id, 1), DELIVERED), told("c", (made.id, 2), DELIVERED))
    restore(store, file.path)

    assert counted(store, made.id) == {"delivered": 2}
    assert not examine_whole(store).contradictions
