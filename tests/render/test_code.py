"""Where an author wrote code, as `check` is told."""

import pytest

from newsletter.model.email import Code
from newsletter.render.code import code_in
from newsletter.render.merge import NoTags
from newsletter.render.tree import parse


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a `b`", [Code(1, 3)]),
        ("a ` b\n\n`c` \\`d` e", [Code(3, 1)]),
        ("```\na\n\nb\n```\n`c`", [Code(1, 1, 4), Code(6, 1)]),
        ("```\n```", [Code(1, 1, 1)]),
        ("    a\n\n    b", [Code(1, 5, 3)]),
        ("- a\n\n    b", []),
        ("- ~~~\n  a\n\nb", [Code(1, 3, 3)]),
        ("[^1]: nobody reads `a`", [Code(1, 20)]),
    ],
)
def test_code_is_where_it_was_written(text: str, code: list[Code]) -> None:
    assert [*code_in(parse(text, NoTags("a.md", ())))] == code
