"""Writes the files that an author starts from; never over one that is there."""

import json
import os
from datetime import date
from pathlib import Path
from string import Template

from newsletter.config.publication import FILE_NAME
from newsletter.config.theme import DEFAULT_TEMPLATES
from newsletter.content.library import ISSUES, ROUNDTABLES
from newsletter.errors import UsageError
from newsletter.model.publication import Publication, Sender
from newsletter.model.text import forbidden_character, slugify

_IGNORED = (".newsletter/", "site/", ".env")


def start_publication(root: Path, name: str, address: str, today: date) -> list[Path]:
    """Make newsletter.yaml, a first issue and .gitignore; returns what was written.

    Raises UsageError for a name or an address that cannot be used.
    """
    _refuse_unusable(name, address)
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
        (root / ISSUES).mkdir(exist_ok=True)
        if not any((root / ISSUES).glob("*.md")):
            path = root / ISSUES / f"{today}-hello.md"
            _write(path, _text("issue.md", _issue("hello, it is friday", today)))
            made.append(path)
        if _ignore(root / ".gitignore"):
            made.append(root / ".gitignore")
    except OSError as error:
        raise _refuse(root, error) from None
    return made


def new_issue(root: Path, title: str, today: date, slug: str = "") -> Path:
    """Write a new issue with its front matter filled in."""
    name = slug or _slug(title)
    path = root / ISSUES / f"{today}-{name}.md"
    return _new(path, _text("issue.md", _issue(title, today)))


def new_roundtable(root: Path, title: str, today: date, slug: str = "") -> Path:
    """Write a new roundtable with its front matter filled in."""
    path = root / ROUNDTABLES / f"{slug or _slug(title)}.md"
    return _new(path, _text("roundtable.md", _issue(title, today)))


def _issue(title: str, today: date) -> dict[str, str]:
    bad = forbidden_character(title)
    if bad:
        raise UsageError(f"{bad} in the title", hint="leave it out")
    return {"title": _quoted(title), "date": today.isoformat()}


def _slug(title: str) -> str:
    slug = slugify(title)
    if not slug:
        raise UsageError(
            f"no slug can be made of {title!r}", hint="give one: --slug my-letter"
        )
    return slug


def _text(name: str, values: dict[str, str]) -> str:
    source = (DEFAULT_TEMPLATES / "start" / name).read_text(encoding="utf-8")
    return Template(source).substitute(values)


def _quoted(text: str) -> str:
    """YAML's double quotes are JSON's, as far as a line of text goes."""
    return json.dumps(text, ensure_ascii=False)


def _new(path: Path, text: str) -> Path:
    if not path.parent.parent.is_dir() or slugify(path.stem) != path.stem:
        raise UsageError(
            f"{path.name} cannot be a file name here",
            hint="use a–z, 0–9 and - for a slug",
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not _write(path, text):
            raise UsageError(
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
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return True


def _ignore(path: Path) -> bool:
    """Keep the store, the site and secrets out of git; True when that changed."""
    present = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    missing = [line for line in _IGNORED if line not in present]
    if not missing:
        return False
    path.write_text("\n".join([*present, *missing]) + "\n", encoding="utf-8")
    return True


def _refuse_unusable(name: str, address: str) -> None:
    try:
        sender = Sender(name=name, address=address)
        Publication.model_validate(
            {"name": name, "base_url": "https://example.com", "from": sender}
        )
    except ValueError as error:
        first = str(error).splitlines()[2].strip().partition(" [type=")[0]
        raise UsageError(first, hint="see newsletter init --help") from None


def _refuse(path: Path, error: OSError) -> UsageError:
    return UsageError(f"{path} cannot be written: {error.strerror}")
