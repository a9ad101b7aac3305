"""Keeps quotation marks in pairs where a text is cut, or put into marks itself."""

_CLOSING = {"“": "”", "„": "“", "«": "»", "‹": "›", "「": "」", "『": "』"}
_INSIDE = str.maketrans({"“": "‘", "”": "’"})


def unclosed(text: str) -> str:
    """The marks that a text has opened and not closed, the last one first.

    Apostrophes are not told from single marks, so that those are left alone.
    """
    missing: list[str] = []
    for letter in text:
        if missing and letter == missing[-1]:
            missing.pop()
        elif letter in _CLOSING:
            missing.append(_CLOSING[letter])
    return "".join(reversed(missing))


def quoted(text: str) -> str:
    """A text in quotation marks; those inside it become single ones."""
    return f"“{text.translate(_INSIDE)}”"
