"""The front matter of an issue as a form: changes the text, never the file.

What a field holds goes into the text that is being written, and is saved with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from newsletter.config.files import display_name
from newsletter.config.located_yaml import Document
from newsletter.content.aliases import ISSUE_ALIASES, apply_aliases, apply_draft
from newsletter.content.front_matter import split
from newsletter.content.front_matter_edit import LEAD, Fields, with_fields
from newsletter.content.issue import parse_issue
from newsletter.content.library import roundtable_files
from newsletter.errors import NewsletterError, SourceError
from newsletter.model.issue import IssueStatus
from newsletter.web.studio.desk import desk_of
from newsletter.web.studio.drafts import Mistake, mistakes_of
from newsletter.web.studio.templates import page
from newsletter.web.studio.texts import file_of, text_form

STATUSES = tuple(IssueStatus)

_LINES = frozenset({"title", "subject", "preheader", "status", "date", "my_2_cents"})
_KEYS = _LINES | {"tldr", "tags"}


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What the form shows: `values` by names such as `title` and `music.url`."""

    values: Mapping[str, str]
    roundtables: tuple[str, ...]
    statuses: tuple[IssueStatus, ...] = STATUSES
    mistakes: tuple[Mistake, ...] = field(default=())

    def __getitem__(self, name: str) -> str:
        """The text of a field; blank where the front matter has no such key."""
        return self.values.get(name, "")


async def show(request: Request) -> Response:
    """The form for the `text` that is sent: the one in the editor, saved or not."""
    form = await text_form(request)
    path, root = file_of(request), desk_of(request).root
    made = await run_in_threadpool(fields_of, form.get("text", ""), path, root)
    return page(request, "fields.html", fields=made)


async def change(request: Request) -> Response:
    """The `text` with the other fields of the form set in its front matter.

    422 with what is wrong where our reader would not take it so; then nothing of it
    is in the text.
    """
    form = await text_form(request)
    path, root = file_of(request), desk_of(request).root
    text = form.get("text", "")
    try:
        made = await run_in_threadpool(_changed, text, wanted(form), path, root)
    except NewsletterError as error:
        told = [_said(each) for each in mistakes_of(error)]
        return JSONResponse({"mistakes": told}, 422)
    return JSONResponse({"text": made})


def fields_of(text: str, path: Path, root: Path) -> FrontMatter:
    """The form for a text; for one that cannot be read, what is wrong with it."""
    known = tuple(file.stem for file in roundtable_files(root))
    try:
        document = split(text, file=display_name(path, root)).document
    except SourceError as error:
        return FrontMatter({}, known, mistakes=tuple(mistakes_of(error)))
    apply_aliases(document, ISSUE_ALIASES)
    apply_draft(document)
    return FrontMatter(dict(_values(document)), known)


def wanted(form: Mapping[str, str]) -> Fields:
    """What a form asks for, as the front matter has it."""
    found: dict[str, Any] = {}
    for name, text in form.items():
        key, _, part = name.partition(".")
        value = text.replace("\r\n", "\n")
        if key in LEAD:
            found.setdefault(key, {})[part] = value.strip()
        elif name == "tags":
            found[name] = [line.strip() for line in value.split("\n") if line.strip()]
        elif name == "tldr":
            found[name] = value.strip() and value.strip("\n").rstrip() + "\n"
        elif name in _LINES:
            found[name] = value.strip()
    for key, lead in LEAD.items():
        below = found.get(key)
        if below and "slug" in below and not below[lead]:
            found[key] = None
    return found


def _changed(text: str, fields: Fields, path: Path, root: Path) -> str:
    """The text with the fields; refused is what makes a mistake that was not there."""
    made = with_fields(text, fields, file=display_name(path, root))
    before = {each.message for each in _mistakes(text, path, root)}
    new = [each for each in _mistakes(made, path, root) if each.message not in before]
    if new:
        raise SourceError(new)
    return made


def _mistakes(text: str, path: Path, root: Path) -> list[Any]:
    try:
        parse_issue(text, path, root)
    except SourceError as error:
        return list(error.problems)
    return []


def _values(document: Document) -> list[tuple[str, str]]:
    found = []
    for key, value in document.data.items():
        if key in LEAD and isinstance(value, dict):
            found += [(f"{key}.{part}", _text(text)) for part, text in value.items()]
        elif key in LEAD:
            found.append((f"{key}.{LEAD[key]}", _text(value)))
        elif isinstance(value, list):
            found.append((key, "\n".join(map(_text, value))))
        elif key in _KEYS:
            written = document.scalars.get((key,), value)
            found.append((key, _text(written).rstrip("\n")))
    return found


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _said(mistake: Mistake) -> str:
    return f"{mistake.message}; {mistake.hint}" if mistake.hint else mistake.message
