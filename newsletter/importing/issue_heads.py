"""Knows the heads over the parts of an issue: opinion column, TLDR, music, reply."""

import re
from dataclasses import dataclass
from enum import StrEnum

from newsletter.importing.labels import bare, is_sentence
from newsletter.model.labels import Labels


class IssuePart(StrEnum):
    """What a head stands over."""

    OPINION = "opinion column"
    TLDR = "TLDR"
    MUSIC = "music pick"


_PATTERNS = {
    IssuePart.OPINION: (
        r"(?:my|our)(?: own)? (?:2|two) cents?|my take|(?:mein|unser) senf"
        r"|meine meinung"
        r"|mon grain de sel|mi opini[oó]n"
    ),
    IssuePart.TLDR: (
        r"tl;? ?dr(?:[:;,–—-]? ?(?:synopsis|summary|version|recap|the short version))?"
        r"|synopsis|in short|the short version|in a nutshell|kurz gesagt|kurzfassung"
        r"|en bref|en resumen|resumen"
    ),
    IssuePart.MUSIC: (
        r"(?:music|song|tune|track|album|soundtrack)s? (?:for|of) (?:your|the|this"
        r"|my) [^\W\d]+"
        r"|(?:friday|weekend|weekly|this week's) (?:music|song|tune"
        r"|soundtrack)(?: pick)?"
        r"|(?:today|tonight|this (?:week|month)|the (?:day|week))'s (?:music|song|tune"
        r"|track|album|soundtrack|playlist)(?: pick)?|(?:the )?(?:soundtrack|playlist)"
        r"|on repeat|music pick|now playing|(?:what )?i'?m listening to"
        r"|musik (?:für|zum) .{1,30}|musique (?:pour|du) .{1,30}|música para .{1,30}"
    ),
}
# A head that says nothing beside its own name; what follows another colon is a text.
_ALSO = re.compile(r"(?:the )?(?:synopsis|summary|recap|short version)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class IssueHead:
    """A head that was recognised, and what stands after it on its line."""

    part: IssuePart
    rest: str = ""


class IssueHeads:
    """Recognises the heads of an issue: well-known ones, and the publication's own."""

    def __init__(self, labels: Labels) -> None:
        """Know the labels of a publication, its `{weekday}` being any word."""
        own = {
            IssuePart.OPINION: labels.my_2_cents,
            IssuePart.TLDR: labels.tldr,
            IssuePart.MUSIC: labels.music,
        }
        self._known = {
            part: re.compile(rf"{pattern}|{_with_any_word(own[part])}")
            for part, pattern in _PATTERNS.items()
        }
        self._reply = bare(re.sub(r"[\[\]]", "", labels.reply))

    def find(self, text: str) -> IssueHead | None:
        """The head that a line is, or starts with before a colon."""
        if is_sentence(text) and ":" not in text:
            return None
        if part := self._part(text):
            return IssueHead(part)
        before, colon, rest = text.partition(":")
        part = self._part(before) if colon else None
        if part is None:
            return None
        return IssueHead(part, "" if _ALSO.fullmatch(rest.strip()) else rest.strip())

    def is_reply(self, text: str) -> bool:
        """Whether a line is the publication's own, which asks for an answer."""
        return bare(text) == self._reply

    def _part(self, text: str) -> IssuePart | None:
        words = bare(text)
        return next(
            (part for part, known in self._known.items() if known.fullmatch(words)),
            None,
        )


def _with_any_word(label: str) -> str:
    return re.sub(r"\\\{[^}]*\\\}", r"[^\\W\\d]+", re.escape(bare(label)))
