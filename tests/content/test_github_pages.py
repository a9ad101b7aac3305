"""The workflow that publishes on GitHub Pages: what it says, and what it runs."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from newsletter.content.github_pages import WORKFLOW, write_workflow
from newsletter.errors import UsageError
from tests.cli.conftest import Newsletter
from tests.cli.conftest import newsletter as newsletter

ADDRESS = "https://mo.github.example/letters"


def workflow(top: Path) -> dict[Any, Any]:
    found = yaml.safe_load((top / WORKFLOW).read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def steps(top: Path) -> list[dict[str, Any]]:
    jobs = workflow(top)["jobs"]
    return [*jobs["build"]["steps"], *jobs["deploy"]["steps"]]


def test_what_the_workflow_asks_for(tmp_path: Path) -> None:
    assert write_workflow(tmp_path) == tmp_path.resolve() / WORKFLOW

    found = workflow(tmp_path)
    # Those that actions/deploy-pages needs, and no others.
    assert found["permissions"] == {
        "contents": "read",
        "pages": "write",
        "id-token": "write",
    }
    assert found["concurrency"] == {"group": "pages", "cancel-in-progress": False}
    # YAML 1.1 reads `on` as true.
    assert found[True]["push"] == {"branches": ["main", "master"]}
    used = [step["uses"] for step in steps(tmp_path) if "uses" in step]
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", action) for action in used)
    assert [action.partition("@")[0].partition("/")[2] for action in used] == [
        *("checkout", "setup-python", "configure-pages"),
        *("upload-pages-artifact", "deploy-pages"),
    ]


def test_no_expression_of_github_stands_in_a_command(tmp_path: Path) -> None:
    write_workflow(tmp_path)

    assert not [step for step in steps(tmp_path) if "${{" in step.get("run", "")]


def test_its_commands_publish_a_fresh_publication(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    home = tmp_path / "fresh letter"
    made = newsletter("init", str(home), "--github-pages")
    assert made.code == 0, made.err
    assert f"wrote {home / WORKFLOW}" in made.out
    assert "Settings → Pages" in made.out
    assert workflow(home)["jobs"]["build"]["defaults"]["run"] == {
        "working-directory": "."
    }

    for step in steps(home):
        if "newsletter " in step.get("run", ""):
            ran = as_github_runs(step, home, tmp_path)
            assert ran.returncode == 0, ran.stderr

    upload = next(step for step in steps(home) if "upload" in step.get("uses", ""))
    site = home / upload["with"]["path"]
    assert ADDRESS in (site / "index.html").read_text("utf-8")


def as_github_runs(
    step: dict[str, Any], home: Path, scratch: Path
) -> subprocess.CompletedProcess[str]:
    """Run a step's command by its shell, with what the step before would tell it."""
    command = scratch / "bin" / "newsletter"
    command.parent.mkdir(exist_ok=True)
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m newsletter "$@"\n')
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    given = dict.fromkeys(step.get("env", {}), ADDRESS)
    path = f"{command.parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-e", "-c", step["run"]],
        cwd=home,
        env=os.environ | given | {"PATH": path, "GITHUB_ACTIONS": "true"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_workflow_that_is_there_is_left(
    newsletter: Newsletter, publication: Path
) -> None:
    (publication / WORKFLOW).parent.mkdir(parents=True)
    (publication / WORKFLOW).write_text("mine")

    made = newsletter("init", "--github-pages")

    assert made.code == 0
    assert f"{WORKFLOW} is there already" in made.out
    assert (publication / WORKFLOW).read_text() == "mine"


def test_in_a_folder_of_a_repository_it_stands_at_the_top(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    home = tmp_path / 'news: "a" #1'
    home.mkdir()

    assert write_workflow(home) == tmp_path.resolve() / WORKFLOW
    build = workflow(tmp_path)["jobs"]["build"]
    assert build["defaults"]["run"]["working-directory"] == 'news: "a" #1'
    assert build["steps"][-1]["with"]["path"] == 'news: "a" #1/site'


@pytest.mark.parametrize("in_the_way", [".github", ".github/workflows"])
def test_a_file_in_the_way_is_named(tmp_path: Path, in_the_way: str) -> None:
    (tmp_path / in_the_way).parent.mkdir(exist_ok=True)
    (tmp_path / in_the_way).write_text("a file")

    with pytest.raises(UsageError, match="cannot be written"):
        write_workflow(tmp_path)
