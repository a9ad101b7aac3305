"""Reads JSON that others wrote: what is absent, or of another kind, is empty."""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from newsletter.errors import ProviderRefused
from newsletter.model.text import clean_line

_LONGEST = 500
"""Characters that are kept of a provider's text: it is shown to people."""


def inside(data: Any, *path: str) -> Any:
    """What stands at a path of keys; None where there is nothing."""
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def text_at(data: Any, *path: str) -> str:
    """The text at a path of keys, as one line; a number as text."""
    found = inside(data, *path)
    if isinstance(found, int | float) and not isinstance(found, bool):
        return str(found)
    return clean_line(found)[:_LONGEST] if isinstance(found, str) else ""


def texts_at(data: Any, *path: str) -> list[str]:
    """The texts in the list at a path of keys, each as `text_at` has it."""
    found = inside(data, *path)
    return (
        [text_at({"": each}, "") for each in found] if isinstance(found, list) else []
    )


def moment_at(data: Any, *path: str) -> datetime | None:
    """The moment at a path of keys: seconds since 1970, or a date of ISO 8601."""
    text = text_at(data, *path)
    with suppress(ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(float(text), UTC)
    with suppress(ValueError):
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def webhook_json(body: bytes) -> Any:
    """The JSON of a webhook; raises ProviderRefused for anything else."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise ProviderRefused("the event is no JSON") from None


def webhook_object(body: bytes) -> Mapping[str, Any]:
    """The JSON object of a webhook; raises ProviderRefused for anything else."""
    found = webhook_json(body)
    if not isinstance(found, dict):
        raise ProviderRefused("the event is no JSON object")
    return found
