"""Writes what was read of a pasted issue as an issue file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from newsletter.importing.blocks import Block, Kind, as_markdown, make_blocks
from newsletter.importing.issue_music import Pick, read_pick
from newsletter.importing.lines import Line
from newsletter.importing.quoting import yaml_block, yaml_line
from newsletter.importing.told import Note, shown
from newsletter.model.imported import NOT_PLACED


@dataclass(slots=True)
class Parts:
    """The parts of an issue as the page has them.

    `music_head` is the head over `music` as it was pasted, empty where there is none.
    """

    title: str = ""
    deck: str = ""
    author: str = ""
    day: date | None = None
    number: int = 0
    tags: tuple[str, ...] = ()
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
    pick = read_pick(parts.music)
    if parts.music_head and not pick.url:
        blocks += _music_in_the_text(parts, pick.more, notes)
    elif pick.more:
        what = f"{shown(pick.more[0].text)} is more than a line about the music"
        notes.append(Note(pick.more[0].number, what, "kept as the text's last words"))
        blocks += make_blocks(pick.more, notes, headless=True)
    if parts.unplaced:
        blocks.append(Block(Kind.HEAD, [NOT_PLACED]))
        blocks += make_blocks(parts.unplaced, notes)
    tldr = as_markdown(make_blocks(parts.tldr, notes))
    front = "\n".join(_front_matter(parts, tldr, pick))
    return Composed(f"---\n{front}\n---\n\n{as_markdown(blocks)}\n", blocks)


def _front_matter(parts: Parts, tldr: str, pick: Pick) -> Iterator[str]:
    lines = {
        "title": parts.title,
        "description": parts.deck,
        "author": parts.author,
        "my_2_cents": parts.opinion,
    }
    yield from (f"{key}: {yaml_line(value)}" for key, value in lines.items() if value)
    if parts.number:
        yield f"number: {parts.number}"
    yield "status: draft"
    yield f"date: {parts.day}"
    if tldr:
        yield f"tldr: {yaml_block(tldr, '  ')}"
    if parts.tags:
        yield f"tags: [{', '.join(yaml_line(tag) for tag in parts.tags)}]"
    if pick.url:
        yield "music:"
        about = {"title": pick.title, "artist": pick.artist, "note": pick.note}
        for key, value in {"url": pick.url, **about}.items():
            if value:
                yield f"  {key}: {yaml_line(value)}"


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
    return [head, *make_blocks(more, notes, headless=True)]
