"""Every sample email, by day and by night, for those who do not see it as we do."""

from itertools import pairwise
from typing import TYPE_CHECKING

from tests.render.samples import Sample
from tests.rig import axe

if TYPE_CHECKING:
    from tests.rig.chromium import Pages

# A mail is shown inside of another page, which has the landmarks.
OF_THE_MAIL_PROGRAM = ("landmark-one-main", "region")


def test_every_email_can_be_read_by_everybody_by_day_and_by_night(
    samples: list[Sample], open_page: "Pages"
) -> None:
    page = open_page(width=375)

    found: list[str] = []
    for sample in samples:
        page.goto(sample.preview)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            faults = axe.faults(page, ignore=OF_THE_MAIL_PROGRAM)
            found += [f"{sample}, {scheme}: {fault}" for fault in faults]
    assert found == []


def test_no_email_has_to_be_scrolled_sideways_or_asks_the_network(
    samples: list[Sample], open_page: "Pages"
) -> None:
    page = open_page()

    for sample in samples:
        page.goto(sample.preview)
        for width in (320, 375, 600, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            scrolled = page.evaluate("document.documentElement.scrollWidth")
            assert (str(sample), scrolled) == (str(sample), width)
    assert open_page.refused == []


def test_a_screen_reader_hears_the_title_first_and_of_no_layout(
    samples: list[Sample], open_page: "Pages"
) -> None:
    page = open_page()

    for sample in samples:
        page.goto(sample.preview)
        heads = page.get_by_role("heading").all()
        levels = [int(head.evaluate("node => node.localName[1]")) for head in heads]
        assert levels[0] == 1, sample
        assert levels.count(1) == 1, sample
        steps = pairwise(levels)
        assert all(after <= before + 1 for before, after in steps), (sample, levels)
        layout = "table:not([role=presentation]):not([role=none]):not(.data)"
        assert page.locator(layout).count() == 0, sample
        assert page.locator("img:not([alt])").count() == 0, sample
        assert page.evaluate("document.documentElement.lang") == "en", sample


def test_with_images_off_every_image_says_what_it_shows(
    samples: list[Sample], open_page: "Pages"
) -> None:
    page = open_page(width=375, images=False)

    for sample in samples:
        page.goto(sample.preview)
        assert page.evaluate("[...document.images].every(i => !i.naturalWidth)")
        for image in page.locator("img:not([alt=''])").all():
            assert image.is_visible(), sample
