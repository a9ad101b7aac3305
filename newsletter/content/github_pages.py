"""Writes the workflow that publishes the archive on GitHub Pages."""

import json
import os
from pathlib import Path

from newsletter.config.home import DEFAULT_TEMPLATES
from newsletter.errors import UsageError

WORKFLOW = ".github/workflows/publish.yml"


def write_workflow(root: Path) -> Path | None:
    """Write the workflow for the publication in `root`; None where there is one.

    GitHub looks for it at the top of the repository only: it is written there, also for
    a publication in a folder of one. Raises UsageError where it cannot be written.
    """
    top = _repository(root)
    folder = root.resolve().relative_to(top).as_posix()
    source = (DEFAULT_TEMPLATES / "start" / "publish.yml").read_text(encoding="utf-8")
    text = source.replace("THE_FOLDER", json.dumps(folder))
    text = text.replace("THE_SITE", json.dumps((Path(folder) / "site").as_posix()))
    path = top / WORKFLOW
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except OSError as error:
        if os.path.lexists(path):
            return None
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def _repository(root: Path) -> Path:
    """The top of the git repository that a folder is in; the folder, where in none."""
    real = root.resolve()
    # In a work tree of git's own making `.git` is a file.
    return next((top for top in (real, *real.parents) if (top / ".git").exists()), real)
