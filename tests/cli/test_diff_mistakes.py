"""`newsletter diff` where there is nothing to compare with, or nothing that can be."""

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Newsletter
from tests.cli.repository import Repository, a_repository, change

ISSUE = "pull-up-the-second-chair"
FILE = f"issues/2026-11-20-{ISSUE}.md"


@pytest.mark.parametrize(
    ("revision", "message"),
    [
        ("nothing-like-it", "there is no revision nothing-like-it"),
        ("HEAD~99", "there is no revision HEAD~99"),
        (f"HEAD:{FILE}", "there is no revision HEAD:issues"),
        ("first..HEAD", "there is no revision first..HEAD"),
    ],
)
def test_what_is_no_revision_is_refused(
    newsletter: Newsletter, repository: Repository, revision: str, message: str
) -> None:
    ended = newsletter("diff", ISSUE, revision)

    assert ended.code == 2
    assert f"error: {message}" in ended.err
    assert ended.out == ""


@pytest.mark.parametrize("revision", ["--output=x", "-x", "--help"])
def test_a_revision_cannot_be_an_option_of_git(
    newsletter: Newsletter, repository: Repository, revision: str
) -> None:
    ended = newsletter("diff", "--", ISSUE, revision)

    assert ended.code == 2
    assert f"there is no revision {revision}" in ended.err
    assert not (repository.root / "x").exists()


def test_without_a_repository_or_a_commit_there_is_nothing_to_compare_with(
    newsletter: Newsletter, publication: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", os.fspath(publication.parent))
    nowhere = newsletter("diff", ISSUE)
    assert nowhere.code == 2
    assert "publication is not kept in git, so there is nothing to" in nowhere.err
    assert "git:" not in nowhere.err
    assert "git init" in nowhere.err

    Repository(publication).git("init", "--quiet")
    empty = newsletter("diff", ISSUE)
    assert empty.code == 2
    assert "there is no revision HEAD" in empty.err

    monkeypatch.setenv("PATH", os.fspath(publication))
    without = newsletter("diff", ISSUE)
    assert without.code == 2
    assert "error: there is no git" in without.err


def test_a_publication_that_was_not_there_yet(
    newsletter: Newsletter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".gitignore").write_text("publication\n", "utf-8")
    a_repository(tmp_path, monkeypatch)

    ended = newsletter("diff", ISSUE)

    assert ended.code == 2
    assert "was not there in HEAD" in ended.err


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (FILE, "date: 2026", "date: tomorrow #", f"HEAD:{FILE}:5:7: error: "),
        ("newsletter.yaml", "author:", "autor:", "HEAD:newsletter.yaml:4:1: error: "),
    ],
)
def test_a_mistake_of_a_revision_is_named_with_it(
    newsletter: Newsletter,
    repository: Repository,
    file: str,
    old: str,
    new: str,
    message: str,
) -> None:
    change(repository.root / file, (old, new))
    repository.commit()
    change(repository.root / file, (new, old))

    ended = newsletter("diff", ISSUE)

    assert ended.code == 3
    assert message in ended.err


def test_a_mistake_in_a_template_of_a_revision_is_named_with_it(
    newsletter: Newsletter, repository: Repository
) -> None:
    folder = repository.root / "templates/email"
    folder.mkdir(parents=True)
    (folder / "reply.html").write_text("{{ nothing }}", "utf-8")
    repository.commit()
    (folder / "reply.html").write_text("<p>answer</p>", "utf-8")

    ended = newsletter("diff", ISSUE)

    assert ended.code == 3
    assert "error: HEAD:templates/email/reply.html:1: " in ended.err
