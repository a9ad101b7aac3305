"""Reads the remarks of a pasted roundtable: rounds, and who says what in them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from newsletter.importing.addressing import Addressed, addressed
from newsletter.importing.labels import Heads, Part, is_headlike
from newsletter.importing.lines import Line
from newsletter.importing.panel import Member, Names, is_name, is_title
from newsletter.importing.speaking import NO_REMARK, Reading, Turn, read_turns
from newsletter.importing.told import Note, shown

_PREFIX = re.compile(r"\**(?P<name>[^:：*]{1,60}?)\**\s*[:：]\**\s*(?P<rest>\S.*)")
NOBODY = "Unplaced"
"""Who says what nobody else can have said, until the author has found out."""

_ASIDE = re.compile(r"\s*(?:,|\(|\s[–—-]\s)\s*(?P<role>.*?)\)?\Z")


@dataclass(slots=True)
class Said:
    """A remark: whose it is, its paragraphs, and the line of the first."""

    member: Member
    texts: list[str]
    line: int


@dataclass(slots=True)
class Turns:
    """A round: its remarks in their order, under the head that the page gives it."""

    title: str = ""
    remarks: list[Said] = field(default_factory=list)


@dataclass(slots=True)
class Section:
    """The lines below one head of the page; the first may have none."""

    title: str
    lines: list[Line]
    head: Line | None = None


@dataclass(slots=True)
class Conversation:
    """What was read of the remarks, and what had no place in it."""

    rounds: list[Turns] = field(default_factory=list)
    unplaced: list[Line] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def sections(lines: Sequence[Line], names: Names, heads: Heads) -> list[Section]:
    """Cut the remarks at the heads between them; two heads in a row are one."""
    roles = {member.role.casefold() for member in names.members if member.role}
    found = [Section("", [])]
    for line in lines:
        head = heads.find(line.text)
        over_all = found == [Section("", [])]
        if over_all and head and head.part is Part.REMARKS and not head.rest:
            continue
        is_round = head is not None and head.part is Part.ROUND
        plain = is_headlike(line.text) and not _speaker(line.text, names)
        if not is_round and (not plain or line.text.casefold() in roles):
            found[-1].lines.append(line)
        elif found[-1].lines or not found[-1].title:
            found.append(Section(line.text.rstrip(":："), [], line))
        else:
            found[-1].title += f" · {line.text.rstrip(':：')}"
    return [section for section in found if section.lines or section.title]


def read_remarks(
    found: Sequence[Section], order: list[Member], members: list[Member]
) -> Conversation:
    """Give every paragraph to an expert.

    `order` is the panel as it was listed; `members` are they and who has signals only.
    Who speaks and is not among them is added to `members`.
    """
    talk = Conversation()
    named = _is_named(found, Names(members))
    if named or not members:
        _add_strangers(found, members, talk)
        named = _is_named(found, Names(members))
    for section in found:
        if not section.lines:
            _keep_title(section, talk)
        elif named:
            _read_named(section, Names(members), talk)
        else:
            _read_in_order(section, order or [Member(NOBODY)], talk)
    if talk.rounds and not members:
        what = "remarks, and nobody on the panel"
        talk.notes.append(Note(0, what, f"kept as those of `{NOBODY}`"))
    return talk


def _speaker(text: str, names: Names) -> tuple[Member, str] | None:
    """Who is named before a remark, and the remark: empty where it is below."""
    if member := names.find(text):
        return member, ""
    found = _PREFIX.fullmatch(text)
    if not found:
        return None
    name = found["name"].strip()
    member = names.find(name)
    # `Ann, think of the C:` speaks to her; `Ann, Head of Product:` is she.
    if not member and (aside := _ASIDE.search(name)) and is_title(aside["role"]):
        member = names.whole(name[: aside.start()])
    return (member, found["rest"]) if member else None


def _is_named(found: Sequence[Section], names: Names) -> bool:
    """Whether names stand before the remarks: before the first or most, or alone."""
    lines = [line for section in found for line in section.lines]
    who = [_speaker(line.text, names) for line in lines]
    alone = sum(1 for speaker in who if speaker and not speaker[1])
    most = sum(map(bool, who)) * 2 >= len(who)
    return bool(who) and (bool(who[0]) or most or alone > 1)


def _add_strangers(
    found: Sequence[Section], members: list[Member], talk: Conversation
) -> None:
    """Put those on the panel whose names stand before remarks as the panel's do."""
    names = Names(members)
    lines = [line for section in found for line in section.lines]
    prefixes = [
        (line, match["name"].strip())
        for line in lines
        if (match := _PREFIX.fullmatch(line.text)) and not _speaker(line.text, names)
    ]
    often = [name for _, name in prefixes]
    for line, name in prefixes:
        words = name.split()
        whole = len(words) > 1 and all(word[:1].isupper() for word in words)
        if not is_name(name) or not (whole or often.count(name) > 1):
            continue
        if Names(members).find(name) is None:
            members.append(Member(name))
            what = f"{name} speaks and is not on the panel"
            talk.notes.append(Note(line.number, what, "added to it, without a role"))


