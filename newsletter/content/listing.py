"""Which files of a publication are issues and roundtables."""

import os
from collections.abc import Iterator
from pathlib import Path

from newsletter.errors import UsageError

ISSUES = "issues"
ROUNDTABLES = "issues/roundtables"
ENDINGS = (".md", ".markdown")


def texts_in(folder: Path) -> Iterator["os.DirEntry[str]"]:
    """The Markdown files of a folder, in no order; `_x.md` and `.x.md` are notes.

    Raises UsageError for a folder that cannot be read; one that is not there is empty.
    """
    try:
        with os.scandir(folder) as found:
            yield from (item for item in found if _is_text(item.name))
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise UsageError(f"{folder} cannot be read: {error.strerror}") from None


def _is_text(name: str) -> bool:
    return (
        name.lower().endswith(ENDINGS)
        and not name.startswith((".", "_"))
        and name.upper() != "README.MD"
    )
