"""Where the default theme is: inside the wheel, or at the top of a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
_WHEEL = _PACKAGE / "templates"

DEFAULT_TEMPLATES = _WHEEL if _WHEEL.is_dir() else _PACKAGE.parent / "templates"
