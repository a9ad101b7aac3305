"""Runs the real command line in a copy of the sample publication."""

import io
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from newsletter.cli.main import main
from tests.cli.repository import Repository, a_repository


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


Newsletter = Callable[..., Ended]


def environment() -> dict[str, str]:
    """The process's environment without what would change the tool's behaviour."""
    # Without coverage's variables: it writes files of its own, which a full disk or a
    # kill would disturb.
    foreign = ("NEWSLETTER_", "COVERAGE_")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(foreign)}
    return {**kept, "COLUMNS": "100", "NO_COLOR": "1"}


@pytest.fixture
def newsletter(
    publication: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Newsletter:
    """Call `newsletter …` as the installed command does; an error of ours is no
    exception here, so one that comes through is a bug."""
    for name in os.environ:
        if name.startswith("NEWSLETTER_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")

    def call(*arguments: str, cwd: Path = publication) -> Ended:
        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", ["newsletter", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        capsys.readouterr()
        try:
            main()
        except SystemExit as ended:
            code = ended.code
        else:
            code = 0
        out, err = capsys.readouterr()
        assert isinstance(code, int | None)
        return Ended(code or 0, out, err)

    return call


@pytest.fixture
def repository(publication: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """The sample publication, all of it committed."""
    return a_repository(publication, monkeypatch)
