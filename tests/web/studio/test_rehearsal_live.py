"""The rehearsal in Chromium: its numbers follow what is saved and who comes or goes."""

from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.config.publication import load_publication
from newsletter.model.subscriber import SuppressionReason
from newsletter.store import subscribers, suppressions
from newsletter.store.engine import Store
from tests.sending.conftest import people
from tests.web.studio.conftest import ISSUE
from tests.web.studio.sharing import preview as preview  # a fixture
from tests.web.studio.sharing import publication as publication  # a fixture
from tests.web.studio.sharing import shared as shared  # a fixture

if TYPE_CHECKING:
    from tests.rig.chromium import Pages

VIEW = f"issues/{ISSUE}/rehearsal"


def test_the_numbers_follow_the_ledger_and_what_is_chosen_stays(
    preview: str, publication: Path, open_page: "Pages"
) -> None:
    path = load_publication(publication).store_path
    assert path is not None
    with Store.open(path) as store, store.write() as connection:
        subscribers.upsert(connection, people(9))
        key = people(9)[0].address_key
        suppressions.add(connection, key, SuppressionReason.COMPLAINT)
    page = open_page(f"{preview}/{VIEW}")
    many = page.locator("#rehearsed .recipients strong")
    many.get_by_text("8", exact=True).wait_for()
    page.get_by_text("who is suppressed, and why").click()
    page.get_by_label("when").fill("friday 9:00")

    with Store.open(path) as store, store.write() as connection:
        subscribers.upsert(connection, people(12))
    many.get_by_text("11", exact=True).wait_for()
    page.locator("#rehearsed details li").first.wait_for()
    assert page.get_by_label("when").input_value() == "friday 9:00"


def test_a_mistake_is_said_in_place_of_the_numbers_until_it_is_mended(
    preview: str, publication: Path, open_page: "Pages"
) -> None:
    file = publication / f"issues/{ISSUE}.md"
    whole = file.read_text()
    page = open_page(f"{preview}/{VIEW}")
    page.get_by_text("there are no subscribers yet").wait_for()

    file.write_text(whole.replace("title:", "titel:", 1))
    page.locator("#rehearsed .mistakes").get_by_text("titel").first.wait_for()
    file.unlink()
    page.locator("#rehearsed h1").wait_for()
    file.write_text(whole)
    page.get_by_text("there are no subscribers yet").wait_for()
    assert page.locator("#rehearsed h1").count() == 0
