"""The music pick of a pasted issue: its address, title, artist, and what is not it."""

from pathlib import Path

import pytest

from newsletter.model.issue import Music
from tests.importing.test_issue import file_of, imported, notes

TOP = "Title\nMy 2 cents\nIt is so.\nTLDR\nSay it.\n"
URL = "https://open.spotify.com/track/1"


def music(text: str, folder: Path) -> Music:
    found = file_of(imported(f"{TOP}{text}"), folder).music
    assert found
    return found


@pytest.mark.parametrize(
    "head",
    [
        "song of the week",
        "🎶 Music for your Friday 🎶",
        "Now playing:",
        "This week's song",
    ],
)
@pytest.mark.parametrize(
    ("pick", "title", "artist", "note"),
    [
        (f"🎵 “Slow Song” by Ann Lee\n{URL}", "Slow Song", "Ann Lee", ""),
        (f'"Slow Song" — Ann & Bo\n{URL}', "Slow Song", "Ann & Bo", ""),
        (f"{URL}\n«Slow Song», par Ann Lee", "Slow Song", "Ann Lee", ""),
        (f"Ann Lee\nSlow Song\n{URL}", "", "", "Ann Lee · Slow Song"),
        (f"Slow Song — Ann Lee\n{URL}", "", "", "Slow Song — Ann Lee"),
        (f"a slow one: {URL}", "", "", "a slow one"),
        (f"“so” by now is what I hum.\n{URL}", "", "", "“so” by now is what I hum."),
        ("open.spotify.com/track/1", "", "", ""),
        (f"<{URL}>", "", "", ""),
    ],
)
def test_a_pick(
    tmp_path: Path, head: str, pick: str, title: str, artist: str, note: str
) -> None:
    found = music(f"{head}\n{pick}\n", tmp_path)

    assert found.url == URL
    assert (found.title, found.artist, found.note) == (title, artist, note)


def test_what_is_more_is_the_text_s_and_no_sub_head(tmp_path: Path) -> None:
    more = "A slow one.\nBy Ann Lee\nIt is what I hum when nobody is there to hear it."
    found = imported(f"{TOP}Music\n{more}\n{URL}\nSee you\nIn a week, as always.\n")
    issue = file_of(found, tmp_path)

    assert issue.music
    assert issue.music.note == "A slow one."
    assert "##" not in issue.body
    for line in (*more.splitlines()[1:], "See you", "In a week, as always."):
        assert line in issue.body


def test_a_pick_too_long_for_a_line_is_the_text_s(tmp_path: Path) -> None:
    long = "la " * 120 + "la."
    issue = file_of(imported(f"{TOP}Music\n{long}\n{URL}\n"), tmp_path)

    assert issue.music
    assert issue.music.note == ""
    assert long in issue.body


def test_without_an_address_it_stands_in_the_text(tmp_path: Path) -> None:
    found = imported(
        f"{TOP}On repeat\nSlow Song — Ann Lee\n💬 Write back: is it slow?\n"
    )

    assert file_of(found, tmp_path).body.endswith(
        "\n\n💬 Write back: is it slow?\n\n## On repeat\n\nSlow Song — Ann Lee\n"
    )
    assert len(notes(found)) == 2


def test_a_row_of_dashes_ends_no_part(tmp_path: Path) -> None:
    found = imported(f"{TOP}—\nMusic\n—\nA slow one.\n***\n{URL}\n—\nSee you.\n")
    issue = file_of(found, tmp_path)

    assert issue.music
    assert (issue.music.url, issue.music.note) == (URL, "A slow one.")
    assert issue.body.endswith("See you.\n")
    assert "not placed" not in issue.body


def test_its_address_may_stand_in_brackets(tmp_path: Path) -> None:
    found = music(f"Listening to: “Slow Song” by Ann Lee ({URL})\n", tmp_path)

    assert (found.url, found.title, found.artist) == (URL, "Slow Song", "Ann Lee")
