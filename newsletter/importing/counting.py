"""Reads the line that says how many experts there are: `3 experts discuss this`."""

import re
from dataclasses import dataclass

from newsletter.importing.shape import MOST_WORDS, bare, is_sentence

_WORDS = (
    "one a an ein",
    "two zwei deux dos",
    "three drei trois tres",
    "four vier quatre cuatro",
    "five fünf cinq cinco",
    "six sechs",
    "seven sieben",
    "eight",
    "nine",
    "ten",
)
_NUMBERS = {
    word: number for number, words in enumerate(_WORDS, 1) for word in words.split()
}
NUMBER = rf"(?:\d+|{'|'.join(_NUMBERS)})"
"""A number as pages write one, in figures or in a word."""

_MOST_WORDS = 16
"""A count may name what is discussed; what is longer is a text."""

_SPEAK = (
    r"(?:discuss\w*|weigh\w*(?: in)?|review\w*|react\w*|diskutier\w*|discut\w*"
    r"|debat\w*)"
)
# What every page says of what is discussed: it tells a reader nothing.
_THIS = (
    r"(?:(?: (?:on|to|in|über|de|sobre))?"
    r" (?:this|that|the|an?|one|it|dies\w*|das|cet(?:te)?|ce|l'|est[ae]|la|el))?"
    r"(?: ?(?:interview|answer|response|conversation|recording|story|gespräch|antwort"
    r"|entretien|réponse|entrevista|respuesta))?"
)
_COUNT = re.compile(
    rf"(?P<number>{NUMBER}) (?:expert\w*|panell?ist\w*|voices|people) {_SPEAK}\b"
    rf"(?:{_THIS}\s*[:：–—-]?\s*\Z|{_THIS}\s*[:：–—]\s*(?P<rest>\S.*)|(?P<topic> .*))",
    re.IGNORECASE,
)


# `Hear from three experts`, `7 experts, 1 answer`: no word says that they discuss it.
_ALONE = re.compile(
    rf"(?:(?:hear|insights?|views?|takes?) from |meet |with )?(?:the |our )?"
    rf"(?P<number>{NUMBER}) (?:experts?|panell?ists?)"
    r"(?:(?:,| on|:) (?:one|1|an?|this|the same)"
    r" (?:answer|interview|question|story))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Count:
    """How many experts a line counts, and the words it says beside that."""

    number: int
    rest: str = ""


def read_count(text: str) -> Count | None:
    """The count that a line is; None for a line that is none.

    A line that only begins like one, such as a title, is told by what stands above it:
    nothing, where it is the title.
    """
    if alone := _ALONE.fullmatch(bare(text)):
        return Count(_number(alone["number"]))
    found = _COUNT.match(text.replace("’", "'"))
    told = found and (found["topic"] or found["rest"])
    long = len(text.split()) > (_MOST_WORDS if told else MOST_WORDS)
    if not found or long or (found["topic"] and is_sentence(text)):
        return None
    rest = text[found.start("rest") :] if found["rest"] else ""
    # `experts discuss why she left`: the line makes sense only as a whole.
    return Count(_number(found["number"]), text if found["topic"] else rest)


def _number(word: str) -> int:
    least = word.casefold()
    return min(int(least), 99) if least.isdecimal() else _NUMBERS[least]
