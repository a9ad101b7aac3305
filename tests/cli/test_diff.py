"""`newsletter diff`: what readers would see change, and since when."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.cli.conftest import Newsletter
from tests.cli.repository import Repository, a_repository, change

ISSUE = "pull-up-the-second-chair"
FILE = f"issues/2026-11-20-{ISSUE}.md"


def data(newsletter: Newsletter, *arguments: str) -> dict[str, Any]:
    """What `newsletter diff --json` says."""
    ended = newsletter("diff", ISSUE, *arguments, "--json")
    assert ended.code == 0, ended.err
    found: dict[str, Any] = json.loads(ended.out)
    return found


def test_nothing_has_changed(newsletter: Newsletter, repository: Repository) -> None:
    head = repository.git("rev-parse", "--short=7", "HEAD").strip()

    ended = newsletter("diff", ISSUE, "--exit-code")

    expected = f"{ISSUE}: readers would see no change since HEAD ({head})\n"
    assert (ended.code, ended.out, ended.err) == (0, expected, "")
    assert data(newsletter)["same"] is True


def test_words_links_images_and_lines_that_changed(
    newsletter: Newsletter, repository: Repository
) -> None:
    change(
        repository.root / FILE,
        ('title: "pull up the second chair"', 'title: "pull up two chairs"'),
        ("guess who gets the folding thing.", "guess who.\n\nyes, them."),
        ("talent.example.com/slots", "talent.example.com/calendar"),
        ("the folding-chair checklist](", "the checklist]("),
        ("images/two-chairs.jpg", "images/two-paths.jpg"),
        ("4. who'll be a little disappointed if i turn out to be good at this?\n", ""),
    )

    out = newsletter("diff", ISSUE).out

    assert "subject    pull up [-the second chair-] {+two chairs+}\n" in out
    assert "\n    guess who [-gets the folding thing.-]" not in out
    assert "\n    {+yes, them.+}\n" in out
    assert "\n  hiring managers\n    … " in out
    assert (
        "\n    … on your loop? start with the [-folding-chair-] checklist, or bring me "
        "the invite …\n" in out
    )
    assert "\n  candidates\n    [-- who’ll be a little disappointed" in out
    assert (
        "\n  ~ grab a slot → [-https://talent.example.com/slots-] "
        "{+https://talent.example.com/calendar+}\n" in out
    )
    assert "\n  ~ [-the folding-chair checklist-] {+the checklist+} → https://" in out
    assert "two-chairs-" in out.partition("\nimages\n")[2]
    assert "preheader" not in out


def test_a_program_is_told_the_same(
    newsletter: Newsletter, repository: Repository
) -> None:
    change(
        repository.root / FILE,
        ("guess who gets the folding thing.", "guess who gets the wedding."),
        (
            "**[grab a slot](https://talent.example.com/slots)**",
            "[a](https://b.example)",
        ),
        ('preheader: "', 'preheader: "really '),
    )

    found = data(newsletter)

    assert found["issue"] == ISSUE
    assert found["since"]["kind"] == "revision"
    assert found["since"]["name"] == "HEAD"
    assert found["since"]["commit"] == repository.git("rev-parse", "HEAD").strip()
    assert found["same"] is False
    assert found["preheader"]["after"] == "really " + found["preheader"]["before"]
    assert found["subject"]["before"] == found["subject"]["after"]
    assert found["html_bytes"]["before"] != found["html_bytes"]["after"]
    [paragraph] = [
        each["pieces"]
        for each in found["words"]["paragraphs"]
        if each["pieces"][0]["text"] == "guess who gets the"
    ]
    assert paragraph[1:] == [
        {"op": "removed", "text": "folding thing."},
        {"op": "added", "text": "wedding."},
    ]
    assert found["words"]["added"] == 1
    assert found["words"]["removed"] == 4
    assert found["links"] == {
        "added": [{"text": "a", "target": "https://b.example"}],
        "removed": [
            {"text": "grab a slot", "target": "https://talent.example.com/slots"}
        ],
        "changed": [],
    }
    shown = newsletter("diff", ISSUE).out
    assert "  - [-grab a slot → https://talent.example.com/slots-]\n" in shown
    assert "  + {+a → https://b.example+}\n" in shown


def test_everything_is_of_the_revision(
    newsletter: Newsletter, repository: Repository
) -> None:
    home = repository.root
    change(home / "newsletter.yaml", ("mo from the second chair", "mo ellery"))
    change(
        home / "issues/roundtables/the-launch-she-stopped.md",
        ("Director of Engineering", "VP of Engineering"),
    )
    (home / "templates/email").mkdir(parents=True)
    (home / "templates/email/reply.html").write_text("<p>please answer</p>", "utf-8")
    Image.new("RGB", (900, 600), "red").save(home / "issues/images/two-chairs.jpg")

    found = data(newsletter)
    repository.commit()

    assert found["sender"]["before"].startswith("mo from the second chair <")
    assert found["sender"]["after"].startswith("mo ellery <")
    texts = [
        piece["text"]
        for paragraph in found["words"]["paragraphs"]
        for piece in paragraph["pieces"]
        if piece["op"] != "same"
    ]
    assert {"Director", "VP", "please answer"} <= set(texts)
    [(before, after)] = [tuple(pair.values()) for pair in found["images"]["changed"]]
    assert before["text"] == after["text"]
    assert before["target"] != after["target"]
    assert data(newsletter)["same"] is True
    assert data(newsletter, "first")["sender"] == found["sender"]
    assert data(newsletter, "HEAD~1")["images"] == found["images"]


def test_a_change_of_look_alone_is_told(
    newsletter: Newsletter, repository: Repository
) -> None:
    change(
        repository.root / FILE, ("*smart, but a bit stiff*", "smart, but a bit stiff")
    )

    ended = newsletter("diff", ISSUE, "--exit-code")

    assert ended.code == 1
    assert "\nwords      the same; the HTML differs\n" in ended.out


def test_a_change_of_the_plain_text_alone_is_told(
    newsletter: Newsletter, repository: Repository
) -> None:
    from newsletter.config.home import DEFAULT_TEMPLATES

    folder = repository.root / "templates/email"
    folder.mkdir(parents=True)
    shutil.copy(DEFAULT_TEMPLATES / "email/plain.txt", folder)
    with (folder / "plain.txt").open("a", encoding="utf-8") as file:
        file.write("\nbye\n")

    assert (
        "words      the same; the plain text differs\n" in newsletter("diff", ISSUE).out
    )


def test_a_change_of_the_subject_alone_is_told(
    newsletter: Newsletter, repository: Repository
) -> None:
    change(repository.root / FILE, ("---\ntitle", "---\nsubject: chairs\ntitle"))

    out = newsletter("diff", ISSUE).out
    assert "subject    [-pull up the second chair-] {+chairs+}\n" in out
    assert out.endswith("(+0 bytes)\nwords      the same\n")


def test_what_was_sent_is_what_is_compared_with(
    newsletter: Newsletter, repository: Repository
) -> None:
    newsletter("subscribers", "import", "subscribers.csv")
    assert newsletter("send", ISSUE, "--yes").code == 0
    assert ": readers would see no change since it was sent to `all` on 20" in (
        newsletter("diff", ISSUE).out
    )
    change(repository.root / FILE, ("the folding thing", "the wedding chair"))
    repository.commit()

    sent, head = data(newsletter), data(newsletter, "HEAD")

    assert sent["since"]["kind"] == "sent"
    assert sent["since"]["segment"] == "all"
    assert sent["words"]["added"] == 2
    assert head["since"]["kind"] == "revision"
    assert head["same"] is True


def test_the_last_of_several_sends_is_what_counts(
    newsletter: Newsletter, repository: Repository
) -> None:
    newsletter("subscribers", "import", "subscribers.csv")
    newsletter("send", ISSUE, "--yes")
    change(repository.root / FILE, ("the folding thing", "the wedding chair"))
    newsletter("subscribers", "add", "late@example.com")
    assert newsletter("send", ISSUE, "--new-only", "--yes").code == 0

    found = data(newsletter)

    assert found["same"] is True
    assert found["since"]["part"] == 2


def test_an_issue_that_was_not_sent_is_compared_with_its_revision(
    newsletter: Newsletter, repository: Repository
) -> None:
    newsletter("subscribers", "import", "subscribers.csv")

    assert data(newsletter)["since"]["kind"] == "revision"


def test_to_look_makes_no_database(
    newsletter: Newsletter, repository: Repository
) -> None:
    assert newsletter("diff", ISSUE).code == 0

    assert not (repository.root / ".newsletter/newsletter.db").exists()


def test_an_issue_is_found_under_the_name_it_had(
    newsletter: Newsletter, repository: Repository
) -> None:
    renamed = "issues/2026-11-27-two-chairs.md"
    repository.git("mv", FILE, renamed)

    found = json.loads(newsletter("diff", renamed, "--json").out)

    assert found["since"]["file"] == FILE
    assert found["words"]["added"] < 10


def test_an_issue_is_found_by_its_slug_when_git_knows_of_no_rename(
    newsletter: Newsletter, repository: Repository
) -> None:
    moved = repository.root / f"issues/2026-11-27-{ISSUE}.md"
    (repository.root / FILE).rename(moved)

    assert data(newsletter)["since"]["file"] == FILE


def test_all_of_a_new_issue_is_new(
    newsletter: Newsletter, repository: Repository
) -> None:
    new = repository.root / "issues/2026-11-27-new.md"
    new.write_text(
        "---\ntitle: a new one\n---\n\nits words\n\n![](images/two-paths.jpg)", "utf-8"
    )

    ended = newsletter("diff", "new")

    assert ", where it did not exist\n" in ended.out
    assert "subject    {+a new one+}\n" in ended.out
    assert "    {+its words+}\n" in ended.out
    assert "images\n  + {+https://letter.example.com/images/two-paths-" in ended.out
    assert "[-" not in ended.out


def test_the_same_input_gives_the_same_bytes_and_nothing_is_touched(
    newsletter: Newsletter, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(repository.root / FILE, ("the folding thing", "the wedding chair"))
    before = repository.git("status", "--porcelain")

    first = newsletter("--now", "2026-11-20", "diff", ISSUE)
    monkeypatch.setenv("COLUMNS", "40")
    second = newsletter("--now", "2026-11-20", "diff", ISSUE)

    assert first == second
    assert repository.git("status", "--porcelain") == before


def test_a_publication_may_be_a_part_of_a_repository_and_git_may_be_its_caller(
    newsletter: Newsletter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attributes = tmp_path / ".gitattributes"
    attributes.write_text("* export-ignore\n", "utf-8")
    a_repository(tmp_path, monkeypatch)
    change(tmp_path / "publication" / FILE, ("the folding thing", "a chair"))
    # As in a hook.
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", os.fspath(tmp_path / ".git/index"))

    found = data(newsletter)

    assert found["words"]["added"] == 2
    assert found["since"]["file"] == FILE


def test_control_characters_of_a_text_do_not_reach_the_terminal(
    newsletter: Newsletter, repository: Repository
) -> None:
    change(
        repository.root / FILE,
        ("guess who gets", "guess &#27;[31m&#155;31m &#8238; who gets"),
        ('images/two-chairs.jpg "', 'images/two-chairs.jpg "&#27;]0;x&#7;'),
        ("[grab a slot]", "[gr&#27;[2Jab]"),
    )

    out = newsletter("diff", ISSUE).out

    assert "guess {+\\x1b[31m\\x9b31m \\x202e+} who gets" in out
    assert [c for c in out if not c.isprintable() and c != "\n"] == []


def test_lines_go_on_below_their_beginning_in_a_terminal(
    newsletter: Newsletter, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(repository.root / FILE, ("grab a slot](", "grab one of my slots]("))
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")

    lines = [line.rstrip() for line in newsletter("diff", ISSUE).out.splitlines()]

    start = lines.index("links") + 1
    assert lines[start].startswith("  ~ ")
    assert all(line.startswith("    ") for line in lines[start + 1 :])
    assert any("\x1b[32m{+one of my slots" in line for line in lines)
