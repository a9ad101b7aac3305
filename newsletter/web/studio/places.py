"""Leads from a place in a file to the author's own editor."""

import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from newsletter.config.files import inside
from newsletter.errors import UsageError
from newsletter.web.incoming import form
from newsletter.web.studio.desk import Desk, desk_of

_PLACE = re.compile(
    r"(?P<file>[^:]+)(?::(?P<line>\d{1,9}))?(?::(?P<column>\d{1,9}))?\Z"
)
_VS_CODE = "vscode://file{file}:{line}:{column}"

_SOURCES = ("issues", "templates")


@dataclass(frozen=True, slots=True)
class Places:
    """How places are opened; a browser on another machine has no editor of ours."""

    desk: Desk

    @property
    def run(self) -> bool:
        """Whether a program of this machine opens them, which the studio starts."""
        options = self.desk.options
        return bool(options.editor) and "://" not in options.editor and not options.key

    def link(self, place: str) -> str:
        """The address that opens a place in an editor; blank where none does."""
        options = self.desk.options
        if options.key or self.run:
            return ""
        found = _found(self.desk.root, place)
        if found is None:
            return ""
        values = found | {"file": quote(found["file"])}
        return _filled(options.editor or _VS_CODE, values)


async def open_place(request: Request) -> Response:
    """Open `place` in the editor that NEWSLETTER_EDITOR names."""
    place = (await form(request)).get("place", "")
    await run_in_threadpool(_open, desk_of(request), place)
    return Response(status_code=204)


def _open(desk: Desk, place: str) -> None:
    found = _found(desk.root, place)
    if found is None or not Places(desk).run:
        raise UsageError(f"{place} cannot be opened", hint="set NEWSLETTER_EDITOR")
    # Split before it is filled in, so that a file's name is one argument whatever is
    # in it; and no shell reads it.
    parts = [_filled(part, found) for part in shlex.split(desk.options.editor)]
    if "{file}" not in desk.options.editor:
        parts.append(found["file"])
    try:
        process = subprocess.Popen(  # noqa: S603  the author's own command
            parts,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        message = f"{parts[0]} cannot be started: {error.strerror}"
        raise UsageError(message, hint="mend NEWSLETTER_EDITOR") from None
    # Somebody has to hear that it has ended.
    Thread(target=process.wait, daemon=True).start()


def _found(root: Path, place: str) -> dict[str, str] | None:
    """Whole path, line and column of a place in a text of the publication."""
    match = _PLACE.match(place)
    path = inside(root / match["file"], root) if match else None
    if match is None or path is None or not path.is_file():
        return None
    first = path.relative_to(root).parts[0]
    if first not in _SOURCES and path != root / "newsletter.yaml":
        return None
    return {
        "file": str(path),
        "line": match["line"] or "1",
        "column": match["column"] or "1",
    }


def _filled(text: str, values: dict[str, str]) -> str:
    """`{file}`, `{line}` and `{column}` filled in, each once and in one go."""
    return re.sub(r"\{(file|line|column)\}", lambda found: values[found[1]], text)
