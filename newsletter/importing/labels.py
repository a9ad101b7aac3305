"""Knows the heads over the parts of a roundtable's page, in several languages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from newsletter.importing.counting import NUMBER, read_count
from newsletter.importing.shape import MOST_WORDS, bare, is_sentence
from newsletter.model.labels import Labels


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
_PATTERNS: dict[Part, str] = {
    Part.WATCH: (
        r"(?:watch|see|view|play)(?: the)?(?: full| whole| complete)?"
        r" (?:interview|video|conversation|recording|answer)|(?:the )?full interview"
        r"|(?:das )?(?:ganze |vollständige )?interview ansehen"
        r"|(?:voir|regarder) l'(?:interview|entretien)(?: compl(?:et|ète))?"
        r"|ver (?:la )?entrevista(?: completa)?"
    ),
    Part.PANEL: (
        r"(?:meet )?(?:(?:the|our|your|today's|this week's|das|die|le|el|la) )?"
        rf"(?:expert )?{_PANEL}(?: members)?"
        r"|(?:who(?:'s| is) )?(?:on the panel|in the room)"
        r"|(?:the |our )?(?:contributors|line-?up|speakers)"
        r"|teilnehmer|participants|participantes"
    ),
    Part.DISCUSSING: (
        r"(?:now |currently )?discussing|(?:the |today's )?(?:topic|question|prompt)"
        r"|what (?:they|we|the (?:panel|experts))(?:'re| are| is)? discuss(?:ing|ed)?"
        r"|on the table|(?:the )?question on the table|discussion topic"
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
        rf"|no\.? ?)?{NUMBER}\b.{{0,80}}"
        rf"|{NUMBER}\.? (?:round|runde)\b.{{0,80}}"
        rf"|(?:part|teil) {NUMBER}(?:\s*[:–—-]\s.{{1,80}})?"
        r"|(?:first|second|third|fourth|fifth|sixth|last|final|opening|closing"
        r"|erste|zweite|dritte|letzte) (?:round|runde)\b.{0,80}"
    ),
    Part.CONSENSUS: (
        rf"(?:the )?(?:{_PANEL} |final |joint |overall )?(?:consensus|verdict"
        rf"|conclusions?"
        r"|takeaways?|bottom line|decision|common ground|agreement|summary|synthesis)"
        r"|tl;? ?dr|(?:the )?(?:upshot|shared view)"
        r"|(?:what|where) (?:the )?(?:\w+ ){0,2}(?:agree[sd]?|lands?|landed|takes? away"
        r"|converges?d?|comes? out)(?: on| about)?"
        rf"|(?:the |our )?{_PANEL}(?: all)? (?:agrees?|concludes?)"
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
        r"|signals for hiring|hire(?: or |/| / )no[ -]hire|hiring recommendations?"
        r"|(?:the |final )?votes?|how they(?: would|'d)? vote[d]?"
        r"|(?:would|do) (?:you|they|we) hire(?: (?:him|her|them|the candidate))?\?"
        r"|einstellungssignale|signale(?: .{1,30})?"
        r"|signaux(?: .{1,40})?|señales(?: .{1,40})?"
    ),
    Part.HIRE: (
        r"(?:(?:main|key|top|biggest) )?reasons? (?:to|for) hir(?:e|ing)"
        r"|why (?:to )?hire(?: them| her| him)?|green flags?|strengths?|pros?|upsides?"
        r"|(?:strong|positive) signals?|(?:the )?case for(?: hiring)?|hire because"
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
        r"|(?:the )?case against(?: hiring)?|(?:weak|negative) signals?|open questions?"
        r"|what (?:worried|concerned|bothered|gave .{1,12}pause).{0,20}"
        r"|watch-?outs?|why not(?: hire)?|against|bedenken|dagegen|gründe dagegen"
        r"|schwächen?|risiken|réserves?|points? faibles?|inquiétudes?"
        r"|preocupaci(?:ón|ones)|dudas?|riesgos?"
    ),
}
# `The panel (4)`, `Experts · 3`: how many there are.
_COUNTED = re.compile(r"\s*(?:\(\d{1,2}\)|\[\d{1,2}\]|[·•|–—-]\s*\d{1,2})\Z")
_LEADS_ON = (
    *(" a", " an", " the", " our", " my", " this", " that", " of", " from", " by"),
    *(" with", " at", " in", " on", " and", " eine", " der"),
)
_TAG = re.compile(
    r"(?P<before>.*?)\W*(?:expert (?:roundtable|panel)|expertenrunde"
    r"|table ronde(?: d'experts)?|mesa redonda(?: de expertos)?)\W*(?P<after>.*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Head:
    """A head that was recognised, and what stands after it on its line."""

    part: Part
    rest: str = ""


SIGNS: Mapping[str, Part] = {
    **dict.fromkeys("👍✅🟢➕", Part.HIRE),
    **dict.fromkeys("👎❌🔴➖🚩⚠", Part.CONCERN),
}
"""Pictures that stand over hiring signals instead of words."""


def sign(text: str) -> Part | None:
    """The signal that a line of one picture stands over."""
    return SIGNS.get(text.rstrip("\ufe0f🏻🏼🏽🏾🏿"))


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
        self._consensus = bare(labels.consensus)
        self._tag = re.escape(bare(labels.roundtable))

    def find(self, text: str) -> Head | None:
        """The head that a line is, or starts with before a colon."""
        if signal := sign(text):
            return Head(signal)
        if count := read_count(text):
            return Head(Part.COUNT, count.rest)
        if part := self._part(text):
            return Head(part)
        before, colon, rest = text.replace("：", ":").partition(":")
        if colon and rest.strip() and (part := self._part(before)):
            return Head(part, rest.strip())
        # `👍 Knows the cost.`
        picture, blank, rest = text.partition(" ")
        signal = sign(picture) if blank else None
        return Head(signal, rest) if signal else None

    def is_joint(self, text: str) -> bool:
        """Whether the word before a line's colon says that it is all of the panel's."""
        label = bare(text.replace("：", ":").partition(":")[0])
        return label == self._consensus or bool(re.search(rf"\b{_PANEL}", label))

    def both_signals(self, text: str) -> bool:
        """Whether a line names both of the signals: `Reasons to hire / Red flags`."""
        sides = [
            self._part(side) for side in re.split(r"\s*(?:/|\||&|\band\b)\s*", text)
        ]
        return Part.HIRE in sides and Part.CONCERN in sides

    def _part(self, text: str) -> Part | None:
        words = _COUNTED.sub("", bare(text))
        if not words or len(words.split()) > MOST_WORDS * 2:
            return None
        if is_sentence(text):
            asks = self._known[Part.SIGNALS].fullmatch(words)
            return Part.SIGNALS if asks and words.endswith("?") else None
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
            # `Notes from an expert panel` is a title, and names no competency.
            if before.casefold().endswith(_LEADS_ON) or (before and after):
                return None
            return before or after
        if re.fullmatch(rf"(?:{self._tag}|roundtable)", bare(text)):
            return ""
        return None
