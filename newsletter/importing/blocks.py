"""Makes Markdown of a pasted issue's lines: sub-heads, quotes, lists, questions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from newsletter.importing.lines import Line
from newsletter.importing.quoting import heading, markdown
from newsletter.importing.shape import bare, is_headlike, is_item, is_sentence
from newsletter.importing.told import Note, shown


class Kind(StrEnum):
    """What a line of an issue is."""

    PARAGRAPH = "paragraph"
    HEAD = "sub-head"
    QUOTE = "quote"
    SAID_BY = "whose a quote is"
    ITEM = "item"
    NUMBERED = "numbered item"
    QUESTION = "question"


@dataclass(slots=True)
class Block:
    """Lines in a row that are one thing."""

    kind: Kind
    texts: list[str]
    first: int = 1


_BULLETS = (Kind.ITEM, Kind.QUESTION)
_BULLET = re.compile(r"[•‣◦▪●○·∙*+-]\s+(?=\S)")
_NUMBER = re.compile(r"(\d{1,3})[.)]\s+(?=\S)")
_QUOTED = re.compile(r"[\"“„«‹‘'].*[\"”“»›’'][.,!?…]?", re.DOTALL)
_SAID_BY = re.compile(r"(?:[—–―]|--)\s*\S.{0,80}")
_QUESTION = re.compile(r"[^.!?…]*\?[\"'”’»]*(?:\s|\Z)")
_ASKS = re.compile(
    r"(?:[:：…]|\.{3})\Z|\b(?:questions?|ask|fragen?|preguntas?)\b", re.IGNORECASE
)
_ENDS_AS_ADDRESS = re.compile(r"https?://\S+\Z")
# Whom a part of the letter is for.
_AUDIENCE = re.compile(
    r"(?:(?:(?:a (?:word|note) )?(?:for|to)|dear|für|pour|para)\s+"
    r"(?:the |our |all |die |les |los |las )?)?"
    r"(?:hiring (?:managers?|teams?)|managers?|candidates?|job ?seekers?|recruiters?"
    r"|founders?|leaders?|employers?|interviewers?|applicants?|teams?|everyone"
    r"|führungskräfte|bewerber(?:innen|:innen|\*innen)?|recruiter:innen|candidat(?:e?s)?"
    r"|candidat[oa]s|recruteurs?|reclutador[ae]s|managers? qui recrutent)"
)


def is_audience(text: str) -> bool:
    """Whether a line is the sub-head over a part for some of the readers."""
    return bool(_AUDIENCE.fullmatch(bare(text)))


def make_blocks(
    lines: Sequence[Line], notes: list[Note], *, headless: bool = False
) -> list[Block]:
    """The lines as blocks; what was only guessed is told.

    Those that are `headless` have no sub-heads: a short line is a song, or a name.
    """
    kinds = [_kind(lines, at) for at in range(len(lines))]
    if headless:
        kinds = [Kind.PARAGRAPH if kind is Kind.HEAD else kind for kind in kinds]
    _only_in_a_row(lines, kinds)
    blocks: list[Block] = []
    for line, kind in zip(lines, kinds, strict=True):
        text, number = _stripped(line.text, kind)
        if kind is Kind.HEAD and not is_audience(line.text):
            what = f"{shown(line.text)} is short and no sentence"
            notes.append(Note(line.number, what, "read as a sub-head"))
        joins = kind not in (Kind.PARAGRAPH, Kind.HEAD)
        last = blocks[-1] if blocks else None
        if last and joins and kind in (last.kind, Kind.SAID_BY) and not _said(last):
            mark = "— " if kind is Kind.SAID_BY else ""
            last.texts.append(mark + text)
        else:
            blocks.append(Block(kind, [text], number))
    return blocks


def _said(block: Block) -> bool:
    """Whether a quote has its last line: whose it is."""
    return block.kind is Kind.QUOTE and block.texts[-1].startswith("— ")


def _kind(lines: Sequence[Line], at: int) -> Kind:
    text = lines[at].text
    if _BULLET.match(text):
        return Kind.ITEM
    if _NUMBER.match(text):
        return Kind.NUMBERED
    if _SAID_BY.fullmatch(text) and at and _is_quote(lines[at - 1].text):
        return Kind.SAID_BY
    if _is_quote(text):
        return Kind.QUOTE
    if is_audience(text):
        return Kind.HEAD
    if _QUESTION.match(text):
        return Kind.QUESTION
    return Kind.HEAD if _is_head(lines, at) else Kind.PARAGRAPH


def _is_quote(text: str) -> bool:
    """Whether a line is in quotation marks from its first to its last word."""
    if not _QUOTED.fullmatch(text) or len(text.split()) < 2:
        return False
    # `“yes” and “no”` starts and ends with marks, and is no quote.
    return not re.search(r"[\"”»](?=[\s,;:–—]).*[\"“«]", text[1:-1])


def _is_head(lines: Sequence[Line], at: int) -> bool:
    """Whether a short line stands over a paragraph, and not at the end of another."""
    text = lines[at].text
    if not is_headlike(text) or text.endswith((":", "…", "-", "–")) or lines[at].url:
        return False
    if not text[0].isalpha() or at + 1 == len(lines):
        return False
    below = lines[at + 1].text
    above = lines[at - 1].text if at else "."
    ended = is_sentence(above) or above.endswith((":", '"', "”", "»")) or text.isupper()
    ended = ended or is_item(above) or bool(_ENDS_AS_ADDRESS.search(above))
    return ended and (is_sentence(below) or len(below.split()) > 8)


def _only_in_a_row(lines: Sequence[Line], kinds: list[Kind]) -> None:
    """Questions and numbers are lists only in a row: one alone is a paragraph."""
    at = 0
    while at < len(kinds):
        end = at + 1
        while end < len(kinds) and kinds[end] is kinds[at]:
            end += 1
        if (kinds[at] is Kind.QUESTION and not _is_list(lines, at, end)) or (
            kinds[at] is Kind.NUMBERED and not _counts(lines[at:end])
        ):
            kinds[at:end] = [Kind.PARAGRAPH] * (end - at)
        at = end


def _is_list(lines: Sequence[Line], at: int, end: int) -> bool:
    """Three questions in a row; two where the line above leads to them."""
    lead = at > 0 and bool(_ASKS.search(lines[at - 1].text))
    return end - at >= (2 if lead else 3)


def _counts(lines: Sequence[Line]) -> bool:
    numbers = [int(found[1]) for line in lines if (found := _NUMBER.match(line.text))]
    return len(numbers) > 1 and numbers == [
        *range(numbers[0], numbers[0] + len(numbers))
    ]


def _stripped(text: str, kind: Kind) -> tuple[str, int]:
    """A line without the marks that its block has anyway; the number it counts."""
    if kind is Kind.ITEM:
        return _BULLET.sub("", text, count=1), 1
    if kind is Kind.NUMBERED:
        found = _NUMBER.match(text)
        return _NUMBER.sub("", text, count=1), int(found[1]) if found else 1
    if kind is Kind.SAID_BY:
        return re.sub(r"\A(?:[—–―]|--)\s*", "", text), 1
    return (text.rstrip(" :：/|") if kind is Kind.HEAD else text), 1


def as_markdown(blocks: Sequence[Block]) -> str:
    """The blocks as Markdown, a blank line between them."""
    parts: list[str] = []
    mark = "-"
    before: Kind | None = None
    for block in blocks:
        if block.kind in _BULLETS:
            # Another bullet keeps a list apart from the one right above it.
            mark = "*" if before in _BULLETS and mark == "-" else "-"
        parts.append(_written(block, mark))
        before = block.kind
    return "\n\n".join(parts)


def _written(block: Block, mark: str) -> str:
    texts = block.texts
    if block.kind is Kind.HEAD:
        return "\n\n".join(f"## {heading(text)}" for text in texts)
    if block.kind is Kind.QUOTE:
        return "\n>\n".join(f"> {_quoted(text)}" for text in texts)
    if block.kind is Kind.NUMBERED:
        numbers = range(block.first, block.first + len(texts))
        pairs = zip(numbers, texts, strict=True)
        return "\n".join(f"{number}. {markdown(text)}" for number, text in pairs)
    if block.kind in _BULLETS:
        return "\n".join(f"{mark} {markdown(text)}" for text in texts)
    return "\n\n".join(map(markdown, texts))


def _quoted(text: str) -> str:
    return text[:2] + markdown(text[2:]) if text.startswith("— ") else markdown(text)
