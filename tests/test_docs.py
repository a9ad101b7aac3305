"""What README and docs say can be done, can be done."""

import re
import shlex
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


def test_the_commands_of_the_readme_run_in_an_empty_folder(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    home = tmp_path / "fresh"
    home.mkdir()
    (home / "people.csv").write_text("email\nana@example.com\n")
    commands = readme_commands()
    assert len(commands) >= 8

    for command in commands:
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
