"""Works out who says what where a page has no names before the remarks.

The panel speaks in its listed order, round by round. A remark never speaks to its own
expert by name: so where the order would have it, a remark is missing before it, or it
is a further paragraph of the one before. The cheapest such reading is found by dynamic
programming over the order.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.importing.addressing import Addressed

MISSING = 5
"""What it costs to say that an expert has no remark in a round."""

FURTHER = 12
"""And that a paragraph goes on with the remark before: more than two missing ones."""

NO_REMARK = 7
"""And that the first or last paragraph is none: more than one missing remark."""

SPEAKS_TO_ITSELF = 12
NAMES_ITSELF = 3
"""A name alone proves little: `I'd rather be Grace than right`."""

MOST_MISSING = 4
"""As many in a row are looked for in the middle of a page; at its end, any number."""

_Cost = tuple[int, int]
_Way = tuple["_Way", "Turn"] | None
"""The turns so far, the last one first: ways that part share their beginnings."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose a paragraph is: the expert's place on the panel.

    `further` says that it goes on with the remark before, `missing` who was left out
    right before it, `new_round` that it opens a round.
    """

    expert: int
    further: bool = False
    missing: tuple[int, ...] = ()
    new_round: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """Every paragraph's turn; `missing` are who has no remark at the end.

    `sure` says that no other reading is as good; one that adds up has a `cost` of 0.
    """

    turns: tuple[Turn, ...]
    missing: tuple[int, ...]
    sure: bool
    cost: int = 0


def read_turns(said: Sequence[Addressed], panel: Sequence[str]) -> Reading:
    """The best reading of paragraphs that say `said`, of a panel with these names.

    Among equals the one in which remarks go missing as late as can be, since pages are
    cut off at their ends.
    """
    late = _best(said, panel, -1)
    if not any((*late.missing, *(turn.missing or turn.further for turn in late.turns))):
        return late
    early = _best(said, panel, 1)
    same = (late.turns, late.missing) == (early.turns, early.missing)
    return Reading(late.turns, late.missing, same, late.cost)


def _best(said: Sequence[Addressed], panel: Sequence[str], bias: int) -> Reading:
    """The cheapest way through; `bias` decides between those that cost the same."""
    size, total = len(panel), len(said)
    # The cost of each speaker of the paragraph before, and the way there.
    ways: dict[int, tuple[_Cost, _Way]] = {size - 1: ((0, 0), None)}
    for at, item in enumerate(said):
        own = [_own_cost(item, name) for name in panel]
        reached: dict[int, tuple[_Cost, _Way]] = {}
        for before, (cost, way) in ways.items():
            for turn, price in _turns(before, size, first=not at):
                new = (
                    cost[0] + price + own[turn.expert],
                    cost[1] + bias * at * (len(turn.missing) + turn.further),
                )
                known = reached.get(turn.expert)
                if known is None or new < known[0]:
                    reached[turn.expert] = (new, (way, turn))
        ways = reached
    ended = {
        expert: (
            cost[0] + MISSING * (size - 1 - expert),
            cost[1] + bias * total * (size - 1 - expert),
        )
        for expert, (cost, _) in ways.items()
    }
    last = min(ended, key=lambda expert: (ended[expert], -expert))
    missing = tuple(range(last + 1, size))
    return Reading(_walked(ways[last][1]), missing, True, ended[last][0])


def _walked(way: _Way) -> tuple[Turn, ...]:
    turns = []
    while way is not None:
        way, turn = way
        turns.append(turn)
    return tuple(reversed(turns))


def _turns(before: int, size: int, *, first: bool) -> list[tuple[Turn, int]]:
    """Everything that may follow a remark of the expert at `before`, with its price."""
    found = []
    for skipped in range(min(size, MOST_MISSING + 1)):
        places = [before + step for step in range(1, skipped + 2)]
        expert = places[-1] % size
        missing = tuple(place % size for place in places[:-1])
        opens = places[-1] >= size
        found.append((Turn(expert, False, missing, opens), MISSING * skipped))
    if not first and size > 1:
        found.append((Turn(before, further=True), FURTHER))
    return found


def _own_cost(said: Addressed, name: str) -> int:
    if name in said.spoken_to:
        return SPEAKS_TO_ITSELF
    return NAMES_ITSELF if name in said.named else 0
