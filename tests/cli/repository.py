"""The sample publication in a git repository of its own, as an author keeps it."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

_SETTINGS = {
    # No setting of who runs the tests, and the same hashes whenever they run.
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "jo",
    "GIT_AUTHOR_EMAIL": "jo@example.com",
    "GIT_AUTHOR_DATE": "2026-11-20T07:00:00+00:00",
    "GIT_COMMITTER_NAME": "jo",
    "GIT_COMMITTER_EMAIL": "jo@example.com",
    "GIT_COMMITTER_DATE": "2026-11-20T07:00:00+00:00",
}


@dataclass(frozen=True)
class Repository:
    """A repository in `root` with everything committed, tagged `first`."""

    root: Path

    def git(self, *arguments: str) -> str:
        """What git says."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def commit(self) -> None:
        """Commit all that there is."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "change")


def a_repository(root: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Make a repository of the folder `root`."""
    for name, value in _SETTINGS.items():
        monkeypatch.setenv(name, value)
    # As `newsletter init` writes it.
    with (root / ".gitignore").open("a", encoding="utf-8") as file:
        file.write(".newsletter/\n")
    made = Repository(root)
    made.git("init", "--quiet", "--initial-branch=main")
    made.commit()
    made.git("tag", "first")
    return made


def change(file: Path, *pairs: tuple[str, str]) -> None:
    """Replace texts of a file; each must be there."""
    text = file.read_text("utf-8")
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    file.write_text(text, "utf-8")
