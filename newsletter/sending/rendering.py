"""Writes an issue's email as files, through the same functions as a real send."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import mkstemp

from newsletter.content.images import ImageFolder
from newsletter.errors import UsageError
from newsletter.model.email import Email
from newsletter.model.problem import Problem
from newsletter.model.publication import Publication
from newsletter.model.text import printable_ascii
from newsletter.render.merge import BUILT_IN
from newsletter.sending.compose import Composed, compose
from newsletter.sending.sample import sample

RECIPIENT = "you@example.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """What was written, and what an inbox would show."""

    subject: str
    preheader: str
    html_bytes: int
    files: tuple[Path, ...]
    problems: tuple[Problem, ...]


def write_rendering(
    publication: Publication,
    name: str,
    out: Path | None,
    values: Mapping[str, str],
    moment: datetime,
) -> Rendering:
    """Render the issue called `name` into `out`, for a subscriber with `values`.

    Raises UsageError for a value whose name no subscriber has.
    """
    _refuse_unknown(values, publication)
    composed = compose(publication, name, pages=False)
    folder = out or publication.root / ".newsletter" / "render" / composed.issue.slug
    address = values.get("email", RECIPIENT)
    if not printable_ascii(values.get("email", "")):
        raise UsageError("--set email is no address", hint="write ana@example.com")
    made = sample(composed.email, publication, address, values, moment)
    images, email = composed.images, composed.email
    shown = with_local_images(made.html, publication, images, email)
    files = {
        "email.html": made.html.encode(),
        "email.txt": made.text.encode(),
        "email.eml": made.eml,
        "preview.html": shown.encode(),
    }
    return Rendering(
        subject=made.subject,
        preheader=made.preheader,
        html_bytes=len(files["email.html"]),
        files=tuple(_write(folder, files, composed, publication.root)),
        problems=composed.problems,
    )


def _refuse_unknown(values: Mapping[str, str], publication: Publication) -> None:
    known = (*BUILT_IN, *publication.merge_fields)
    for key in values:
        if key not in known:
            raise UsageError(
                f"there is no merge field `{key}`", hint=f"known: {', '.join(known)}"
            )


def with_local_images(
    html: str, publication: Publication, images: ImageFolder, email: Email
) -> str:
    """The HTML to look at here: its images are asked for beside it, in `images/`."""
    for name in images.files:
        html = html.replace(f"{publication.base_url}/images/{name}", f"images/{name}")
    for image in email.inline_images:
        html = html.replace(f"cid:{image.content_id}", f"images/{image.filename}")
    return html


def _write(
    folder: Path, files: Mapping[str, bytes], item: Composed, root: Path
) -> list[Path]:
    """Write the files, each whole or not at all, and the images beside them."""
    _refuse_sources(folder, root)
    images = {f"images/{name}": path for name, path in item.images.files.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if images:
            (folder / "images").mkdir(exist_ok=True)
        everything = {
            **files,
            **{name: path.read_bytes() for name, path in images.items()},
        }
        for name, data in everything.items():
            _replace(folder / name, data)
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be written: {error.strerror}", hint="choose another -o"
        ) from None
    return [folder / name for name in files]


def _refuse_sources(folder: Path, root: Path) -> None:
    """Never write among an author's own files."""
    real, home = folder.resolve(), root.resolve()
    sources = (home / "issues", home / "templates")
    if real == home or any(real.is_relative_to(each) for each in sources):
        raise UsageError(
            f"{folder} holds the publication itself", hint="choose another -o"
        )


def _replace(path: Path, data: bytes) -> None:
    """Put a whole file in place; a new temporary file follows nobody's link."""
    descriptor, temporary = mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
