"""How an image is wanted, and what is made of it; Pillow is not needed to say so."""

from dataclasses import dataclass

MAX_WIDTH = 1200
"""Pixels: twice the 600 that the mail is wide, for screens of double density."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How an image is wanted: at most so many pixels wide, and square or as it is."""

    pixels: int = MAX_WIDTH
    square: bool = False

    @classmethod
    def shown(cls, width: int, *, square: bool) -> "Wish":
        """For an image shown `width` CSS pixels wide; 0 stands for the whole mail."""
        return cls(min(2 * width, MAX_WIDTH) if width > 0 else MAX_WIDTH, square)

    def __str__(self) -> str:
        """`1200`, or `96s` for a square: part of the names of results."""
        return f"{self.pixels}{'s' if self.square else ''}"


@dataclass(frozen=True, slots=True)
class Variant:
    """An image as it is published: its bytes, what they are, its size in pixels."""

    data: bytes
    suffix: str
    width: int
    height: int
