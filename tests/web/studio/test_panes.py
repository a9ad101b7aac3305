"""The panes in Chromium: widths, looks, readers, and what may not happen in them."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from newsletter.config.publication import load_publication
from newsletter.store import subscribers
from newsletter.store.engine import Store
from tests.sending.conftest import people
from tests.web.studio.conftest import ISSUE, exchange
from tests.web.studio.sharing import preview as preview  # a fixture
from tests.web.studio.sharing import publication as publication  # a fixture
from tests.web.studio.sharing import settle as settle  # a fixture
from tests.web.studio.sharing import shared as shared  # a fixture
from tests.web.studio.test_live import FRAME, picture, seen

if TYPE_CHECKING:
    from playwright.sync_api import Dialog, Page

    from tests.rig.chromium import Pages

VIEW = f"issues/{ISSUE}"
WIDE = 1600


@pytest.fixture
def readers(publication: Path) -> Iterator[None]:
    """Nine subscribers."""
    loaded = load_publication(publication)
    with Store.open(loaded.store_path or loaded.store) as store:
        with store.write() as connection:
            subscribers.upsert(connection, people(9))
        yield


def width(page: "Page") -> int:
    """How wide the letter's window is, seen from inside of it."""
    found = page.evaluate(f"document.querySelector('{FRAME}').contentWindow.innerWidth")
    return int(found)


def colour(page: "Page") -> str:
    """The colour behind the letter."""
    script = "e => getComputedStyle(e).backgroundColor"
    return str(picture(page).locator("body").evaluate(script))


def test_the_letter_is_as_wide_as_a_phone_a_tablet_a_desktop_or_dragged(
    preview: str, open_page: "Pages"
) -> None:
    page = open_page(f"{preview}/{VIEW}", width=WIDE)
    seen(page, "hello Ana,")
    choice = page.locator("[name=width]")
    for name, pixels in (("phone", 375), ("tablet", 768), ("desktop", 1024)):
        choice.select_option(name)
        assert width(page) == pixels
    choice.select_option("tablet")
    grip = page.get_by_role("slider").first
    box = grip.bounding_box()
    assert box
    page.mouse.move(box["x"] + 4, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] - 96, box["y"] + 50, steps=5)
    page.mouse.up()
    assert width(page) == 768 - 200
    grip.focus()
    page.keyboard.press("ArrowLeft")
    assert width(page) == 768 - 216
    assert grip.get_attribute("aria-valuenow") == "552"


def test_light_dark_inverted_and_text_without_a_reload(
    preview: str, open_page: "Pages"
) -> None:
    page = open_page(f"{preview}/{VIEW}", width=WIDE)
    seen(page, "hello Ana,")
    page.evaluate("window.same = true")
    light = colour(page)
    page.locator("[name=show]").select_option("dark")
    page.locator('.pane[data-shape="dark"] iframe[src*="look=dark"]').wait_for()
    page.locator(".pane iframe.coming").wait_for(state="detached")
    assert colour(page) != light
    page.locator("[name=show]").select_option("text")
    seen(page, "TLDR")
    page.locator("[name=beside]").select_option("page")
    page.locator(".pane").nth(1).wait_for()
    page.frame_locator(".pane:nth-of-type(2) iframe:not(.coming)").get_by_role(
        "heading", name="pull up the second chair"
    ).first.wait_for()
    assert "show=text" in page.url
    assert "beside=page" in page.url
    assert page.evaluate("window.same")
    assert open_page.refused == []


def test_without_images_their_words_are_shown(preview: str, open_page: "Pages") -> None:
    page = open_page(f"{preview}/{VIEW}?images=off")
    seen(page, "hello Ana,")
    script = "all => all.filter(each => each.naturalWidth).length"
    assert picture(page).locator("img").evaluate_all(script) == 0
    page.locator("[name=images]").select_option("on")
    page.locator(".pane iframe:not(.coming):not([src*='images=off'])").wait_for()
    script = "each => each.decode().then(() => each.naturalWidth)"
    assert picture(page).locator("img").first.evaluate(script) > 1


def test_a_subscriber_is_found_and_gets_their_message(
    preview: str, readers: None, open_page: "Pages"
) -> None:
    page = open_page(f"{preview}/{VIEW}")
    person = people(9)[6]
    page.locator("[name=find]").fill(person.address[:9])
    page.locator('#found a[data-reader="subscriber-7"]').click()
    page.wait_for_url("**as=subscriber-7*")
    assert page.locator("[name=as]").input_value() == "subscriber-7"
    page.locator("[name=show]").select_option("message")
    seen(page, f"To: {person.address}")


