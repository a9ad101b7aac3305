"""Knows the heads over the parts of a roundtable's page, in several languages."""

import re
from dataclasses import dataclass
from enum import StrEnum

from newsletter.model.labels import Labels

MOST_WORDS = 8
"""A head is short; what is longer is a sentence, whatever its words."""


class Part(StrEnum):
    """What a head stands over."""

    WATCH = "link to the interview"
    COUNT = "number of experts"
    PANEL = "panel"
    DISCUSSING = "what is discussed"
    REMARKS = "remarks"
    ROUND = "round"
    CONSENSUS = "consensus"
    SIGNALS = "hiring signals"
    HIRE = "reason to hire"
    CONCERN = "concern"


_PANEL = r"(?:panel(?:'?s)?|panell?ists?|experts?'?|group|jury|roundtable|runde)"
_NUMBER = (
    r"(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|ein|zwei|drei"
    r"|vier|fünf"
    r"|sechs|sieben|deux|trois|quatre|cinq|dos|tres|cuatro|cinco)"
)
_PATTERNS: dict[Part, str] = {
    Part.WATCH: (
        r"(?:watch|see|view|play)(?: the)?(?: full| whole| complete)?"
        r" (?:interview|video|conversation|recording|answer)|(?:the )?full interview"
        r"|(?:das )?(?:ganze |vollständige )?interview ansehen"
        r"|(?:voir|regarder) l'(?:interview|entretien)(?: compl(?:et|ète))?"
        r"|ver (?:la )?entrevista(?: completa)?"
    ),
    Part.COUNT: (
        rf"{_NUMBER} (?:expert\w*|panell?ist\w*|voices|people)"
        r" (?:discuss\w*|on|weigh\w*|review\w*|react\w*|diskutier\w*|discut\w*"
        r"|debat\w*)\b.*"
    ),
    Part.PANEL: (
        rf"(?:(?:the|our|meet the|das|die|le|el|la) )?{_PANEL}"
        r"|who is on the panel|teilnehmer|participants|participantes"
    ),
    Part.DISCUSSING: (
        r"(?:now |currently )?discussing|(?:the )?(?:topic|question|prompt)"
        r"|under discussion|up for discussion|thema|es geht um|diskutiert(?: wird)?"
        r"|(?:le )?sujet|en discussion|(?:el )?tema|a debate"
    ),
    Part.REMARKS: (
        r"(?:the )?(?:roundtable |panel )?(?:discussion|conversation|transcript|debate"
        r"|remarks)|(?:die )?diskussion|(?:das )?gespräch|(?:le )?débat"
        r"|(?:la )?(?:conversación|discusión)"
    ),
    Part.ROUND: (
        rf"(?:round|runde|tour|manche|ronda|turno|rodada) (?:#"
        rf"|no\.? ?)?{_NUMBER}\b.{{0,80}}"
        rf"|{_NUMBER}\.? (?:round|runde)\b.{{0,80}}"
        r"|(?:first|second|third|fourth|fifth|last|final|erste|zweite|dritte|letzte) "
        r"(?:round|runde)\b.{0,80}"
    ),
    Part.CONSENSUS: (
        rf"(?:the )?(?:{_PANEL} |final |joint |overall )?(?:consensus|verdict"
        rf"|conclusions?"
        r"|takeaways?|bottom line|decision|common ground|agreement|summary|synthesis)"
        r"|(?:what|where) (?:the )?(?:\w+ )?(?:agree[sd]?|lands?|landed|converges?d?"
        r"|comes? out)(?: on| about)?"
        r"|in agreement|points of agreement"
        r"|what (?:they|we|all|everyone) (?:all )?shares?"
        r"|(?:das )?fazit(?: der runde)?|(?:der )?konsens(?: der runde)?"
        r"|worin sich .*einig.*"
        r"|(?:le )?(?:consensus|verdict|conclusion)(?: du (?:panel|jury))?"
        r"|(?:el )?(?:consenso|veredicto)(?: del panel)?"
        r"|conclusi[oó]n(?:es)?(?: del panel)?"
    ),
    Part.SIGNALS: (
        r"(?:the )?(?:hiring |hire )?(?:signals?|scorecards?)(?: from .{1,30})?"
        r"|hire or no hire|einstellungssignale|signale(?: .{1,30})?"
        r"|signaux(?: .{1,40})?|señales(?: .{1,40})?"
    ),
    Part.HIRE: (
        r"(?:(?:main|key|top|biggest) )?reasons? (?:to|for) hir(?:e|ing)"
        r"|why (?:to )?hire(?: them| her| him)?|green flags?|strengths?|pros?|upsides?"
        r"|in favou?r|what (?:impressed|convinced).{0,20}"
        r"|(?:gründe?|grund) (?:für|zur) (?:eine |die )?(?:einstellung|zusage)"
        r"|gründe dafür|dafür|stärken?|raisons? d'embaucher|points? forts?"
        r"|raz(?:ón|ones) para contratar|puntos? fuertes?|fortalezas?"
    ),
    Part.CONCERN: (
        r"(?:(?:main|key|top|biggest|open) )?(?:concerns?|red flags?|yellow flags?"
        r"|worr(?:y|ies)|reservations?|risks?|weakness(?:es)?|cons?|doubts?"
        r"|hesitations?"
        r"|downsides?)|reasons? (?:not to hire|to pass|against(?: hiring)?)"
        r"|why not(?: hire)?|against|bedenken|dagegen|gründe dagegen|schwächen?|risiken"
        r"|réserves?|points? faibles?|inquiétudes?|preocupaci(?:ón|ones)|dudas?"
        r"|riesgos?"
    ),
}
_TAG = re.compile(
    r"(?P<before>.*?)\W*(?:expert (?:roundtable|panel)|expertenrunde"
    r"|table ronde(?: d'experts)?|mesa redonda(?: de expertos)?)\W*(?P<after>.*)",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[.!?…][\"'”’»)\]]*\Z")
_DECORATION = re.compile(r"\A[^\w\"“‘«(]+|[\s:：\-–—]+\Z")


@dataclass(frozen=True, slots=True)
class Head:
    """A head that was recognised, and what stands after it on its line."""

    part: Part
    rest: str = ""


def bare(text: str) -> str:
    """A head's words without what pages decorate them with."""
    return _DECORATION.sub("", text.replace("’", "'")).casefold()


def is_sentence(text: str) -> bool:
    """Whether a line ends as a sentence does."""
    return bool(_ENDS.search(text))


def is_headlike(text: str) -> bool:
    """Whether a line could be a head: a few words that do not end as a sentence."""
    return (
        len(text.split()) <= MOST_WORDS
        and len(text) <= 80
        and not _ENDS.search(text)
        and not text.endswith((",", ";", "#"))
        and any(character.isalpha() for character in text)
    )


class Heads:
    """Recognises heads: those that many pages have, and the publication's own."""

    def __init__(self, labels: Labels) -> None:
        """Know the labels of a publication beside our own words."""
        own = {
            Part.WATCH: labels.watch_interview,
            Part.CONSENSUS: labels.consensus,
            Part.SIGNALS: labels.signals,
            Part.HIRE: labels.hire,
            Part.CONCERN: labels.concern,
        }
        self._known = {
            part: re.compile(
                rf"{pattern}|{re.escape(bare(own[part]))}" if part in own else pattern
            )
            for part, pattern in _PATTERNS.items()
        }
        self._tag = re.escape(bare(labels.roundtable))

    def find(self, text: str) -> Head | None:
        """The head that a line is, or starts with before a colon."""
        if part := self._part(text):
            return Head(part)
        before, colon, rest = text.replace("：", ":").partition(":")
        if colon and rest.strip() and (part := self._part(before)):
            return Head(part, rest.strip())
        return None

    def both_signals(self, text: str) -> bool:
        """Whether a line names both of the signals: `Reasons to hire / Red flags`."""
        sides = [
            self._part(side) for side in re.split(r"\s*(?:/|\||&|\band\b)\s*", text)
        ]
        return Part.HIRE in sides and Part.CONCERN in sides

    def _part(self, text: str) -> Part | None:
        words = bare(text)
        # A count names what is discussed: it may be longer.
        if not words or len(words.split()) > MOST_WORDS * 2 or is_sentence(text):
            return None
        return next(
            (part for part, known in self._known.items() if known.fullmatch(words)),
            None,
        )

    def competency(self, text: str) -> str | None:
        """What the kicker of a roundtable names; None for a line that is none.

        Pages run it together: `Have BackboneExpert Roundtable`.
        """
        if len(text.split()) > MOST_WORDS or is_sentence(text):
            return None
        found = _TAG.fullmatch(text)
        if found:
            before, after = found.group("before"), found.group("after")
            return before if not after else (after if not before else None)
        if re.fullmatch(rf"(?:{self._tag}|roundtable)", bare(text)):
            return ""
        return None
