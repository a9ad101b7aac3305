"""What stands in a cell: one clean line, which no spreadsheet takes for a formula."""

import re
import unicodedata
from collections.abc import Mapping

from newsletter.model.text import MAX_LINE, clean_line
from newsletter.model.token import MAX_UID

MAX_ATTRIBUTE = 500
_UID = re.compile("u[0-9a-f]{1,16}")

# What makes a spreadsheet calculate instead of show, also behind quotes and blanks:
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = re.compile(r"""['"\s]*[=+\-@＝＋－＠\t\r\n]""")


def one_line(text: str) -> str:
    """A name or an attribute as it is kept: no control characters, one line, NFC."""
    if text.isascii() and text.isprintable():
        return text.strip()
    # NFC last: what is cleaned away may have kept a letter from its accent.
    return unicodedata.normalize("NFC", clean_line(text)).strip()


def defuse(text: str) -> str:
    """Put an apostrophe before what would be a formula; `revive` takes it off again."""
    return f"'{text}" if _FORMULA.match(text) else text


def revive(cell: str) -> str:
    """The text that `defuse` made this cell of; any other cell stays as it is."""
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell, 1) else cell


def too_long(name: str, attributes: Mapping[str, str]) -> tuple[str, str] | None:
    """What is too long to be kept, and what to do about it; None when nothing is."""
    if len(name) > MAX_LINE:
        return f"a name of {len(name)} characters", f"{MAX_LINE} are kept at most"
    for key, value in attributes.items():
        if len(value) > MAX_ATTRIBUTE:
            reason = f"`{key}` has {len(value):,} characters"
            return reason, f"{MAX_ATTRIBUTE} are kept at most; shorten or remove it"
    return None


def uid_text(uid: int) -> str:
    """The number in somebody's links, so that a spreadsheet does not round it."""
    return f"u{uid:x}"


def uid_in(cell: str) -> int | None:
    """The number that `uid_text` made this cell of; None where it did not."""
    uid = int(cell[1:], 16) if _UID.fullmatch(cell) else 0
    return uid if 0 < uid <= MAX_UID else None
