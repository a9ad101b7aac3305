"""`newsletter build`: its options, the bar while it works, the watching."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from newsletter.archive import search_jobs
from newsletter.archive.build import SiteBuilder
from newsletter.archive.wanted import Wanted
from newsletter.cli import build_progress
from newsletter.cli.build_watch import build_and_tell
from newsletter.cli.context import Context, parse_now
from tests.cli.conftest import Newsletter, environment

NOW = ("--now", "2026-12-01")


def test_it_says_what_it_did_and_then_that_there_was_nothing_to_do(
    newsletter: Newsletter, publication: Path
) -> None:
    first = newsletter(*NOW, "build", "--jobs", "2")
    second = newsletter(*NOW, "build", "--jobs", "1")

    assert first.code == second.code == 0
    assert "files written, 0 unchanged" in first.out
    assert "0 files written" in second.out
    assert str(publication / "site" / "index.html") in second.out


def test_json_says_it_to_programs(newsletter: Newsletter, publication: Path) -> None:
    found = json.loads(newsletter(*NOW, "build", "-o", "out", "--json").out)

    assert Path(found["folder"]).name == "out"
    assert "say-the-number/index.html" in found["pages"]
    assert (found["unchanged"], found["removed"]) == (0, 0)


@pytest.mark.parametrize(("engine", "said"), [(b"", True), (b"//", False)])
def test_it_says_when_the_search_has_no_engine(
    newsletter: Newsletter,
    monkeypatch: pytest.MonkeyPatch,
    *,
    engine: bytes,
    said: bool,
) -> None:
    monkeypatch.setattr(search_jobs, "read_engine", lambda: engine)
    note = "the search finds whole words only"

    first = newsletter(*NOW, "build", "--jobs", "1")
    again = newsletter(*NOW, "build", "--jobs", "1")
    without = newsletter(*NOW, "build", "--jobs", "1", "--no-search")

    assert [note in each.out for each in (first, again, without)] == [said, said, False]


def test_search_and_pictures_may_be_left_out(
    newsletter: Newsletter, publication: Path
) -> None:
    newsletter(*NOW, "build", "--no-search", "--no-pictures")

    site = publication / "site"
    assert not (site / "search").exists()
    assert not (site / "share").exists()


def test_nothing_heavy_is_loaded_when_nothing_has_changed(publication: Path) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "newsletter", *NOW, "build"]
    loaded = ""
    for _ in range(3):
        ended = subprocess.run(
            command,
            cwd=publication,
            env=environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        loaded = ended.stderr

    modules = {line.rpartition("|")[2].strip() for line in loaded.splitlines()}
    assert "newsletter.archive.glance" in modules
    # pydantic is loaded by typer, for any command with options.
    heavy = {"jinja2", "pyromark", "PIL", "sqlalchemy", "babel", "rich", "yaml"}
    assert modules & heavy == set()


@contextmanager
def watching(publication: Path) -> Iterator[IO[str]]:
    command = [sys.executable, "-u", "-m", "newsletter", *NOW, "build", "--watch"]
    with subprocess.Popen(
        command,
        cwd=publication,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout
        try:
            yield process.stdout
        finally:
            process.send_signal(signal.SIGINT)
            process.stdout.read()
        assert process.wait() == 0


def wait_for(output: IO[str], words: str) -> str:
    for line in output:
        if words in line:
            return line
    raise AssertionError(words)


def test_a_change_is_built_and_a_mistake_is_told_and_survived(
    publication: Path,
) -> None:
    path = publication / "issues/2026-11-06-say-the-number.md"
    text = path.read_text("utf-8")
    page = publication / "site/say-the-number/index.html"

    with watching(publication) as output:
        wait_for(output, "watching")
        path.write_text(text + "\nONE-MORE-WORD\n", "utf-8")
        wait_for(output, "built")
        assert "ONE-MORE-WORD" in page.read_text("utf-8")

        path.write_text("no front matter", "utf-8")
        assert "say-the-number.md:1:1" in wait_for(output, "error")
        assert "ONE-MORE-WORD" in page.read_text("utf-8")

        path.write_text(text, "utf-8")
        wait_for(output, "built")
        assert "ONE-MORE-WORD" not in page.read_text("utf-8")


def test_what_a_watch_told_is_not_told_again(
    publication: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor for ever, where its words are kept in a file beside the issues."""
    options = Context(publication, parse_now(NOW[1]))
    builder = SiteBuilder(publication, publication / "site", Wanted(pictures=False))
    path = publication / "issues/2026-11-06-say-the-number.md"
    right, wrong = path.read_text("utf-8"), "no front matter"
    said, told = [], ""
    for text in (right, right, wrong, wrong, right, right, right + "\nmore\n"):
        path.write_text(text, "utf-8")
        told = build_and_tell(builder, options, time.monotonic(), told)
        found = capsys.readouterr()
        said.append((found.out + found.err)[:5])

    assert said == ["built", "", "issue", "", "built", "", "built"]


def test_a_bar_is_drawn_on_a_terminal_once_it_takes_long(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(build_progress, "_PATIENCE", 0.0)
    monkeypatch.setattr(build_progress, "_PACE", 0.0)

    with build_progress.progress_bar() as seen:
        seen("read", 5, 5000)
        seen("make", 7, 5100)

    assert "7/5100" in capsys.readouterr().err


def test_a_quick_build_draws_no_bar(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    # Quick is what takes less; how long this takes is the machine's.
    monkeypatch.setattr(build_progress, "_PATIENCE", 600.0)

    with build_progress.progress_bar() as seen:
        seen("read", 5, 5000)

    assert capsys.readouterr().err == ""


def test_no_bar_is_drawn_where_there_is_no_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build_progress, "_PATIENCE", 0.0)

    with build_progress.progress_bar() as seen:
        seen("read", 5, 5000)

    assert capsys.readouterr().err == ""