def test_the_page_leads_on_to_the_others_and_follows_their_files(
    publication: Path, preview: str, open_page: "Pages"
) -> None:
    page = open_page(f"{preview}/{VIEW}?show=page")
    older = publication / "issues/2026-11-13-fourteen-bullets.md"
    neighbour = picture(page).get_by_role("link", name="fourteen bullets")
    neighbour.wait_for()
    # One change: a second picture would take the place of the page that is reached.
    exchange(older, older.read_text().replace('title: "', 'title: "TWICE ', 1))
    picture(page).get_by_role("link", name="TWICE fourteen bullets").click()
    picture(page).get_by_role("heading", name="TWICE fourteen bullets").wait_for()
    picture(page).get_by_role("link", name="all issues").first.click()
    picture(page).get_by_role("heading", name="all issues").wait_for()


def test_a_page_that_cannot_be_made_says_so_and_keeps_the_last_good_picture(
    publication: Path, preview: str, open_page: "Pages"
) -> None:
    about = publication / "about.md"
    page = open_page(f"{preview}/{VIEW}?show=page")
    seen(page, "hello there,")
    about.write_bytes(b"\xff\xfe")
    with page.expect_response(lambda each: each.status == 422):
        path = publication / "issues" / f"{ISSUE}.md"
        path.write_text(f"{path.read_text()}\n\nmore\n")
    page.wait_for_function("!document.querySelector('iframe.coming')")
    seen(page, "hello there,")
    page.reload()
    seen(page, "about.md:1:1")
    about.unlink()
    seen(page, "hello there,")


def test_a_link_that_leads_away_opens_beside_the_studio(
    publication: Path, preview: str, open_page: "Pages", settle: Callable[[], None]
) -> None:
    path = publication / "issues" / f"{ISSUE}.md"
    path.write_text(f"{path.read_text()}\n\nsee [elsewhere](http://127.0.0.1:1/x)\n")
    # Else another picture could come under the click.
    settle()
    page = open_page(f"{preview}/{VIEW}?show=page")
    link = picture(page).get_by_role("link", name="elsewhere")
    with page.context.expect_page() as opened:
        link.click()
    assert opened.value is not page
    link.wait_for()


def test_without_scripts_the_form_does_the_same(
    preview: str, readers: None, open_page: "Pages"
) -> None:
    page = open_page(f"{preview}/{VIEW}", javascript=False)
    page.locator("[name=show]").select_option("text")
    page.locator("[name=find]").fill(people(9)[6].address)
    page.get_by_role("button", name="show").click()
    page.wait_for_url("**show=text*")
    page.locator("#found a").first.click()
    page.wait_for_url("**as=subscriber-7*")
    assert page.locator("[name=as]").input_value() == "subscriber-7"


EVIL = """
<img src=x onerror="parent.pwned=1; window.pwned=1; alert(1)">
<script>parent.pwned = 1; alert(1)</script>
<iframe srcdoc="<script>parent.parent.pwned = 1</script>"></iframe>
<a href="javascript:parent.pwned=1" id="trap">trap</a>
<svg onload="parent.pwned=1"><style>@import 'http://127.0.0.1:1/x'</style></svg>
<form action="/open" method="post"><button>send</button></form>
<meta http-equiv="refresh" content="0;url=/">
<base href="http://evil.example/">
"""


@pytest.mark.parametrize(
    "shape", ["email", "dark", "page", "source", "text", "message"]
)
def test_whatever_is_in_a_letter_nothing_of_it_runs(
    publication: Path, preview: str, open_page: "Pages", shape: str
) -> None:
    """Also where raw HTML is trusted and a template lets it through."""
    settings = publication / "newsletter.yaml"
    settings.write_text(settings.read_text() + "trusted_html: true\n")
    issue = publication / "issues" / f"{ISSUE}.md"
    issue.write_text(f"{issue.read_text()}\n\n{EVIL}\n\nthe end of evil\n")
    for folder, name in (("email", "reply.html"), ("web", "menu.html")):
        own = publication / "templates" / folder
        own.mkdir(parents=True, exist_ok=True)
        (own / name).write_text(EVIL)

    page = open_page("about:blank")
    dialogs: list[str] = []

    def note(dialog: "Dialog") -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    page.goto(f"{preview}/{VIEW}?show={shape}")
    seen(page, "the end of evil")
    with suppress(Exception):
        picture(page).locator("#trap").first.click(timeout=500)
    page.locator("[name=show]").select_option("email")

    assert page.evaluate("window.pwned") is None
    assert dialogs == []
    assert page.url.startswith(f"{preview}/{VIEW}")


def test_a_page_of_another_site_cannot_frame_the_studio(
    preview: str, open_page: "Pages"
) -> None:
    page = open_page("about:blank")
    page.set_content(f'<iframe src="{preview}/{VIEW}"></iframe>')
    page.wait_for_load_state("networkidle")
    frame = page.frames[-1]
    assert "second chair" not in frame.content()
