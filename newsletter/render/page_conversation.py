"""The rounds of a roundtable as a conversation: who answers whom, and where."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from markupsafe import Markup

from newsletter.model.roundtable import Expert, Remark, Roundtable
from newsletter.render.page_people import Person


class Reply(NamedTuple):
    """Whom a remark answers, and where they spoke last."""

    person: Person
    anchor: str


class ShownRemark(NamedTuple):
    """A remark as a page shows it; `round` is the title of the round it is said in."""

    person: Person
    anchor: str
    html: Markup
    replies: tuple[Reply, ...]
    round: str


class ShownRound(NamedTuple):
    """One turn around the table as the page shows it."""

    title: str
    anchor: str
    remarks: tuple[ShownRemark, ...]


class Placed(NamedTuple):
    """A remark where it stands: in its round, at its anchor, answering whom."""

    remark: Remark
    round: str
    anchor: str
    replies: tuple[Reply, ...]


def anchors(roundtable: Roundtable, persons: Mapping[str, Person]) -> list[str]:
    """The ids of rounds and remarks in their order: `round-2`, `round-2-priya-raman`.

    A remark's names its expert, not its number, so that a shared link stays right when
    a remark is put in front of it.
    """
    found = []
    for number, item in enumerate(roundtable.rounds, 1):
        found.append(f"round-{number}")
        spoken: Counter[str] = Counter()
        for remark in item.remarks:
            spoken[remark.expert] += 1
            times = spoken[remark.expert]
            # No slug has a dot, so that no two anchors are the same.
            again = f".{times}" if times > 1 else ""
            found.append(f"round-{number}-{persons[remark.expert].slug}{again}")
    return found


def placed(roundtable: Roundtable, persons: Mapping[str, Person]) -> list[list[Placed]]:
    """All remarks by round; each reply leads to what the expert addressed said last."""
    names = iter(anchors(roundtable, persons))
    last: dict[str, Reply] = {}
    rounds = []
    for item in roundtable.rounds:
        next(names)
        remarks = []
        for remark in item.remarks:
            replies = _replies(roundtable.addressed(remark), last)
            shown = Placed(remark, item.title, next(names), replies)
            last[remark.expert] = Reply(persons[remark.expert], shown.anchor)
            remarks.append(shown)
        rounds.append(remarks)
    return rounds


def conversation(
    roundtable: Roundtable,
    persons: Mapping[str, Person],
    render: Callable[[Remark], Markup],
) -> list[ShownRound]:
    """The rounds as the page shows them."""
    turns = zip(roundtable.rounds, placed(roundtable, persons), strict=True)
    return [
        ShownRound(
            item.title,
            f"round-{number}",
            tuple(show(found, persons, render) for found in remarks),
        )
        for number, (item, remarks) in enumerate(turns, 1)
    ]


def show(
    found: Placed, persons: Mapping[str, Person], render: Callable[[Remark], Markup]
) -> ShownRemark:
    """A remark with its text rendered."""
    remark = found.remark
    person = persons[remark.expert]
    html = render(remark)
    return ShownRemark(person, found.anchor, html, found.replies, found.round)


def answers(rounds: Iterable[ShownRound]) -> Counter[tuple[str, str]]:
    """How often everybody answers everybody else, by their names."""
    return Counter(_pairs(rounds))


def _pairs(rounds: Iterable[ShownRound]) -> Iterator[tuple[str, str]]:
    for item in rounds:
        for remark in item.remarks:
            for reply in remark.replies:
                yield remark.person.name, reply.person.name


def _replies(
    addressed: Iterable[Expert], last: Mapping[str, Reply]
) -> tuple[Reply, ...]:
    """Only to those who have spoken: before that, a name is no answer."""
    return tuple(last[item.name] for item in addressed if item.name in last)
