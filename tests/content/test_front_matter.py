"""Front matter: where it ends, and what is said when it does not."""

import pytest

from newsletter.content.front_matter import split
from tests.config.mistakes import told


@pytest.mark.parametrize(
    ("text", "body", "line"),
    [
        ("---\na: b\n---\nbody", "body", 4),
        ("---\na: b\n---", "", 4),
        ("---  \na: b\n--- \t\n\nbody\n", "\nbody\n", 4),
        ("---\na: b\n...\nbody", "body", 4),
        ("---\n---\nbody", "body", 3),
        ("---\na: b --- c\n---\n\ntext\n---\nmore", "\ntext\n---\nmore", 4),
        ('---\na: "b\n  --- c"\n---\nbody', "body", 5),
        ("---\na: |\n  ---\n  b\n---\n---\nbody", "---\nbody", 6),
    ],
)
def test_the_body_starts_after_the_closing_line(
    text: str, body: str, line: int
) -> None:
    source = split(text, file="x.md")

    assert (source.body, source.body_line) == (body, line)


def test_places_in_front_matter_are_those_of_the_file() -> None:
    document = split("---\na: b\nc:   d\n---\n", file="x.md").document

    assert document.data == {"a": "b", "c": "d"}
    assert (document.values[("c",)].line, document.values[("c",)].column) == (3, 6)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "",
            "x.md:1:1: error: the file is empty; "
            "start with `---`, `title: …`, `---` [front-matter]",
        ),
        (
            " \n\n\t\n",
            "x.md:1:1: error: the file is empty; "
            "start with `---`, `title: …`, `---` [front-matter]",
        ),
        (
            "hello there\n\n---\n",
            "x.md:1:1: error: no front matter; the first line must be `---`, "
            "then `title: …`, `---` [front-matter]",
        ),
        (
            "---\ntitle: x\n\nhello",
            "x.md:1:1: error: the front matter is not closed; "
            "add a line `---` after its last key [front-matter]",
        ),
        (
            "---\ntitle: x\n ---\n",
            "x.md:1:1: error: the front matter is not closed; "
            "add a line `---` after its last key [front-matter]",
        ),
        (
            "+++\ntitle = 'x'\n+++\n",
            "x.md:1:1: error: the front matter is TOML (`+++`); "
            "write it as YAML between `---` [front-matter]",
        ),
        (
            '{\n  "title": "x"\n}\n',
            "x.md:1:1: error: the front matter is JSON; "
            "write it as YAML between `---` [front-matter]",
        ),
        (
            "--- # my letter\ntitle: x\n---\n",
            "x.md:1:1: error: text after the opening `---`; "
            "put it on a line below [front-matter]",
        ),
        (
            "---\n- title: x\n---\n",
            "x.md:2:1: error: `key: value` lines were expected here; "
            "write `key: value`, with a blank after the colon [yaml]",
        ),
    ],
)
def test_front_matter_that_cannot_be_read_is_told(text: str, line: str) -> None:
    assert told(split, text, file="x.md") == [line]
