"""Those who leave at the same moment leave in one transaction.

Each has to be on the disk before it is answered, and the disk takes its time: many
share one such moment.
"""

import asyncio
from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool

from newsletter.audience.leaving import Leaving, leave
from newsletter.store.engine import Store

AT_ONCE = 500


class Departures:
    """Collects who leaves while the last ones are being written."""

    def __init__(self, store: Store) -> None:
        """Write to `store`."""
        self._store = store
        self._waiting: list[tuple[Leaving, asyncio.Future[None]]] = []
        self._task: asyncio.Task[None] | None = None

    async def leave(self, leaving: Leaving) -> None:
        """Return once it is on the disk; raises StoreError when it is not."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((leaving, done))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())
        await done

    async def _work(self) -> None:
        while self._waiting:
            some, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            error = await run_in_threadpool(
                self._write, [leaving for leaving, _ in some]
            )
            for _, done in some:
                if done.done():
                    continue  # its client has gone; it has left all the same
                if error is None:
                    done.set_result(None)
                else:
                    done.set_exception(error)

    def _write(self, some: Sequence[Leaving]) -> Exception | None:
        try:
            leave(self._store, some)
        except Exception as error:  # noqa: BLE001  whatever it is, they wait for an answer
            return error
        return None
