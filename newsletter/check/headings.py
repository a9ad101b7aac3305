"""A rule about sub-heads: whoever cannot see the mail walks through it by them."""

from collections.abc import Iterator

from newsletter.check.case import WritingRule
from newsletter.check.writing import Writing
from newsletter.model.problem import Problem


def order(writing: Writing) -> Iterator[Problem]:
    """The title is the only h1, and no level is left out on the way down."""
    level, in_body = 1, False
    for heading in sorted(writing.headings, key=lambda item: item.line):
        if not in_body and heading.line >= writing.body_line:
            level, in_body = 1, True
        marks = "#" * heading.level
        place = (heading.line, heading.column)
        if heading.level == 1:
            yield writing.problem(
                "heading-order",
                f"`{marks} {heading.text.strip()}`: the title is the only `#`",
                "write ## for the sub-heads of the text",
                place,
            )
        elif heading.level > level + 1:
            yield writing.problem(
                "heading-order",
                f"`{marks} {heading.text.strip()}` leaves a level out",
                f"write {'#' * (level + 1)}; the level says what belongs to what",
                place,
            )
        level = max(2, heading.level)


RULES: tuple[WritingRule, ...] = (order,)
