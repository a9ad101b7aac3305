"""Reads the panel of a pasted roundtable: who is on it, and what they do."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise

from newsletter.importing.lines import Line
from newsletter.importing.quoting import fits
from newsletter.importing.shape import (
    bare,
    is_headlike,
    number_of,
    without_number,
    without_pictures,
)
from newsletter.importing.told import Note, shown
from newsletter.model.names import called, may_end

_ROLE = re.compile(
    r"\b(?:director|vp|vice president|head|lead(?:er)?|manager|engineer|officer|chief"
    r"|founder|partner|recruiter|designer|analyst|architect|developer|consultant|coach"
    r"|president|principal|senior|staff|c(?:[efimoprst]|hr|is)o|owner|scientist|researcher|professor"
    r"|advis[eo]r|specialist|leiter(?:in)?|direct(?:eur|rice|ora?)|ingénieure?"
    r"|ingenier[oa]|responsable|jef[ea]|of|at|für)\b",
    re.IGNORECASE,
)
_SPLITS = (
    re.compile(r"\s*[|·•]\s*"),
    re.compile(r"\s+[–—-]\s+"),
    re.compile(r"\s*:\s+"),
    re.compile(r"\s*,\s+"),
    re.compile(r"\s*\((?=.*\)\Z)"),
)
_LONGEST = 80
_SMALL = frozenset(
    {"of", "and", "the", "for", "at", "in", "to", "&", "de", "für", "und"}
)


@dataclass(slots=True)
class Member:
    """An expert as the page has them; what they say for and against is added later.

    `hire_first` and `concern_first` stand before those: `Strong hire`, `Lean no`.
    """

    name: str
    role: str = ""
    hire: list[str] = field(default_factory=list)
    concern: list[str] = field(default_factory=list)
    hire_first: list[str] = field(default_factory=list)
    concern_first: list[str] = field(default_factory=list)


def is_name(text: str) -> bool:
    """Whether a line could be somebody's name."""
    return (
        len(text) <= _LONGEST
        and 1 <= len(text.split()) <= 5
        and not re.search(r"[*!?:;\d/#<>{}\[\]]|\A\W", text)
        and (may_end(text) or not text.endswith("."))
        and text[:1].upper() == text[:1]
    )


def is_title(text: str) -> bool:
    """Whether words are somebody's role as it is written beside a name."""
    return _is_large(text) and bool(_ROLE.search(text))


def _is_large(text: str) -> bool:
    """Whether words are written large, as titles are."""
    return all(word[:1].isupper() or word in _SMALL for word in text.split())


def read_panel(lines: list[Line], count: int) -> tuple[list[Member], list[Note]]:
    """The experts that lines list: each a name, and perhaps a role below or beside it.

    `count` is how many the page says there are, 0 where it does not.
    """
    notes: list[Note] = []
    kept = _without_avatars(_without_numbers(lines), notes)
    members = _beside(kept, count) or _below(kept, count, notes)
    for member in members:
        if not is_name(member.name[:1].upper() + member.name[1:]):
            what = f"{shown(member.name)} is on the panel and looks like no name"
            notes.append(Note(lines[0].number, what, "see who is on it"))
    return _each_once(members, lines, notes), notes


def listed_again(lines: list[Line], below: list[Line]) -> int:
    """How many experts a panel has whose names and roles stand in pairs again below.

    As they do among the hiring signals; 0 where they do not.
    """
    texts = [line.text for line in below]
    again = set(pairwise(texts))
    pairs = [
        (name.text, role.text)
        for name, role in zip(lines[::2], lines[1::2], strict=False)
    ]
    # A list of names alone, that stands again, is no list of pairs.
    follow = any((one[1], other[0]) in again for one, other in pairwise(pairs))
    whole = len(lines) % 2 == 0 and all(pair in again for pair in pairs)
    return len(pairs) if whole and not follow else 0


def has_role(line: Line) -> bool:
    """Whether a line is a name with a role beside it: `Bo Dahl, CTO of A Co.`"""
    return any(is_title(member.role) for member in _beside([line], 1))


