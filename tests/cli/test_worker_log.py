"""The worker's log for programs: a line of JSON each, in which nobody is named."""

import json
import logging
from collections.abc import Iterator

import pytest
import typer

from newsletter.cli.worker import _logged_as_json, _warn_json
from newsletter.errors import NewsletterError, ProviderStopped, SchemaOutOfDate
from newsletter.sending.engine import Shift
from tests.cli.conftest import Newsletter
from tests.store.databases import fresh_schema

SHIFT = Shift(every=1, slots=3, tell=print, trouble=print, name="a-machine:77:abcdef")


@pytest.fixture(autouse=True)
def logging_as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What the log changes for the whole process is changed back."""
    root, ours = logging.getLogger(), logging.getLogger("newsletter")
    monkeypatch.setattr(root, "handlers", [])
    levels = root.level, ours.level
    yield
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


def lines_of(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_neither_addresses_nor_keys_nor_clients_are_logged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = "refused ana@example.com with key-0123456789abcdef0123456789 at 203.0.113.9"

    with _logged_as_json(SHIFT):
        _warn_json(ProviderStopped(words))

    started, line, stopped = lines_of(capsys)
    assert started["message"] == "worker started"
    assert started["slots"] == 3
    assert line["kind"] == "ProviderStopped"
    assert line["reason"] == "refused … with … at …"
    assert stopped["message"] == "worker stopped"
    for each in (started, line, stopped):
        assert each["worker"] == "a-machine:77:abcdef"
        assert each["version"]
        assert str(each["at"]).endswith("+00:00")


@pytest.mark.parametrize(
    "error", [SchemaOutOfDate("of another version"), ProviderStopped("no key")]
)
def test_why_it_ends_is_a_line_too(
    capsys: pytest.CaptureFixture[str], error: NewsletterError
) -> None:
    with pytest.raises(typer.Exit) as ended, _logged_as_json(SHIFT):
        raise error

    assert ended.value.exit_code == error.exit_code
    line = lines_of(capsys)[-1]
    assert (line["message"], line["level"]) == ("worker stopped", "error")
    assert (line["kind"], line["reason"]) == (type(error).__name__, error.message)


def test_of_a_bug_the_place_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError), _logged_as_json(SHIFT):
        raise RuntimeError("ana@example.com")

    line = lines_of(capsys)[-1]
    assert (line["level"], line["error"]) == ("critical", "RuntimeError: …")


@pytest.mark.parametrize("option", ["--every", "--concurrency"])
@pytest.mark.parametrize("database", ["SQLite", "PostgreSQL"])
def test_an_option_that_changes_nothing_is_named(
    newsletter: Newsletter,
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
    database: str,
    option: str,
) -> None:
    for engine in ("threads.Threads", "queued.engine.Queued"):
        monkeypatch.setattr(f"newsletter.sending.{engine}.work", lambda *_: None)
    useful = {"SQLite": "--every", "PostgreSQL": "--concurrency"}[database]
    said = "" if option == useful else f"{option} changes nothing on {database}"

    with fresh_schema(postgres_url) as url:
        if database == "PostgreSQL":
            monkeypatch.setenv("NEWSLETTER_STORE", url)
        plain = newsletter("worker", option, "2")
        logged = newsletter("worker", option, "2", "--json")
        assert newsletter("worker").err == ""

    assert plain.err[len("2026-01-01 00:00:00 ") :].strip() == said
    reasons = [json.loads(each).get("reason") for each in logged.out.splitlines()]
    assert [each for each in reasons if each] == ([said] if said else [])
