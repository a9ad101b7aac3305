"""Rules about single words: each is found where it means harm, and only there."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.check.prose import Prose, masked
from tests.check import small


def found(home: Path, code: str, body: str = "", **keys: Any) -> list[str]:
    """The places at which a code is found, seen from the line below the good text."""
    small.make(home / "p", small.BODY + body, issue=keys)
    return [
        item.place.removeprefix(f"{small.ISSUE}:")
        for item in small.problems(home / "p", "letter")
        if item.code == code
    ]


@pytest.mark.parametrize(
    "text",
    [
        "happy monday, all",
        "Happy Thursday!",
        "a slow one for your monday",
        "this monday's letter is short",
        "the monday letter",
        "happy\nmonday",
    ],
)
def test_another_day_than_the_letter_s_is_found(text: str, tmp_path: Path) -> None:
    assert len(found(tmp_path, "weekday", text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "happy friday, all",
        "for your friday",
        "this friday's letter",
        "see you on monday, or this thursday",
        "keep your monday free",
        "good friday was quiet",
        "for your monday night",
        "> happy monday, she wrote",
        "and then it's monday, and the office is full",
        "`happy monday`",
        "happy mondays are rare",
    ],
)
def test_other_days_may_be_named(text: str, tmp_path: Path) -> None:
    assert found(tmp_path, "weekday", text) == []


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ({"title": "it's monday, two chairs"}, "2:8"),
        ({"subject": "happy monday, everybody"}, "5:10"),
        ({"my_2_cents": "the monday letter"}, "5:17"),
        ({"tldr": "words, and\n\na happy monday"}, "8:5"),
        (
            {"music": {"url": "https://a.example/b", "note": "for your monday"}},
            "7:9",
        ),
    ],
)
def test_the_day_is_looked_for_in_every_text(
    keys: dict[str, Any], place: str, tmp_path: Path
) -> None:
    assert found(tmp_path, "weekday", **keys) == [place]


def test_a_song_may_be_of_any_day(tmp_path: Path) -> None:
    song = {"url": "https://a.example/b", "title": "Happy Monday", "artist": "A"}

    assert found(tmp_path, "weekday", music=song) == []


def test_phrases_are_english_so_other_languages_are_left_alone(tmp_path: Path) -> None:
    home = small.make(
        tmp_path / "p",
        f"{small.BODY}\nhappy monday, i've attached it, act now",
        settings={"language": "de", "labels": {"music": "for your monday"}},
    )

    assert small.codes(home) == {}


def test_a_label_that_names_a_day_is_told_once(tmp_path: Path) -> None:
    home = small.make(tmp_path / "p", settings={"labels": {"music": "for your monday"}})
    small.write(home / "issues" / "2026-11-13-b.md", small.keys(title="b" * 20), "")

    [problem] = [item for item in small.problems(home) if item.code == "weekday"]

    assert problem.place == "newsletter.yaml:8:10"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("© 2025 mo", 1),
        ("(c) 2019-2025 mo", 1),
        ("Copyright 1999", 1),
        ("© 2026 mo", 0),
        ("© 2019–2026 mo", 0),
        ("in 2019 we met", 0),
    ],
)
def test_a_copyright_of_another_year_is_found(
    text: str, count: int, tmp_path: Path
) -> None:
    assert len(found(tmp_path, "stale-year", text)) == count


def test_a_stale_year_in_the_frame_is_found_where_it_stands(tmp_path: Path) -> None:
    home = small.make(tmp_path / "p", settings={"postal_address": "© 2020 mo, Bristol"})

    [problem] = [item for item in small.problems(home) if item.code == "stale-year"]

    assert problem.place == "newsletter.yaml:6:17"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("i've attached the list", 1),
        ("see the attached file", 1),
        ("the file is attached to this mail", 1),
        ("please find attached my notes", 1),
        ("she was attached to her chair", 0),
        ("no strings attached", 0),
        ("we attach great value to it", 0),
        ("i attached no importance to that", 0),
        ("i've attached my name to the list", 0),
        ("i've attached the list to this letter", 1),
        ("we've attached a form for you to fill in", 1),
        ("`i attached it`", 0),
    ],
)
def test_what_is_not_attached_is_found(text: str, count: int, tmp_path: Path) -> None:
    assert len(found(tmp_path, "attachment", text)) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("act now!!! it is risk-free", 3),
        ("act\nnow", 1),
        ("earn $$$ today", 1),
        ("react nowhere, once in a lifetimes", 0),
        ("what a day!!", 0),
    ],
)
def test_phrases_of_spam_are_remarked_on(text: str, count: int, tmp_path: Path) -> None:
    assert len(found(tmp_path, "spam-words", text)) == count


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("TK", ["12:1"]),
        ("é and TODO", ["12:7"]),
        ("[insert name here]", ["12:1"]),
        ("TODO: the list of TK people", ["12:1", "12:19"]),
        ('he wrote "TODO, later"', ["12:11"]),
        ('TK is short for "to come"', []),
        ("“TK” means nothing, and 'TODO' stands for much", []),
        ("todo: find it, at TBD", ["12:1", "12:19"]),
        ("my TODO list and TK Maxx", []),
        ("`TK` and\n\n```\nTODO\n```\n", []),
        ("[a tk](https://a.example/TK) {{ name | default('TK') }}", []),
    ],
)
def test_a_note_to_oneself_is_found_but_not_in_code(
    text: str, places: list[str], tmp_path: Path
) -> None:
    assert found(tmp_path, "leftover", text) == places


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ("tldr: |\n  one\n\n    two TK\n", "5:9"),
        ("tldr: >\n  one\n  two TK\n", "4:7"),
        ("tldr: |\n\n   one TK\n", "4:8"),
        ('tldr: "one TK"\n', "2:12"),
        ("tldr: one TK\n", "2:11"),
        ("tldr: 'one\n  two TK'\n", "3:7"),
        ("description: >-\n  one\n  two TK\n", "4:7"),
        ('description: "TK"\n', "2:15"),
    ],
)
def test_a_word_is_found_however_its_value_is_written(
    value: str, place: str, tmp_path: Path
) -> None:
    home = small.make(tmp_path / "p")
    front = "title: two chairs by the window\ndate: 2026-11-20\n"
    preheader = "preheader: what became of an hour that nobody had planned for\n"
    text = f"---\n{value}{front}{preheader}---\n\n{small.BODY}"
    (home / small.ISSUE).write_text(text, "utf-8")

    [problem] = small.problems(home, "letter")

    assert (problem.code, problem.place) == ("leftover", f"{small.ISSUE}:{place}")


@pytest.mark.parametrize(
    ("words", "codes"),
    [(49, ["word-count"]), (50, []), (5000, []), (5001, ["word-count"])],
)
def test_an_issue_is_as_long_as_a_letter(
    words: int, codes: list[str], tmp_path: Path
) -> None:
    home = small.make(tmp_path / "p", "word " * words)

    assert list(small.codes(home)) == codes


def test_a_year_is_stale_only_beside_a_date(tmp_path: Path) -> None:
    table = small.panel(date=None, consensus="© 2019 all of them")
    table.pop("date")
    home = small.make(tmp_path / "p")
    small.write(home / small.TABLE, table, small.REMARKS)
    footer = home / "templates" / "email" / "reply.html"
    footer.parent.mkdir(parents=True)
    footer.write_text("<p>© 2026 mo</p>")

    assert small.codes(home) == {}


def test_the_line_that_leads_to_a_roundtable_is_read_too(tmp_path: Path) -> None:
    featured = {"slug": "table", "teaser": "a TK roundtable"}

    assert found(tmp_path, "leftover", roundtable=featured) == ["7:13"]


@pytest.mark.parametrize(
    ("offset", "words", "place"),
    [(0, "", (3, 5)), (4, "x", (3, 9)), (8, "x", (4, 3))],
)
def test_without_its_file_a_text_counts_its_own_lines(
    offset: int, words: str, place: tuple[int, int]
) -> None:
    prose = Prose("tldr", "one two\nthree", 3, 5, 2)

    assert prose.place(offset, words) == place


def test_words_that_are_nowhere_in_the_file_stand_where_their_text_does() -> None:
    prose = Prose("title", "one two", 1, 8, 0, ['title: "one\\x20two"'])

    assert prose.place(4, "two") == (1, 16)
    assert prose.place(0, "elsewhere") == (1, 8)
    assert Prose("title", "a\nb", 1, 8, 0, ["title: x"]).place(2) == (1, 8)


@given(st.text(alphabet="`~ab \n[]()<!-{}", max_size=80))
def test_what_is_blanked_keeps_every_place(text: str) -> None:
    blank = masked(text)

    assert len(blank) == len(text)
    assert all(new in (old, " ") for old, new in zip(text, blank, strict=True))
    assert blank.count("\n") == text.count("\n")


def test_of_very_many_matches_the_first_hundred_are_told(tmp_path: Path) -> None:
    text = "TK and happy monday, " * 200

    assert len(found(tmp_path, "leftover", text)) == 100
    assert len(found(tmp_path, "weekday", text)) == 100


def test_a_message_is_short_and_on_one_line(tmp_path: Path) -> None:
    home = small.make(tmp_path / "p", f"{small.BODY}\n{'!' * 1000}\n\n## {'a' * 999}")

    for item in small.problems(home):
        assert len(item.message) <= 401
        assert item.message.isprintable()


def test_names_and_the_words_around_an_issue_are_looked_at(tmp_path: Path) -> None:
    settings = {
        "description": "TODO one",
        "author": "TBD",
        "postal_address": "the window\nTODO street",
        "labels": {"hire": "TK hire"},
    }
    music = {"url": "https://music.example/a", "title": "TODO song", "artist": "TK"}
    people = small.panel()["panel"]
    people[0] |= {"name": "Ana TODO", "role": "XXX at home"}
    small.make(
        tmp_path / "p",
        settings=settings,
        issue={"music": music, "author": "mo TBD", "roundtable": "table"},
        table={"panel": people},
        remarks="## One TODO\n\n**Ana:** a\n\n```\n## XXX\n```\n\n**Bo:** b\n",
    )

    found = {
        item.place: item.message.split("`")[1]
        for item in small.problems(tmp_path / "p")
        if item.code == "leftover"
    }

    assert found == {
        "newsletter.yaml:6:17": "TODO",
        "newsletter.yaml:9:14": "TODO",
        "newsletter.yaml:10:9": "TBD",
        "newsletter.yaml:12:9": "TK",
        f"{small.ISSUE}:7:10": "TODO",
        f"{small.ISSUE}:8:11": "TK",
        f"{small.ISSUE}:9:12": "TBD",
        f"{small.TABLE}:5:13": "TODO",
        f"{small.TABLE}:8:9": "XXX",
        f"{small.TABLE}:14:8": "TODO",
    }


def test_what_a_song_is_called_says_nothing_of_the_day(tmp_path: Path) -> None:
    music = {"url": "https://music.example/a", "title": "Happy Monday"}

    assert found(tmp_path, "weekday", music=music) == []
