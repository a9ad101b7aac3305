"""The rates that all senders share: never more than allowed, whoever takes them."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from newsletter.store import rates, schema
from newsletter.store.clock import now, utc_now_plus
from newsletter.store.engine import Store
from newsletter.store.rates import Rate

SLOW = Rate("provider slow", 0.01, 1)


def ask(store: Store, question: Callable[..., float], rate: Rate, n: float) -> float:
    with store.bulk() as connection:
        return question(connection, rate, n)


def pass_time(store: Store, seconds: float) -> None:
    """Pretend that the rows were last looked at so much earlier."""
    with store.write() as connection:
        connection.execute(update(schema.rates).values(at=utc_now_plus(-seconds)))


def test_a_bucket_is_full_at_first_and_empty_then(store: Store) -> None:
    assert ask(store, rates.wait, SLOW, 1) == 0
    assert ask(store, rates.take, SLOW, 1) == 0
    assert ask(store, rates.take, SLOW, 1) == pytest.approx(100, abs=5)
    assert ask(store, rates.wait, SLOW, 1) == pytest.approx(100, abs=5)


def test_tokens_come_in_at_the_rate_and_never_beyond_the_size(store: Store) -> None:
    rate = Rate("campaign 1", 0.1, 20)
    assert ask(store, rates.take, rate, 20) == 0
    pass_time(store, 100)
    assert ask(store, rates.wait, rate, 20) == pytest.approx(100, abs=50)
    assert ask(store, rates.take, rate, 10) == 0
    pass_time(store, 3600)
    assert ask(store, rates.take, rate, 20) == 0
    assert ask(store, rates.take, rate, 20) == pytest.approx(200, abs=50)


def test_who_takes_waits_for_no_disk_and_the_next_transaction_does(
    postgres: Store,
) -> None:
    show = text("SELECT current_setting('synchronous_commit')")
    rate = Rate("provider quick", 10, 1)
    ask(postgres, rates.take, rate, 1)
    pass_time(postgres, 1)

    with postgres.driver() as driver:
        driver.execute("SET synchronous_commit TO on")
    with postgres.write() as connection:
        before = connection.scalar(show)
        assert rates.take(connection, rate, 1) == 0
        taken = connection.scalar(show)
    with postgres.write() as connection:
        after = connection.scalar(show)

    assert (before, taken, after) == ("on", "off", "on")


def test_more_than_a_bucketful_is_a_bucketful(store: Store) -> None:
    assert ask(store, rates.take, SLOW, 50) == 0
    assert ask(store, rates.take, SLOW, 1) > 1


def test_what_is_given_back_can_be_taken(store: Store) -> None:
    rate = Rate("campaign 1", 0.01, 10)
    assert ask(store, rates.take, rate, 10) == 0
    with store.bulk() as connection:
        rates.give_back(connection, rate, 4)
    assert ask(store, rates.take, rate, 4) == 0
    assert ask(store, rates.take, rate, 1) > 1


def test_a_clock_that_was_set_back_adds_and_removes_nothing(store: Store) -> None:
    assert ask(store, rates.take, SLOW, 1) == 0
    pass_time(store, -7200)
    assert ask(store, rates.take, SLOW, 1) == pytest.approx(100, abs=5)


def test_after_a_clock_was_set_back_tokens_come_in_again(store: Store) -> None:
    assert ask(store, rates.take, SLOW, 1) == 0
    with store.bulk() as connection:
        rates.block(connection, SLOW, 60)
        later = {"at": utc_now_plus(7200), "blocked_until": utc_now_plus(7260)}
        connection.execute(update(schema.rates).values(later))

    assert ask(store, rates.take, SLOW, 1) == pytest.approx(100, abs=5)

    with store.read() as connection:
        found = connection.execute(select(schema.rates)).one()
        moment = now(connection)
    assert found.at <= moment
    assert (found.blocked_until - moment).total_seconds() == pytest.approx(60, abs=5)


def test_no_limit_never_runs_out(store: Store) -> None:
    free = Rate("provider free", 0, 1)

    assert [ask(store, rates.take, free, 1) for _ in range(3)] == [0, 0, 0]


def test_a_block_holds_everybody_and_the_longest_counts(store: Store) -> None:
    free = Rate("provider free", 0, 1)
    with store.bulk() as connection:
        rates.block(connection, free, 60)
        rates.block(connection, free, 5)

    assert ask(store, rates.wait, free, 1) == pytest.approx(60, abs=5)
    assert ask(store, rates.take, SLOW, 1) == 0

    with store.bulk() as connection:
        rates.block(connection, SLOW, 500)
    pass_time(store, 3600)
    assert ask(store, rates.take, SLOW, 1) > 400


def test_a_block_ends(store: Store) -> None:
    with store.bulk() as connection:
        rates.block(connection, SLOW, 60)
        connection.execute(
            update(schema.rates).values(
                blocked_until=now(connection) - timedelta(seconds=1)
            )
        )

    assert ask(store, rates.take, SLOW, 1) == 0


def test_eight_takers_at_once_get_what_there_is(store: Store) -> None:
    rate = Rate("provider x", 0.001, 5)
    granted: list[bool] = []

    def take() -> None:
        granted.extend(ask(store, rates.take, rate, 1) == 0 for _ in range(4))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(granted) == 32
    assert granted.count(True) == 5
