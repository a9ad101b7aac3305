"""The name of a text in addresses: that of its file, and of no other."""

from pathlib import Path

from newsletter.content.listing import ENDINGS

_USUAL = ".md"


def name_of(path: Path) -> str:
    """The name of the text in the file at `path`.

    `.md` is left out, but not where another file could have that name, too: `x.md` and
    `x.markdown` are two texts.
    """
    stem = path.stem
    usual = path.suffix == _USUAL and Path(stem).suffix.lower() not in ENDINGS
    return stem if usual else path.name


def file_name(name: str) -> str:
    """The name of the file that a text of this name is in."""
    return name if Path(name).suffix.lower() in ENDINGS else f"{name}{_USUAL}"
