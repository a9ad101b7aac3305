"""Reads the panel of a pasted roundtable: who is on it, and what they do."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from newsletter.importing.labels import bare
from newsletter.importing.lines import Line
from newsletter.importing.quoting import fits
from newsletter.importing.told import Note, shown

_ROLE = re.compile(
    r"\b(?:director|vp|vice president|head|lead(?:er)?|manager|engineer|officer|chief"
    r"|founder|partner|recruiter|designer|analyst|architect|developer|consultant|coach"
    r"|president|principal|senior|staff|c[a-z]o|owner|scientist|researcher|professor"
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
    """An expert as the page has them; what they say for and against is added later."""

    name: str
    role: str = ""
    hire: list[str] = field(default_factory=list)
    concern: list[str] = field(default_factory=list)


def is_name(text: str) -> bool:
    """Whether a line could be somebody's name."""
    return (
        len(text) <= _LONGEST
        and 1 <= len(text.split()) <= 5
        and not re.search(r"[*!?:;\d/#<>{}\[\]]|\.\Z|\A\W", text)
        and text[:1].upper() == text[:1]
    )


def is_title(text: str) -> bool:
    """Whether words are somebody's role as it is written beside a name."""
    large = all(word[:1].isupper() or word in _SMALL for word in text.split())
    return large and bool(_ROLE.search(text))


def read_panel(lines: list[Line], count: int) -> tuple[list[Member], list[Note]]:
    """The experts that lines list: each a name, and perhaps a role below or beside it.

    `count` is how many the page says there are, 0 where it does not.
    """
    notes: list[Note] = []
    kept = _without_avatars(lines, notes)
    members = _beside(kept, count) or _below(kept, count, notes)
    return _each_once(members, lines, notes), notes


def is_whole_panel(lines: list[Line], count: int) -> bool:
    """Whether lines are `count` experts and nothing else, each with a role."""
    beside = len(lines) == count and bool(_beside(lines, count))
    return beside or (len(lines) == 2 * count and _alternate(lines))


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
        if all(len(part) == 2 and is_name(part[0]) for part in parts):
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
    members: list[Member] = []
    for line in lines:
        last = members[-1] if members else None
        if last is None or not _is_role(line) or not _add_role(last, line.text):
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


def _alternate(lines: list[Line]) -> bool:
    """Whether every other line is a role, and those between are none."""
    roles = [_is_role(line) for line in lines]
    return len(lines) % 2 == 0 and any(roles[1::2]) and not any(roles[::2])


def _is_role(line: Line) -> bool:
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


class Names:
    """Tells which expert of a panel a text names, as readers of the file do."""

    def __init__(self, members: list[Member]) -> None:
        """Know the panel; a part of a name is enough where only one has it."""
        self.members = members
        self._whole = {member.name.casefold(): member for member in members}
        parts: dict[str, list[Member]] = {}
        for member in members:
            for part in dict.fromkeys(member.name.casefold().split()):
                parts.setdefault(part, []).append(member)
        self._parts = {part: who[0] for part, who in parts.items() if len(who) == 1}

    @property
    def forms(self) -> dict[str, str]:
        """Whose name each form of one is, as it stands in a text."""
        forms = {}
        for member in self.members:
            for form in (member.name, *member.name.split()):
                if len(form) > 1 and self.find(form) is member:
                    forms[form[0].upper() + form[1:]] = member.name
        return forms

    @property
    def roles(self) -> frozenset[str]:
        """What the panel does, as `bare` writes it."""
        return frozenset(bare(member.role) for member in self.members if member.role)

    def find(self, text: str) -> Member | None:
        """Who goes by this name, or by this unique part of one."""
        name = text.strip("*: ").casefold()
        return self.whole(text) or self._parts.get(name)

    def whole(self, text: str) -> Member | None:
        """Who goes by this whole name, their role beside it or not."""
        name = text.strip("*: ")
        return self._whole.get(name.casefold()) or self._with_role(name)

    def _with_role(self, text: str) -> Member | None:
        """Who is `Marcus Johnson, Director of Product`, as they are on the panel."""
        for split in _SPLITS:
            name, *role = split.split(text, maxsplit=1)
            member = self._whole.get(name.casefold())
            if member and role and bare(_unbracketed(role[0])) == bare(member.role):
                return member
        return None

    def short(self, member: Member) -> str:
        """The shortest name that means this expert and nobody else."""
        # Neither `Dr.` nor `N.`, by which nobody is called.
        parts = [
            part for part in member.name.split() if len(part) > 1 and "." not in part
        ]
        return next((part for part in parts if self.find(part) is member), member.name)
