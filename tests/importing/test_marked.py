"""A page that was copied as Markdown: its marks are taken off, and nothing else is."""

from pathlib import Path

import pytest

from newsletter.importing.lines import read_lines
from tests.importing.test_issue import file_of, imported, notes

HEADS = "# The title\n## A head\n"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("### A head", "A head"),
        ("**Name:** what she says", "Name: what she says"),
        ("a __strong__ and a **second** word", "a strong and a second word"),
        ("*all of it*", "all of it"),
        ("_all of it_", "all of it"),
        ("> a quote", "a quote"),
        ("- **An item**, and more", "- An item, and more"),
        ("a [link](https://a.example/b_c) here", "a link (https://a.example/b_c) here"),
        ("2 * 3 * 4 is 24", "2 * 3 * 4 is 24"),
        ("a snake_case_word and #1", "a snake_case_word and #1"),
        ("****", "****"),
    ],
)
def test_marks_of_a_line(line: str, words: str) -> None:
    lines, notes = read_lines(f"{HEADS}{line}")

    assert [line.text for line in lines] == ["The title", "A head", words]
    assert [str(note) for note in notes] == [
        "the page is written in Markdown: its marks taken off"
    ]


@pytest.mark.parametrize(
    "text", ["# One head\n**star**", "# They said so.\n# And so.\n**star**", "#1\n#2"]
)
def test_another_page_keeps_its_stars(text: str) -> None:
    lines, notes = read_lines(text)

    assert [line.text for line in lines] == text.splitlines()
    assert notes == []


def test_an_issue_in_markdown(tmp_path: Path) -> None:
    found = imported(
        "# The quiet no\n_on waiting_\n**my 2 cents: say it**\nIt is so.\n"
        "## candidates\nSay no.\n**tl;dr:** call.\n"
        "**music:** [a slow one](https://a.example/t)\n"
    )
    issue = file_of(found, tmp_path)

    assert (issue.title, issue.description) == ("The quiet no", "on waiting")
    assert (issue.my_2_cents, issue.tldr) == ("say it", "call.\n")
    assert issue.body == "\nIt is so.\n\n## candidates\n\nSay no.\n"
    assert issue.music
    assert (issue.music.url, issue.music.note) == ("https://a.example/t", "a slow one")
    assert len(notes(found)) == 1
