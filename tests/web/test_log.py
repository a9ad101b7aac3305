"""What a service logs: enough to see how it fares, and nobody's name."""

import json
import logging
import re
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.config.json_log import JsonLines, log_as_json
from tests.store.databases import fresh_schema
from tests.web.processes import Served, Services, wait_until

ADDRESS = "nia.of.the.log@example.com"
IPS = ("198.51.100.77", "2001:db8:77::1")


@pytest.fixture
def services(publication: Path, postgres_url: str) -> Iterator[Services]:
    """A publication with readers, on PostgreSQL."""
    with fresh_schema(postgres_url) as url:
        made = Services(publication, url)
        made.keys = {
            "POSTMARK_SERVER_TOKEN": "token",
            "POSTMARK_WEBHOOK_PASSWORD": "postmark:secret",
        }
        made.fill()
        yield made
        made.end()


def use(served: Served, services: Services) -> list[str]:
    """Do all that can be done, right and wrong; the tokens that were used."""
    ours = services.token(1)
    for number in range(12):
        served.join(ADDRESS, IPS[number % 2])
    wait_until(lambda: bool(services.links()))
    (link,) = services.links()
    for path in (f"/u/{ours}", link, f"/preferences/{ours}", f"/u/{ours}x"):
        served.ask("GET", path, ip=IPS[0])
        served.press(path, name="Nia of the log")
    served.ask("GET", f"/view/{ours}")
    served.ask("GET", f"/nowhere/{ADDRESS}")
    served.ask("POST", "/webhooks/postmark", f'{{"Email": "{ADDRESS}"}}', IPS[1])
    with served_line(served) as sock:
        sock.sendall(f"GET /u/{ours}\0 HTTP/9\r\n\r\n".encode())
        sock.recv(100)
    return [ours, link.rpartition("/")[2]]


def served_line(served: Served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", served.port), 30)


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_no_address_no_token_and_no_client_is_logged(
    services: Services, options: list[str]
) -> None:
    served = services.start(*options)

    secrets = use(served, services)
    services.end()

    log = served.log.read_text()
    for named in (*secrets, ADDRESS, "nia.of.the.log", "Nia of", *IPS, "127.0.0.1"):
        assert named not in log.replace(f"http://127.0.0.1:{served.port}", "")
    assert "a webhook of postmark was refused" in log


def test_every_line_is_json_and_tells_how_it_went(services: Services) -> None:
    (services.home / "site").mkdir()
    served = services.start("--json", "--processes", "2")

    assert served.ask("GET", "/healthz").status == 200
    services.end()

    lines = [json.loads(line) for line in served.log.read_text().splitlines()]
    (found,) = [line for line in lines if line.get("route") == "healthz"]
    assert (found["level"], found["method"], found["status"]) == ("info", "GET", 200)
    assert found["ms"] >= 0
    assert re.fullmatch(r"[0-9-]+T[0-9:]+\+00:00", found["at"])
    assert found["process"] != served.process.pid


def record(message: str, **options: object) -> dict[str, object]:
    made = logging.LogRecord("x", logging.ERROR, "", 0, message, (), None)
    for name, value in options.items():
        setattr(made, name, value)
    found: dict[str, object] = json.loads(JsonLines().format(made))
    return found


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (f"for {ADDRESS} refused", "for … refused"),
        ("by 203.0.113.5: closed", "by …: closed"),
        ("by 2001:db8::1 closed", "by … closed"),
        ("by ::1", "by …"),
        ("key 0123456789abcdef0123456789ab", "key …"),
        ("a" * 100_000, "…"),
        ("- " * 50_000 + f"{'x' * 400}@example.com", "- " * 50_000 + "…@example.com"),
        ("version 1.2.3: 45 of 100 used", "version 1.2.3: 45 of 100 used"),
    ],
)
def test_what_names_somebody_is_left_out(words: str, expected: str) -> None:
    assert record(words)["message"] == expected


def test_of_a_bug_the_place_is_told() -> None:
    try:
        raise RuntimeError(ADDRESS)
    except RuntimeError:
        found = record("a bug", exc_info=sys.exc_info())

    assert found["error"] == "RuntimeError: …"
    assert "test_log.py" in str(found["trace"])


def test_all_that_is_logged_is_printed_that_way(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root, ours = logging.getLogger(), logging.getLogger("newsletter")
    levels = root.level, ours.level
    monkeypatch.setattr(root, "handlers", [])
    try:
        log_as_json()
        logging.getLogger("newsletter.web.guard").info("answered")
        logging.getLogger("another").info("nobody asked")
        logging.getLogger("another").warning("for %s", ADDRESS)
    finally:
        root.setLevel(levels[0])
        ours.setLevel(levels[1])

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["message"] for line in lines] == ["answered", "for …"]
