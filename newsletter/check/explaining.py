"""What the documentation says about a code."""

from pathlib import Path

from newsletter.check.codes import CODES
from newsletter.config.validate import did_you_mean
from newsletter.errors import UsageError

_PACKAGE = Path(__file__).parent
_WHEEL = _PACKAGE / "problems"

PAGES = _WHEEL if _WHEEL.is_dir() else _PACKAGE.parents[1] / "docs" / "problems"
"""Where the pages are: inside the wheel, or in the docs of a checkout."""


def explanation(code: str) -> str:
    """The page about a code, in Markdown.

    Raises UsageError when there is no such code.
    """
    if code not in CODES:
        hint = did_you_mean(code, CODES, cutoff=0.6) or f"known: {', '.join(CODES)}"
        raise UsageError(f"there is no code `{code}`", hint=hint)
    return (PAGES / f"{code}.md").read_text("utf-8").strip()
