"""Splits a Markdown file into its YAML front matter and its body."""

import re
from dataclasses import dataclass

from newsletter.config.located_yaml import Document, read_yaml
from newsletter.errors import SourceError
from newsletter.model.problem import Problem

_FENCE = re.compile(r"---[ \t]*\Z")
_END = re.compile(r"(---|\.\.\.)[ \t]*\Z")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file taken apart; `body_line` is the 1-based line the body starts on."""

    document: Document
    body: str
    body_line: int


def split(text: str, *, file: str) -> SourceFile:
    """Take a file apart at its `---` lines.

    The closing `---` counts at the start of a line only, so one inside a value or the
    body does no harm. Raises SourceError for a file without (closed) front matter.
    """
    lines = text.split("\n")
    if not text.strip():
        raise _refuse(file, "the file is empty", "start with `---`, `title: …`, `---`")
    if not _FENCE.match(lines[0]):
        raise _no_front_matter(file, lines[0])
    for index, line in enumerate(lines[1:], 1):
        if _END.match(line):
            document = read_yaml(
                "\n".join(lines[1:index]) + "\n", file=file, first_line=2
            )
            return SourceFile(document, "\n".join(lines[index + 1 :]), index + 2)
    raise _refuse(
        file, "the front matter is not closed", "add a line `---` after its last key"
    )


def _no_front_matter(file: str, first: str) -> SourceError:
    if first.startswith("+++"):
        return _refuse(
            file, "the front matter is TOML (`+++`)", "write it as YAML between `---`"
        )
    if first.lstrip().startswith("{"):
        return _refuse(
            file, "the front matter is JSON", "write it as YAML between `---`"
        )
    if first.startswith("---"):
        return _refuse(file, "text after the opening `---`", "put it on a line below")
    return _refuse(
        file, "no front matter", "the first line must be `---`, then `title: …`, `---`"
    )


def _refuse(file: str, message: str, hint: str) -> SourceError:
    return SourceError(
        [
            Problem(
                code="front-matter",
                message=message,
                hint=hint,
                file=file,
                line=1,
                column=1,
            )
        ]
    )
