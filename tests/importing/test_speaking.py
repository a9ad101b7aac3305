"""Who says what where no names stand before the remarks: by order, and by whom they
speak to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.importing.addressing import Addressed, addressed
from newsletter.importing.panel import Member, Names
from newsletter.importing.speaking import Reading, Turn, read_turns

PANEL = ("Ann Lee", "Bo Dahl", "Cy Young")
NAMES = Names([Member(name) for name in PANEL])


def turns(*remarks: str, panel: tuple[str, ...] = PANEL) -> Reading:
    names = Names([Member(name) for name in panel])
    return read_turns([addressed(text, names) for text in remarks], panel)


def order(reading: Reading) -> str:
    """The experts' letters in their order; a further paragraph in small letters."""
    return "".join(
        "abc"[turn.expert] if turn.further else "ABC"[turn.expert]
        for turn in reading.turns
    )


def test_the_panel_speaks_in_its_order_round_by_round() -> None:
    reading = turns("One.", "Two.", "Three.", "Four.", "Five.", "Six.")

    assert order(reading) == "ABCABC"
    assert [turn.new_round for turn in reading.turns] == [True, False, False] * 2
    assert reading.missing == ()
    assert reading.sure


def test_whom_a_remark_speaks_to_tells_that_one_is_missing() -> None:
    reading = turns("One.", "Two.", "Three.", "Bo, four.", "Bo and Ann, five.")

    assert order(reading) == "ABCAC"
    assert reading.turns[-1] == Turn(2, missing=(1,))
    assert reading.sure


def test_the_first_of_a_round_may_be_missing() -> None:
    reading = turns("1.", "2.", "3.", "Ann, four.", "Ann and Bo, five.")

    assert order(reading) == "ABCBC"
    assert reading.turns[3] == Turn(1, missing=(0,), new_round=True)


def test_without_a_name_the_last_ones_are_missing_and_it_is_not_sure() -> None:
    reading = turns("One.", "Two.", "Three.", "Four.", "Five.")

    assert order(reading) == "ABCAB"
    assert reading.missing == (2,)
    assert not reading.sure


def test_one_paragraph_too_many_goes_on_with_a_remark() -> None:
    panel = ("Ann", "Bo", "Cy", "Di", "Ed")
    said = [
        "One.",
        "Two.",
        "Bo, hm.",
        "Ann and Bo and Di, so.",
        "Cy and Ed, no.",
        "Di, yes.",
    ]
    reading = turns(*said, panel=panel)

    assert [turn.expert for turn in reading.turns] == [0, 1, 2, 2, 3, 4]
    assert [turn.further for turn in reading.turns] == [0, 0, 0, 1, 0, 0]


def test_a_panel_of_one_says_everything() -> None:
    reading = turns("One.", "Two.", panel=("Ann",))

    assert [turn.expert for turn in reading.turns] == [0, 0]
    assert all(turn.new_round for turn in reading.turns)


@given(st.integers(2, 7), st.integers(1, 6), st.data())
def test_a_missing_remark_is_found_wherever_the_others_speak_to_somebody(
    size: int, rounds: int, data: st.DataObject
) -> None:
    panel = [f"Expert{chr(65 + at)}" for at in range(size)]
    places = [(turn, at) for turn in range(rounds) for at in range(size)]
    gone = data.draw(st.sampled_from(places))
    # Everybody speaks to all others, so that nobody else can be speaking.
    said = [
        Addressed(frozenset(set(panel) - {panel[at]}), frozenset())
        for turn, at in places
        if (turn, at) != gone
    ]
    reading = read_turns(said, panel)

    assert [turn.expert for turn in reading.turns] == [
        at for turn, at in places if (turn, at) != gone
    ]
    assert reading.sure or size * rounds == size


@pytest.mark.parametrize(
    ("text", "spoken", "named"),
    [
        ("Ann, I agree.", {"Ann Lee"}, {"Ann Lee"}),
        ("Ann and Bo, you both do.", {"Ann Lee", "Bo Dahl"}, {"Ann Lee", "Bo Dahl"}),
        ("I think Ann is right.", set(), {"Ann Lee"}),
        ("Young people do.", set(), set()),
        ("an ann in small letters", set(), set()),
    ],
)
def test_to_speak_to_somebody_is_more_than_to_name_them(
    text: str, spoken: set[str], named: set[str]
) -> None:
    assert addressed(text, NAMES) == Addressed(frozenset(spoken), frozenset(named))
