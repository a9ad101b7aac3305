"""Tags: words that are put on subscribers."""

import re
import unicodedata

from newsletter.model.text import forbidden_character

MAX_TAG = 60

# What parts several tags in one cell, and what would have to be escaped in a segment.
_PARTS = re.compile(r"[,;|\"\\]")


def as_tag(text: str) -> str:
    """A tag as it is kept: small letters, single blanks; '' for what cannot be one.

    At most 60 characters, and none of `,` `;` `|` `"` and the backslash.
    """
    if forbidden_character(text):
        return ""
    tag = " ".join(unicodedata.normalize("NFC", text).lower().split())
    tag = unicodedata.normalize("NFC", tag)
    return "" if len(tag) > MAX_TAG or _PARTS.search(tag) else tag
