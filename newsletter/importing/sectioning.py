"""Cuts the remarks of a pasted roundtable at the heads between them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product, zip_longest

from newsletter.importing.grouping import with_lists
from newsletter.importing.labels import Heads, Part
from newsletter.importing.lines import Line
from newsletter.importing.panel import Names
from newsletter.importing.shape import is_headlike, is_item, is_sentence
from newsletter.importing.speakers import is_named, speaker
from newsletter.importing.told import Note, shown
from newsletter.model.addressing import spoken_to

_MOST_HEADS = 10
"""As many are weighed against one another; a page of more has them everywhere."""

_UNEVEN = 2
"""What it costs that a head stands over rounds to which a remark is missing."""

# What somebody says of themselves, and no head.
_I = re.compile(
    r"\b(?:I|I['’]\w+|me|my|mine|[Tt]hanks?|[Aa]greed?|[Ii]ch|[Yy]o|[Jj]e)\b"
)


@dataclass(slots=True)
class Section:
    """The lines below one head of the page, or below several; the first may have none.

    `known` says that the head is one of those that pages have, such as `Round 1`.
    """

    heads: list[Line]
    lines: list[Line] = field(default_factory=list)
    known: bool = False

    @property
    def title(self) -> str:
        """The words of its heads."""
        return " · ".join(line.text.rstrip(":：") for line in self.heads)

    @property
    def head(self) -> Line | None:
        """Its first head."""
        return self.heads[0] if self.heads else None


def sections(
    lines: Sequence[Line], names: Names, heads: Heads, *, concluded: bool
) -> tuple[list[Section], list[Note]]:
    """Cut the remarks at the heads between them; two heads in a row are one.

    A remark of a few words looks like a head: what is one is told by the rounds, which
    must add up, and in a page that names its speakers by who speaks below. `concluded`
    says that a consensus was found; else a head may stand over one at the end.
    """
    found = _at_heads(lines, names, heads)
    notes: list[Note] = []
    if is_named([line for section in found for line in section.lines], names):
        return _under_names(found, names, notes), notes
    if names.members:
        found = _weighed(found, names, notes, concluded=concluded)
    return found, notes


def _at_heads(lines: Sequence[Line], names: Names, heads: Heads) -> list[Section]:
    roles = {member.role.casefold() for member in names.members if member.role}
    found = [Section([])]
    for line, below in zip_longest(lines, lines[1:]):
        head = heads.find(line.text)
        over_all = found == [Section([])]
        if over_all and head and head.part is Part.REMARKS and not head.rest:
            continue
        is_round = bool(head and head.part is Part.ROUND)
        # `Round two: I agree with all of it.` is a remark, `Round two: prices` a head.
        is_round = is_round and not is_sentence(line.text)
        leads = line.text.endswith((":", "：")) and below and is_item(below.text)
        plain = is_headlike(line.text) and not speaker(line.text, names) and not leads
        if not is_round and (not plain or line.text.casefold() in roles):
            found[-1].lines.append(line)
            continue
        if found[-1].lines or not found[-1].heads:
            found.append(Section([]))
        found[-1].heads.append(line)
        found[-1].known |= is_round or head is not None
    return [section for section in found if section.lines or section.heads]


def _under_names(
    found: Sequence[Section], names: Names, notes: list[Note]
) -> list[Section]:
    """Leave out heads below which nobody begins to speak: words of the one before."""
    kept: list[Section] = []
    for section in found:
        begins = not section.lines or speaker(section.lines[0].text, names)
        if kept and kept[-1].lines and not begins and not section.known:
            _join(kept, section, "words of who speaks above", notes)
        else:
            kept.append(section)
    return kept


def _weighed(
    found: Sequence[Section], names: Names, notes: list[Note], *, concluded: bool
) -> list[Section]:
    """Take those heads for remarks without which the rounds do not add up."""
    open_heads = [
        section for section in found[1:] if not section.known and section.lines
    ]
    if not open_heads or len(open_heads) > _MOST_HEADS:
        return list(found)
    ways = product((False, True), repeat=len(open_heads))
    best = min(
        ways,
        key=lambda way: _cost(found, open_heads, way, names, concluded=concluded),
    )
    joined = [section for section, joins in zip(open_heads, best, strict=True) if joins]
    kept: list[Section] = []
    for section in found:
        if section in joined:
            _join(kept, section, "a remark: so the rounds add up", notes)
            continue
        if section in open_heads and _is_uneven(section, names):
            what = f"{shown(section.title)} is short and no sentence"
            note = Note(section.heads[0].number, what, "read as the head of a round")
            notes.append(note)
        kept.append(section)
    return kept


def _cost(
    found: Sequence[Section],
    open_heads: Sequence[Section],
    way: Sequence[bool],
    names: Names,
    *,
    concluded: bool,
) -> int:
    """What a reading costs in which some of the heads are remarks."""
    joins = dict(zip(map(id, open_heads), way, strict=True))
    # Where a head stands over the first remarks too, the page has heads.
    usual = 3 if found[0].heads else 1
    sizes: list[int] = []
    cost = 0
    for section in found:
        size = len(with_lists(section.lines))
        if joins.get(id(section)):
            sizes[-1] += len(section.heads) + size
            cost += sum(_price(line.text, names, usual) for line in section.heads)
        else:
            sizes.append(size)
    uneven = [size % len(names.members) > 0 for size in sizes]
    if not concluded and sizes[-1] == 1 and sum(sizes) > len(names.members):
        # A single paragraph at the end may be what all agree on.
        uneven[-1] = False
    return cost + _UNEVEN * sum(uneven)


def _price(text: str, names: Names, usual: int) -> int:
    speaks = _I.search(text) or spoken_to(text, names.forms)
    named = any(word in names.forms for word in re.findall(r"\w+", text))
    return 0 if speaks or named else usual


def _is_uneven(section: Section, names: Names) -> bool:
    size = len(with_lists(section.lines))
    return size % len(names.members) > 0 and size != 1


def _join(kept: list[Section], section: Section, did: str, notes: list[Note]) -> None:
    """Make remarks of a section's heads, below those of the section before."""
    kept[-1].lines += [*section.heads, *section.lines]
    for line in section.heads:
        what = f"{shown(line.text)} is short and no sentence"
        notes.append(Note(line.number, what, f"read as {did}"))
