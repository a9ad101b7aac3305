"""Every view is accessible and fits, on desk and phone, by day and by night."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.web.studio.conftest import previewing
from tests.web.studio.views import VIEWS, a_publication, faults

if TYPE_CHECKING:
    from tests.rig.chromium import Pages


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280, 1600])
def test_every_view(tmp_path: Path, open_page: "Pages", width: int, dark: bool) -> None:
    root = a_publication(tmp_path)
    found: dict[str, list[str]] = {}
    page = open_page("about:blank", width=width, height=900, dark=dark)
    page.on(
        "pageerror", lambda error: found.setdefault("script", []).append(str(error))
    )
    page.on("dialog", lambda dialog: dialog.accept())
    with previewing(root) as url:
        for view in VIEWS:
            page.goto(url + view.path)
            if view.act:
                view.act(page, root)
            if wrong := faults(page):
                found[view.name] = wrong
        page.goto("about:blank")
    assert found == {}
    assert open_page.refused == []
