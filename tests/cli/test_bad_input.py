"""Bad input gives a clear error with its own exit code, and loses nothing."""

import os
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Newsletter

ISSUE = "pull-up-the-second-chair"


def write(publication: Path, text: str | bytes, name: str = "2026-12-04-x.md") -> Path:
    path = publication / "issues" / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "issues/2026-12-04-x.md:1:1: error: the file is empty"),
        ("hello", "issues/2026-12-04-x.md:1:1: error: no front matter"),
        ("---\ntitle: x\n", ":1:1: error: the front matter is not closed"),
        ("---\n\ttitle: x\n---\n", ":2:1: error: a tab"),
        ("---\ntitle: x\ndate: 2026-02-30\n---\nhi", ":3:7: error: `date`"),
        ("---\ndate: 2026-02-03\n---\nhi", "error: `title` is missing"),
        (f"---\ntitle: {'x' * 300}\n---\nhi", ":2:8: error: 300 characters"),
        ('---\ntitle: "a\\r\\nBcc: b"\n---\nhi', ":2:8: error: a carriage return"),
        ('---\ntitle: "a\\0b"\n---\nhi', ":2:8: error: a NUL"),
        (
            '---\ntitle: "a\\u2028b"\n---\nhi',
            ":2:8: error: the control character U+2028",
        ),
        ("---\ntitle: x\nroundtable: nope\n---\nhi", ":3:1: error: there is no"),
        ("---\ntitle: x\nslug: ../x\n---\nhi", ":3:7: error: `../x` cannot be a slug"),
        (b"---\ntitle: caf\xe9\n---\nhi", ":2:11: error: byte 0xe9 is not UTF-8"),
        (
            "---\ntitle: x\n---\n![a](../../etc/passwd)",
            ":4:1: error: `../../etc/passwd`",
        ),
    ],
)
def test_a_bad_file_is_told_with_its_place(
    newsletter: Newsletter, publication: Path, text: str | bytes, says: str
) -> None:
    write(publication, text)

    for command in (["check", "x"], ["send", "x", "--yes"]):
        ended = newsletter(*command)
        assert ended.code in (3, 4)
        assert says in ended.err
    assert not (publication / ".newsletter" / "outbox").exists()


def test_the_build_stops_for_a_bad_file_and_leaves_the_site_alone(
    newsletter: Newsletter, publication: Path
) -> None:
    newsletter("--now", "2026-12-31", "build")
    before = sorted((publication / "site").rglob("*"))
    write(publication, "---\ntitle: x\n")

    ended = newsletter("--now", "2026-12-31", "build")

    assert ended.code == 3
    assert "not closed" in ended.err
    assert sorted((publication / "site").rglob("*")) == before


def test_two_issues_with_one_slug_are_told(
    newsletter: Newsletter, publication: Path
) -> None:
    write(publication, "---\ntitle: x\n---\nhi")
    write(publication, "---\ntitle: x\n---\nhi", "2026-12-05-x.md")

    ended = newsletter("check")

    assert ended.code == 3
    assert "the slug `x` is also that of issues/2026-12-04-x.md" in ended.err


def test_a_huge_file_is_refused_at_once(
    newsletter: Newsletter, publication: Path
) -> None:
    path = write(publication, "---\n")
    os.truncate(path, 50_000_000)

    ended = newsletter("check", "x")

    assert ended.code == 3
    assert "has 50,000,000 bytes" in ended.err


def test_an_image_that_leads_out_by_a_symlink_is_refused(
    newsletter: Newsletter, publication: Path
) -> None:
    (publication / "issues" / "images" / "leak.jpg").symlink_to("/etc/passwd")
    write(publication, "---\ntitle: x\n---\n![a](images/leak.jpg)")

    ended = newsletter("check", "x")

    assert ended.code == 4
    assert "`images/leak.jpg` leads out of the publication" in ended.err


def test_an_unknown_issue_is_told_with_a_suggestion(newsletter: Newsletter) -> None:
    ended = newsletter("render", "pull-up-the-second-hair")

    assert ended.code == 2
    assert "did you mean pull-up-the-second-chair?" in ended.err


def test_a_csv_without_addresses_is_told(
    newsletter: Newsletter, publication: Path
) -> None:
    (publication / "x.csv").write_text("name,town\nAna,Leeds\n")

    ended = newsletter("subscribers", "import", "x.csv")

    assert ended.code == 3
    assert "x.csv:1" in ended.err


def test_one_address_in_different_case_is_one_person(
    newsletter: Newsletter, publication: Path
) -> None:
    (publication / "x.csv").write_text("email\nAna@Example.com\nana@example.COM\n")

    ended = newsletter("subscribers", "import", "x.csv")

    assert ended.code == 0
    assert "x.csv:3: skipped" in ended.out
    assert "1 added" in ended.out


def test_no_publication_is_told_with_the_way_to_start_one(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    ended = newsletter("check", cwd=elsewhere)

    assert ended.code == 2
    assert "newsletter init" in ended.err


def test_a_mistake_in_newsletter_yaml_is_told_with_its_place(
    newsletter: Newsletter, publication: Path
) -> None:
    path = publication / "newsletter.yaml"
    path.write_text(path.read_text().replace("language: en", "langauge: en"))

    ended = newsletter("check")

    assert ended.code == 3
    assert "newsletter.yaml:5:1: error: unknown key `langauge`" in ended.err
    assert "did you mean `language`?" in ended.err


def database(publication: Path) -> Path:
    return publication / ".newsletter" / "newsletter.db"


def test_a_corrupt_database_is_told(newsletter: Newsletter, publication: Path) -> None:
    database(publication).parent.mkdir()
    database(publication).write_bytes(b"this is no database" * 1000)

    ended = newsletter("status")

    assert ended.code == 6
    assert "newsletter.db" in ended.err
    assert database(publication).read_bytes().startswith(b"this is no database")


def test_a_locked_database_is_told(newsletter: Newsletter, publication: Path) -> None:
    newsletter("subscribers", "add", "a@example.com")
    holder = sqlite3.connect(database(publication), isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")

    ended = newsletter("subscribers", "add", "b@example.com")

    holder.close()
    assert ended.code == 6
    assert "locked" in ended.err or "busy" in ended.err


def test_a_database_of_a_newer_version_is_told(
    newsletter: Newsletter, publication: Path
) -> None:
    newsletter("subscribers", "add", "a@example.com")
    with sqlite3.connect(database(publication)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    ended = newsletter("status")

    assert ended.code == 6
    assert "newer" in ended.err


def test_a_second_sender_is_refused_while_one_is_at_work(
    newsletter: Newsletter, publication: Path
) -> None:
    from newsletter.sending.lock import sender_lock

    newsletter("subscribers", "add", "a@example.com")
    with sender_lock(database(publication)):
        ended = newsletter("send", ISSUE)

    assert ended.code == 7
    assert f"process {os.getpid()}" in ended.err


def test_a_broken_template_is_told_with_its_line(
    newsletter: Newsletter, publication: Path
) -> None:
    folder = publication / "templates" / "email"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "reply.html").write_text("<p>\n{{ nobody.knows }}</p>")

    ended = newsletter("render", ISSUE)

    assert ended.code == 3
    assert "templates/email/reply.html:2: 'nobody' is undefined" in ended.err


def test_control_characters_of_a_name_never_reach_the_terminal(
    newsletter: Newsletter,
) -> None:
    newsletter("subscribers", "add", "a@example.com", "--name", "x\x1b[31mred")

    listed = newsletter("subscribers", "list")

    assert "\x1b" not in listed.out
