"""Reads the remarks of a pasted roundtable: rounds, and who says what in them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from newsletter.importing.addressing import Addressed, addressed
from newsletter.importing.grouping import Group, by_blank_lines, with_lists
from newsletter.importing.lines import Line
from newsletter.importing.panel import Member, Names, is_name
from newsletter.importing.sectioning import Section
from newsletter.importing.speakers import PREFIX, is_named, speaker
from newsletter.importing.speaking import NO_REMARK, Reading, Turn, read_turns
from newsletter.importing.told import Note, shown
from newsletter.model.imported import NOBODY


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
class Conversation:
    """What was read of the remarks, and what had no place in it."""

    rounds: list[Turns] = field(default_factory=list)
    unplaced: list[Line] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def read_remarks(
    found: Sequence[Section], order: list[Member], members: list[Member]
) -> Conversation:
    """Give every paragraph to an expert.

    `order` is the panel as it was listed; `members` are they and who has signals only.
    Who speaks and is not among them is added to `members`.
    """
    talk = Conversation()
    lines = [line for section in found for line in section.lines]
    named = is_named(lines, Names(members))
    if named or not members:
        _add_strangers(found, members, talk)
        named = is_named(lines, Names(members))
    for section in found:
        if not section.lines:
            _keep_title(section, talk)
        elif named:
            _read_named(section, Names(members), talk)
        else:
            _read_in_order(section, order or [Member(NOBODY)], talk)
    if named:
        _tell_absent(order, talk)
    if talk.rounds and not members:
        what = "remarks, and nobody on the panel"
        talk.notes.append(Note(0, what, f"kept as those of `{NOBODY}`"))
    return talk


def _tell_absent(order: Sequence[Member], talk: Conversation) -> None:
    """Say which rounds are without somebody, where names stand before the remarks."""
    for number, turns in enumerate(talk.rounds, 1):
        heard = [said.member for said in turns.remarks]
        for member in order:
            if not any(member is other for other in heard):
                what = f"round {number} has no remark by {member.name}"
                talk.notes.append(Note(turns.remarks[-1].line, what, "left so"))


def _add_strangers(
    found: Sequence[Section], members: list[Member], talk: Conversation
) -> None:
    """Put those on the panel whose names stand before remarks as the panel's do."""
    names = Names(members)
    lines = [line for section in found for line in section.lines]
    prefixes = [
        (line, match["name"].strip())
        for line in lines
        if (match := PREFIX.fullmatch(line.text)) and not speaker(line.text, names)
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
        if who := speaker(line.text, names):
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
    groups, said, reading = _without_frame(section.lines, members, talk)
    turns = Turns(section.title)
    talk.rounds.append(turns)
    before = -1
    for group, turn, item in zip(groups, reading.turns, said, strict=True):
        first = before < 0
        if turn.new_round and not first:
            _tell_missing(turn, before, group.number, members, talk, reading)
            turns = Turns()
            talk.rounds.append(turns)
        elif turn.missing:
            _tell_missing(turn, before, group.number, members, talk, reading)
        member = members[turn.expert]
        if turn.further:
            turns.remarks[-1].texts += group.texts
            what = "the paragraphs are more than the panel's turns"
            did = f"this one goes on with {member.name}'s; {_perhaps(reading)}"
            talk.notes.append(Note(group.number, what, did))
        else:
            turns.remarks.append(Said(member, group.texts, group.number))
        if member.name in item.spoken_to:
            what = f"{member.name} would be speaking to {member.name}"
            did = f"left as {member.name}'s, whose turn it is: see who says it"
            talk.notes.append(Note(group.number, what, did))
        elif member.name in item.named:
            what = f"{member.name} would be speaking of {member.name}"
            did = f"left as {member.name}'s, whose turn it is: see who says it"
            talk.notes.append(Note(group.number, what, did))
        before = turn.expert
    for expert in reading.missing:
        last = groups[-1].lines[-1].number
        _tell(members[expert], len(talk.rounds), last, talk, reading)


_Read = tuple[list[Group], list[Addressed], Reading]


def _read(groups: list[Group], members: list[Member]) -> _Read:
    names, panel = Names(members), [member.name for member in members]
    said = [addressed(group.text, names) for group in groups]
    return groups, said, read_turns(said, panel)


def _grouped(lines: list[Line], members: list[Member], talk: Conversation) -> _Read:
    """The paragraphs and their reading: by lines, or by the blank lines between some.

    Blank lines may stand between remarks of several paragraphs, or between rounds.
    """
    by_line = _read(with_lists(lines), members)
    blocks = by_blank_lines(lines)
    if not blocks:
        return by_line
    by_block = _read(blocks, members)
    rounds = all(len(with_lists(block.lines)) == len(members) for block in blocks)
    if (by_block[2].cost, rounds) >= (by_line[2].cost, not rounds):
        return by_line
    what = "blank lines stand between some of the paragraphs"
    did = "those without one are a single remark"
    talk.notes.append(Note(lines[0].number, what, did))
    return by_block


def _without_frame(
    lines: list[Line], members: list[Member], talk: Conversation
) -> _Read:
    """The remarks and their reading, without a first or last paragraph that is none.

    Such as a few words of introduction: without it the remarks add up, and with it two
    or more would be missing. A page that only ends too early has none.
    """
    groups, said, reading = _grouped(lines, members, talk)
    if reading.cost < NO_REMARK or len(groups) <= len(members):
        return groups, said, reading
    cuts = []
    # Who names several and speaks to none of them sums up.
    if len(said[-1].named - said[-1].spoken_to) > 1:
        cuts.append(slice(None, -1))
    if any(turn.missing or turn.further for turn in reading.turns[:-1]):
        cuts.append(slice(1, None))
    for cut in cuts:
        kept = _read(groups[cut], members)
        if kept[2].cost == 0:
            other = groups[0] if cut.start else groups[-1]
            what = f"without {shown(other.text)} the remarks add up"
            talk.notes.append(Note(other.number, what, "kept as not placed"))
            talk.unplaced += other.lines
            return kept
    return groups, said, reading


def _tell_missing(
    turn: Turn,
    before: int,
    line: int,
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
    member: Member, number: int, line: int, talk: Conversation, reading: Reading
) -> None:
    what = f"round {number} has no remark by {member.name}"
    did = f"left the round without it; {_perhaps(reading)}"
    talk.notes.append(Note(line, what, did))


def _perhaps(reading: Reading) -> str:
    if reading.sure:
        return "whom the others speak to by name tells so"
    return "the text does not tell for sure: see who says what"
