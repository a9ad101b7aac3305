"""Rows that are left out: all of them are named, and hundreds of thousands fit."""

import tracemalloc

import pytest

from newsletter.audience.entry import Skip
from newsletter.audience.importing import import_file
from newsletter.audience.skips import Skips
from newsletter.store.engine import Store
from tests.audience.conftest import ERASER, WriteCsv

MANY = 10_000


def some(first: int, number: int) -> list[Skip]:
    return [
        Skip(n, f"nobody.{n}@nowhere", f"`nobody.{n}` is no address", "ask")
        for n in range(first, first + number)
    ]


@pytest.mark.parametrize("number", [0, 1, 999, 1000, 1001, 4321])
def test_they_are_those_that_were_added_in_the_order_of_their_lines(
    number: int,
) -> None:
    skips = Skips()
    for first in range(0, number, 700):
        skips.add(reversed(some(first, min(700, number - first))))
    all_of_them = some(0, number)

    assert skips == tuple(all_of_them)
    assert tuple(all_of_them) == skips
    assert len(skips) == number
    assert [*skips[:3], *skips[995:1005]] == all_of_them[:3] + all_of_them[995:1005]
    for place in (0, -1, 1000, number // 2):
        if place < number and number:
            assert skips[place] == all_of_them[place]
        else:
            with pytest.raises(IndexError):
                skips[place]
    assert skips != some(1, 1)
    assert repr(skips[:1]) == f"Skips({all_of_them[:1]})"


def test_many_take_little_memory() -> None:
    tracemalloc.start()
    try:
        skips = Skips()
        for first in range(0, MANY, 1000):
            skips.add(some(first, 1000))
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert len(skips) == MANY
    assert size < MANY * 40


def test_every_row_of_a_long_file_is_named(store: Store, write_csv: WriteCsv) -> None:
    rows = "".join(f"nobody {n}\nana{n}@x.test\n" for n in range(4000))

    report = import_file(store, ERASER, write_csv(f"email\n{rows}"))

    assert [each.line for each in report.skipped] == [*range(2, 8002, 2)]
    assert report.added == 4000
