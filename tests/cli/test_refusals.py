"""What a send would refuse is refused before the question, and in a dry run."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from newsletter.cli.output import warn
from tests.cli.conftest import Newsletter, environment

ISSUE = "pull-up-the-second-chair"


@pytest.fixture
def strict(newsletter: Newsletter, publication: Path) -> Newsletter:
    """The command line where approvals are asked for, with two subscribers."""
    settings = publication / "newsletter.yaml"
    settings.write_text(settings.read_text() + "\nrequire_approval: true\n")
    for name in "ab":
        assert newsletter("subscribers", "add", f"{name}@example.com").code == 0
    return newsletter


@pytest.mark.parametrize(
    "options", [["--dry-run"], ["--dry-run", "--json"], [], ["--at", "in 2h"]]
)
def test_an_approval_is_missed_before_the_question_and_in_a_dry_run(
    strict: Newsletter, options: list[str]
) -> None:
    # Nobody is there to confirm, which would be told next.
    refused = strict("send", ISSUE, *options)
    assert refused.code == 7
    assert "was not approved for `all`" in refused.err
    assert "sending" not in refused.out

    strict("approve", ISSUE)

    assert strict("send", ISSUE, "--dry-run").code == 0


def test_images_that_the_provider_does_not_take_are_refused_in_a_dry_run(
    newsletter: Newsletter, publication: Path
) -> None:
    settings = publication / "newsletter.yaml"
    settings.write_text(settings.read_text() + "\nimages: cid\n")
    (publication / ".env").write_text("RESEND_API_KEY=re_of_nobody\n")
    newsletter("subscribers", "add", "a@example.com")

    refused = newsletter("send", ISSUE, "--provider", "resend", "--dry-run")

    assert refused.code == 7
    assert "takes no images inside of messages" in refused.err


def test_that_nobody_is_left_is_told_before_the_bar(newsletter: Newsletter) -> None:
    for options in ([], ["--dry-run"]):
        refused = newsletter("send", ISSUE, "--yes", *options)
        assert refused.code == 7
        assert "0 subscribers in `all`" in refused.out
        assert "sending" not in refused.out
        assert "subscribers import" in refused.err
    newsletter("subscribers", "add", "a@example.com")
    newsletter("send", ISSUE)

    refused = newsletter("send", ISSUE, "--new-only", "--yes")

    assert refused.code == 7
    assert "nobody joined since it was sent" in refused.err
    assert "sending" not in refused.out


def test_somebody_may_join_before_it_is_due(newsletter: Newsletter) -> None:
    assert newsletter("send", ISSUE, "--at", "in 2h", "--yes").code == 0


def test_an_approval_that_nobody_asks_for_says_so(
    newsletter: Newsletter, publication: Path
) -> None:
    assert "this has no effect" in newsletter("approve", ISSUE).out

    settings = publication / "newsletter.yaml"
    settings.write_text(settings.read_text() + "\nrequire_approval: true\n")

    assert "no effect" not in newsletter("approve", ISSUE).out


@pytest.mark.parametrize(
    "name", ["the-launch-she-stopped", "issues/roundtables/the-launch-she-stopped.md"]
)
def test_a_roundtable_is_no_issue_and_is_called_by_its_name(
    newsletter: Newsletter, name: str
) -> None:
    for command in ("render", "send"):
        refused = newsletter(command, name)
        assert refused.code == 2
        assert f"error: {name} is a roundtable, which is not mailed" in refused.err
        assert "`newsletter build` shows it" in refused.err


def test_errors_stand_below_what_was_said_before_them(publication: Path) -> None:
    command = [sys.executable, "-m", "newsletter", "send", ISSUE, "--dry-run"]

    ended = subprocess.run(
        command,
        cwd=publication,
        # Where Python itself would wait for more.
        env={k: v for k, v in environment().items() if k != "PYTHONUNBUFFERED"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )

    assert ended.returncode == 7
    assert ended.stdout.index("0 subscribers in") < ended.stdout.index("error: ")


def test_an_error_is_told_though_nobody_reads_what_was_said_before(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Unread(io.StringIO):
        """The pipe to a program that has gone."""

        def flush(self) -> None:
            """Fail as such a pipe does."""
            raise BrokenPipeError

    monkeypatch.setattr("sys.stdout", Unread())

    warn("the error")

    assert capsys.readouterr().err == "the error\n"


def test_no_command_is_cut_short_in_the_overview(
    newsletter: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    commands = newsletter("--help").out.partition("Commands:")[2]

    assert "..." not in commands
    assert "timezone" in newsletter("send", "--help").out
