"""Writes the files that an author starts from; never over one that is there."""

import json
import os
from datetime import date
from pathlib import Path
from string import Template
from typing import Any

from pydantic import TypeAdapter, ValidationError

from newsletter.config.home import DEFAULT_TEMPLATES, FILE_NAME
from newsletter.content.about import ABOUT_FILE
from newsletter.content.library import RESERVED, issue_files
from newsletter.content.listing import ISSUES, ROUNDTABLES
from newsletter.errors import UsageError
from newsletter.model.publication import Publication
from newsletter.model.text import Line, Slug, forbidden_character, slugify

_IGNORED = (b".newsletter/", b"site/", b".env")


class SlugRefused(UsageError):
    """A new file cannot have that name; another `slug` is wanted."""


def start_publication(root: Path, name: str, address: str, today: date) -> list[Path]:
    """Make newsletter.yaml, about.md, a first issue, .gitignore; tells what was made.

    A publication that is there is given no about.md: its author does without.

    Raises UsageError for a name or an address that cannot be used.
    """
    sender = {"name": name, "address": address}
    _check(Publication, {"name": name, "base_url": "https://a.test", "from": sender})
    values = {
        "name": _quoted(name),
        "address": _quoted(address),
        "domain": address.rpartition("@")[2],
    }
    made = []
    try:
        root.mkdir(parents=True, exist_ok=True)
        if _write(root / FILE_NAME, _text("newsletter.yaml", values)):
            made.append(root / FILE_NAME)
            if _write(root / ABOUT_FILE, _text(ABOUT_FILE, {"address": address})):
                made.append(root / ABOUT_FILE)
        (root / ISSUES).mkdir(exist_ok=True)
        if not issue_files(root):
            path = root / ISSUES / f"{today}-hello.md"
            _write(path, _text("issue.md", _issue("hello, and welcome", today)))
            made.append(path)
        if _ignore(root / ".gitignore"):
            made.append(root / ".gitignore")
    except OSError as error:
        raise _refuse(root, error) from None
    return made


def new_issue(root: Path, title: str, today: date, slug: str = "") -> Path:
    """Write a new issue with its front matter filled in: a draft, seen by nobody."""
    name = slug_for(title, slug)
    if name in RESERVED:
        message = f"the archive itself uses the name `{name}`"
        raise SlugRefused(message, hint="give another: --slug my-letter")
    path = root / ISSUES / f"{today}-{name}.md"
    return _new(path, _text("issue.md", _issue(title, today)))


def new_roundtable(root: Path, title: str, today: date, slug: str = "") -> Path:
    """Write a new roundtable with its front matter filled in."""
    path = root / ROUNDTABLES / f"{slug_for(title, slug)}.md"
    return _new(path, _text("roundtable.md", _issue(title, today)))


def _issue(title: str, today: date) -> dict[str, str]:
    bad = forbidden_character(title)
    if bad or not title.strip():
        message = f"{bad} in the title" if bad else "the title is empty"
        raise UsageError(message, hint="write it as one line")
    return {"title": _quoted(_check(Line, title, "title")), "date": today.isoformat()}


def slug_for(title: str, given: str = "") -> str:
    """The name in addresses: as `given`, else made of the title.

    Raises SlugRefused for one that cannot be a name, or a title without a Latin letter.
    """
    if given:
        return _given(given)
    slug = slugify(title)
    if not slug:
        raise SlugRefused(
            f"no slug can be made of {title!r}", hint="give one: --slug my-letter"
        )
    return slug


def _given(slug: str) -> str:
    try:
        return str(_check(Slug, slug))
    except UsageError as error:
        raise SlugRefused(error.message, hint=error.hint) from None


def _text(name: str, values: dict[str, str]) -> str:
    source = (DEFAULT_TEMPLATES / "start" / name).read_text(encoding="utf-8")
    return Template(source).substitute(values)


def _quoted(text: str) -> str:
    """YAML's double quotes are JSON's, as far as a line of text goes."""
    return json.dumps(text, ensure_ascii=False)


def _new(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not _write(path, text):
            raise SlugRefused(
                f"{path} is there already", hint="open it, or choose another --slug"
            )
    except OSError as error:
        raise _refuse(path, error) from None
    return path


def _write(path: Path, text: str) -> bool:
    """Write a new file; False when there is one."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        return False
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        # The disk is full: the next attempt would find half a file there already.
        path.unlink(missing_ok=True)
        raise
    return True


def _ignore(path: Path) -> bool:
    """Keep the store, the site and secrets out of git; True when that changed."""
    present = path.read_bytes() if path.exists() else b""
    missing = [line for line in _IGNORED if line not in present.split()]
    if not missing:
        return False
    with path.open("ab") as file:
        if present and not present.endswith(b"\n"):
            file.write(b"\n")
        file.writelines(line + b"\n" for line in missing)
    return True


def _check(kind: Any, value: Any, name: str = "") -> Any:
    """Hold a value of the command line against what our readers take."""
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        first = error.errors()[0]
        where = str(first["loc"][-1]) if first["loc"] else name
        hint = str(first.get("ctx", {}).get("hint", ""))
        message = f"{where}: {first['msg']}" if where else first["msg"]
        raise UsageError(message, hint=hint) from None


def _refuse(path: Path, error: OSError) -> UsageError:
    return UsageError(f"{path} cannot be written: {error.strerror}")
