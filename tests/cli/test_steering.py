"""Timed sends, tests, approvals, and what a person does to a campaign, by command."""

import json
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from newsletter.store.engine import Store
from newsletter.store.schema import campaigns
from tests.cli.conftest import Newsletter, environment

ISSUE = "pull-up-the-second-chair"


@pytest.fixture
def subscribed(newsletter: Newsletter, publication: Path) -> Path:
    """The sample publication with three subscribers."""
    for name in "abc":
        assert newsletter("subscribers", "add", f"{name}@example.com").code == 0
    return publication


def sent(publication: Path) -> int:
    return len(list((publication / ".newsletter").glob("outbox/new/*")))


def comes_due(publication: Path, ago: timedelta = timedelta(seconds=1)) -> None:
    """Pretend that what is scheduled was due so long ago."""
    moment = datetime.now(UTC) - ago
    values = {"not_before": moment, "not_after": moment + timedelta(hours=6)}
    database = publication / ".newsletter" / "newsletter.db"
    with Store.open(database) as store, store.write() as connection:
        connection.execute(update(campaigns).values(values))


def test_a_timed_send_says_when_and_is_sent_when_due(
    newsletter: Newsletter, subscribed: Path
) -> None:
    settings = subscribed / "newsletter.yaml"
    settings.write_text(settings.read_text() + "\ntimezone: Europe/Berlin\n")

    said = newsletter("send", ISSUE, "--at", "in 2h", "--yes")

    assert (said.code, sent(subscribed)) == (0, 0)
    assert "Europe/Berlin = " in said.out
    assert "is scheduled" in said.out
    assert "scheduled" in newsletter("status").out
    assert newsletter("resume", "--yes").out == "nothing is left to send\n"
    comes_due(subscribed)
    due = newsletter("send", "--due")
    assert (due.code, sent(subscribed)) == (0, 3)
    assert newsletter("send", "--due").out == "nothing is due\n"


def test_what_is_due_and_not_sent_is_told(
    newsletter: Newsletter, subscribed: Path
) -> None:
    newsletter("send", ISSUE, "--at", "in 2h", "--yes")
    comes_due(subscribed, ago=timedelta(hours=9))
    late = newsletter("send", "--due")
    assert (late.code, sent(subscribed)) == (130, 0)
    assert f"{ISSUE}: paused: its time passed 9 hours ago" in late.out
    assert "newsletter resume" in late.err
    newsletter("cancel", ISSUE, "--yes")

    newsletter("send", ISSUE, "--at", "in 2h", "--yes")
    comes_due(subscribed)
    for name in "abc":
        newsletter("subscribers", "remove", f"{name}@example.com")
    nobody = newsletter("send", "--due")

    assert (nobody.code, sent(subscribed)) == (0, 0)
    assert f"{ISSUE}: cancelled: Nobody is left" in nobody.out
    assert newsletter("send", "--due").out == "nothing is due\n"


def test_a_scheduled_send_asks_and_can_be_taken_back(
    newsletter: Newsletter, subscribed: Path
) -> None:
    assert newsletter("send", ISSUE, "--at", "in 2h").code == 2

    assert newsletter("send", ISSUE, "--at", "in 2h", "--yes").code == 0
    assert newsletter("cancel", ISSUE).code == 0

    assert "cancelled" in newsletter("status").out
    assert newsletter("send", ISSUE, "--yes").code == 0
    assert sent(subscribed) == 3


@pytest.mark.parametrize(
    "options",
    [
        ["--at", "soon"],
        ["--at", "2020-01-01 9:00"],
        ["--spread", "soon"],
        ["--spread", "3h", "--per-hour", "10"],
        ["--per-hour", "0"],
        ["--test", "nobody"],
        ["--due"],
        ["--test", "me@example.com", "--dry-run"],
        ["--test", "me@example.com", "--at", "in 2h"],
    ],
)
def test_what_makes_no_sense_sends_nothing(
    newsletter: Newsletter, subscribed: Path, options: list[str]
) -> None:
    ended = newsletter("send", ISSUE, "--yes", *options)

    assert (ended.code, sent(subscribed)) == (2, 0)
    assert ended.err


@pytest.mark.parametrize(
    "option", [["--dry-run"], ["--per-hour", "5"], ["--new-only"], ["--at", "in 2h"]]
)
def test_what_is_due_is_sent_as_it_was_scheduled_or_not_at_all(
    newsletter: Newsletter, subscribed: Path, option: list[str]
) -> None:
    assert newsletter("send", ISSUE, "--at", "in 2h", "--yes").code == 0
    comes_due(subscribed)

    assert newsletter("send", "--due", *option).code == 2

    assert sent(subscribed) == 0


def test_the_price_is_told_before(newsletter: Newsletter, subscribed: Path) -> None:
    settings = subscribed / "newsletter.yaml"
    price = "\nproviders:\n  outbox:\n    price_per_thousand: 1000\n"
    settings.write_text(settings.read_text() + price)

    assert "that is 3.00" in newsletter("send", ISSUE, "--dry-run").out
    listed = newsletter("send", ISSUE, "--dry-run", "--json")
    assert json.loads(listed.out)["cost"] == 3.0


