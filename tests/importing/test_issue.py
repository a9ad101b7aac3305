"""A pasted issue: what is recognised in it, what is told, what a line may be."""

from datetime import date
from pathlib import Path

import pytest

from newsletter.content.issue import read_issue
from newsletter.importing.blocks import as_markdown, make_blocks
from newsletter.importing.days import read_day
from newsletter.importing.issue import import_issue
from newsletter.importing.lines import read_lines
from newsletter.importing.told import Imported
from newsletter.model.issue import Issue
from newsletter.model.labels import Labels

TODAY = date(2026, 11, 20)


def imported(
    text: str, *, language: str = "en", today: date = TODAY, **labels: str
) -> Imported:
    known = Labels(**labels)
    return import_issue(text, known, language=language, today=today, day=None)


def file_of(found: Imported, folder: Path) -> Issue:
    path = folder / "i.md"
    path.write_text(found.text, encoding="utf-8")
    return read_issue(path, folder)


def notes(found: Imported) -> list[str]:
    return [str(note) for note in found.notes]


def markdown(text: str) -> str:
    lines, _ = read_lines(text)
    return as_markdown(make_blocks(lines, []))


@pytest.mark.parametrize(
    ("pasted", "made"),
    [
        ("“Never,” she said.", "“Never,” she said."),
        ("“never again”\n“not once”", "> “never again”\n>\n> “not once”"),
        ("„nie wieder“", "> „nie wieder“"),
        ("“yes”, and “no”", "“yes”, and “no”"),
        ("“so long”\n-- Ann\n“so short”", "> “so long”\n>\n> — Ann\n\n> “so short”"),
        ("— Ann", "— Ann"),
        ("• one\n◦ two", "- one\n- two"),
        ("- one", "- one"),
        ("1. one\n2) two", "1. one\n2. two"),
        ("3. three\n4. four", "3. three\n4. four"),
        ("1. one\n3. three", "1\\. one\n\n3\\. three"),
        ("1999. A year.", "1999\\. A year."),
        ("why?\nwho?\nwhen?", "- why?\n- who?\n- when?"),
        ("why?\nwho?", "why?\n\nwho?"),
        ("ask yourself:\nwhy?\nwho?", "ask yourself:\n\n- why?\n- who?"),
        ("• one\nwhy?\nwho?\nhow?", "- one\n\n* why?\n* who?\n* how?"),
        ("why? well.\nwho? me.\nhow? so.", "- why? well.\n- who? me.\n- how? so."),
        ("So.\nA head of # it\nIt is.", "So.\n\n## A head of \\# it\n\nIt is."),
        ("Hiring managers:\nHello.", "## Hiring managers\n\nHello."),
        ("candidates //\nHello.", "## candidates\n\nHello."),
        ("a word to candidates:\nHi.", "## a word to candidates\n\nHi."),
        ("für Bewerber:innen\nHallo.", "## für Bewerber:innen\n\nHallo."),
        ("So\nTHE HEAD\nIt is.", "So\n\n## THE HEAD\n\nIt is."),
        ("- a\n- b\nA head\nIt is.", "- a\n- b\n\n## A head\n\nIt is."),
        ("It ends.\nyours,\nmo", "It ends.\n\nyours,\n\nmo"),
        ("https://a.example/b_c\nIt ends.", "https://a.example/b_c\n\nIt ends."),
    ],
)
def test_what_lines_are(pasted: str, made: str) -> None:
    assert markdown(pasted) == made


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("2026-11-20", "en", TODAY),
        ("Friday, November 20, 2026", "en", TODAY),
        ("Nov 20, 2026", "en", TODAY),
        ("20th of November", "en", None),
        ("20 November 2026", "xx-yy-zz", TODAY),
        ("20 Xovember 2026", "xx-yy-zz", None),
        ("20 Xovember 2026", "tlh", None),
        ("20.11.2026", "de", TODAY),
        ("Freitag, 20. November 2026", "de", TODAY),
        ("20 de noviembre de 2026", "es", TODAY),
        ("20 novembre 2026", "fr", TODAY),
        ("November 31, 2026", "en", None),
        ("Room 20, 2026", "en", None),
        ("20 things 2026", "en", None),
        ("November", "en", None),
    ],
)
def test_days(text: str, language: str, day: date | None) -> None:
    assert read_day(text, language) == day


