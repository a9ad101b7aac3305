"""Segments: named filters over subscribers, as trees that are made once and kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Field(StrEnum):
    """What is known of every subscriber, as text."""

    NAME = "name"
    SOURCE = "source"
    DOMAIN = "domain"


class Moment(StrEnum):
    """Days in the life of a subscriber."""

    JOINED = "joined"
    CONFIRMED = "confirmed"


class Deed(StrEnum):
    """What became of an issue in somebody's hands."""

    RECEIVED = "received"
    OPENED = "opened"
    CLICKED = "clicked"


class Comparison(StrEnum):
    """How two days compare."""

    BEFORE = "<"
    UNTIL = "<="
    ON = "="
    SINCE = ">="
    AFTER = ">"


@dataclass(frozen=True, slots=True)
class Tagged:
    """Those who have the tag."""

    tag: str


@dataclass(frozen=True, slots=True)
class HasAttribute:
    """Those of whom the attribute is known."""

    key: str


@dataclass(frozen=True, slots=True)
class AttributeIs:
    """Those whose attribute is this text, to the letter."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class FieldIs:
    """Those whose name, source or domain is this text; a domain in small letters."""

    field: Field
    value: str


@dataclass(frozen=True, slots=True)
class When:
    """Those of whom a day, in UTC, compares so; nobody of whom it is not known."""

    moment: Moment
    comparison: Comparison
    day: date


@dataclass(frozen=True, slots=True)
class Did:
    """Those who received, opened or clicked the issue with this slug."""

    deed: Deed
    issue: str


@dataclass(frozen=True, slots=True)
class Not:
    """All others."""

    rule: "Rule"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Those for whom every rule holds."""

    rules: tuple["Rule", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Those for whom at least one rule holds."""

    rules: tuple["Rule", ...]


Rule = Tagged | HasAttribute | AttributeIs | FieldIs | When | Did | Not | AllOf | AnyOf
"""One node of a segment's tree. For each subscriber it holds, or it does not."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A filter as it was written, and what it means."""

    expression: str
    rule: Rule

    @property
    def deeds(self) -> frozenset[Deed]:
        """What it asks about issues."""
        return frozenset(_deeds(self.rule))


EVERYBODY = "all"
"""The segment of all active subscribers."""

RESERVED = frozenset({EVERYBODY, "test"})
"""Names that mean something already."""

Segments = Mapping[str, Segment]


def _deeds(rule: Rule) -> set[Deed]:
    match rule:
        case Did(deed):
            return {deed}
        case Not(inner):
            return _deeds(inner)
        case AllOf(rules) | AnyOf(rules):
            return set().union(*map(_deeds, rules))
        case _:
            return set()
