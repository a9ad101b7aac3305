"""What processes that serve share in PostgreSQL: limits, counts, and who there is."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event, text

from newsletter.store import join_limits, service_counts, service_processes
from newsletter.store.engine import Store
from newsletter.store.passing import passing
from newsletter.store.service_processes import GONE_SECONDS, Process


def take(store: Store, key: str, burst: int = 3, seconds: float = 600) -> float:
    with store.at_once() as connection:
        return join_limits.take(connection, key, burst, seconds)


def pass_by(store: Store, seconds: float) -> None:
    """Let time pass: every bucket is full so much earlier."""
    earlier = f"full_at = full_at - interval '{seconds} seconds'"
    with store.at_once() as connection:
        connection.execute(text(f"UPDATE join_limits SET {earlier}"))


def test_a_bucket_gives_a_burst_and_then_fills_slowly(postgres: Store) -> None:
    assert [take(postgres, "a") for _ in range(3)] == [0, 0, 0]
    assert take(postgres, "a") == pytest.approx(600, abs=60)
    assert take(postgres, "b") == 0

    pass_by(postgres, 601)
    assert [bool(take(postgres, "a")) for _ in range(2)] == [False, True]
    pass_by(postgres, 100_000)
    assert [bool(take(postgres, "a")) for _ in range(4)] == [False] * 3 + [True]


def test_a_clock_that_was_set_back_keeps_nobody_out_for_long(postgres: Store) -> None:
    assert [bool(take(postgres, "a", 1, 10)) for _ in range(2)] == [False, True]

    pass_by(postgres, -50)
    assert take(postgres, "a", 1, 10) == pytest.approx(60, abs=5)
    pass_by(postgres, -50)
    assert [bool(take(postgres, "a", 1, 10)) for _ in range(2)] == [False, True]


def test_of_many_at_once_only_the_burst_gets_one(postgres: Store) -> None:
    with ThreadPoolExecutor(8) as hands:
        found = list(hands.map(lambda _: take(postgres, "a", 7), range(200)))

    assert found.count(0) == 7
    assert min(wait for wait in found if wait) > 0


def test_a_hit_is_one_statement_and_one_that_is_refused_writes_nothing(
    postgres: Store,
) -> None:
    said: list[str] = []
    engine = postgres._engine
    take(postgres, "a", 1)

    def note(*arguments: object) -> None:
        said.append(str(arguments[2]))

    event.listen(engine, "before_cursor_execute", note)
    before = row(postgres, "a")
    said.clear()
    assert take(postgres, "a", 1)
    assert len(said) == 1
    event.remove(engine, "before_cursor_execute", note)

    assert row(postgres, "a") == before


def row(store: Store, key: str) -> object:
    """Where a bucket's row lies: an update would put it elsewhere."""
    query = text("SELECT ctid::text, full_at FROM join_limits WHERE key = :key")
    with store.at_once() as connection:
        return tuple(connection.execute(query, {"key": key}).one())


def test_buckets_that_are_full_are_forgotten(postgres: Store) -> None:
    take(postgres, "a", 1, 10)
    take(postgres, "b", 1, 10_000)
    pass_by(postgres, 11)

    with postgres.at_once() as connection:
        assert join_limits.prune(connection) == 1

    assert row(postgres, "b")


def test_nothing_of_it_waits_for_the_disk(postgres: Store) -> None:
    query = "SELECT relname FROM pg_class WHERE relpersistence = 'u' AND relkind = 'r'"
    with postgres.at_once() as connection:
        found = set(connection.execute(text(query)).scalars())

    assert found >= set(passing.tables)


def test_counts_of_all_are_added_up(postgres: Store) -> None:
    one = Counter({("joins", 'outcome="mailed"'): 2})
    other = Counter({("joins", 'outcome="mailed"'): 3, ("joins", 'outcome="x"'): 1})
    with postgres.at_once() as connection:
        service_counts.add(connection, one)
        service_counts.add(connection, other)

        assert service_counts.total(connection) == one + other


def test_who_serves_is_known_until_it_ends_or_is_not_seen(postgres: Store) -> None:
    one, other, third = (Process(name, "1.0", "abc") for name in ("a:1", "b:2", "c:3"))
    with postgres.at_once() as connection:
        for process in (other, one, third, one):
            service_processes.seen(connection, process)
        assert service_processes.present(connection) == [one, other, third]

        service_processes.left(connection, "c:3")
        quiet = f"seen_at - interval '{GONE_SECONDS + 1} seconds'"
        connection.execute(text(f"UPDATE service_processes SET seen_at = {quiet}"))
        assert service_processes.present(connection) == []
        service_processes.seen(connection, one)
        number = connection.scalar(text("SELECT count(*) FROM service_processes"))
    assert number == 1
