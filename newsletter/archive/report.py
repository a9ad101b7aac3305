"""What a build has done."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BuildReport:
    """How many files were written, were right already, were removed; all pages.

    `rendered` are the files that had to be made again to know whether they changed.
    """

    written: int
    unchanged: int
    removed: int
    pages: tuple[str, ...]
    rendered: tuple[str, ...] = ()
