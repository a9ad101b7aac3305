"""Writes what was read of a pasted issue as an issue file."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from newsletter.importing.blocks import Block, Kind, as_markdown, make_blocks
from newsletter.importing.lines import Line
from newsletter.importing.quoting import fits, yaml_block, yaml_line
from newsletter.importing.told import Note, shown

_URL = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?')\]]")


@dataclass(slots=True)
class Parts:
    """The parts of an issue as the page has them.

    `music_head` is the head over `music` as it was pasted, empty where there is none.
    """

    title: str = ""
    deck: str = ""
    author: str = ""
    day: date | None = None
    opinion: str = ""
    body: list[Line] = field(default_factory=list)
    tldr: list[Line] = field(default_factory=list)
    music: list[Line] = field(default_factory=list)
    music_head: str = ""
    unplaced: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class Composed:
    """The text of a file, and the blocks that its body is made of."""

    text: str
    blocks: list[Block]


def compose(parts: Parts, notes: list[Note]) -> Composed:
    """The text of the file, a draft; what was only guessed is told."""
    blocks = make_blocks(parts.body, notes)
    address, note, more = _music(parts)
    if parts.music_head and not address:
        blocks += _music_in_the_text(parts, more, notes)
    elif more:
        what = f"{shown(more[0].text)} is more than a line about the music"
        notes.append(Note(more[0].number, what, "kept as the text's last words"))
        blocks += make_blocks(more, notes)
    if parts.unplaced:
        blocks.append(Block(Kind.HEAD, ["TODO: not placed"]))
        blocks += make_blocks(parts.unplaced, notes)
    tldr = as_markdown(make_blocks(parts.tldr, notes))
    front = "\n".join(_front_matter(parts, tldr, address, note))
    return Composed(f"---\n{front}\n---\n\n{as_markdown(blocks)}\n", blocks)


def _front_matter(parts: Parts, tldr: str, address: str, note: str) -> Iterator[str]:
    lines = {
        "title": parts.title,
        "description": parts.deck,
        "author": parts.author,
        "my_2_cents": parts.opinion,
    }
    yield from (f"{key}: {yaml_line(value)}" for key, value in lines.items() if value)
    yield "status: draft"
    yield f"date: {parts.day}"
    if tldr:
        yield f"tldr: {yaml_block(tldr, '  ')}"
    if address:
        yield "music:"
        yield f"  url: {yaml_line(address)}"
        if note:
            yield f"  note: {yaml_line(note)}"


def _music(parts: Parts) -> tuple[str, str, list[Line]]:
    """The address of the pick, the line about it, and what is more than that."""
    found = [_URL.search(line.text) for line in parts.music]
    address = next((match.group() for match in found if match), "")
    if not address:
        return "", "", parts.music
    more = [line for line in parts.music if line.url != address]
    note = more[0].text if more and fits(more[0].text) else ""
    return address, note, more[1:] if note else more


def _music_in_the_text(
    parts: Parts, more: Sequence[Line], notes: list[Note]
) -> list[Block]:
    """A pick without an address has no box: it is the last part of the text."""
    head = Block(Kind.HEAD, [parts.music_head.rstrip(":：")])
    if not more:
        notes.append(Note(0, f"{shown(parts.music_head)} has no pick", "kept the head"))
        return [head]
    what = f"{shown(more[0].text)} has no web address with it"
    did = "kept as the last part of the text; `music:` with its `url` makes a box of it"
    notes.append(Note(more[0].number, what, did))
    return [head, *make_blocks(more, notes)]
