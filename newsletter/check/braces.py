"""A rule about merge tags that are not whole: readers would see their braces."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from newsletter.check.case import WritingRule
from newsletter.check.prose import MOST, said, without_code
from newsletter.check.writing import Writing
from newsletter.model.frozen import PREFERENCES, UNSUBSCRIBE
from newsletter.model.problem import Problem, Severity

_WHOLE = re.compile(r"\{\{[^{}\n]+\}\}")
_ALWAYS = ("first_name", "last_name", "name", "email", UNSUBSCRIBE, PREFERENCES)


def half_tags(writing: Writing) -> Iterator[Problem]:
    """Every merge tag opens and closes with two braces."""
    pattern = _pattern((*_ALWAYS, *writing.publication.merge_fields))
    for text in writing.merged:
        if not _may_have_any(text.text):
            continue
        written = without_code(text.text)
        broken = (item for item in pattern.finditer(written) if not item["whole"])
        for found in islice(broken, MOST):
            words = said(found)
            yield writing.problem(
                "merge-tag",
                f"`{words}` is not a whole merge tag: readers would see it",
                "write {{ first_name }}, or put it between backticks if it is none",
                text.place(found.start(), found.group()),
                Severity.ERROR,
            )


def _may_have_any(text: str) -> bool:
    """Whether a brace is left without the whole tags: asked first, for speed."""
    rest = _WHOLE.sub("", text) if "{{" in text else text
    return "{" in rest or "}" in rest


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
        # One brace instead of two, around or beside the name of a value; `{#name}`
        # gives a heading its address.
        rf"|(?<![\\\w])\{{[ ]?(?:{name})\b[ ]?\}}*|(?<![#.{{\w])(?:{name})[ ]?\}}",
        re.IGNORECASE,
    )


RULES: tuple[WritingRule, ...] = (half_tags,)
