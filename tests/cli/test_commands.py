"""Every command in the sample publication: what it prints, and how it ends."""

import email
import email.policy
import json
from pathlib import Path

from tests.cli.conftest import Newsletter

ISSUE = "pull-up-the-second-chair"
FIRST = "ana@example.com"


def test_the_whole_job_runs_from_import_to_why(
    newsletter: Newsletter, publication: Path
) -> None:
    imported = newsletter("subscribers", "import", "subscribers.csv")
    assert (imported.code, "25 added" in imported.out) == (0, True)
    removed = newsletter("subscribers", "remove", "john.smith@example.com")
    assert "suppressed" in removed.out

    sent = newsletter("send", ISSUE, "--yes")

    assert sent.code == 0
    assert "24" in sent.out
    assert "suppressed: unsubscribe" in sent.out
    outbox = publication / ".newsletter" / "outbox" / "new"
    messages = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.SMTP)
        for path in outbox.iterdir()
    ]
    recipients = {str(message["To"]).lower() for message in messages}
    assert len(messages) == len(recipients) == 24
    assert "john.smith@example.com" not in recipients
    accepted = newsletter("why", FIRST)
    assert (accepted.code, "accepted" in accepted.out) == (0, True)
    suppressed = newsletter("why", "john.smith@example.com")
    assert (suppressed.code, "skipped, suppressed" in suppressed.out) == (0, True)
    unknown = newsletter("why", "stranger@example.com")
    assert (unknown.code, "unknown" in unknown.out) == (1, True)


def test_a_second_send_refuses_with_a_way_on(newsletter: Newsletter) -> None:
    newsletter("subscribers", "add", "a@example.com")
    newsletter("send", ISSUE, "--yes")

    again = newsletter("send", ISSUE, "--yes")

    assert again.code == 7
    assert "was sent to `all`" in again.err
    assert f"newsletter send {ISSUE} --new-only" in again.err


def test_new_only_reaches_who_joined_since(
    newsletter: Newsletter, publication: Path
) -> None:
    newsletter("subscribers", "add", "a@example.com")
    newsletter("send", ISSUE, "--yes")
    newsletter("subscribers", "add", "b@example.com")

    sent = newsletter("send", ISSUE, "--new-only", "--yes")

    assert sent.code == 0
    outbox = publication / ".newsletter" / "outbox" / "new"
    assert len(list(outbox.iterdir())) == 2
    assert "already has this issue" in sent.out


def test_nothing_is_sent_to_many_without_a_yes(
    newsletter: Newsletter, publication: Path
) -> None:
    newsletter("subscribers", "import", "subscribers.csv")

    asked = newsletter("send", ISSUE)

    assert asked.code == 2
    assert "25 subscribers" in asked.out
    assert "--yes" in asked.err
    assert not (publication / ".newsletter" / "outbox").exists()
    assert "nothing was sent yet" in newsletter("status").out


def test_one_person_needs_no_yes(newsletter: Newsletter) -> None:
    newsletter("subscribers", "add", "a@example.com")

    assert newsletter("send", ISSUE).code == 0


def test_a_dry_run_counts_and_changes_nothing(newsletter: Newsletter) -> None:
    newsletter("subscribers", "import", "subscribers.csv")

    counted = newsletter("send", ISSUE, "--dry-run", "--json")

    assert json.loads(counted.out) == {
        "issue": ISSUE,
        "segment": "all",
        "provider": "outbox",
        "at": None,
        "per_hour": None,
        "spread_seconds": None,
        "cost": None,
        "least_seconds": 0.0,
        "recipients": 25,
        "skipped": {},
    }
    assert json.loads(newsletter("status", "--json").out) == []


def test_resume_with_nothing_left_says_so(newsletter: Newsletter) -> None:
    assert newsletter("resume").out == "nothing is left to send\n"


def test_status_as_json_has_every_state(newsletter: Newsletter) -> None:
    newsletter("subscribers", "add", "a@example.com")
    newsletter("send", ISSUE)

    (report,) = json.loads(newsletter("status", "--json").out)

    assert report["issue"] == ISSUE
    assert report["state"] == "done"
    assert report["deliveries"]["accepted"] == 1
    assert report["deliveries"]["uncertain"] == 0


