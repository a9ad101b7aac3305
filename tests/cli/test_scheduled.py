"""What every command says of an issue that is scheduled, or was and is cancelled."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from newsletter.store.engine import Store
from newsletter.store.schema import campaigns
from tests.cli.conftest import Newsletter
from tests.cli.repository import Repository, change

ISSUE = "pull-up-the-second-chair"
FILE = f"issues/2026-11-20-{ISSUE}.md"
WHEN = "Wed 2099-11-27 09:00 Europe/Berlin = 08:00 UTC"
WHEN = datetime(2099, 11, 27, 8, tzinfo=UTC).strftime("%a") + WHEN[3:]
LATER = ("send", ISSUE, "--at", "2099-11-27 09:00", "--yes")


@pytest.fixture
def planned(newsletter: Newsletter, repository: Repository) -> Newsletter:
    """The command line where an issue for two subscribers is scheduled."""
    settings = repository.root / "newsletter.yaml"
    settings.write_text(settings.read_text() + "\ntimezone: Europe/Berlin\n")
    repository.commit()
    for name in "ab":
        assert newsletter("subscribers", "add", f"{name}@example.com").code == 0
    assert newsletter(*LATER).code == 0
    return newsletter


def wide(newsletter: Newsletter, *arguments: str, to: pytest.MonkeyPatch) -> str:
    """What a command prints where no line is too long."""
    to.setattr("newsletter.cli.output.console", _wide)
    return newsletter(*arguments).out


def _wide() -> object:
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False, width=300)


def test_diff_tells_that_nobody_has_it_yet(planned: Newsletter) -> None:
    since = json.loads(planned("diff", ISSUE, "--json").out)["since"]

    assert planned("diff", ISSUE).out == (
        f"{ISSUE}: readers would see no change since it was frozen, "
        f"to be sent to `all` {WHEN}\n"
    )
    assert since["kind"] == "scheduled"
    assert since["scheduled_for"].startswith("2099-11-27 08:00")


def test_diff_ignores_what_was_cancelled_before_anybody_got_it(
    planned: Newsletter, repository: Repository
) -> None:
    planned("cancel", ISSUE)
    assert "since HEAD (" in planned("diff", ISSUE).out

    assert planned("send", ISSUE, "--yes").code == 0
    change(repository.root / FILE, ("the folding thing", "the wedding chair"))
    assert planned("send", ISSUE, "--new-only", "--at", "in 2h", "--yes").code == 0
    planned("cancel", ISSUE)

    said = planned("diff", ISSUE).out
    assert "see change since it was sent to `all` on 20" in said
    assert "[-folding thing.-] {+wedding chair.+}" in said


def test_diff_and_a_second_send_tell_when_it_was_sent_and_not_when_it_was_planned(
    planned: Newsletter, repository: Repository
) -> None:
    planned("cancel", ISSUE)
    planned("send", ISSUE, "--yes")
    long_ago = datetime.now(UTC) - timedelta(days=900)
    path = repository.root / ".newsletter/newsletter.db"
    with Store.open(path) as store, store.write() as connection:
        connection.execute(update(campaigns).values(planned_at=long_ago))

    assert f"{long_ago:%Y-%m-%d}" not in planned("diff", ISSUE).out
    assert f"{long_ago:%Y-%m-%d}" not in planned("send", ISSUE, "--yes").err


def test_status_report_and_why_tell_when_it_goes_out(
    planned: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    why = planned("why", "a@example.com")
    told = json.loads(planned("why", "a@example.com", "--json").out)["scheduled"]
    report = planned("report", ISSUE).out

    assert f"scheduled for {WHEN}" in planned("status", "--watch").out.replace("\n", "")
    assert f"  {ISSUE}: scheduled for {WHEN}; who gets it is decided then" in why.out
    assert told[0]["scheduled_for"].startswith("2099-11-27 08:00")
    assert f"  scheduled for {WHEN}\n  who gets it is decided then\n" in report
    assert "outcome" not in report
    said = wide(planned, "status", to=monkeypatch)
    assert f"scheduled for {WHEN}" in said


def test_why_says_nothing_of_it_to_whom_it_will_not_reach(planned: Newsletter) -> None:
    planned("subscribers", "remove", "a@example.com")

    assert "scheduled" not in planned("why", "a@example.com").out


def test_a_cancelled_one_reached_nobody_and_is_cancelled_once(
    planned: Newsletter,
) -> None:
    cancelled, again = planned("cancel", ISSUE), planned("cancel", ISSUE)
    report = planned("report", ISSUE).out

    assert cancelled.out == f"{ISSUE} is cancelled; nobody got it\n"
    assert again.code == 7
    assert f"error: {ISSUE} is cancelled already\n" in again.err
    assert "  nobody got it\n" in report
    assert "outcome" not in report


def test_only_what_reached_somebody_is_a_part(
    planned: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned("cancel", ISSUE)
    planned(*LATER)
    planned("cancel", ISSUE)
    assert planned("send", ISSUE, "--yes").code == 0
    for command in (["status"], ["why", "a@example.com"], ["report", ISSUE]):
        assert "(part" not in wide(planned, *command, to=monkeypatch)
    data = json.loads(planned("status", "--json").out)
    assert [each["part"] for each in data] == [1, 1, 1]

    planned("subscribers", "add", "c@example.com")
    assert planned("send", ISSUE, "--new-only", "--yes").code == 0

    assert f"{ISSUE} (part 2): accepted" in planned("why", "c@example.com").out
    assert f"{ISSUE} (part 2): done" in planned("report", ISSUE).out


def test_another_day_than_the_letter_s_is_told_before_the_question(
    newsletter: Newsletter, publication: Path
) -> None:
    newsletter("subscribers", "add", "a@example.com")
    now = ("--now", "2026-11-20T12:00")

    today = newsletter(*now, "send", ISSUE, "--dry-run")
    later = newsletter(*now, "send", ISSUE, "--at", "sunday 9:00", "--dry-run")

    assert "the letter is dated" not in today.out
    assert (
        "  the letter is dated Friday 2026-11-20, and goes out on Sunday 2026-11-22\n"
    ) in later.out
