"""Every view is accessible and fits, on desk and phone, by day and by night."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.web.studio.views import VIEWS, Place, faults, places, showing

if TYPE_CHECKING:
    from tests.rig.chromium import Pages


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Both studios; every view leaves the publication as it found it."""
    with places(tmp_path_factory.mktemp("publication")) as found:
        yield found


@pytest.mark.parametrize("width", [375, 1280, 1600])
def test_every_view(place: Place, open_page: "Pages", width: int) -> None:
    found: dict[str, list[str]] = {}
    page = open_page("about:blank", width=width, height=900)
    page.on(
        "pageerror", lambda error: found.setdefault("script", []).append(str(error))
    )
    page.on("dialog", lambda dialog: dialog.accept())
    for view in VIEWS:
        with showing(view, page, place):
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                if wrong := faults(page, colours=scheme == "dark"):
                    found[f"{view.name}, {scheme}"] = wrong
        page.goto("about:blank")
    assert found == {}
    assert open_page.refused == []
