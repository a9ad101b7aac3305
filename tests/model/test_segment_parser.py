"""Segments' expressions: what they mean, and what is told of one that means nothing."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from newsletter.model.segment_parser import MAX_LENGTH, SegmentMistake, parse

CANDIDATES = Tagged("candidates")
JOINED = When(Moment.JOINED, Comparison.AFTER, date(2026, 1, 1))


@pytest.mark.parametrize(
    ("expression", "rule"),
    [
        ("tag:candidates", CANDIDATES),
        ("tag : Candidates", CANDIDATES),
        ('tag:"Hiring  Managers"', Tagged("hiring managers")),
        ("tag:and-so-on", Tagged("and-so-on")),
        ('tag:"and"', Tagged("and")),
        ("attr:city", HasAttribute("city")),
        ('attr:city = "Berlin"', AttributeIs("city", "Berlin")),
        ("attr:city=Berlin", AttributeIs("city", "Berlin")),
        ("attr:city != Köln", Not(AttributeIs("city", "Köln"))),
        ("attr:city = Ko\u0308ln", AttributeIs("city", "Köln")),
        (r'attr:city = "a \"b\" \\"', AttributeIs("city", r'a "b" \ '.strip())),
        ('attr:city = ""', AttributeIs("city", "")),
        ('name = "Ana Doe"', FieldIs(Field.NAME, "Ana Doe")),
        ("source != import", Not(FieldIs(Field.SOURCE, "import"))),
        ("domain = Example.COM", FieldIs(Field.DOMAIN, "example.com")),
        ("joined > 2026-01-01", JOINED),
        ("joined>2026-01-01", JOINED),
        (
            "confirmed<=2026-01-01",
            When(Moment.CONFIRMED, Comparison.UNTIL, date(2026, 1, 1)),
        ),
        ("opened:who-done-it", Did(Deed.OPENED, "who-done-it")),
        ("not tag:candidates", Not(CANDIDATES)),
        ("not not tag:candidates", Not(Not(CANDIDATES))),
        ("tag:candidates and joined > 2026-01-01", AllOf((CANDIDATES, JOINED))),
        (
            "tag:a or tag:b and not tag:c",
            AnyOf((Tagged("a"), AllOf((Tagged("b"), Not(Tagged("c")))))),
        ),
        (
            "(tag:a or tag:b) and tag:c",
            AllOf((AnyOf((Tagged("a"), Tagged("b"))), Tagged("c"))),
        ),
        ("((tag:a))", Tagged("a")),
    ],
)
def test_what_an_expression_means(expression: str, rule: Rule) -> None:
    assert parse(expression).rule == rule


def test_an_expression_is_kept_as_it_was_written_on_one_line() -> None:
    found = parse(' tag:a\nand name = "a  b" ')

    assert found.expression == 'tag:a and name = "a  b"'
    assert parse(found.expression) == found


@pytest.mark.parametrize(
    ("expression", "offset", "message"),
    [
        ("", 0, "a condition is missing at the end"),
        ("tag:a and", 9, "a condition is missing at the end"),
        ("tag:a tag:b", 6, "`tag` is too much here"),
        ("tag:a)", 5, "`)` is too much here"),
        ("(tag:a", 6, "`)` was expected here, not the end"),
        ("joind > 2026-01-01", 0, "`joind` is no condition"),
        ('tag:a and "tag"', 10, "`tag` is no condition"),
        ("tag", 3, "`:` was expected here, not the end"),
        ("tag:", 4, "a text was expected here, not the end"),
        ("tag:and", 4, "a text was expected here, not `and`"),
        ("tag:=", 4, "a text was expected here, not `=`"),
        ("tag:a,b", 4, "`a,b` cannot be a tag"),
        ('tag:" "', 4, "` ` cannot be a tag"),
        ("attr:City", 5, "`City` cannot be an attribute"),
        ("attr:city = ", 11, "a text was expected here, not the end"),
        ("name", 4, "`=` or `!=` was expected here, not the end"),
        ("domain = münchen.de", 9, "`münchen.de` is not written as it is mailed"),
        ("name > x", 5, "`=` or `!=` was expected here, not `>`"),
        ("joined 2026-01-01", 7, "`<`, `<=`, `=`, `>=` or `>` was expected here"),
        ('joined ">" 2026-01-01', 7, "was expected here, not `>`"),
        ("joined != 2026-01-01", 7, "was expected here, not `!=`"),
        ("joined > 2026-02-30", 9, "`2026-02-30` is no day"),
        ("joined > yesterday", 9, "`yesterday` is no day"),
        ("joined > ", 8, "the end is no day"),
        ("joined > 0001-01-01", 9, "0001-01-01 is no year of ours"),
        ("opened:Who Done", 7, "`Who` cannot be the slug of an issue"),
        ('tag:a and tag:"b', 14, "a quote that is not closed"),
        (r'tag:"a\n"', 4, "a quote that is not closed"),
        ("tag:a and ! tag:b", 10, "`!` by itself"),
        ("tag:a\x00", 0, "a NUL in a segment"),
        ("(" * 40 + "tag:a" + ")" * 40, 20, "nested deeper than 20 levels"),
        ("not " * 40 + "tag:a", 80, "nested deeper than 20 levels"),
        ("tag:a or " * 300 + "tag:a", 0, "2,705 characters in one segment"),
        ("tag:a; DROP TABLE subscribers", 4, "`a;` cannot be a tag"),
    ],
)
def test_a_mistake_is_told_with_its_place(
    expression: str, offset: int, message: str
) -> None:
    with pytest.raises(SegmentMistake) as caught:
        parse(expression)

    assert message in caught.value.message
    assert caught.value.offset == offset
    assert caught.value.hint


def read(text: str) -> tuple[Segment | None, int]:
    try:
        return parse(text), 0
    except SegmentMistake as mistake:
        return None, mistake.offset


@given(st.text('tagr:= "()<>!-ndo\\2061\n;é', max_size=40) | st.text(max_size=40))
def test_any_text_is_a_segment_or_a_mistake_in_it(text: str) -> None:
    found, offset = read(text)

    assert 0 <= offset <= len(text)
    assert found is None or parse(found.expression) == found


def test_a_long_flat_segment_is_read() -> None:
    expression = " or ".join(["tag:a"] * (MAX_LENGTH // 9))

    assert parse(expression).rule == AnyOf((Tagged("a"),) * (MAX_LENGTH // 9))


def test_a_segment_knows_what_it_asks_about_issues() -> None:
    asked = parse("tag:a and (not opened:x or (received:y and clicked:z))")

    assert asked.deeds == {Deed.OPENED, Deed.RECEIVED, Deed.CLICKED}
    assert parse("not tag:a").deeds == set()
