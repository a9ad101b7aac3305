"""The first view among many texts does not wait until all of them were read."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from newsletter.archive.preview import Preview
from newsletter.web.studio.desk import Desk
from tests.web.studio.conftest import ISSUE, Studio

if TYPE_CHECKING:
    from tests.rig.chromium import Pages

VIEW = f"/issues/{ISSUE}"
TABLE = "/roundtables/the-launch-she-stopped"
LATER = "the other texts are being read"
read_all = Desk.read_all


@pytest.fixture
def unread(
    monkeypatch: pytest.MonkeyPatch, make_studio: Callable[..., Studio]
) -> Studio:
    """A studio that reads nothing by itself."""
    monkeypatch.setattr(Desk, "read_all", lambda _: None)
    return make_studio()


def test_what_needs_all_texts_comes_afterwards(unread: Studio) -> None:
    for view, known in ((VIEW, "none were found"), (TABLE, ISSUE)):
        unread.desk.shelf.forget([])
        first = unread.get(view).text
        assert LATER in first
        assert known not in first
        assert known in unread.get(f"{view}/beside").text
        again = unread.get(view).text
        assert LATER not in again
        assert known in again


def test_while_nothing_is_asked_everything_is_read(unread: Studio) -> None:
    read_all(unread.desk)
    assert unread.desk.has_read_all
    assert LATER not in unread.get(VIEW).text
    unread.issue.write_text("---\ntitle: another\n---\n")
    assert not unread.desk.has_read_all


def test_whoever_asks_comes_first_and_an_end_ends_it(
    unread: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, slept = unread.desk, []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        desk.live.close()

    monkeypatch.setattr(time, "sleep", sleep)
    desk.asked = time.monotonic() + 3600
    read_all(desk)
    assert len(slept) == 1
    assert not desk.has_read_all


def test_an_open_page_completes_itself(
    publication: Path, preview: str, open_page: "Pages"
) -> None:
    for number in range(40):
        text = f"---\ntitle: t\nnumber: {1000 + number}\n---\nhello\n"
        (publication / f"issues/2020-01-01-n{number}.md").write_text(text)
    for url in (VIEW, TABLE):
        page = open_page(f"{preview}{url}")
        page.locator("#beside .problems :is(ol, p:not(.later))").first.wait_for()


def test_a_reading_makes_room_for_whoever_asks(
    unread: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    unread.desk.asked = float("-inf")
    read_all(unread.desk)
    assert slept == []
    unread.desk.asked = time.monotonic() + 3600
    unread.desk.archive = Preview(unread.root)
    publication = unread.desk.publication()
    unread.desk.archive.read(publication, unread.desk._make_room)
    assert len(slept) == 6  # four issues and two roundtables
