"""Which lines of a pasted issue are heads: words that a letter says too."""

from pathlib import Path

import pytest

from newsletter.model.issue import Issue
from tests.importing.test_issue import file_of, imported, notes

TOP = "The quiet no\nMy 2 cents: the quiet no\n"
END = "TLDR: synopsis\ncall. say it.\nmusic for your friday\nhttps://a.example/t\n"


def read(text: str, folder: Path) -> Issue:
    return file_of(imported(text), folder)


@pytest.mark.parametrize(
    "said",
    [
        "In short: she left.",
        "In short",
        "My take: we talk too long.",
        "The soundtrack: a phone.",
        "Music",
        "TLDR: nobody called.",
    ],
)
@pytest.mark.parametrize("below", ["", "candidates:\nSay no early.\n"])
def test_the_heads_nearest_the_end_win(tmp_path: Path, said: str, below: str) -> None:
    letter = f"She never said no.\n{said}\nI asked her why.\n{below}"
    issue = read(TOP + letter + END, tmp_path)

    assert (issue.my_2_cents, issue.tldr) == ("the quiet no", "call. say it.\n")
    assert issue.music
    assert issue.music.url == "https://a.example/t"
    for line in letter.splitlines():
        assert line.rstrip(":") in issue.body


LETTER = "".join(f"This is line {number} of the letter.\n" for number in range(12))


@pytest.mark.parametrize("said", ["In short: she left.", "In short", "Music"])
def test_words_in_the_middle_of_a_letter_take_nothing_with_them(
    tmp_path: Path, said: str
) -> None:
    issue = read(f"{TOP}One.\n{said}\n{LETTER}", tmp_path)

    assert (issue.tldr, issue.music) == ("", None)
    assert said in issue.body
    assert issue.body.count("This is line") == 12


@pytest.mark.parametrize(
    ("tldr", "kept"),
    [
        ("TLDR\nCall her.\n", "Call her.\n"),
        ("TLDR: call her.\n", "call her.\n"),
        ("TLDR\n- Call.\n- Wait.\n", "- Call.\n- Wait.\n"),
        ("\nTLDR\nCall her.\nWait.\n\n", "Call her.\n\nWait.\n"),
    ],
)
def test_a_tldr_above_the_letter_leaves_the_letter(
    tmp_path: Path, tldr: str, kept: str
) -> None:
    found = imported(f"The quiet no\nTo those who wait\n{tldr}{LETTER}")
    issue = file_of(found, tmp_path)

    assert issue.tldr == kept
    assert issue.body.count("This is line") == 12
    assert any("is more than a TLDR: kept in the text" in note for note in notes(found))


def test_what_stands_below_the_last_buttons_is_not_counted(tmp_path: Path) -> None:
    footer = "Subscribe\n" + "Another letter\n" * 9
    issue = read(f"{TOP}One.\nIn short: she left.\n{footer}", tmp_path)

    assert issue.tldr == "she left.\n"


def test_a_button_in_the_letter_is_no_end_of_it(tmp_path: Path) -> None:
    letter = f"Subscribe\n{LETTER}{'It is long. ' * 9}\n"
    issue = read(f"{TOP}One.\nIn short: she left.\n{letter}", tmp_path)

    assert issue.tldr == ""
    assert issue.body.count("This is line") == 12


@pytest.mark.parametrize(
    "head", ["MUSIC", "our song of the week", "Song of the day", "Now playing"]
)
def test_the_music_has_many_heads(tmp_path: Path, head: str) -> None:
    issue = read(f"{TOP}One.\n{head}\nLow: Words\nhttps://a.example/t\n", tmp_path)

    assert issue.music
    assert (issue.music.url, issue.music.note) == ("https://a.example/t", "Low: Words")


@pytest.mark.parametrize(
    "tldr",
    [
        "TLDR;\ncall her.",
        "tl;dr - call her.",
        "TL;DR — call her.",
        "Summary\ncall her.",
        "The bottom line: call her.",
        "⚡ Key takeaways ⚡\ncall her.",
    ],
)
def test_forms_of_a_tldr(tmp_path: Path, tldr: str) -> None:
    issue = read(f"{TOP}She never said no.\nI asked her why.\n{tldr}\n", tmp_path)

    assert issue.tldr == "call her.\n"


@pytest.mark.parametrize("above", ["She never said no.\nI asked her.\n", LETTER])
def test_a_column_in_the_middle_keeps_its_head(tmp_path: Path, above: str) -> None:
    top = "The quiet no\nA deck\nBy Ann Lee\n"
    body = read(f"{top}{above}My take\nIt is so.\n", tmp_path).body

    assert body.endswith(".\n\n## My take\n\nIt is so.\n")
    assert read(f"{top}My take\nIt is so.\n", tmp_path).body == "\nIt is so.\n"
