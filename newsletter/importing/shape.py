"""Tells by its shape what a line is: a head, a sentence, an item of a list."""

import re

MOST_WORDS = 8
"""A head is short; what is longer is a sentence, whatever its words."""

_ENDS = re.compile(r"[.!?…][\"'”’»)\]]*\Z")
# Arrows, dingbats and emoji, as pages put them around their heads.
_PICTURES = "\u2190-\u2bff\ufe0f\u200d\U0001f000-\U0001faff"
_DECORATION = re.compile(rf"\A[^\w\"“‘«(]+|[\s:：;/|\-–—{_PICTURES}]+\Z")
_AROUND = re.compile(rf"\A[\s{_PICTURES}]+(?=\S)|(?<=\S)[\s{_PICTURES}]+\Z")
_BULLET = re.compile(r"\A[•‣◦▪●○·∙*+–-]\s+(?=\S)")
_NUMBERED = re.compile(r"\d{1,2}[.)]\s+(?=\S)")


def bare(text: str) -> str:
    """A head's words without what pages decorate them with."""
    return _DECORATION.sub("", text.replace("’", "'")).casefold()


def without_pictures(text: str) -> str:
    """A line without the emoji that a page has before or after it."""
    return _AROUND.sub("", text)


def is_sentence(text: str) -> bool:
    """Whether a line ends as a sentence does."""
    return bool(_ENDS.search(text))


def is_headlike(text: str) -> bool:
    """Whether a line could be a head: a few words that do not end as a sentence."""
    return (
        len(text.split()) <= MOST_WORDS
        and len(text) <= 80
        and not _ENDS.search(text)
        and not is_item(text)
        and not text.endswith((",", ";", "#"))
        and any(character.isalpha() for character in text)
    )


def is_item(text: str) -> bool:
    """Whether a line has the mark of a list before it: a bullet or a number."""
    return is_bullet(text) or bool(_NUMBERED.match(text))


def is_bullet(text: str) -> bool:
    """Whether a line has a bullet before it."""
    return bool(_BULLET.match(text))


def number_of(text: str) -> int:
    """The number before a line; 0 where there is none."""
    return int(re.split(r"[.)]", text)[0]) if _NUMBERED.match(text) else 0


def without_number(text: str) -> str:
    """A line without the number before it, where that only counts."""
    return _NUMBERED.sub("", text, count=1)


def without_bullet(text: str) -> str:
    """An item without the bullet before it; a number says something, and is kept."""
    return _BULLET.sub("", text, count=1)


def ended(text: str) -> str:
    """Words as a sentence: with a full stop, where they have no end."""
    return text if is_sentence(text) else f"{text}."
