"""What README and docs say can be done, can be done."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Newsletter
from tests.cli.conftest import newsletter as newsletter
from tests.conftest import ROOT

PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md")])


def readme_commands() -> list[list[str]]:
    """The `newsletter …` lines of the README, without their comments."""
    lines = (ROOT / "README.md").read_text().splitlines()
    return [
        shlex.split(line.partition(" #")[0])[1:]
        for line in lines
        if line.startswith("newsletter ")
    ]


def fill_in(home: Path) -> None:
    """Do what an author does between `new` and `check`: write, and say it is ready."""
    for path in home.glob("issues/*.md"):
        body = "hello there, this is what became of it.\n\n" * 10
        path.write_text(f"---\ntitle: {path.stem}\n---\n\n{body}", "utf-8")
    table = home / "issues" / "roundtables" / "a-quiet-hire.md"
    shutil.copy(ROOT / "issues" / "roundtables" / "the-honest-i-dont-know.md", table)
    settings = home / "newsletter.yaml"
    text = settings.read_text("utf-8").replace("Your Town", "Bath BA1 1AA")
    settings.write_text(text, "utf-8")


def test_the_commands_of_the_readme_run_in_an_empty_folder(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    home = tmp_path / "fresh"
    home.mkdir()
    (home / "people.csv").write_text("email\nana@example.com\n")
    commands = readme_commands()
    assert len(commands) >= 8

    for command in commands:
        if command == ["check"]:
            fill_in(home)
        ended = newsletter(*command, cwd=home)
        assert ended.code == 0, (command, ended.err)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"(?<!!)\[[^\]]+\]\(([^)#: ]+)\)", page.read_text()):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"`make ([a-z-]+)", page.read_text()):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_readme_shows_what_the_demo_prints(newsletter: Newsletter) -> None:
    shown = (ROOT / "README.md").read_text().partition("$ newsletter send")[2]
    block = shown.partition("```")[0]
    newsletter("subscribers", "import", "subscribers.csv")
    newsletter("subscribers", "remove", "john.smith@example.com")
    sent = newsletter("send", "pull-up-the-second-chair", "--yes")
    asked = newsletter("why", "john.smith@example.com")

    printed = [_bare(line) for line in (sent.out + asked.out).splitlines()]
    for line in block.splitlines()[1:]:
        if line and not line.startswith("$"):
            assert _bare(line) in printed


def _bare(line: str) -> str:
    """A line without what differs from day to day, and without its widths."""
    return " ".join(re.sub(r"\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d", "#", line).split())
