"""The labels that other letters have over their parts, and what stands beside them."""

from pathlib import Path

import pytest

from tests.importing.test_issue import file_of, imported, notes

TOP = "The quiet no\nsay it early\n"
BODY = "It is so, and it was always so.\n"
URL = "https://open.spotify.com/track/1"


@pytest.mark.parametrize(
    "head", ["my .02", "My $0.02", "my two cents – the quiet no", "My 2 cents | it"]
)
def test_the_opinion_has_other_labels(tmp_path: Path, head: str) -> None:
    issue = file_of(imported(f"{TOP}{head}\n{BODY}"), tmp_path)

    assert (issue.description, issue.body.strip()) == ("say it early", BODY.strip())
    assert issue.my_2_cents == head.partition("– ")[2] + head.partition("| ")[2]


@pytest.mark.parametrize(
    "head",
    [
        "Pick of the week",
        "a song for your friday",
        "🎵 friday pick",
        "Track of the day:",
        "the weekend's pick",
    ],
)
def test_the_music_has_other_labels(tmp_path: Path, head: str) -> None:
    text = f"{TOP}My take\n{BODY}the short version: say no.\n{head}\nSlow\n{URL}\n"
    issue = file_of(imported(text), tmp_path)

    assert issue.tldr.strip() == "say no."
    assert issue.music
    assert (issue.music.url, issue.music.note) == (URL, "Slow")


def test_a_dash_may_stand_before_synopsis(tmp_path: Path) -> None:
    text = f"{TOP}My take\n{BODY}TL;DR — the synopsis\nsay no.\n"

    assert file_of(imported(text), tmp_path).tldr.strip() == "say no."


def test_how_long_it_takes_to_read_may_stand_below_the_day(tmp_path: Path) -> None:
    text = f"{TOP}Nov 13, 2026\n∙ 4 min read\n{BODY}"

    assert file_of(imported(text), tmp_path).body.strip() == BODY.strip()


def test_a_list_of_other_pages_is_put_aside(tmp_path: Path) -> None:
    text = f"{TOP}My take\n{BODY}{BODY}TLDR\nsay no.\nMore posts\nThe loud yes\nNov 6\n"
    found = imported(text)
    issue = file_of(found, tmp_path)

    assert issue.tldr.strip() == "say no."
    assert issue.body.split("\n\n")[-3:] == ["More posts", "The loud yes", "Nov 6\n"]
    assert sum("stands in a list of other pages" in it for it in notes(found)) == 3
