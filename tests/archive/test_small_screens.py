"""What the archive does with little: one issue, one card, a narrow screen."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.archive.conftest import Build, write_issue

if TYPE_CHECKING:
    from tests.rig.chromium import Pages

ROUNDTABLE = "roundtables/the-launch-she-stopped/index.html"


@pytest.fixture
def one(build: Build, out: Path, publication: Path) -> Path:
    """The site of the newest issue alone, with the roundtable that it features."""
    for path in publication.glob("issues/2026-*.md"):
        if "second-chair" not in path.name:
            path.unlink()
    (publication / "issues/roundtables/the-honest-i-dont-know.md").unlink()
    build()
    return out


def test_one_issue_is_listed_once(one: Path) -> None:
    index = (one / "index.html").read_text("utf-8")

    assert index.count('href="pull-up-the-second-chair/') == 1
    assert 'id="issues"' not in index


@pytest.mark.parametrize("width", [320, 700, 800])
def test_a_card_alone_ends_where_the_rules_do_where_there_is_no_more_room(
    open_page: "Pages", one: Path, width: int
) -> None:
    page = open_page((one / "index.html").as_uri(), width=width)
    card = page.locator(".card").bounding_box()
    rule = page.locator(".part").last.bounding_box()

    assert card
    assert rule
    assert card["width"] == rule["width"]


def test_on_a_phone_everything_begins_at_the_same_edge(
    open_page: "Pages", one: Path
) -> None:
    page = open_page((one / ROUNDTABLE).as_uri(), width=320)
    issue = page.locator(".featured li a").bounding_box()
    day = page.locator(".featured time").bounding_box()

    assert issue
    assert day
    assert day["x"] == issue["x"]
    assert day["y"] > issue["y"]
    head = page.locator(".remark.end > header").first
    face = head.locator(".face").bounding_box()
    name = head.locator(".name").bounding_box()
    assert face
    assert name
    assert face["x"] < name["x"]


def test_the_mark_to_link_to_a_remark_is_seen_by_who_looks_for_it(
    open_page: "Pages", one: Path
) -> None:
    page = open_page((one / ROUNDTABLE).as_uri())
    mark = page.locator(".remark .anchor").first

    def shown() -> str:
        return str(mark.evaluate("node => getComputedStyle(node).opacity"))

    assert shown() == "0"
    page.locator(".remark").first.hover()
    assert shown() == "1"


def test_tags_keep_their_distance_from_the_text_above_them(
    open_page: "Pages", build: Build, out: Path, publication: Path
) -> None:
    write_issue(publication, "2026-11-27-x", "title: x\ntags: [one, two]", "a text.")
    build()

    page = open_page((out / "x/index.html").as_uri(), width=375)
    text, tags = (page.locator(name).bounding_box() for name in (".prose", ".tags"))
    assert text
    assert tags
    assert tags["y"] - (text["y"] + text["height"]) >= 32
