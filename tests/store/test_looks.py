"""The looks at the ledger: one worker makes them, and none keeps the next away."""

import asyncio

import pytest
from procrastinate.exceptions import AlreadyEnqueued

from newsletter.store.engine import Store
from newsletter.store.listening import LOOKS, Duties, make_app
from newsletter.store.queue import LOOK

IDLE = Duties(
    send=lambda *_: None,
    look=lambda: None,
    slots=1,
    should_stop=lambda: False,
    trouble=lambda _: None,
)


def test_a_look_that_was_cut_off_keeps_no_other_away(postgres_schema: str) -> None:
    """It has no lock that would be held until it is swept up; one waits at a time."""
    Store.open(postgres_schema).close()

    async def die_in_a_look() -> None:
        app = make_app(postgres_schema, IDLE)
        async with app.open_async():
            await app.tasks[LOOK].defer_async(timestamp=1)
            with pytest.raises(AlreadyEnqueued):
                await app.tasks[LOOK].defer_async(timestamp=2)
            dead = await app.job_manager.register_worker()
            cut_off = await app.job_manager.fetch_job([LOOKS], dead)
            await app.tasks[LOOK].defer_async(timestamp=3)
            alive = await app.job_manager.register_worker()
            found = await app.job_manager.fetch_job([LOOKS], alive)
            assert cut_off is not None
            assert found is not None
            assert found.id != cut_off.id

    asyncio.run(die_in_a_look())
