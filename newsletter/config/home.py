"""Where a publication is, and what comes with the program: found without reading it."""

from pathlib import Path

from newsletter.errors import ConfigError

FILE_NAME = "newsletter.yaml"

_PACKAGE = Path(__file__).parents[1]
_WHEEL = _PACKAGE / "templates"

# Inside the wheel, or at the top of a checkout.
DEFAULT_TEMPLATES = _WHEEL if _WHEEL.is_dir() else _PACKAGE.parent / "templates"


def find_root(start: Path) -> Path:
    """The nearest folder at or above `start` that has a newsletter.yaml.

    Raises ConfigError when there is none.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder
    raise ConfigError(
        f"no {FILE_NAME} in {start} or above it",
        hint="run `newsletter init` to start a publication here",
    )
