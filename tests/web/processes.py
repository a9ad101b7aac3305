"""Processes that serve one publication from one PostgreSQL, and what asks them."""

import contextlib
import email
import email.policy
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from newsletter.model.subscriber import Subscriber
from newsletter.model.token import Signer
from newsletter.sending.personalise import UNSUBSCRIBE
from newsletter.store import subscribers
from newsletter.store.engine import Store
from newsletter.web.join import FORM
from tests.cli.conftest import environment
from tests.sending.conftest import people
from tests.web.conftest import SECRET
from tests.web.running import free_port, until_it_listens

PATIENCE = 60.0
METRICS = "a token of the tests"
READERS = 1500
SIGNER = Signer(SECRET.encode())


@dataclass(frozen=True)
class Said:
    """What a process answered."""

    status: int
    headers: Mapping[str, str]
    text: str

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.text)


@dataclass(frozen=True)
class Served:
    """A process that serves, and where what it prints goes."""

    port: int
    process: "subprocess.Popen[str]"
    log: Path

    def ask(
        self,
        method: str,
        path: str,
        body: str = "",
        ip: str = "203.0.113.5",
        **headers: str,
    ) -> Said:
        """Ask as a proxy does for the client at `ip`."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            given = {"X-Forwarded-For": ip} | headers
            connection.request(method, path, body, given)
            answer = connection.getresponse()
            return Said(answer.status, dict(answer.headers), answer.read().decode())

    def join(self, address: str, ip: str = "203.0.113.5") -> Said:
        """Sign up, as a program does."""
        shown = int(time.time()) - 10
        body = {"address": address, "moment": SIGNER.sign(FORM, 0, shown)}
        kind = {"Content-Type": "application/json"}
        return self.ask("POST", "/subscribe", json.dumps(body), ip, **kind)

    def press(self, path: str, **form: str) -> Said:
        """Press the one button of a page."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urlencode(form), **kind)

    def metrics(self) -> dict[str, float]:
        """What it tells Prometheus."""
        bearer = {"Authorization": f"Bearer {METRICS}"}
        lines = self.ask("GET", "/metrics", **bearer).text.splitlines()
        pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
        return {name: float(number) for name, number in pairs}

    def kill(self) -> None:
        """End it without a word."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)


@dataclass
class Services:
    """A publication whose store is PostgreSQL, and all processes that serve it."""

    home: Path
    store_url: str
    keys: dict[str, str] = field(default_factory=dict)
    started: list[Served] = field(default_factory=list)

    def fill(self) -> None:
        """Make the tables, and readers."""
        with Store.open(self.store_url) as store, store.write() as connection:
            subscribers.upsert(connection, people(READERS))

    def start(self, *options: str, **variables: str) -> Served:
        """Start one, and wait until it listens."""
        port = free_port()
        log = self.home / f"serve-{port}.log"
        own = {
            "NEWSLETTER_SECRET": SECRET,
            "NEWSLETTER_STORE": self.store_url,
            "NEWSLETTER_METRICS_TOKEN": METRICS,
        }
        with log.open("w") as out:
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "newsletter",
                    "serve",
                    f"--port={port}",
                    *options,
                ],
                cwd=self.home,
                env=environment() | own | self.keys | variables,
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
            )
        served = Served(port, process, log)
        self.started.append(served)
        until_it_listens(port, process)
        return served

    def readers(self) -> dict[str, Subscriber]:
        """Everybody, by address."""
        with Store.open(self.store_url) as store, store.read() as connection:
            return {each.address: each for each in subscribers.iterate(connection)}

    def token(self, number: int) -> str:
        """That in the letters of reader `number`."""
        found = self.readers()[f"reader{number}@example.com"]
        return SIGNER.sign(UNSUBSCRIBE, found.uid)

    def mails(self) -> list[str]:
        """To whom mail went, by address."""
        return sorted(str(mail["To"]) for mail in self._outbox())

    def links(self) -> list[str]:
        """Where the links of the mails that ask to confirm lead."""
        texts = [mail.get_body(("plain",)) for mail in self._outbox()]
        whole = "\n".join(text.get_content() for text in texts if text)
        return sorted(set(re.findall(r"https://[^/]+(/confirm/\S+)", whole)))

    def _outbox(self) -> list[EmailMessage]:
        files = (self.home / ".newsletter/outbox/new").glob("*.eml")
        policy = email.policy.default
        return [email.message_from_bytes(f.read_bytes(), policy=policy) for f in files]

    def end(self) -> None:
        """End those that are left, as a host would; none may have shown a traceback."""
        for served in self.started:
            if served.process.poll() is None:
                served.process.terminate()
        for served in self.started:
            served.process.wait(PATIENCE)
            told = served.log.read_text()
            assert "Traceback" not in told, told


def wait_until(true: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait for something to become true."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, f"not after {seconds} seconds"
        time.sleep(0.05)


def kill(number: int) -> None:
    """End a process without a word, by its number."""
    os.kill(number, signal.SIGKILL)
