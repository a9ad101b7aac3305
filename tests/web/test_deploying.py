"""What docs/deploying.md tells to copy works: the unit, and Caddy in front of us."""

import json
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from http.client import HTTPConnection
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from newsletter.cli.app import app
from newsletter.model.consent import Consent
from newsletter.model.subscriber import NewSubscriber
from newsletter.model.token import Signer
from newsletter.sending.personalise import UNSUBSCRIBE
from newsletter.store import consents, subscribers
from newsletter.store.engine import Store
from newsletter.web.join import FORM
from tests.cli.repository import change
from tests.conftest import ROOT
from tests.rig.tools import program
from tests.web.conftest import SECRET
from tests.web.running import free_port, running, until_it_listens

ELSEWHERE = "127.0.0.2"
"""A client's address that no proxy has."""

LIES = {"X-Forwarded-For": "127.0.0.1, 6.6.6.6", "Forwarded": "for=6.6.6.6"}


def told(first_line: str) -> str:
    """The piece of the page that begins so."""
    page = (ROOT / "docs" / "deploying.md").read_text("utf-8")
    blocks: list[str] = re.findall(r"```\w*\n(.*?)```", page, re.DOTALL)
    (found,) = (each for each in blocks if each.startswith(first_line))
    return found


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    command = str(Path(sys.executable).with_name("newsletter"))
    text = told("# /etc/systemd/system/newsletter.service")
    unit = tmp_path / "newsletter.service"
    unit.write_text(text.replace("/srv/letter/.venv/bin/newsletter", command))

    verify = [program("systemd", "systemd-analyze"), "verify", "--man=no", str(unit)]
    done = subprocess.run(verify, capture_output=True, text=True, check=False)

    # It tells of everything that it does not know, and says nothing otherwise.
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def dockerfile_commands() -> list[list[str]]:
    """What the page's Dockerfile lets `newsletter` do: its arguments."""
    lines = told("FROM python").splitlines()
    written = [line.partition(" ")[2] for line in lines if re.match("RUN|CMD", line)]
    calls = [json.loads(w) if w.startswith("[") else shlex.split(w) for w in written]
    return [call[1:] for call in calls if call[0].endswith("/newsletter")]


def test_the_container_s_commands_and_options_exist() -> None:
    known = get_command(app)
    assert isinstance(known, TyperGroup)
    found = dockerfile_commands()

    assert [name for name, *_ in found] == ["build", "serve"]
    for name, *options in found:
        # Reads the options as the command would, and refuses one that is not known.
        known.commands[name].make_context(name, options)


@pytest.mark.parametrize(
    "file",
    [
        ".env",
        ".newsletter/secret",
        ".newsletter/newsletter.db",
        ".newsletter/outbox/new/1.eml",
        ".git/config",
        "site/index.html",
        "subscribers.csv",
        "lists/readers.csv",
        "dkim.pem",
    ],
)
def test_neither_subscribers_nor_keys_come_into_the_image(file: str) -> None:
    patterns = told("# .dockerignore").splitlines()[1:]
    whole = [Path(file), *Path(file).parents]

    # As Docker reads them: from the root, and `**/` is any folder or none.
    names = [
        part.name if each.startswith("**/") else str(part)
        for each in patterns
        for part in whole
    ]
    wanted = [each.removeprefix("**/") for each in patterns for _ in whole]
    assert any(map(fnmatchcase, names, wanted))


@contextmanager
def caddy(folder: Path, upstream: str) -> Iterator[int]:
    """Caddy with the file of the page, without a certificate."""
    port = free_port()
    text = told("letter.example.com {").replace("letter.example.com", f":{port}")
    text = text.replace("127.0.0.1:8080", upstream.removeprefix("http://"))
    file = folder / "Caddyfile"
    file.write_text(f"{{\n    admin off\n    auto_https off\n}}\n{text}", "utf-8")
    command = [program("caddy", "caddy"), "run", "--adapter", "caddyfile"]
    process = subprocess.Popen(
        [*command, "--config", str(file)],
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        until_it_listens(port, process)
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=60)


def ask(
    port: int, method: str, path: str, body: str, headers: Mapping[str, str]
) -> tuple[int, str]:
    """Ask from elsewhere."""
    connection = HTTPConnection(
        "127.0.0.1", port, timeout=60, source_address=(ELSEWHERE, 0)
    )
    connection.request(method, path, body, dict(headers))
    answer = connection.getresponse()
    found = answer.status, answer.read().decode()
    connection.close()
    return found


def join(port: int, address: str, headers: Mapping[str, str]) -> None:
    moment = Signer(SECRET.encode()).sign(FORM, 0, int(time.time()) - 60)
    body = json.dumps({"address": address, "moment": moment})
    kind = {"Content-Type": "application/json"}
    assert ask(port, "POST", "/subscribe", body, {**kind, **headers})[0] == 202


@pytest.fixture
def database(publication: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with one reader."""
    monkeypatch.setenv("NEWSLETTER_SECRET", SECRET)
    file = publication / ".newsletter" / "newsletter.db"
    reader = NewSubscriber(address="r@example.com", address_key="r@example.com", uid=1)
    with Store.open(file) as store, store.write() as connection:
        subscribers.upsert(connection, [reader])
    return file


def said(database: Path, address: str) -> Consent:
    with Store.open(database) as store, store.read() as connection:
        person = subscribers.by_address_key(connection, address)
        assert person
        (found,) = consents.of_subscriber(connection, person.id)
    return found


def test_behind_caddy_clients_are_told_apart_and_cannot_lie(
    publication: Path, tmp_path: Path, database: Path
) -> None:
    reader = Signer(SECRET.encode()).sign(UNSUBSCRIBE, 1)
    one_click = {"Content-Type": "application/x-www-form-urlencoded"}
    with running(publication, free_port()) as url, caddy(tmp_path, url) as port:
        join(port, "honest@example.com", {})
        join(port, "liar@example.com", LIES)
        # Past the proxy nobody is one: the same lies, told to the service itself.
        join(int(url.rpartition(":")[2]), "past@example.com", LIES)
        left = ask(
            port, "POST", f"/u/{reader}", "List-Unsubscribe=One-Click", one_click
        )

    assert left == (200, "unsubscribed\n")
    for name in ("honest", "liar", "past"):
        assert said(database, f"{name}@example.com").ip == ELSEWHERE
    assert said(database, "r@example.com").ip == ELSEWHERE


def test_a_proxy_that_is_not_trusted_is_taken_for_the_client(
    publication: Path, tmp_path: Path, database: Path
) -> None:
    trusted = ("service:\n", "service:\n  trusted_proxies: [10.0.0.0/8]\n")
    change(publication / "newsletter.yaml", trusted)
    with running(publication, free_port()) as url, caddy(tmp_path, url) as port:
        join(port, "somebody@example.com", {})

    assert said(database, "somebody@example.com").ip == "127.0.0.1"
