"""Files may be called anything: their views are found, and lead to each other."""

import os
import re
from pathlib import Path

from tests.web.studio.conftest import Studio


def test_a_name_of_any_letters_can_be_opened(at_desk: Studio) -> None:
    folder = at_desk.root / "issues"
    for name in (
        "ü & <b>",
        "100% #1?",
        "e\u0301",
        "'\"",
        "日本",
        "100%effort",
        "50%25",
    ):
        (folder / f"{name}.md").write_text(
            "---\ntitle: odd\ndate: 2026-11-20\n---\nx\n"
        )
    links = re.findall(r'<a href="(/issues/[^"]+)">odd</a>', at_desk.get("/").text)

    assert len(links) == 7
    for link in links:
        view, write = at_desk.get(link), at_desk.get(f"{link}/write")
        assert view.status == write.status == 200
        assert f'<a href="{link}" aria-current="page"' in view.text
        assert f'action="{link}/write"' in write.text
        base = re.findall(r'name="base" value="(\w+)"', write.text)[0]
        text = {"text": "---\ntitle: new\n---\n", "base": base}
        saved = at_desk.post(f"{link}/write", text, accept="text/html")
        assert saved.headers["location"] == f"{link}/write"


def test_a_name_that_is_no_text_breaks_nothing(at_desk: Studio) -> None:
    path = os.fsencode(at_desk.root / "issues") + b"/2026-12-01-\xff.md"
    Path(os.fsdecode(path)).write_text("---\ntitle: bytes\n---\nx\n")
    assert at_desk.get("/").status == 200
    assert at_desk.get("/parts").status == 200