def is_whole_panel(lines: list[Line], count: int) -> bool:
    """Whether lines are `count` experts and nothing else, each with a role."""
    beside = len(lines) == count and bool(_beside(lines, count))
    below = len(lines) == 2 * count and _alternate(lines)
    return beside or below or (count > 0 and _in_threes(lines, count))


def head_below(lines: list[Line], count: int) -> Line | None:
    """The line below a panel that is the head of its first round, and no expert.

    Everybody above it has a role beside or below the name, and it is none.
    """
    if len(lines) < 3 or not is_headlike(lines[-1].text) or is_role(lines[-1]):
        return None
    *panel, last = lines
    sizes = {len(lines), len(panel), len(panel) // 2} if not count else {count}
    if any(is_whole_panel(lines, size) for size in sizes):
        return None
    return last if any(is_whole_panel(panel, size) for size in sizes) else None


def _without_numbers(lines: list[Line]) -> list[Line]:
    """The lines of a panel without the numbers that count its experts."""
    counted = [number for line in lines if (number := number_of(line.text))]
    if len(counted) < 2 or counted != [*range(1, len(counted) + 1)]:
        return lines
    return [replace(line, text=without_number(line.text)) for line in lines]


def _without_avatars(lines: list[Line], notes: list[Note]) -> list[Line]:
    """Leave out initials and the texts of photos: what the next line says in full."""
    kept = []
    for at, line in enumerate(lines):
        name = lines[at + 1].text if at + 1 < len(lines) else ""
        initials = "".join(word[0] for word in name.split())
        if name and (
            line.text == name or line.text.upper() in (initials, initials[:2])
        ):
            what = f"{shown(line.text)} stands for the name below it"
            notes.append(Note(line.number, what, "left out"))
        else:
            kept.append(line)
    return kept


def _beside(lines: list[Line], count: int) -> list[Member]:
    """`Marcus Johnson, Director of Product`: all of them in one form, or none."""
    if not lines or (count and len(lines) != count):
        return []
    if all(len(line.cells) == 2 for line in lines):
        return [Member(line.cells[0], line.cells[1]) for line in lines]
    for split in _SPLITS:
        parts = [split.split(line.text, maxsplit=1) for line in lines]
        names = [split.split(line.text)[0] for line in _capitals(lines)]
        whole = all(len(part) == 2 for part in parts)
        # `Bo Dahl (CTO, Oslo)` is not cut at the comma.
        whole = whole and all(name.count("(") == name.count(")") for name in names)
        if whole and all(map(is_name, names)):
            return [Member(name, _unbracketed(role)) for name, role in parts]
    return []


def _unbracketed(role: str) -> str:
    return role.removesuffix(")") if role.count(")") > role.count("(") else role


def _below(lines: list[Line], count: int, notes: list[Note]) -> list[Member]:
    """A name, and on the line below it a role; or names alone."""
    if count and len(lines) == count and not _alternate(lines):
        return [Member(line.text) for line in lines]
    if len(lines) == 2 * count or _alternate(lines):
        return [
            Member(name.text, role.text)
            for name, role in zip(lines[::2], lines[1::2], strict=True)
        ]
    if _in_threes(lines, count):
        return [
            Member(name.text, f"{role.text}, {place.text}")
            for name, role, place in zip(
                lines[::3], lines[1::3], lines[2::3], strict=True
            )
        ]
    members: list[Member] = []
    for line in lines:
        last = members[-1] if members else None
        if last is None or not is_role(line) or not _add_role(last, line.text):
            members.append(Member(line.text))
        elif last.role != line.text:
            what = f"{shown(line.text)} is no name"
            notes.append(Note(line.number, what, f"kept as a role of {last.name}"))
    return members


def _add_role(member: Member, role: str) -> bool:
    """Give an expert another role; tells whether there was room for it."""
    roles = ", ".join(filter(None, (member.role, role)))
    if fits(roles):
        member.role = roles
    return fits(roles)


def _capitals(lines: list[Line]) -> list[Line]:
    """The lines as most pages have them, where a page has no capitals at all."""
    small = all(line.text == line.text.lower() for line in lines)
    if not small:
        return lines
    return [replace(line, text=line.text.title()) for line in lines]


def _in_threes(lines: list[Line], count: int) -> bool:
    """Whether each name has a role on the line below, and a firm or town below that."""
    whole = len(lines) == 3 * count if count else len(lines) % 3 == 0
    lines = _capitals(lines)
    names, roles, places = lines[::3], lines[1::3], lines[2::3]
    return (
        whole
        and all(map(is_role, roles))
        and not any(map(is_role, names))
        and all(fits(f"{a.text}, {b.text}") for a, b in zip(roles, places, strict=True))
    )


def _alternate(lines: list[Line]) -> bool:
    """Whether every other line is a role, and those between are none."""
    roles = [is_role(line) for line in _capitals(lines)]
    return len(lines) % 2 == 0 and any(roles[1::2]) and not any(roles[::2])


def is_role(line: Line) -> bool:
    """Whether a line is what somebody does, and no name."""
    return bool(_ROLE.search(line.text)) or not is_name(line.text)


def _each_once(
    members: Iterable[Member], lines: list[Line], notes: list[Note]
) -> list[Member]:
    found: dict[str, Member] = {}
    line = lines[0].number if lines else 0
    for member in members:
        if member.name.casefold() in found:
            what = f"{member.name} is on the panel twice"
            notes.append(Note(line, what, "kept once"))
            first = found[member.name.casefold()]
            if member.role != first.role:
                _add_role(first, member.role)
        else:
            found[member.name.casefold()] = member
    return list(found.values())


def _parts(name: str) -> tuple[str, ...]:
    """The parts of a name by which somebody may be found, in small letters."""
    return tuple(part.casefold() for part in called(name))


class Names:
    """Tells which expert of a panel a text names, as readers of the file do."""

    def __init__(self, members: list[Member]) -> None:
        """Know the panel; a part of a name is enough where only one has it."""
        self.members = members
        self._whole = {member.name.casefold(): member for member in members}
        parts: dict[str, list[Member]] = {}
        for member in members:
            for part in dict.fromkeys(_parts(member.name)):
                parts.setdefault(part, []).append(member)
        self._parts = {part: who[0] for part, who in parts.items() if len(who) == 1}

    @property
    def forms(self) -> dict[str, str]:
        """Whose name each form of one is, as it stands in a text."""
        forms = {}
        for member in self.members:
            for form in (member.name, *called(member.name)):
                if len(form) > 1 and self.find(form) is member:
                    forms[form[0].upper() + form[1:]] = member.name
        return forms

    @property
    def roles(self) -> frozenset[str]:
        """What the panel does, as `bare` writes it."""
        return frozenset(bare(member.role) for member in self.members if member.role)

    def find(self, text: str) -> Member | None:
        """Who goes by this name, or by this unique part of one."""
        name = without_pictures(text).strip("*: ").casefold()
        return self.whole(text) or self._parts.get(name)

    def whole(self, text: str) -> Member | None:
        """Who goes by this whole name, their role beside it or not."""
        name = without_pictures(text).strip("*: ")
        return self._whole.get(name.casefold()) or self._with_role(name)

    def _with_role(self, text: str) -> Member | None:
        """Who is `Marcus Johnson, Director of Product`, as they are on the panel."""
        for split in _SPLITS:
            name, *role = split.split(text, maxsplit=1)
            member = self._whole.get(name.casefold())
            if not member or not role:
                continue
            told = bare(_unbracketed(role[0]))
            # A panel of names alone has no role that it could be.
            unknown = not member.role and is_headlike(text) and _is_large(role[0])
            if unknown or told == bare(member.role):
                return member
        return None

    def short(self, member: Member) -> str:
        """The shortest name that means this expert and nobody else."""
        # Neither `Dr.` nor `N.`, by which nobody is called.
        parts = [
            part for part in called(member.name) if len(part) > 1 and "." not in part
        ]
        return next((part for part in parts if self.find(part) is member), member.name)
