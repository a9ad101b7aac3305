"""The publication as it was at a revision of its git repository."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from newsletter.errors import UsageError

# Set where git runs us, as in a hook; they would lead it to another index or folder.
_NOT_OURS = frozenset({"GIT_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_WORK_TREE"})


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision: its name as given, its commit, and a folder with its files.

    `root` is the publication's folder; it is gone when the `with` block ends.
    """

    name: str
    commit: str
    root: Path

    @property
    def label(self) -> str:
        """`HEAD~2 (1a2b3c4)`; a hash alone where that was given."""
        short = self.commit[:7]
        return short if self.commit.startswith(self.name) else f"{self.name} ({short})"


@contextmanager
def checked_out(root: Path, name: str) -> Iterator[Revision]:
    """Write the publication in `root` into a folder as it was at revision `name`.

    The repository and its working tree are left alone. Raises UsageError when there is
    no git, no repository, no such revision, or no publication in it.
    """
    prefix = _git(root, "rev-parse", "--show-prefix").rstrip("\n")
    commit = _commit(root, name)
    top = Path(_git(root, "rev-parse", "--show-toplevel").rstrip("\n"))
    with TemporaryDirectory(prefix="newsletter-") as folder:
        home = Path(folder).resolve() / "publication"
        index = Path(folder) / "index"
        # Not `git archive`: it leaves out what a .gitattributes keeps from releases.
        tree = f"{commit}:{prefix}"
        try:
            _git(top, "read-tree", tree, index=index)
        except UsageError:
            raise UsageError(f"{root} was not there in {name}") from None
        _git(top, "checkout-index", "--all", f"--prefix={home}/", index=index)
        yield Revision(name, commit, home)


def name_at(root: Path, revision: Revision, file: str) -> str:
    """The name that `file` (seen from `root`) had at a revision.

    It is the same, unless git sees that the file was renamed since.
    """
    if (revision.root / file).is_file():
        return file
    # The commit comes before `--`, which keeps every name from being an option.
    found = _git(
        root,
        *("diff", "--no-ext-diff", "--no-textconv", "--relative", "-z"),
        *("--name-status", "--find-renames", "--diff-filter=R", revision.commit, "--"),
    ).split("\0")
    renamed = dict(zip(found[2::3], found[1::3], strict=False))
    return renamed.get(file, file)


def _commit(root: Path, name: str) -> str:
    wanted = f"{name}^{{commit}}"
    options = ("--verify", "--quiet", "--end-of-options")
    try:
        return _git(root, "rev-parse", *options, wanted).strip()
    except UsageError:
        raise UsageError(
            f"there is no revision {name}",
            hint="name a commit, a branch or a tag; `git log` lists them",
        ) from None


def _git(root: Path, *arguments: str, index: Path | None = None) -> str:
    """What git answers in `root`; raises UsageError with its words when it refuses."""
    environment = {k: v for k, v in os.environ.items() if k not in _NOT_OURS}
    # No question that nobody sees, and answers whose first word can be relied on.
    environment |= {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
    if index:
        environment["GIT_INDEX_FILE"] = str(index)
    try:
        done = subprocess.run(  # noqa: S603  no shell; revisions cannot be options
            ["git", *arguments],  # noqa: S607  wherever the author has it
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        raise UsageError("there is no git", hint="install it") from None
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().partition("\n")[0]
        if "not a git repository" in reason:
            raise UsageError(
                f"{root} is not kept in git, so there is nothing to compare with",
                hint="run `git init` and commit it, to see what changes from now on; "
                "an issue that was sent is compared with that",
            )
        raise UsageError(f"git: {reason.removeprefix('fatal: ')}")
    return os.fsdecode(done.stdout)
