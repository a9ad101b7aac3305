"""Knows the heads over the parts of an issue: opinion column, TLDR, music, reply."""

import re
from dataclasses import dataclass
from enum import StrEnum

from newsletter.importing.shape import bare, is_sentence
from newsletter.model.labels import Labels


class IssuePart(StrEnum):
    """What a head stands over."""

    OPINION = "opinion column"
    TLDR = "TLDR"
    MUSIC = "music pick"


# What a paragraph in the middle of a letter begins with too.
_IN_SHORT = (
    r"in (?:short|summary|conclusion)|to sum (?:it )?up|(?:in )?a nutshell|kurz gesagt"
    r"|(?:the )?(?:short version|bottom line|gist|upshot)|en bref|en resumen|resumen"
)
_PATTERNS = {
    IssuePart.OPINION: (
        r"(?:my|our)(?: own)? (?:(?:2|two) cents?|\$?0?\.02)"
        r"|my (?:take|view|thoughts)|on my mind"
        r"|(?:from|a (?:note|word) from) (?:me|the editor)|editor's note"
        r"|(?:mein|unser) senf|meine meinung|mon grain de sel|mi opini[oó]n"
    ),
    IssuePart.TLDR: (
        r"tl;? ?dr(?:[:;,–—-]? ?(?:synopsis|summary|version|recap|the short version))?"
        r"|(?:the )?(?:synopsis|summary|recap|(?:key |main )?takeaways?)|kurzfassung"
        rf"|{_IN_SHORT}"
    ),
    IssuePart.MUSIC: (
        r"music|(?:(?:our|my|the) )?"
        r"(?:music|song|tune|track|album|soundtrack)s? (?:for|of) (?:your|the|this"
        r"|my) [^\W\d]+"
        r"|(?:an? )?(?:song|tune|track|album) for (?:your|the|this) [^\W\d]+"
        r"|(?:the |my |our )?(?:(?:song|track|tune|music) )?"
        r"(?:pick|song|track|tune|album) of the (?:day|week|month)"
        r"|(?:the |my |our )?(?:[^\W\d]+day|weekend)(?:'s)? pick"
        r"|(?:friday|weekend|weekly|this week's) (?:music|song|tune"
        r"|soundtrack)(?: pick)?"
        r"|(?:today|tonight|this [^\W\d]+|the (?:day|week))'s (?:music|song|tune"
        r"|track|album|soundtrack|playlist)(?: pick)?|(?:the )?(?:soundtrack|playlist)"
        r"|on repeat|music pick|now playing"
        r"|(?:(?:what )?i'?m |currently |now )?listening to"
        r"|musik (?:für|zum) .{1,30}|musique (?:pour|du) .{1,30}|música para .{1,30}"
    ),
}
# `tl;dr - say it`: of all heads only this one is no word of a sentence.
_DASHED = re.compile(r"tl;? ?dr\s*[–—-]\s*(?P<rest>\w.*)", re.IGNORECASE)
# Nor does this: `my two cents – three questions`.
_OPINION = re.compile(
    r"my (?:2|two) cents?\s*(?:\s[–—-]|[|·])\s+(?P<rest>\w.*)", re.IGNORECASE
)
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
        if found := _DASHED.fullmatch(text):
            rest = found["rest"]
            return IssueHead(IssuePart.TLDR, "" if _ALSO.fullmatch(rest) else rest)
        if found := _OPINION.fullmatch(text):
            return IssueHead(IssuePart.OPINION, found["rest"])
        if is_sentence(text) and ":" not in text:
            return None
        if part := self._part(text):
            return IssueHead(part)
        before, colon, rest = text.partition(":")
        part = self._part(before) if colon else None
        if part is None:
            return None
        return IssueHead(part, "" if _ALSO.fullmatch(rest.strip()) else rest.strip())

    def is_in_short(self, text: str) -> bool:
        """Whether the head over a TLDR is one that a sentence may begin with."""
        return bool(re.fullmatch(_IN_SHORT, bare(text.partition(":")[0])))

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
