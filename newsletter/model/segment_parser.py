"""Reads a segment's expression, such as `tag:vip and joined > 2026-01-01`.

    expression = both { "or" both }
    both       = single { "and" single }
    single     = "not" single | "(" expression ")" | condition
    condition  = "tag" ":" text
               | "attr" ":" name [ ("=" | "!=") text ]
               | ("name" | "source" | "domain") ("=" | "!=") text
               | ("joined" | "confirmed") ("<" | "<=" | "=" | ">=" | ">") day
               | ("received" | "opened" | "clicked") ":" slug

Nothing of it is ever SQL or Python: what comes out is a tree of known conditions.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from newsletter.model.segment import (
    AllOf,
    AnyOf,
    AttributeIs,
    Comparison,
    Deed,
    Did,
    Field,
    FieldIs,
    HasAttribute,
    Moment,
    Not,
    Rule,
    Segment,
    Tagged,
    When,
)
from newsletter.model.tag import as_tag
from newsletter.model.text import forbidden_character

MAX_LENGTH = 2000
MAX_DEPTH = 20

_TOKEN = re.compile(
    r'\s*(?:("(?:[^"\\]|\\["\\])*")|([<>!]=|[=<>():])|([^\s"<>=!():]+))'
)
_ATTRIBUTE = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?\Z")
_FIELDS = {field.value: field for field in Field}
_MOMENTS = {moment.value: moment for moment in Moment}
_DEEDS = {deed.value: deed for deed in Deed}
_COMPARISONS = {comparison.value: comparison for comparison in Comparison}
_JOINING = ("and", "or", "not")
_KNOWN = "known are tag:, attr:, name, source, domain, joined, confirmed, received:, "
_KNOWN += "opened: and clicked:"


class SegmentMistake(ValueError):
    """An expression cannot be read: at which character, why, and what to do."""

    def __init__(self, offset: int, message: str, hint: str) -> None:
        """Point at the character `offset` of the expression, counted from 0."""
        self.offset = offset
        self.message = message
        self.hint = hint
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class _Token:
    """A piece of the expression; `quoted` text never is a sign or a word of ours."""

    text: str
    offset: int
    quoted: bool = False

    @property
    def shown(self) -> str:
        return f"`{self.text[:40]}`" if self.text or self.quoted else "the end"


def parse(expression: str) -> Segment:
    """Make a segment of its expression.

    Raises SegmentMistake, with the place in the expression.
    """
    if len(expression) > MAX_LENGTH:
        message = f"{len(expression):,} characters in one segment"
        raise SegmentMistake(0, message, f"use at most {MAX_LENGTH:,}")
    text = re.sub(r"[\t\r\n]", " ", expression)
    if bad := forbidden_character(text):
        raise SegmentMistake(0, f"{bad} in a segment", "remove it")
    return Segment(text.strip(), _Parser(_tokens(text)).whole())


def _tokens(expression: str) -> list[_Token]:
    found = []
    place, end = 0, len(expression.rstrip())
    while place < end:
        match = _TOKEN.match(expression, place)
        if match is None:
            place += len(expression[place:]) - len(expression[place:].lstrip())
            raise _unreadable(expression, place)
        text = match.group(match.lastindex or 0)
        quoted = match.lastindex == 1
        offset = match.end() - len(text)
        if quoted:
            text = re.sub(r"\\(.)", r"\1", text[1:-1])
        found.append(_Token(text, offset, quoted))
        place = match.end()
    return [*found, _Token("", end)]


def _unreadable(expression: str, place: int) -> SegmentMistake:
    if expression[place] == '"':
        return SegmentMistake(place, "a quote that is not closed", 'close it with `"`')
    return SegmentMistake(place, f"`{expression[place]}` by itself", "write `!=`")


class _Parser:
    """Goes through the tokens once, from left to right."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0

    def whole(self) -> Rule:
        rule = self._any_of()
        rest = self._tokens[self._place]
        if rest.text or rest.quoted:
            hint = "put `and` or `or` between two conditions"
            if rest.text == ")":
                hint = "remove it, or open it before"
            raise SegmentMistake(rest.offset, f"{rest.shown} is too much here", hint)
        return rule

    def _any_of(self) -> Rule:
        rules = self._several("or", self._all_of)
        return rules[0] if len(rules) == 1 else AnyOf(rules)

    def _all_of(self) -> Rule:
        rules = self._several("and", self._single)
        return rules[0] if len(rules) == 1 else AllOf(rules)

    def _several(self, word: str, part: Callable[[], Rule]) -> tuple[Rule, ...]:
        rules = [part()]
        while self._took(word):
            rules.append(part())
        return tuple(rules)

    def _single(self) -> Rule:
        start = self._tokens[self._place]
        self._depth += 1
        if self._depth > MAX_DEPTH:
            message = f"nested deeper than {MAX_DEPTH} levels"
            raise SegmentMistake(start.offset, message, "say it more simply")
        rule = self._nested()
        self._depth -= 1
        return rule

    def _nested(self) -> Rule:
        if self._took("not"):
            return Not(self._single())
        if not self._took("("):
            return self._condition()
        rule = self._any_of()
        if not self._took(")"):
            raise self._wrong("`)`", "close what was opened with `(`")
        return rule

    def _condition(self) -> Rule:
        word = self._next()
        if not word.quoted:
            if word.text == "tag":
                return Tagged(self._tag())
            if word.text == "attr":
                return self._attribute()
            if word.text in _FIELDS:
                return self._field(_FIELDS[word.text])
            if word.text in _MOMENTS:
                return self._moment(_MOMENTS[word.text])
            if word.text in _DEEDS:
                return Did(_DEEDS[word.text], self._slug())
        message = f"{word.shown} is no condition"
        if not word.text and not word.quoted:
            message = "a condition is missing at the end"
        raise SegmentMistake(word.offset, message, _KNOWN)

    def _tag(self) -> str:
        token = self._value("tag")
        if tag := as_tag(token.text):
            return tag
        message = f"{token.shown} cannot be a tag"
        hint = "use at most 60 characters, without `,` `;` `|` and quotes"
        raise SegmentMistake(token.offset, message, hint)

    def _attribute(self) -> Rule:
        token = self._value("attr")
        key = token.text
        if not _ATTRIBUTE.match(key):
            message = f"{token.shown} cannot be an attribute"
            hint = "use a–z, 0–9 and _, such as `attr:company`"
            raise SegmentMistake(token.offset, message, hint)
        if self._took("="):
            return AttributeIs(key, self._text())
        if self._took("!="):
            return Not(AttributeIs(key, self._text()))
        return HasAttribute(key)

    def _field(self, field: Field) -> Rule:
        unlike = self._took("!=")
        if not unlike and not self._took("="):
            raise self._wrong("`=` or `!=`", f'write it as `{field} = "…"`')
        place = self._tokens[self._place].offset
        text = self._text()
        if field is Field.DOMAIN:
            text = text.lower()
            if not text.isascii():
                # It is kept as it is mailed, so that this would never be true.
                message = f"`{text}` is not written as it is mailed"
                raise SegmentMistake(place, message, "write it as xn--…")
        rule = FieldIs(field, text)
        return Not(rule) if unlike else rule

    def _moment(self, moment: Moment) -> When:
        hint = f"write it as `{moment} > 2026-01-01`"
        sign = self._tokens[self._place]
        if sign.quoted or sign.text not in _COMPARISONS:
            raise self._wrong("`<`, `<=`, `=`, `>=` or `>`", hint)
        self._place += 1
        token = self._next()
        try:
            day = date.fromisoformat(token.text)
        except ValueError:
            message = f"{token.shown} is no day"
            raise SegmentMistake(token.offset, message, hint) from None
        if not 1900 <= day.year < 3000:
            raise SegmentMistake(token.offset, f"{day} is no year of ours", hint)
        return When(moment, _COMPARISONS[sign.text], day)

    def _slug(self) -> str:
        token = self._value("received")
        if not _SLUG.match(token.text):
            message = f"{token.shown} cannot be the slug of an issue"
            hint = "use a–z, 0–9 and -, such as `received:who-done-it`"
            raise SegmentMistake(token.offset, message, hint)
        return token.text

    def _value(self, word: str) -> _Token:
        """What follows the colon."""
        if not self._took(":"):
            raise self._wrong("`:`", f"write it as `{word}:something`")
        return self._operand(f"write it as `{word}:something`")

    def _text(self) -> str:
        token = self._operand('write it in quotes, such as `"Berlin"`')
        return unicodedata.normalize("NFC", token.text.strip())

    def _operand(self, hint: str) -> _Token:
        token = self._tokens[self._place]
        is_sign = not token.quoted and not re.match(r"[^<>=!():]", token.text)
        if is_sign or (not token.quoted and token.text in _JOINING):
            raise self._wrong("a text", hint)
        return self._next()

    def _took(self, text: str) -> bool:
        """Step over a word or a sign, if it is the next."""
        token = self._tokens[self._place]
        if token.quoted or token.text != text:
            return False
        self._place += 1
        return True

    def _next(self) -> _Token:
        """Step on, but never past the end."""
        token = self._tokens[self._place]
        self._place = min(self._place + 1, len(self._tokens) - 1)
        return token

    def _wrong(self, expected: str, hint: str) -> SegmentMistake:
        token = self._tokens[self._place]
        message = f"{expected} was expected here, not {token.shown}"
        return SegmentMistake(token.offset, message, hint)
