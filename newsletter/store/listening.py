"""Listens to the queue on PostgreSQL: does the jobs, and looks at the ledger.

All of asyncio and of procrastinate's worker is here.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from newsletter.store.connect import KEEPALIVE, parameters, parse
from newsletter.store.queue import BATCHES, LOOK, SEND
from newsletter.store.workers import BEAT_SECONDS, GONE_SECONDS

if TYPE_CHECKING:
    from procrastinate import App

LOOKS = "newsletter_looks"
EVERY_FIVE_SECONDS = "* * * * * */5"
"""Procrastinate has the seconds last."""

_AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)
"""Past on any clock: procrastinate would take this machine's, which may be ahead."""

_POLL_SECONDS = 2.0
"""Between two looks for a job that comes back: PostgreSQL tells of new ones only."""

_HOST_SECONDS = 3
"""A host of several that says nothing for so long is passed over."""

_CONNECT_SECONDS = 10.0
_INTERRUPTED = 130
_NAP = 0.2


class Again(Exception):
    """The batch of a job is not due: it comes back at `at`, on the database's clock."""

    def __init__(self, at: datetime) -> None:
        """Come back then."""
        self.at = at
        super().__init__(f"again at {at}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """What a worker does: `send` a batch (campaign, number), unless it raises Again,
    with `slots` threads; and `look` at the ledger now and then, in one of all workers.

    It goes on until `should_stop`; what goes wrong with the queue is told `trouble`.
    """

    send: Callable[[int, int], None]
    look: Callable[[], None]
    slots: int
    should_stop: Callable[[], bool]
    trouble: Callable[[str], None]


def listen(url: str, duties: Duties) -> None:
    """Do what is in the queue of the database at `url`, until it is time to stop.

    What is in hand then is done first. A database that is away is waited for.
    """
    for name in ("procrastinate", "psycopg.pool"):
        # They tell every job and every broken connection; we tell what matters.
        logging.getLogger(name).addHandler(logging.NullHandler())
        logging.getLogger(name).propagate = False
    with asyncio.Runner() as runner:
        try:
            runner.run(_listen(url, duties))
        except KeyboardInterrupt:
            # Asked a second time. Nothing else ends threads that are in a call; what
            # becomes of their batches is for the recovery, as after any crash.
            os._exit(_INTERRUPTED)


async def _listen(url: str, duties: Duties) -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(duties.slots + 2))
    loop.set_exception_handler(lambda _loop, context: _tell(context, duties.trouble))
    while not duties.should_stop():
        work = asyncio.create_task(_work(url, duties))
        # Procrastinate would not look again before its last look comes round again.
        ahead = _ahead()
        while not (work.done() or duties.should_stop() or _ahead() < ahead - 1):
            ahead = max(ahead, _ahead())
            await asyncio.wait([work], timeout=_NAP)
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work


def _tell(context: dict[str, Any], trouble: Callable[[str], None]) -> None:
    """Tell what went wrong in asyncio beside all that is waited for."""
    from procrastinate.exceptions import ConnectorException  # noqa: PLC0415  an extra

    error = context.get("exception")
    # A job that was taken away from us cannot be finished any more: no harm is done.
    if not isinstance(error, ConnectorException):
        why = f": {type(error).__name__}: {error}" if error else ""
        trouble(f"the worker has a mistake: {context['message']}{why}")


def _ahead() -> float:
    """How far this machine's clock is ahead of one that is never set; less than before
    when it was set back."""
    return time.time() - time.monotonic()


async def _work(url: str, duties: Duties) -> None:
    """Work until cancelled, or until the database cannot be reached."""
    import psycopg  # noqa: PLC0415  an extra
    from procrastinate.exceptions import ConnectorException  # noqa: PLC0415
    from psycopg_pool import AsyncConnectionPool as Pool  # noqa: PLC0415

    app = make_app(url, duties)
    check = Pool.check_connection
    pool = Pool(
        conninfo(url),
        min_size=1,
        max_size=6,
        open=False,
        check=check,
        configure=_configure,
    )
    try:
        await pool.open(wait=True, timeout=_CONNECT_SECONDS)
        async with app.open_async(pool):
            await _both(_worker(app, BATCHES, duties.slots), _worker(app, LOOKS, 1))
    except (ConnectorException, psycopg.Error) as error:
        words = str(error.__cause__ or error).split("\n")[0]
        duties.trouble(f"the queue cannot be reached: {words}")
        await asyncio.sleep(1)
    finally:
        await pool.close()


async def _configure(connection: Any) -> None:
    """Make each statement a transaction of its own that waits for no disk.

    What a crash of the server takes from the queue, the next look at the ledger puts
    there again. Batches are offered through the ledger's connections, never these.
    """
    await connection.set_autocommit(True)
    await connection.execute("SET synchronous_commit TO off")


def conninfo(url: str) -> str:
    """A store's URL as PostgreSQL's own library reads it; a cut link is noticed."""
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415  an extra

    asked = {"connect_timeout": _HOST_SECONDS, **KEEPALIVE}
    return make_conninfo(**{**asked, **parameters(parse(url))})


async def _both(*works: Coroutine[None, None, None]) -> None:
    """Work until one of them ends, as it does without its database; end both."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    for end in ends:
        if isinstance(end, Exception):
            raise end


async def _worker(app: "App", queue: str, slots: int) -> None:
    await app.run_worker_async(
        queues=[queue],
        concurrency=slots,
        delete_jobs="successful",
        install_signal_handlers=False,
        fetch_job_polling_interval=_POLL_SECONDS,
        update_heartbeat_interval=BEAT_SECONDS,
        stalled_worker_timeout=GONE_SECONDS,
    )


def make_app(url: str, duties: Duties) -> "App":
    """The tasks of the queue at `url`."""
    from procrastinate import (  # noqa: PLC0415  an extra
        App,
        BaseRetryStrategy,
        PsycopgConnector,
        RetryDecision,
    )
    from procrastinate.jobs import Job  # noqa: PLC0415

    class ComesBack(BaseRetryStrategy):
        """When a job is tried again: when it says, else at once."""

        def get_retry_decision(
            self, *, exception: BaseException, job: Job
        ) -> RetryDecision:
            """Not by this machine's clock, which may be hours off."""
            del job
            at = exception.at if isinstance(exception, Again) else _AT_ONCE
            return RetryDecision(retry_at=at)

    app = App(connector=PsycopgConnector(conninfo=conninfo(url)))

    @app.task(name=SEND, queue=BATCHES, retry=ComesBack())
    def send(campaign_id: int, number: int) -> None:
        duties.send(campaign_id, number)

    @app.periodic(cron=EVERY_FIVE_SECONDS)
    @app.task(name=LOOK, queue=LOOKS, queueing_lock=LOOK)
    async def look(timestamp: int) -> None:
        del timestamp
        await take_over(app)
        await asyncio.get_running_loop().run_in_executor(None, duties.look)

    return app


async def take_over(app: "App") -> int:
    """Give the jobs of dead workers back to the queue; how many there were.

    A look is not given back: the next is made anyway, unless this one waits before it.
    """
    from procrastinate.exceptions import ConnectorException  # noqa: PLC0415
    from procrastinate.jobs import Status  # noqa: PLC0415

    taken = 0
    manager = app.job_manager
    silent = await manager.get_stalled_jobs(seconds_since_heartbeat=GONE_SECONDS)
    for job in silent:
        # Somebody else may have done it in the meantime.
        with suppress(ConnectorException):
            if job.task_name == LOOK:
                await manager.finish_job(job, Status.FAILED, delete_job=True)
            else:
                await manager.retry_job(job, retry_at=_AT_ONCE)
            taken += 1
    return taken
