"""The rounds of a roundtable as a conversation: who answers whom, and where."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from markupsafe import Markup

from newsletter.model.roundtable import Expert, Remark, Roundtable
from newsletter.render.page_people import Person


@dataclass(frozen=True, slots=True)
class Reply:
    """Whom a remark answers, and where they spoke last."""

    name: str
    anchor: str


@dataclass(frozen=True, slots=True)
class ShownRemark:
    """A remark as the page shows it."""

    person: Person
    anchor: str
    html: Markup
    replies: tuple[Reply, ...]


@dataclass(frozen=True, slots=True)
class ShownRound:
    """One turn around the table as the page shows it."""

    title: str
    anchor: str
    remarks: tuple[ShownRemark, ...]


def anchors(roundtable: Roundtable, persons: dict[str, Person]) -> list[str]:
    """The ids of rounds and remarks in their order: `round-2`, `round-2-priya-raman`.

    A remark's names its expert, not its number, so that a shared link stays right when
    a remark is put in front of it.
    """
    found = []
    for number, item in enumerate(roundtable.rounds, 1):
        found.append(f"round-{number}")
        spoken: dict[str, int] = {}
        for remark in item.remarks:
            times = spoken[remark.expert] = spoken.get(remark.expert, 0) + 1
            # No slug has a dot, so that no two anchors are the same.
            again = f".{times}" if times > 1 else ""
            found.append(f"round-{number}-{persons[remark.expert].slug}{again}")
    return found


def conversation(
    roundtable: Roundtable,
    persons: dict[str, Person],
    render: Callable[[Remark], Markup],
) -> list[ShownRound]:
    """The rounds; each reply leads to what the expert addressed said last."""
    names = iter(anchors(roundtable, persons))
    last: dict[str, str] = {}
    rounds = []
    for item in roundtable.rounds:
        anchor = next(names)
        remarks = []
        for remark in item.remarks:
            shown = ShownRemark(
                person=persons[remark.expert],
                anchor=next(names),
                html=render(remark),
                replies=_replies(roundtable.addressed(remark), last),
            )
            last[remark.expert] = shown.anchor
            remarks.append(shown)
        rounds.append(ShownRound(item.title, anchor, tuple(remarks)))
    return rounds


def _replies(addressed: Iterable[Expert], last: dict[str, str]) -> tuple[Reply, ...]:
    """Only to those who have spoken: before that, a name is no answer."""
    return tuple(
        Reply(item.name, last[item.name]) for item in addressed if item.name in last
    )
