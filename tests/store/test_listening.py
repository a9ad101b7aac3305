"""What goes wrong beside the work of a worker that listens, and who is told of it."""

import asyncio

import pytest
from procrastinate.exceptions import ConnectorException
from psycopg import AsyncConnection

from newsletter.store.engine import Store
from newsletter.store.listening import _configure, conninfo, listen
from tests.store.test_queue import duties


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("a bug"), ["the worker has a mistake: a task: ValueError: a bug"]),
        (None, ["the worker has a mistake: a task"]),
        # A job that somebody else has taken over; no harm is done.
        (ConnectorException("not in status doing"), []),
    ],
)
def test_a_mistake_that_nobody_waits_for_is_told(
    postgres: Store, error: Exception | None, said: list[str]
) -> None:
    told: list[str] = []

    def should_stop() -> bool:
        context = {"message": "a task"} | ({"exception": error} if error else {})
        asyncio.get_running_loop().call_exception_handler(context)
        return True

    listen(postgres.url, duties(should_stop=should_stop, trouble=told.append))

    assert told == said


def test_the_queue_waits_for_no_disk(postgres: Store) -> None:
    async def ask() -> tuple[bool, object]:
        async with await AsyncConnection.connect(conninfo(postgres.url)) as connection:
            await _configure(connection)
            found = await connection.execute("SHOW synchronous_commit")
            return connection.autocommit, await found.fetchone()

    assert asyncio.run(ask()) == (True, ("off",))
