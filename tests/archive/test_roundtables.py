"""The pages of roundtables, remarks and experts, as browsers and checkers see them."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tests.archive.conftest import Build, tree
from tests.archive.test_browser import POLICY_BY_FILE
from tests.archive.test_links import dead_links
from tests.rig import axe

if TYPE_CHECKING:
    from tests.rig.chromium import Pages
    from tests.rig.vnu import Vnu

NAMES = [f"N{number} Featherstonehaugh" for number in range(1, 9)]
EIGHT = (
    "---\ntitle: eight\ncompetency: Ownership\ndate: 2026-11-19\npanel:\n"
    + "".join(f"  - {{name: {name}, role: R, hire: yes}}\n" for name in NAMES)
    + "  - {name: priya RAMAN, role: Vice President}\n---\n\n## One\n\n"
    + "".join(f"**{name}:** hello from me to all of you\n\n" for name in NAMES)
    + "## Two\n\n"
    + "".join(f"**{name}:** N1 and N2 and N3, yes.\n\n" for name in NAMES)
    + "**priya:** N1, no.\n\n**priya:** N1, yes.\n"
)
ROUNDTABLE = "roundtables/the-launch-she-stopped/index.html"
PAGES = (
    ROUNDTABLE,
    "roundtables/eight/index.html",
    "roundtables/the-launch-she-stopped/round-2-priya-raman/index.html",
    "experts/priya-raman/index.html",
    "experts/index.html",
)


@pytest.fixture
def site(build: Build, out: Path, publication: Path) -> Path:
    """The sample site, with a roundtable of nine."""
    path = publication / "issues/roundtables/eight.md"
    path.write_text(EIGHT, encoding="utf-8")
    build()
    return out


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("table", [False, True])
def test_axe_finds_no_fault(
    open_page: "Pages", site: Path, *, dark: bool, table: bool
) -> None:
    for name in PAGES[:2] if table else PAGES:
        page = open_page((site / name).as_uri(), dark=dark)
        if table:
            page.click("label[for=signals-table]")

        assert axe.faults(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_no_page_scrolls_sideways(open_page: "Pages", site: Path, name: str) -> None:
    page = open_page((site / name).as_uri(), width=320)

    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_the_pages_are_valid_html(vnu: "Vnu", site: Path) -> None:
    faults = {
        name: found
        for name in PAGES
        if (
            found := vnu.messages(
                (site / name).read_text("utf-8"), ignore=POLICY_BY_FILE
            )
        )
    }

    assert faults == {}


def test_every_link_leads_somewhere(site: Path) -> None:
    assert dead_links(site) == []


def test_one_person_has_one_page_over_all_roundtables(site: Path) -> None:
    html = (site / "experts/priya-raman/index.html").read_text("utf-8")

    assert "roundtables: 2" in html
    assert html.index("Vice President") < html.index("Director of Engineering")
    assert "eight/index.html#round-2-priya-raman.2" in html


def test_a_reply_takes_the_reader_to_what_it_answers(
    open_page: "Pages", site: Path
) -> None:
    page = open_page((site / ROUNDTABLE).as_uri())

    page.click("#round-2-priya-raman .reply a >> nth=0")

    page.wait_for_url("**/*#round-1-tomas-ibarra")
    assert page.locator("#round-1-tomas-ibarra:target").is_visible()


def test_signals_are_cards_until_a_table_is_asked_for(
    open_page: "Pages", site: Path
) -> None:
    page = open_page((site / ROUNDTABLE).as_uri())
    rows = page.locator(".signals tbody tr")
    first, second = rows.nth(0), rows.nth(1)

    def beside() -> bool:
        one, other = first.bounding_box(), second.bounding_box()
        assert one
        assert other
        return one["y"] == other["y"]

    assert beside()
    page.keyboard.press("Tab")
    page.focus("#signals-cards")
    page.keyboard.press("ArrowRight")
    assert not beside()
    assert page.locator(".signals thead th").nth(1).is_visible()


def test_paper_has_the_table_and_no_switch(open_page: "Pages", site: Path) -> None:
    page = open_page((site / ROUNDTABLE).as_uri())

    page.emulate_media(media="print")

    assert page.locator(".signals thead th").nth(1).is_visible()
    assert not page.locator(".switch").is_visible()
    assert not page.locator(".marks").first.is_visible()


def test_every_issue_roundtable_and_remark_has_a_picture_and_names_it(
    build: Build, out: Path, publication: Path
) -> None:
    settings = publication / "newsletter.yaml"
    text = settings.read_text("utf-8").replace("pictures: false", "pictures: true")
    settings.write_text(text, "utf-8")

    build()

    pictures = {name for name in tree(out) if name.startswith("share/")}
    assert len(pictures) == 4 + 2 + 9 + 8
    for name in pictures:
        page = out / name.removeprefix("share/").replace(".png", "/index.html")
        address = f"https://letter.example.com/{name}"
        assert f'<meta property="og:image" content="{address}">' in page.read_text()
        with Image.open(out / name) as picture:
            assert picture.size == (1200, 630)
    before = tree(out)
    assert build().written == 0
    assert tree(out) == before


def test_without_pictures_there_are_none(site: Path) -> None:
    assert not (site / "share").exists()
