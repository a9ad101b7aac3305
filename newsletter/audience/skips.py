"""The rows that an import left out: all of them, in little memory."""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from itertools import islice
from typing import overload

from newsletter.audience.entry import Skip

_PACKED = 1000


class Skips(Sequence[Skip]):
    """Rows in the order of the files: some as they are, the ones before packed.

    A million take some ten megabytes; as they are, they would take three hundred.
    """

    def __init__(self, skips: Iterable[Skip] = ()) -> None:
        """Begin with these."""
        self._packed: list[bytes] = []
        self._newest = list(skips)

    def add(self, some: Iterable[Skip]) -> None:
        """Add rows that come after all that were added before, in any order."""
        self._newest += sorted(some, key=lambda each: each.line)
        while len(self._newest) >= _PACKED:
            rows = [astuple(each) for each in self._newest[:_PACKED]]
            self._packed.append(zlib.compress(json.dumps(rows).encode(), 1))
            del self._newest[:_PACKED]

    def __len__(self) -> int:
        """How many there are."""
        return len(self._packed) * _PACKED + len(self._newest)

    def __iter__(self) -> Iterator[Skip]:
        """Go through all of them, unpacking some at a time."""
        for block in self._packed:
            yield from (Skip(*row) for row in json.loads(zlib.decompress(block)))
        yield from self._newest

    @overload
    def __getitem__(self, place: int) -> Skip: ...

    @overload
    def __getitem__(self, place: slice) -> "Skips": ...

    def __getitem__(self, place: int | slice) -> "Skip | Skips":
        """One of them, or some."""
        if isinstance(place, slice):
            return Skips(islice(self, *place.indices(len(self))))
        block, rest = divmod(range(len(self))[place], _PACKED)
        if block == len(self._packed):
            return self._newest[rest]
        return Skip(*json.loads(zlib.decompress(self._packed[block]))[rest])

    def __eq__(self, other: object) -> bool:
        """Whether the other has the same rows, of whatever kind it is."""
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """All of them, for messages of tests."""
        return f"Skips({list(self)})"
