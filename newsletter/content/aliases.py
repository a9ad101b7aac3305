"""Keys that authors know from other tools, read as ours.

From the front matter of Hugo, Jekyll, Buttondown and Ghost.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from newsletter.config.located_yaml import Document, Path
from newsletter.config.validate import did_you_mean
from newsletter.model.problem import Problem

ISSUE_ALIASES: Mapping[str, str] = {
    "preview_text": "preheader",
    "preview": "preheader",
    "summary": "description",
    "excerpt": "description",
    "custom_excerpt": "description",
    "subtitle": "description",
    "deck": "description",
    "publishDate": "publish_date",
    "published_at": "publish_date",
    "send_at": "publish_date",
    "feature_image": "image",
    "tag": "tags",
    "category": "tags",
    "categories": "tags",
    "audience": "segment",
    "email_segment": "segment",
    "issue": "number",
    "permalink": "slug",
}

ROUNDTABLE_ALIASES: Mapping[str, str] = {
    "interview": "title",
    "video_url": "interview_url",
    "topic": "discussing",
    "experts": "panel",
    "tag": "tags",
    "category": "competency",
}


def apply_aliases(document: Document, aliases: Mapping[str, str]) -> list[Problem]:
    """Rename the document's aliases in place; name those given beside the real key."""
    problems = []
    for alias, key in aliases.items():
        if alias not in document.data:
            continue
        if key in document.data:
            problems.append(
                _problem(
                    document,
                    alias,
                    f"`{alias}` means `{key}`, which is given too",
                    "keep one",
                )
            )
            del document.data[alias]
            continue
        _rename(document, alias, key)
    return problems


DRAFT: Mapping[str, bool] = {"draft": True, "published": False}
"""The keys of Hugo and Jekyll, and the value that makes an issue a draft."""


def apply_draft(document: Document) -> list[Problem]:
    """Read `draft: true` and `published: false` as a status.

    What cannot be read so is named: an issue that is meant as a draft must not be sent.
    """
    problems = []
    for key, hidden in DRAFT.items():
        value = document.data.pop(key, None)
        if value is hidden:
            status = document.data.setdefault("status", "draft")
            if status != "draft":
                message = f"`{key}` makes it a draft, but `status` says otherwise"
                problems.append(_problem(document, key, message, "keep one"))
        elif not isinstance(value, bool | None):
            message = f"`{key}` must be true or false"
            hint = f"write `{key}: {str(hidden).lower()}` for a draft"
            problems.append(_problem(document, key, message, hint))
    return problems


def refuse_draft(document: Document) -> list[Problem]:
    """A roundtable has no status; say how it is kept back instead."""
    problems = apply_draft(document)
    if document.data.pop("status", None) == "draft":
        key = next(key for key in ("status", *DRAFT) if (key,) in document.keys)
        message = "a roundtable cannot be a draft"
        hint = "give it a `date` to come, or start the name of its file with `_`"
        problems.append(_problem(document, key, message, hint))
    return problems


def take_extra(
    document: Document, known: Iterable[str], others: Iterable[str]
) -> tuple[dict[str, Any], list[Problem]]:
    """Take the keys we do not know out of the document.

    One that looks like a misspelt key of ours, or of `others` that are read as ours, is
    a problem; any other is the author's own and is kept.
    """
    names = set(known)
    spellings = names | set(others)
    extra: dict[str, Any] = {}
    problems = []
    for key in [key for key in document.data if key not in names]:
        extra[key] = document.data.pop(key)
        hint = _misspelt(key, spellings)
        if hint:
            problems.append(_problem(document, key, f"unknown key `{key}`", hint))
    return extra, problems


def _misspelt(key: str, spellings: Iterable[str]) -> str:
    """A hint for letters swapped, missed or doubled; own keys need more distance."""
    swapped = [word for word in spellings if sorted(word) == sorted(key.casefold())]
    return did_you_mean(key, swapped or spellings, cutoff=0.0 if swapped else 0.8)


def _rename(document: Document, old: str, new: str) -> None:
    document.data[new] = document.data.pop(old)
    for places in (document.keys, document.values, document.scalars):
        _move(places, old, new)


def _move(places: dict[Path, Any], old: str, new: str) -> None:
    for path in [path for path in places if path[0] == old]:
        places[(new, *path[1:])] = places.pop(path)


def _problem(document: Document, key: str, message: str, hint: str) -> Problem:
    place = document.key_place((key,))
    return Problem(
        code="unknown-key" if message.startswith("unknown") else "front-matter",
        message=message,
        hint=hint,
        file=document.file,
        line=place.line,
        column=place.column,
    )