def test_the_parts_of_an_issue(tmp_path: Path) -> None:
    found = imported(
        "Title here\nThe deck\nNov 4, 2025\nBy Ann Lee\nMy 2 cents: a head\nIt is so.\n"
        "TL;DR\nShort.\nMusic for your Tuesday\nhttps://a.example/x\n"
        "A song, and a good one.\nAnother word on it.\n"
    )
    issue = file_of(found, tmp_path)

    assert (issue.title, issue.description) == ("Title here", "The deck")
    assert (issue.author, issue.my_2_cents) == ("Ann Lee", "a head")
    assert issue.date == found.day == date(2025, 11, 4)
    assert (issue.status, issue.tldr) == ("draft", "Short.\n")
    assert issue.music is not None
    assert issue.music.url == "https://a.example/x"
    assert issue.music.note == "A song, and a good one."
    assert issue.body == "\nIt is so.\n\nAnother word on it.\n"
    assert notes(found) == [
        "line 12: `Another word on it.` is more than a line about the music: "
        "kept as the text's last words"
    ]


def test_who_asks_for_a_reply_below_the_music_does_so_in_the_text(
    tmp_path: Path,
) -> None:
    found = imported(
        "Title\nMy 2 cents\nIt is so.\nMusic pick\nA song.\nHit reply and tell me.\n"
    )

    assert file_of(found, tmp_path).body == (
        "\nIt is so.\n\nHit reply and tell me.\n\n## Music pick\n\nA song.\n"
    )


def test_the_labels_of_the_publication_are_known(tmp_path: Path) -> None:
    found = imported(
        "Title\nLa columna\nAsí es.\nResumiendo\nBreve.\nMúsica de viernes\n"
        "escucha https://a.example/x.\n¡responde!\n",
        language="es",
        my_2_cents="la columna",
        tldr="resumiendo",
        music="música de {weekday}",
        reply="[¡responde!]",
    )
    issue = file_of(found, tmp_path)

    assert (issue.description, issue.tldr) == ("", "Breve.\n")
    assert issue.music is not None
    assert issue.music.url == "https://a.example/x"
    assert issue.music.note == "escucha https://a.example/x."
    assert issue.body == "\nAsí es.\n"
    assert notes(found) == [
        "line 8: `¡responde!` is the label `reply`: left out: every issue has it"
    ]


def test_a_head_counts_once_and_in_its_place(tmp_path: Path) -> None:
    found = imported(
        "Title\nMy 2 cents\nIt is so.\nMy 2 cents: spend them well.\nTLDR: synopsis\n"
        "Short.\nin short\n"
    )
    issue = file_of(found, tmp_path)

    assert issue.my_2_cents == ""
    assert issue.body == "\nIt is so.\n\nMy 2 cents: spend them well.\n"
    assert issue.tldr == "Short.\n\nin short\n"


def test_a_first_line_that_is_no_title(tmp_path: Path) -> None:
    long = "word " * 60 + "end."
    found = imported(f"{long}\nMy 2 cents: {long}\nMore.\nTLDR\nmusic pick\n")
    issue = file_of(found, tmp_path)

    assert issue.title == "TODO: the title"
    assert issue.body == f"\n{long}\n\n{long}\n\nMore.\n\n## music pick\n"
    assert "`music pick` has no pick: kept the head" in notes(found)


def test_a_title_alone_has_no_deck(tmp_path: Path) -> None:
    issue = file_of(imported("Title\nThis is all.\n"), tmp_path)

    assert (issue.title, issue.description) == ("Title", "")
    assert issue.body == "\nThis is all.\n"


def test_a_longer_second_line_is_no_deck(tmp_path: Path) -> None:
    long = "this is the first of many words that a letter opens with, so it is no deck."
    issue = file_of(imported(f"Title\n{long} It goes on.\nAnd on.\n"), tmp_path)

    assert issue.description == ""


def test_what_no_text_may_hold_is_made_blank_and_told(tmp_path: Path) -> None:
    found = imported("Ti\x07tle\nMy 2 cents\nIt \u202eis\x00 so.\n")

    assert file_of(found, tmp_path).title == "Ti tle"
    assert notes(found) == [
        "line 1: 1 character that cannot be shown: made blank",
        "line 3: 2 characters that cannot be shown: made blank",
    ]
