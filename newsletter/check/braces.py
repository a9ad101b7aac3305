"""A rule about merge tags that are not whole: readers would see their braces."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from newsletter.check.case import WritingRule
from newsletter.check.prose import MOST, said
from newsletter.check.writing import Writing
from newsletter.model.frozen import PREFERENCES, UNSUBSCRIBE
from newsletter.model.problem import Problem, Severity

_WHOLE = re.compile(r"\{\{[^{}\n]+\}\}")
_ALWAYS = ("first_name", "last_name", "name", "email", UNSUBSCRIBE, PREFERENCES)


def half_tags(writing: Writing) -> Iterator[Problem]:
    """Every merge tag opens and closes with two braces, and stands in an issue."""
    pattern = _pattern((*_ALWAYS, *writing.publication.merge_fields))
    for text in (*writing.merged, *writing.names):
        if not _may_have_any(text.text, writing):
            continue
        # A whole one is left to the renderer, where there is something to merge.
        tags = pattern.finditer(text.text)
        shown = (item for item in tags if writing.shared or not item["whole"])
        for found in islice(shown, MOST):
            yield writing.problem(
                "merge-tag",
                *_trouble(said(found), writing),
                text.place(found.start(), found.group()),
                Severity.ERROR,
            )


def _may_have_any(text: str, writing: Writing) -> bool:
    """Whether a brace is left without the whole tags: asked first, for speed."""
    whole = "{{" in text and not writing.shared
    rest = _WHOLE.sub("", text) if whole else text
    return "{" in rest or "}" in rest


def _trouble(words: str, writing: Writing) -> tuple[str, str]:
    if writing.shared:
        return (
            f"`{words}`: merge tags work in issues only, readers would see it",
            "take it out, or put it between backticks if it is none",
        )
    return (
        f"`{words}` is not a whole merge tag: readers would see it",
        "write {{ first_name }}, or put it between backticks if it is none",
    )


@lru_cache(maxsize=8)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """Whole merge tags, which are left to the renderer, and what resembles one."""
    name = "|".join(map(re.escape, names))
    return re.compile(
        # One brace too many before or after a whole tag.
        r"(?<!\\)\{[ ]?\{\{[^{}\n]+\}\}(?:[ ]?\})?|\{\{[^{}\n]+\}\}[ ]?\}"
        rf"|(?P<whole>{_WHOLE.pattern})"
        # Two braces that have no other two.
        r"|\{\{[^{}\n]{1,80}\}|\{\{[ ]?\w*[ ]?\}*|[\w.]*[ ]?\}\}"
        # One brace instead of two around the name of a value; `{name: 1}` is none.
        rf"|(?<![\\\w])\{{[ ]?(?:{name})[ ]?\}}",
        re.IGNORECASE,
    )


RULES: tuple[WritingRule, ...] = (half_tags,)
