"""A plain build is done without the command line proper, and means the same there."""

from pathlib import Path

import pytest

from newsletter.cli import build_once, build_plain
from newsletter.cli.build_once import Asked
from newsletter.cli.context import Context
from tests.cli.conftest import Newsletter

PLAIN = [
    [],
    ["-o", "out"],
    ["--out", "a/b", "--base-url", "https://x.example.com/y"],
    ["-j", "2", "--jobs", "0", "--no-search", "--no-pictures"],
    ["--search", "--no-search", "--search", "--pictures", "--json"],
]
NOT_PLAIN = [
    ["check"],
    ["-C", ".", "build"],
    ["build", "--watch"],
    ["build", "--help"],
    ["build", "-o"],
    ["build", "-o", ""],
    ["build", "--out=site"],
    ["build", "-o", "--json"],
    ["build", "-j", "-1"],
    ["build", "-j", "٣"],
    ["build", "-j", "12345"],
    ["build", "site"],
    [],
]


@pytest.mark.parametrize("words", PLAIN)
def test_plain_words_mean_what_they_mean_on_the_command_line(
    words: list[str], newsletter: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Asked] = []

    def note(_: Context, wanted: Asked) -> None:
        asked.append(wanted)

    monkeypatch.setattr(build_once, "build_once", note)
    assert newsletter("build", *words).code == 0
    assert newsletter("-C", ".", "build", *words).code == 0

    plainly, properly = asked
    assert plainly == properly


@pytest.mark.parametrize("words", NOT_PLAIN)
def test_what_is_not_plain_is_left_to_the_command_line(words: list[str]) -> None:
    assert build_plain.plain(words) is None


def test_a_plain_build_loads_no_command_line(
    newsletter: Newsletter, publication: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("newsletter.cli.main._any_command")
    ended = newsletter("build", "--no-search", "--no-pictures")
    assert ended.code == 0, ended.err
    assert (publication / "site" / "index.html").is_file()
