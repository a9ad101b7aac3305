"""Tells who is spoken to in a text, and not only spoken of."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

_COMMA = r"[,،，、]"
_END = r"[.!?…。！？]"
_JOIN = r"(?:and|&|und|et|y|og|och|en)"
_AND = rf"(?:\s*{_COMMA}\s*(?:{_JOIN}\s+)?|\s+{_JOIN}\s+)"
_OPENERS = "and|but|so|or|yes|no|oh|ah|well|ok|okay|thanks|sorry|hi|hey|dear"
_YOU = re.compile(
    r"\b(?:you|your|yours|yourself|du|dir|dich|dein|deine|tu|toi|vous|votre|tú|usted)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(rf"(?<={_END})\s+|(?<=[。！？])|\n+")
_MARKS = re.compile(r"[*_~`]+")
_QUOTED = re.compile(r"^ {0,3}>.*$", re.MULTILINE)


def spoken_to(text: str, names: Mapping[str, str]) -> set[str]:
    """Whom a Markdown text addresses; `names` maps each form of a name to its owner.

    A name calls somebody where it stands alone before a comma, a colon or a dash at the
    beginning of a sentence ("Sarah and Jordan, your points…", "But Sarah: …"), or after
    a comma at its end ("Well put, Sarah."), or between commas in a sentence that says
    "you"; or after an @. Elsewhere ("Sarah's point", "as Sarah said", "Sarah is right")
    it is only spoken of. What is quoted is somebody else's word.
    """
    if not names:
        return set()
    plain = _MARKS.sub("", _QUOTED.sub("", text))
    patterns = _patterns(tuple(names))
    called = (
        name
        for sentence in _SENTENCE.split(plain)
        for name in _called(sentence.strip(), patterns)
    )
    return {names[name] for name in called}


def _called(sentence: str, patterns: "_Patterns") -> Iterator[str]:
    found = [*patterns.opening.finditer(sentence), *patterns.handle.finditer(sentence)]
    set_off = [*patterns.closing.finditer(sentence)]
    if _YOU.search(sentence):
        set_off += patterns.inside.finditer(sentence)
    # A name after a name and a comma is one of a list.
    found += [
        match
        for match in set_off
        if not patterns.name_last.search(
            sentence[max(0, match.start() - 200) : match.start()]
        )
    ]
    for match in found:
        yield from patterns.name.findall(match.group("who"))


class _Patterns(NamedTuple):
    opening: re.Pattern[str]
    inside: re.Pattern[str]
    closing: re.Pattern[str]
    handle: re.Pattern[str]
    name: re.Pattern[str]
    name_last: re.Pattern[str]


@lru_cache(maxsize=64)
def _patterns(names: tuple[str, ...]) -> _Patterns:
    longest_first = sorted(names, key=lambda item: (-len(item), item))
    bare = rf"(?:{'|'.join(map(re.escape, longest_first))})(?![\w’'])"
    one = rf"(?<!\w){bare}"
    who = rf"(?P<who>{one}(?:{_AND}{one}){{0,12}})"
    alone = rf"(?P<who>{one}(?:\s+{_JOIN}\s+{one})?)"
    # "Sarah, Jordan and Marcus disagree" is a list, and nobody is called.
    no_list = rf"(?!(?:\s*{_COMMA}\s*{one}){{0,12}}\s*{_COMMA}?\s*{_JOIN}\s+{one})"
    # After a dash, a colon or an opening quote a sentence begins anew.
    begin = rf"(?:^|[—–:;]\s*|\s-\s+)[\"“‘'(]*(?:(?i:{_OPENERS}){_COMMA}?\s+)?"
    after = rf"(?=\s*(?:[:!?.…—–]|\s-\s|{_COMMA}(?!\s*who)|$))"
    return _Patterns(
        opening=re.compile(begin + who + no_list + after),
        inside=re.compile(rf"{_COMMA}\s*{alone}(?=\s*{_COMMA}){no_list}"),
        closing=re.compile(rf"{_COMMA}\s*{alone}\s*(?={_END}|[—–)]|$)"),
        handle=re.compile(rf"@(?P<who>{bare})"),
        name=re.compile(bare),
        name_last=re.compile(rf"{one}\s*$"),
    )
