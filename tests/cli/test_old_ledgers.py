"""`newsletter db archive` and `restore`, and what the other commands say meanwhile."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Newsletter

ISSUE = "pull-up-the-second-chair"
ADDRESS = "ada@example.com"


@pytest.fixture
def sent(publication: Path, newsletter: Newsletter) -> Path:
    """A publication whose newest issue was sent, and a folder for old ledgers."""
    (publication / "people.csv").write_text(f"email,name\n{ADDRESS},Ada\n")
    assert newsletter("subscribers", "import", "people.csv").code == 0
    ended = newsletter("send", ISSUE, "--provider", "outbox", "--yes")
    assert ended.code == 0, ended.err
    away = publication / "away"
    away.mkdir()
    return away


def file_in(folder: Path) -> Path:
    (found,) = folder.glob("*.csv.gz")
    return found


def test_a_campaign_leaves_and_returns(sent: Path, newsletter: Newsletter) -> None:
    before = newsletter("status", "--json").out

    ended = newsletter("db", "archive", ISSUE, "--to", "away")

    assert ended.code == 0, ended.err
    assert str(file_in(sent)) in ended.out.replace("\n", "")
    assert newsletter("status", "--json").out == before
    assert "archived in" in newsletter("why", ADDRESS).out
    shown = json.loads(newsletter("subscribers", "show", ADDRESS, "--json").out)
    assert shown["deliveries"] == []
    assert shown["archived"][0]["delivery"]["merge"]["name"] == "Ada"
    assert "accepted" in newsletter("subscribers", "show", ADDRESS).out
    refused = newsletter("send", ISSUE, "--provider", "outbox", "--yes", "--new-only")
    assert "db restore" in refused.err
    ended = newsletter("db", "restore", str(file_in(sent)))
    assert ended.code == 0, ended.err
    assert "archived in" not in newsletter("why", ADDRESS).out
    assert newsletter("db", "check").code == 0


def test_whoever_is_forgotten_does_not_return(
    sent: Path, newsletter: Newsletter
) -> None:
    assert (
        newsletter("db", "archive", "--before", "2999-01-01", "--to", "away").code == 0
    )
    file = file_in(sent)

    ended = newsletter("subscribers", "forget", ADDRESS, "--yes")

    assert "db restore" in ended.err
    assert newsletter("db", "restore", str(file)).code == 0
    file.unlink()
    assert newsletter("db", "archive", ISSUE, "--to", "away").code == 0
    ended = newsletter("subscribers", "forget", ADDRESS, "--yes")
    assert "db restore" not in ended.err


def test_a_file_that_is_not_here_is_told_of(sent: Path, newsletter: Newsletter) -> None:
    newsletter("db", "archive", ISSUE, "--to", "away")
    file_in(sent).unlink()

    assert "which is not here" in newsletter("why", ADDRESS).out
    assert "not here" in newsletter("subscribers", "show", ADDRESS).out
    assert "db restore" in newsletter("subscribers", "forget", ADDRESS, "--yes").err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "which campaigns"),
        ((ISSUE, "--to", "nowhere"), "no folder"),
        (("no-such-issue",), "no such campaign"),
    ],
    ids=["none named", "no folder", "no campaign"],
)
def test_what_is_not_understood(
    sent: Path, newsletter: Newsletter, words: tuple[str, ...], said: str
) -> None:
    ended = newsletter("db", "archive", "--to", "away", *words)

    assert ended.code == 2
    assert said in ended.err
    assert not list(sent.iterdir())


def test_a_dry_run_moves_nothing(sent: Path, newsletter: Newsletter) -> None:
    ended = newsletter("db", "archive", ISSUE, "--to", "away", "--dry-run")

    assert "would be archived" in ended.out
    assert not list(sent.iterdir())
    newsletter("db", "archive", ISSUE, "--to", "away")
    assert "archived already" in newsletter("db", "archive", ISSUE, "--to", "away").err
