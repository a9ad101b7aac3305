"""What an import tells its author: where a text did not add up, and what was done."""

from dataclasses import asdict, dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that did not add up.

    `line` is its line in the pasted text, 0 where it has none.
    """

    line: int
    what: str
    did: str

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        return f"{place}{self.what}: {self.did}"


@dataclass(frozen=True, slots=True)
class Imported:
    """A file made of a pasted text: its title, its text, what was read, what was odd.

    `day` is the date that it has, where it needs one; `unfinished` says that words in
    it have no place yet, so that nobody may see it.
    """

    title: str
    text: str
    read: dict[str, int]
    notes: tuple[Note, ...]
    day: date | None = None
    unfinished: bool = False

    def notes_as_data(self) -> list[dict[str, object]]:
        """The notes for a program."""
        return [asdict(note) for note in self.notes]


def shown(text: str, most: int = 60) -> str:
    """A text as a message quotes it: its beginning."""
    cut = text if len(text) <= most else text[: most - 1].rstrip() + "…"
    return f"`{cut}`"