def _read_named(section: Section, names: Names, talk: Conversation) -> None:
    """Names stand before remarks: who speaks again opens a new round."""
    turns = Turns(section.title)
    talk.rounds.append(turns)
    current: Said | None = None
    for line in section.lines:
        if who := _speaker(line.text, names):
            member, rest = who
            if any(said.member is member for said in turns.remarks):
                turns = Turns()
                talk.rounds.append(turns)
            current = Said(member, [rest] if rest else [], line.number)
            turns.remarks.append(current)
        elif current is None:
            what = f"{shown(line.text)} stands before the first name"
            talk.notes.append(Note(line.number, what, "kept as not placed"))
            talk.unplaced.append(line)
        elif not current.texts and line.text == current.member.role:
            continue
        else:
            current.texts.append(line.text)
    _leave_out_silent(talk)
    if section.title and not any(item.title == section.title for item in talk.rounds):
        _keep_title(section, talk)


def _keep_title(section: Section, talk: Conversation) -> None:
    """A head over no remark, or several of them in a row, has no place."""
    if section.head:
        line = Line(section.head.number, section.title)
        what = f"{shown(line.text)} stands over no remark"
        talk.notes.append(Note(line.number, what, "kept as not placed"))
        talk.unplaced.append(line)


def _leave_out_silent(talk: Conversation) -> None:
    """A name without a word after it is no remark."""
    for turns in talk.rounds:
        for said in [said for said in turns.remarks if not said.texts]:
            what = f"{said.member.name} says nothing"
            talk.notes.append(Note(said.line, what, "no remark was made of it"))
            turns.remarks.remove(said)
    talk.rounds = [turns for turns in talk.rounds if turns.remarks]


def _read_in_order(section: Section, members: list[Member], talk: Conversation) -> None:
    """No names: the panel speaks in its order."""
    lines, said, reading = _without_frame(section.lines, members, talk)
    turns = Turns(section.title)
    talk.rounds.append(turns)
    before = -1
    for line, turn, item in zip(lines, reading.turns, said, strict=True):
        first = before < 0
        if turn.new_round and not first:
            _tell_missing(turn, before, line, members, talk, reading)
            turns = Turns()
            talk.rounds.append(turns)
        elif turn.missing:
            _tell_missing(turn, before, line, members, talk, reading)
        member = members[turn.expert]
        if turn.further:
            turns.remarks[-1].texts.append(line.text)
            what = "the paragraphs are more than the panel's turns"
            did = f"this one goes on with {member.name}'s; {_perhaps(reading)}"
            talk.notes.append(Note(line.number, what, did))
        else:
            turns.remarks.append(Said(member, [line.text], line.number))
        if member.name in item.spoken_to:
            what = f"{member.name} would be speaking to {member.name}"
            did = f"left as {member.name}'s, whose turn it is: see who says it"
            talk.notes.append(Note(line.number, what, did))
        before = turn.expert
    for expert in reading.missing:
        _tell(members[expert], len(talk.rounds), lines[-1], talk, reading)


def _without_frame(
    lines: list[Line], members: list[Member], talk: Conversation
) -> tuple[list[Line], list[Addressed], Reading]:
    """The remarks and their reading, without a first or last paragraph that is none.

    Such as a few words of introduction: without it the remarks add up, and with it two
    or more would be missing. A page that only ends too early has none.
    """
    names, panel = Names(members), [member.name for member in members]
    said = [addressed(line.text, names) for line in lines]
    reading = read_turns(said, panel)
    if reading.cost < NO_REMARK or len(lines) <= len(panel):
        return lines, said, reading
    cuts = []
    # Who names several and speaks to none of them sums up.
    if len(said[-1].named - said[-1].spoken_to) > 1:
        cuts.append(slice(None, -1))
    if any(turn.missing or turn.further for turn in reading.turns[:-1]):
        cuts.append(slice(1, None))
    for cut in cuts:
        kept = read_turns(said[cut], panel)
        if kept.cost == 0:
            other = lines[0] if cut.start else lines[-1]
            what = f"without {shown(other.text)} the remarks add up"
            talk.notes.append(Note(other.number, what, "kept as not placed"))
            talk.unplaced.append(other)
            return lines[cut], said[cut], kept
    return lines, said, reading


def _tell_missing(
    turn: Turn,
    before: int,
    line: Line,
    members: list[Member],
    talk: Conversation,
    reading: Reading,
) -> None:
    """Say who has no remark right before a line, and in which round."""
    now = len(talk.rounds)
    for expert in turn.missing:
        later = turn.new_round and before >= 0 and expert <= before
        _tell(members[expert], now + later, line, talk, reading)


def _tell(
    member: Member, number: int, line: Line, talk: Conversation, reading: Reading
) -> None:
    what = f"round {number} has no remark by {member.name}"
    did = f"left the round without it; {_perhaps(reading)}"
    talk.notes.append(Note(line.number, what, did))


def _perhaps(reading: Reading) -> str:
    if reading.sure:
        return "whom the others speak to by name tells so"
    return "the text does not tell for sure: see who says what"
