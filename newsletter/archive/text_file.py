"""The bytes of the files of a site that are texts."""

import re

# What neither HTML nor XML may hold; YAML can spell such characters as escapes.
_NO_TEXT = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)


def text_bytes(text: str) -> bytes:
    """A text of lines as bytes, without the characters that no text may hold."""
    # To ask whether all can be printed is faster, and true of most pages.
    if not text.replace("\n", "").isprintable():
        text = _NO_TEXT.sub("", text)
    return (text.rstrip("\n") + "\n").encode()
