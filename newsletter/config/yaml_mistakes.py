"""Puts what libyaml says of a syntax error into an author's words."""

import yaml
from yaml.error import Mark

# What libyaml says; what is wrong; what to do.
_EXPLAINED = (
    (
        "found a tab character",
        "a tab in the indentation",
        "indent with spaces",
    ),
    (
        "cannot start any token",
        "a tab, `@`, `%` or back-tick starts a value here",
        "indent with spaces; put text that starts so in quotes",
    ),
    (
        "mapping values are not allowed",
        "a `: ` that is not expected here",
        'put the whole value in quotes (title: "fault: mine"), or line the keys up',
    ),
    (
        "could not find expected ':'",
        "a line without `key:`",
        "indent text that belongs to the line above",
    ),
    (
        "block sequence entries are not allowed",
        "a `- ` right after the key",
        "start a list on a line of its own, or put the text in quotes",
    ),
    (
        "did not find expected alphabetic or numeric character",
        "`*` or `&` starts a value here",
        "put text that starts so in quotes",
    ),
    (
        "did not find expected comment or line break",
        "text right after `|` or `>`",
        "start it on the next line, indented, or put it in quotes",
    ),
    (
        "did not find expected ',' or",
        "a list or mapping that is not closed, or lacks a comma",
        "mend it, or put text that starts with `[` or `{` in quotes",
    ),
    (
        "found unexpected end of stream",
        "a quote is opened and never closed",
        "close it",
    ),
    (
        "escape",
        "`\\` and a letter that mean nothing together",
        "use single quotes, or write `\\\\` for one `\\`",
    ),
    (
        "did not find expected",
        "this does not go with what stands before it",
        "line the keys up; put the whole value in quotes",
    ),
)


def explain(error: yaml.YAMLError) -> tuple[str, str, Mark | None]:
    """What is wrong, what to do, and where."""
    mark: Mark | None = getattr(error, "problem_mark", None)
    for words, message, hint in _EXPLAINED:
        if words in str(error):
            # What is not closed is shown where it was opened.
            opened = (
                getattr(error, "context_mark", None) if "closed" in message else None
            )
            return message, hint, opened or mark
    problem = getattr(error, "problem", error)
    return f"not YAML: {problem}", "put the value in quotes", mark