def test_the_pace_is_told_before(newsletter: Newsletter, subscribed: Path) -> None:
    said = newsletter("send", ISSUE, "--per-hour", "100", "--dry-run")
    spread = newsletter("send", ISSUE, "--spread", "90m", "--dry-run", "--json")

    assert "at most 100 an hour" in said.out
    assert json.loads(spread.out)["spread_seconds"] == 5400
    assert (
        "spread over 1 h 30 min"
        in newsletter("send", ISSUE, "--spread", "90m", "--dry-run").out
    )


def test_a_test_is_marked_and_counts_for_nobody(
    newsletter: Newsletter, subscribed: Path
) -> None:
    ended = newsletter(
        "send", ISSUE, "--test", "me@example.com", "--test", "a@example.com"
    )

    assert ended.code == 0
    assert "me@example.com: accepted by outbox" in ended.out
    assert sent(subscribed) == 2
    assert newsletter("status").out == "nothing was sent yet\n"
    listed = newsletter("send", ISSUE, "--test", "me@example.com", "--json")
    assert json.loads(listed.out)[0]["state"] == "accepted"


def test_a_test_that_fails_says_so(newsletter: Newsletter, subscribed: Path) -> None:
    (subscribed / ".newsletter/outbox").write_text("in the way")

    ended = newsletter("send", ISSUE, "--test", "me@example.com")

    assert ended.code == 5
    assert "cannot be written" in ended.err


def test_an_approval_is_asked_for_and_given(
    newsletter: Newsletter, subscribed: Path
) -> None:
    settings = subscribed / "newsletter.yaml"
    settings.write_text(settings.read_text() + "\nrequire_approval: true\n")
    refused = newsletter("send", ISSUE, "--yes")
    assert (refused.code, sent(subscribed)) == (7, 0)
    assert "newsletter approve" in refused.err

    given = newsletter("approve", ISSUE)
    again = json.loads(newsletter("approve", ISSUE, "--json").out)

    assert given.code == 0
    assert again["email_hash"][:12] in given.out
    assert newsletter("send", ISSUE, "--yes").code == 0
    assert sent(subscribed) == 3
    assert newsletter("approve").code == 2


def test_a_report_tells_the_whole(newsletter: Newsletter, subscribed: Path) -> None:
    assert newsletter("report", ISSUE).code == 7
    newsletter("send", ISSUE, "--yes")

    said = newsletter("report", ISSUE)
    data = json.loads(newsletter("report", ISSUE, "--json").out)

    assert "1 call from" in said.out
    assert "accepted" in said.out
    assert (data[0]["calls"], data[0]["deliveries"]["accepted"]) == (1, 3)
    assert newsletter("report").code == 2


@pytest.mark.parametrize(
    "command",
    [
        ["pause", ISSUE],
        ["cancel", ISSUE, "--yes"],
        ["retry", ISSUE, "--rejected"],
        ["resolve", ISSUE, "--assume-sent"],
        ["resolve", ISSUE, "--reconcile"],
    ],
)
def test_there_is_nothing_to_steer_before_a_send(
    newsletter: Newsletter, subscribed: Path, command: list[str]
) -> None:
    ended = newsletter(*command)

    assert ended.code == 7
    assert "was not sent yet" in ended.err or "no delivery" in ended.err


@pytest.mark.parametrize(
    "command",
    [
        ["retry", ISSUE],
        ["resolve", ISSUE],
        ["resolve", ISSUE, "--assume-sent", "--resend"],
        ["pause", "issues/nope.md"],
    ],
)
def test_half_a_decision_is_none(
    newsletter: Newsletter, subscribed: Path, command: list[str]
) -> None:
    assert newsletter(*command).code == 2


def test_a_finished_campaign_cannot_be_steered_any_more(
    newsletter: Newsletter, subscribed: Path
) -> None:
    newsletter("send", ISSUE, "--yes")

    assert newsletter("pause", ISSUE).code == 7
    assert newsletter("cancel", ISSUE, "--yes").code == 7
    assert newsletter("retry", ISSUE, "--rejected").code == 7


def test_watching_ends_when_nothing_is_under_way(
    newsletter: Newsletter, subscribed: Path
) -> None:
    newsletter("send", ISSUE, "--yes")

    ended = newsletter("status", "--watch")

    assert ended.code == 0
    assert "3 of 3" in ended.out
    assert newsletter("status", "--watch", "--json").code == 2


def test_a_worker_sends_what_is_due_until_it_is_told_to_stop(
    newsletter: Newsletter, subscribed: Path
) -> None:
    assert newsletter("send", ISSUE, "--at", "in 2h", "--yes").code == 0
    comes_due(subscribed)
    worker = subprocess.Popen(
        [sys.executable, "-m", "newsletter", "worker", "--every", "1"],
        cwd=subscribed,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert worker.stdout
        lines = [worker.stdout.readline() for _ in range(2)]
        worker.send_signal(signal.SIGTERM)
        rest = worker.communicate(timeout=60)[0]
    finally:
        worker.kill()

    assert "waiting for what is due" in lines[0]
    assert f"{ISSUE}: done, 3 recipients" in lines[1]
    assert (worker.returncode, sent(subscribed)) == (0, 3)
    assert rest.endswith("stopped\n")
