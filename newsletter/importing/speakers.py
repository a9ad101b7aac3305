"""Finds who is named before a remark: on its line, or on a line of its own."""

import re
from collections.abc import Sequence

from newsletter.importing.lines import Line
from newsletter.importing.panel import Member, Names, is_title

PREFIX = re.compile(r"\**(?P<name>[^:：*]{1,60}?)\**\s*[:：]\**\s*(?P<rest>\S.*)")
"""A name, or any words, before a colon; and a text."""

_ASIDE = re.compile(r"\s*(?:,|\(|\s[–—-]\s)\s*(?P<role>.*?)\)?\Z")
# As chats have it beside a name: `2:31 PM`, `(14:31)`, `Nov 3, 2025 at 2:31 PM`.
_TIME = re.compile(
    r"(?P<name>.*?)[\s,·•|(\[–—-]*(?:\b[^\W\d]{3,9}\.? \d{1,2}(?:, \d{4})?,?(?: at)? )?"
    r"(?P<time>\d{1,2}[:.]\d\d(?:[:.]\d\d)?\s?(?:[ap]\.?m\.?|uhr|h)?)[)\]]?\s*:?",
    re.IGNORECASE,
)


def speaker(text: str, names: Names) -> tuple[Member, str] | None:
    """Who is named before a remark, and the remark: empty where it is below."""
    if member := names.find(text) or _beside_time(text, names):
        return member, ""
    found = PREFIX.fullmatch(text)
    if not found:
        return None
    name = found["name"].strip()
    member = names.find(name)
    # `Ann, think of the C:` speaks to her; `Ann, Head of Product:` is she.
    if not member and (aside := _ASIDE.search(name)) and is_title(aside["role"]):
        member = names.whole(name[: aside.start()])
    return (member, found["rest"]) if member else None


def times_beside(lines: Sequence[Line], names: Names) -> list[Line]:
    """The lines that are a name and the time at which somebody spoke."""
    return [line for line in lines if _beside_time(line.text, names)]


def _beside_time(text: str, names: Names) -> Member | None:
    found = _TIME.fullmatch(text)
    return names.find(found["name"]) if found else None


def is_named(lines: Sequence[Line], names: Names) -> bool:
    """Whether names stand before the remarks: before the first or most, or alone."""
    who = [speaker(line.text, names) for line in lines]
    alone = sum(1 for found in who if found and not found[1])
    most = sum(map(bool, who)) * 2 >= len(who)
    return bool(who) and (bool(who[0]) or most or alone > 1)