def test_check_finds_nothing_wrong_with_the_samples(newsletter: Newsletter) -> None:
    checked = newsletter("check")

    assert checked.code == 0
    assert "checked 4 issues and 2 roundtables: 0 errors" in checked.out


def test_check_ends_with_4_for_an_error_and_says_where(
    newsletter: Newsletter, publication: Path
) -> None:
    path = publication / "issues" / "2026-12-04-bad.md"
    path.write_text("---\ntitle: a bad one\n---\n\nhi {{ frist_name }}\n")

    checked = newsletter("check", "bad")

    assert checked.code == 4
    assert "issues/2026-12-04-bad.md:5:4: error: unknown merge field" in checked.err
    assert "did you mean `first_name`?" in checked.err


def test_render_writes_the_very_message(
    newsletter: Newsletter, publication: Path, tmp_path: Path
) -> None:
    out = tmp_path / "rendered"

    rendered = newsletter("render", ISSUE, "-o", str(out), "--set", "first_name=Zoë")

    assert rendered.code == 0
    assert "subject    pull up the second chair" in rendered.out
    message = email.message_from_bytes(
        (out / "email.eml").read_bytes(), policy=email.policy.SMTP
    )
    html = message.get_body(("html",))
    assert html is not None
    written = (out / "email.html").read_text()
    assert html.get_content().replace("\r\n", "\n").rstrip("\n") == written.rstrip("\n")
    assert "hello Zoë," in written
    assert (
        "https://letter.example.com/images/" not in (out / "preview.html").read_text()
    )


def test_render_with_a_fixed_time_can_be_repeated(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        newsletter(
            "--now", "2026-11-20T09:00", "render", ISSUE, "-o", str(tmp_path / name)
        )

    first, second = (tmp_path / name / "email.eml" for name in ("one", "two"))
    assert first.read_bytes() == second.read_bytes()
    assert b"Date: Fri, 20 Nov 2026 09:00:00 +0000" in first.read_bytes()


def test_build_leaves_out_what_is_later_than_now(
    newsletter: Newsletter, publication: Path
) -> None:
    built = newsletter("--now", "2026-11-14", "build")

    assert built.code == 0
    assert not (publication / "site" / ISSUE).exists()
    assert (publication / "site" / "fourteen-bullets" / "index.html").exists()


def test_init_new_check_and_build_work_in_an_empty_folder(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    home = tmp_path / "fresh"
    home.mkdir()

    started = newsletter("init", cwd=home)
    assert (started.code, "base_url is a guess" in started.out) == (0, True)
    assert newsletter("check", cwd=home).code == 0
    made = newsletter("--now", "2026-11-20", "new", "who's on first?", cwd=home)
    table = newsletter("new", "the quiet hire", "--roundtable", cwd=home)
    assert made.out.splitlines() == [
        f"wrote {home}/issues/2026-11-20-who-s-on-first.md",
        "it is a draft: set `status: ready` when it may be published and sent",
    ]
    assert table.out.splitlines()[1:] == [
        "`build` publishes it: begin its name with `_` while nobody is to see it"
    ]
    # Drafts may hold what `new` wrote; a roundtable knows no drafts.
    assert newsletter("check", "who-s-on-first", cwd=home).code == 0
    assert newsletter("check", "the-quiet-hire", cwd=home).code == 4
    assert newsletter("build", cwd=home).code == 0
    assert not (home / "site" / "who-s-on-first").exists()
    assert newsletter("init", cwd=home).out.startswith("everything is there already")


def test_an_export_can_be_imported_again(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    newsletter("subscribers", "import", "subscribers.csv")
    file = tmp_path / "out.csv"

    assert newsletter("subscribers", "export", str(file)).code == 0
    again = newsletter("subscribers", "import", str(file), "--json")

    report = json.loads(again.out)
    assert report["unchanged"] == report["rows"] == 25


def test_version_and_help_need_no_publication(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    assert newsletter("--version", cwd=tmp_path).out.startswith("newsletter 0.")
    assert "Commands:" in newsletter("--help", cwd=tmp_path).out
