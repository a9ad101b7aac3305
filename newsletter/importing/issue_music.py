"""Reads the music pick of a pasted issue: its address, title, artist, a line on it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from newsletter.importing.lines import Line
from newsletter.importing.quoting import fits
from newsletter.importing.shape import is_headlike, without_pictures

_URL = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?')\]]")
# Addresses as people type them, of services that play music.
_BARE = re.compile(
    r"(?:(?:www|m|open|music|listen)\.)?(?:spotify|apple|youtube|soundcloud|tidal|deezer)"
    r"\.com/\S+|youtu\.be/\S+|[\w-]+\.bandcamp\.com(?:/\S*)?",
    re.IGNORECASE,
)
# `“Heroes” – David Bowie`: only the quotes tell which of the two is the song.
_TITLED = re.compile(
    r"[\"“„«](?P<title>[^\"”“»«]+)[\"”“»]\s*(?:,\s*)?(?:by\s|von\s|par\s|de\s|[–—-]\s)\s*"
    r"(?P<artist>\S.*)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Pick:
    """A music pick; `more` are the lines that have no place in its box."""

    url: str = ""
    title: str = ""
    artist: str = ""
    note: str = ""
    more: list[Line] = field(default_factory=list)


def read_pick(lines: Sequence[Line]) -> Pick:
    """The pick that lines below the music's head are; without an address no pick."""
    at, url = next(
        ((at, url) for at, line in enumerate(lines) if (url := _address(line.text))),
        (-1, ""),
    )
    if not url:
        return Pick(more=list(lines))
    about = [_without(line, url) for line in lines]
    ends = _about_ends(about[: at + 1])
    kept = [line for line in about[:ends] if line.text]
    more = [line for line in about[ends:] if line.text]
    if not kept and more and fits(more[0].text):
        kept, more = more[:1], more[1:]
    pick = Pick(url, note=" · ".join(line.text for line in kept), more=more)
    found = _TITLED.fullmatch(without_pictures(pick.note))
    if found and is_headlike(found["artist"]):
        pick.title, pick.artist, pick.note = found["title"], found["artist"], ""
    return pick


def _address(text: str) -> str:
    if found := _URL.search(text):
        return found.group()
    return f"https://{text}" if _BARE.fullmatch(text) else ""


def _without(line: Line, url: str) -> Line:
    """A line without the address at its end."""
    if _address(line.text) != url:
        return line
    bare = line.text.removesuffix(")").removesuffix(">").removesuffix(url)
    if not bare.startswith("http") and len(bare) == len(line.text):
        bare = "" if _BARE.fullmatch(line.text) else bare
    return Line(line.number, bare.rstrip(" <:–—-·|("))


def _about_ends(lines: Sequence[Line]) -> int:
    """How many lines above the address make one: the first, and short ones below it."""
    if not lines or not fits(lines[0].text):
        return 0
    end = 1
    while (
        end < len(lines)
        and is_headlike(lines[0].text)
        and (not lines[end].text or is_headlike(lines[end].text))
        and fits(" · ".join(line.text for line in lines[: end + 1]))
    ):
        end += 1
    return end
