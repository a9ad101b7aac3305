"""What a hostile or careless user tried first: each was a fault once."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Newsletter, environment
from tests.cli.test_resume import planned as planned
from tests.cli.test_resume import sent

ISSUE = "pull-up-the-second-chair"
FILE = f"issues/2026-11-20-{ISSUE}.md"


def listed(newsletter: Newsletter) -> dict[str, str]:
    """Status of each subscriber by address."""
    people = json.loads(newsletter("subscribers", "list", "--json").out)
    return {person["address"]: person["status"] for person in people}


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("unsubscribed", "true"),
        ("opted_out", "yes"),
        ("Opt-Out", "1"),
        ("do_not_email", "x"),
        ("deleted_at", "2026-01-01"),
        ("is_active", "false"),
        ("marketing_consent", "no"),
        ("Email Opt In", "false"),
        ("subscriber_type", "unsubscribed"),
        ("Email permission status", "unsubscribed"),
        ("Unsubscribe Date", "2026-01-01"),
        ("complained_at", "2026-01-01"),
    ],
)
def test_who_left_in_another_tool_is_not_mailed(
    newsletter: Newsletter, publication: Path, header: str, cell: str
) -> None:
    (publication / "x.csv").write_text(f"email,{header}\nx@example.com,{cell}\n")

    newsletter("subscribers", "import", "x.csv")

    counted = newsletter("send", ISSUE, "--dry-run", "--json")
    assert json.loads(counted.out)["recipients"] == 0


@pytest.mark.parametrize("header", ["confirmed", "optin", "subscribtion", "bounces"])
def test_a_column_that_may_tell_who_left_is_refused(
    newsletter: Newsletter, publication: Path, header: str
) -> None:
    (publication / "x.csv").write_text(f"email,{header}\nx@example.com,false\n")

    ended = newsletter("subscribers", "import", "x.csv")

    assert ended.code == 3 or header == "subscribtion"
    if ended.code == 3:
        assert "may tell who must not be mailed" in ended.err
        assert listed(newsletter) == {}


@pytest.mark.parametrize("cell", ["0000-00-00 00:00:00", "false", "0", "-", ""])
def test_a_blank_time_of_leaving_loses_nobody(
    newsletter: Newsletter, publication: Path, cell: str
) -> None:
    text = f"email,unsubscribed_at\nx@example.com,{cell}\n"
    (publication / "x.csv").write_text(text)

    newsletter("subscribers", "import", "x.csv")

    assert listed(newsletter) == {"x@example.com": "active"}


def test_a_broken_row_of_somebody_who_left_still_counts(
    newsletter: Newsletter, publication: Path
) -> None:
    newsletter("subscribers", "add", "z@example.com")
    text = "email,first_name,status\nz@example.com,Smith, Zed,unsubscribed\n"
    (publication / "x.csv").write_text(text)

    newsletter("subscribers", "import", "x.csv")

    assert listed(newsletter) == {"z@example.com": "unsubscribed"}


def test_a_moved_outbox_stops_a_resume(
    newsletter: Newsletter, planned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_OUTBOX", str(planned / "other"))

    ended = newsletter("resume", "--yes")

    assert ended.code == 7
    assert not (planned / "other").exists()


@pytest.mark.parametrize("mark", [":2,S", "!2,S", ";2,S"])
def test_what_a_mail_program_moved_is_not_written_again(
    newsletter: Newsletter, planned: Path, mark: str
) -> None:
    newsletter("resume", "--yes")
    box = planned / ".newsletter" / "outbox"
    for path in (box / "new").iterdir():
        path.rename(box / "cur" / (path.name + mark))
    store = planned / ".newsletter" / "newsletter.db"
    subprocess.run(
        [
            sys.executable,
            "-c",
            "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]);"
            "c.execute(\"UPDATE batches SET state='in_flight', lease_until='2000'\");"
            "c.execute(\"UPDATE deliveries SET state='pending'\");"
            "c.execute(\"UPDATE campaigns SET state='sending'\"); c.commit()",
            str(store),
        ],
        check=True,
    )

    assert newsletter("resume", "--yes").code == 0
    assert sent(planned) == 0


def test_a_renamed_issue_is_not_sent_again(
    newsletter: Newsletter, publication: Path
) -> None:
    newsletter("subscribers", "add", "a@example.com")
    newsletter("send", ISSUE, "--yes")
    (publication / FILE).rename(publication / "issues" / "2026-11-20-renamed.md")

    ended = newsletter("send", "renamed", "--yes")

    assert (ended.code, sent(publication)) == (7, 1)
    assert f"`slug: {ISSUE}`" in ended.err


@pytest.mark.parametrize(
    "target", [".newsletter/newsletter.db", "newsletter.yaml", FILE]
)
def test_an_export_never_replaces_another_file(
    newsletter: Newsletter, publication: Path, target: str
) -> None:
    newsletter("subscribers", "add", "a@example.com")
    before = (publication / target).read_bytes()

    assert newsletter("subscribers", "export", target).code == 2
    assert (publication / target).read_bytes()[:100] == before[:100]


@pytest.mark.parametrize("folder", [".", "issues", "templates", "issues/images"])
def test_a_rendering_is_never_written_among_the_sources(
    newsletter: Newsletter, publication: Path, folder: str
) -> None:
    ended = newsletter("render", ISSUE, "-o", folder)

    assert ended.code == 2
    assert not (publication / folder / "email.html").exists()


def test_a_rendering_follows_no_link_of_another(
    newsletter: Newsletter, publication: Path
) -> None:
    out = publication / "out"
    out.mkdir()
    (out / "email.html").symlink_to(publication / "newsletter.yaml")
    before = (publication / "newsletter.yaml").read_text()

    assert newsletter("render", ISSUE, "-o", "out").code == 0
    assert (publication / "newsletter.yaml").read_text() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["--now", "9999-12-31T23:59:59-23:59", "render", ISSUE],
        ["render", ISSUE, "--set", "email=a\r\nBcc: x@y"],
        ["render", ISSUE, "--set", "email=zoë@é.example"],
        ["-C", "nope", "status"],
        ["-C", "newsletter.yaml", "status"],
        ["status", "typo"],
        ["resume", "typo"],
        ["status", "\udcff"],
    ],
)
def test_a_mistake_in_the_arguments_is_told(
    newsletter: Newsletter, arguments: list[str]
) -> None:
    assert newsletter(*arguments).code == 2


@pytest.mark.parametrize(
    "store",
    [
        "postgresql://host:abc/db",
        "postgresql://[::1/db",
        "postgresql://u@127.0.0.1:1/db?foo=bar",
        f"sqlite:///{'a' * 300}.db",
    ],
)
def test_a_mistake_in_the_store_url_is_told(
    newsletter: Newsletter, monkeypatch: pytest.MonkeyPatch, store: str
) -> None:
    monkeypatch.setenv("NEWSLETTER_STORE", store)

    assert newsletter("status").code == 6


def test_a_driver_in_the_store_url_changes_neither_place_nor_lock(
    newsletter: Newsletter, publication: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_STORE", "sqlite+pysqlite:///q.db")

    newsletter("status", cwd=publication / "issues")

    assert (publication / "q.db").exists()
    assert not (publication / "issues" / "q.db").exists()


@pytest.mark.parametrize("redirection", [">&-", "2>&-", ">&- 2>&-"])
def test_a_command_works_without_anybody_listening(
    publication: Path, redirection: str
) -> None:
    command = f"{sys.executable} -m newsletter check {redirection}"

    done = subprocess.run(
        ["sh", "-c", command], cwd=publication, env=environment(), check=False
    )

    assert done.returncode == 0


def test_a_locale_without_accents_garbles_no_name(
    newsletter: Newsletter, publication: Path
) -> None:
    newsletter("subscribers", "add", "a@example.com")
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-m", "newsletter"]

    shown = subprocess.run(
        [*command, "send", ISSUE, "--dry-run"],
        cwd=publication,
        env=environment() | plain,
        capture_output=True,
        text=True,
        check=False,
    )
    added = subprocess.run(
        [*command, "subscribers", "add", "z@example.com", "--name", "Zoë"],
        cwd=publication,
        env=environment() | plain,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "Traceback" not in shown.stderr + added.stderr
    assert shown.returncode == 0
    assert added.returncode == 2
