"""What a process that serves does every few seconds, beside the requests."""

import asyncio
import logging
import os
import socket
from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool

from newsletter import __version__
from newsletter.errors import NewsletterError
from newsletter.store import join_limits, service_processes
from newsletter.store.service_processes import Process
from newsletter.store.sign_ups import SignUp
from newsletter.web import notes
from newsletter.web.service import Service

SECONDS = 5.0
_LOG = logging.getLogger(__name__)


class Upkeep:
    """Takes over what other processes have left to do, and tells of this one.

    The one process of a SQLite publication looks once: what was brought along from
    PostgreSQL may be waiting there.
    """

    def __init__(self, service: Service) -> None:
        """Of this service."""
        self._service = service
        name = f"{socket.gethostname()}:{os.getpid()}"
        key_name = service.keyring.current.key_name
        self._process = Process(name, __version__, key_name)

    async def go_on(self) -> None:
        """Do it again and again, until cancelled; trouble is logged, and goes by."""
        while True:
            try:
                for left in await run_in_threadpool(self.look):
                    notes.take_over(self._service, left)
            except NewsletterError as error:
                _LOG.warning("%s", error.message)
            if not self._service.store.is_shared:
                return
            await asyncio.sleep(SECONDS)

    def look(self) -> Sequence[SignUp]:
        """Tell of this process, forget what has passed; gives what is left to do."""
        store = self._service.store
        if store.is_shared:
            with store.at_once() as connection:
                service_processes.seen(connection, self._process)
                join_limits.prune(connection)
            self._service.metrics.hand_over(store)
        return notes.left_behind(self._service)

    def leave(self) -> None:
        """Say that this process has ended; who cannot is found out."""
        store = self._service.store
        if store.is_shared:
            try:
                self._service.metrics.hand_over(store)
                with store.at_once() as connection:
                    service_processes.left(connection, self._process.name)
            except NewsletterError as error:
                _LOG.warning("%s", error.message)
