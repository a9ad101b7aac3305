"""Reads one issue: a Markdown file with front matter."""

import re
from datetime import date
from pathlib import Path
from typing import Any

from newsletter.config.files import display_name, read_text
from newsletter.config.validate import validate
from newsletter.content.aliases import (
    DRAFT,
    ISSUE_ALIASES,
    apply_aliases,
    apply_draft,
    take_extra,
)
from newsletter.content.front_matter import SourceFile, split
from newsletter.errors import SourceError
from newsletter.model.issue import Issue
from newsletter.model.problem import Problem
from newsletter.model.text import slugify

MAX_BYTES = 1024 * 1024
"""An issue of a megabyte of text is a mistake; the mail would be clipped ten times."""

# Set here from the file, never by an author.
_OURS = frozenset(
    {
        "body",
        "body_line",
        "tldr_line",
        "tldr_column",
        "tldr_indent",
        "key_lines",
        "places",
        "source",
        "file",
        "path",
        "extra",
    }
)
KEYS = tuple(name for name in Issue.model_fields if name not in _OURS)
_NAMED = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})-(.+)\Z")


def read_issue(
    path: Path, root: Path, day: date | None = None, unsaved: bytes | None = None
) -> Issue:
    """Read the issue at `path` in the publication at `root`.

    Date and slug may come from the file's name (`2026-11-20-who-done-it.md`); `day` is
    the date of one that needs none, such as a welcome; `unsaved` as in `read_text`.
    Raises SourceError with every mistake of the file, located.
    """
    return parse_issue(read_text(path, root, MAX_BYTES, unsaved), path, root, day)


def parse_issue(text: str, path: Path, root: Path, day: date | None = None) -> Issue:
    """The issue that `text` is, as if it were the file at `path`; see read_issue."""
    file = display_name(path, root)
    source = split(text, file=file)
    document = source.document
    problems = apply_aliases(document, ISSUE_ALIASES)
    problems += apply_draft(document)
    extra, unknown = take_extra(document, KEYS, [*ISSUE_ALIASES, *DRAFT])
    problems += unknown
    _from_file_name(document.data, path.stem)
    if day:
        document.data.setdefault("date", day.isoformat())
    ours = _ours(source, path, file, extra) | _tldr_place(source, text)
    ours["source"] = text
    try:
        issue = validate(Issue, document, extra=ours)
    except SourceError as error:
        problems += [item for item in error.problems if isinstance(item, Problem)]
        issue = None
    if problems or issue is None:
        problems.sort(key=lambda item: (item.line, item.column))
        raise SourceError(problems)
    return issue


def _ours(
    source: SourceFile, path: Path, file: str, extra: dict[str, Any]
) -> dict[str, Any]:
    return {
        "body": source.body,
        "body_line": source.body_line,
        "key_lines": source.document.key_lines(),
        "places": source.document.places(),
        "file": file,
        "path": path,
        "extra": extra,
    }


def _tldr_place(source: SourceFile, text: str) -> dict[str, Any]:
    """Where the TLDR's text starts, and how far its lines are indented."""
    tldr = source.document.values.get(("tldr",))
    if tldr is None:
        return {}
    if ("tldr",) not in source.document.blocks:
        opening = text.split("\n")[tldr.line - 1][tldr.column - 1 : tldr.column]
        column = tldr.column + (opening in ('"', "'"))
        return {"tldr_line": tldr.line, "tldr_column": column}
    # The text of a `|` block starts on the line after its key.
    lines = text.split("\n")[tldr.line :]
    first = next((line for line in lines if line.strip()), "")
    indent = len(first) - len(first.lstrip(" "))
    return {
        "tldr_line": tldr.line + 1,
        "tldr_column": indent + 1,
        "tldr_indent": indent,
    }


def undated(stem: str) -> str:
    """A file's name without the date it may start with."""
    named = _NAMED.match(stem)
    return named.group(4) if named else stem


def set_slug(data: dict[str, Any], slug: str) -> None:
    """Give it the slug; where none could be made, it is missing."""
    data.pop("slug", None)
    if slug:
        data["slug"] = slug


def _from_file_name(data: dict[str, Any], stem: str) -> None:
    """Fill in a date and a slug that the front matter does not give."""
    named = _NAMED.match(stem)
    if named and data.get("date") is None:
        data["date"] = "-".join(named.groups()[:3])
    if data.get("slug") is None:
        slug = slugify(undated(stem)) or slugify(str(data.get("title", "")))
        set_slug(data, slug)
