"""Writes what was read of a pasted roundtable as a roundtable file."""

from collections.abc import Iterator, Sequence

from newsletter.importing.lines import Line
from newsletter.importing.opening import Opening
from newsletter.importing.panel import Member, Names
from newsletter.importing.quoting import (
    markdown,
    with_lists,
    yaml_block,
    yaml_line,
)
from newsletter.importing.remarks import Conversation, Said, Turns
from newsletter.importing.shape import ended, is_item, without_bullet
from newsletter.model.imported import NOBODY, NOT_PLACED, WHOSE


def compose(
    opening: Opening,
    members: Sequence[Member],
    talk: Conversation,
    consensus: Sequence[str],
    unplaced: Sequence[Line],
) -> str:
    """The text of the file: front matter, rounds, and at the end what has no place."""
    rounds = list(talk.rounds)
    leftover = [line.text for line in unplaced]
    if not rounds and not leftover:
        leftover = ["no remarks were found on the page."]
    panel = list(members)
    if leftover or not panel:
        nobody = Member(NOBODY, WHOSE)
        panel.append(nobody)
        if leftover:
            rounds.append(Turns(NOT_PLACED, [Said(nobody, leftover, 0)]))
    front = "\n".join(_front_matter(opening, panel, consensus))
    body = "\n\n".join(_body(rounds, Names(panel)))
    return f"---\n{front}\n---\n\n{body}\n"


def _front_matter(
    opening: Opening, panel: Sequence[Member], consensus: Sequence[str]
) -> Iterator[str]:
    yield f"title: {yaml_line(opening.title)}"
    lines = {
        "interview_url": opening.interview_url,
        "competency": opening.competency,
        "discussing": opening.discussing,
    }
    yield from (f"{key}: {yaml_line(value)}" for key, value in lines.items() if value)
    if opening.day:
        yield f"date: {opening.day.isoformat()}"
    yield "panel:"
    for member in panel:
        yield f"  - name: {yaml_line(member.name)}"
        if member.role:
            yield f"    role: {yaml_line(member.role)}"
        yield from _signals(member)
    if consensus:
        yield f"consensus: {yaml_block(with_lists(consensus, beside_name=False), '  ')}"


def _signals(member: Member) -> Iterator[str]:
    """Reason and concern, each in one paragraph: pages show them in a row."""
    for key, first, texts in (
        ("hire", member.hire_first, member.hire),
        ("concern", member.concern_first, member.concern),
    ):
        # A word or two, and the items of a list, become sentences.
        said = [ended(text) for text in first]
        said += [
            ended(without_bullet(text)) if is_item(text) else text for text in texts
        ]
        if said:
            yield f"    {key}: {yaml_block(markdown(' '.join(said)), '      ')}"


def _body(rounds: Sequence[Turns], names: Names) -> Iterator[str]:
    for number, turns in enumerate(rounds, 1):
        yield f"## {turns.title or f'Round {number}'}"
        for said in turns.remarks:
            who = names.find(said.member.name)
            name = names.short(who) if who else said.member.name
            yield f"**{name}:** {with_lists(said.texts)}"
