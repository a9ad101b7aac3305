"""Finds themes: the publication's own first, then those that come with the program."""

from collections.abc import Iterator
from pathlib import Path

from newsletter.config.files import display_name, read_text
from newsletter.config.home import DEFAULT_TEMPLATES
from newsletter.config.located_yaml import read_yaml
from newsletter.config.validate import validate
from newsletter.model.theme import Theme

_FILE = "theme.yaml"
_MAX_BYTES = 64 * 1024


def load_theme(name: str, root: Path) -> Theme | None:
    """The theme `name` of the publication in `root`, or of ours; None for neither.

    Raises SourceError with every mistake in its theme.yaml, located.
    """
    for home in (root, DEFAULT_TEMPLATES.parent):
        path = home / "templates" / "themes" / name / _FILE
        if path.is_file():
            text = read_text(path, home, _MAX_BYTES)
            return validate(Theme, read_yaml(text, file=display_name(path, home)))
    return None


def theme_names(root: Path) -> list[str]:
    """Every theme that the publication in `root` may name."""
    return sorted(set(_names(root / "templates")) | set(_names(DEFAULT_TEMPLATES)))


def _names(templates: Path) -> Iterator[str]:
    return (path.parent.name for path in templates.glob(f"themes/*/{_FILE}"))
