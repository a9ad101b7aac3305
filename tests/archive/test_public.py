"""What of a publication may be seen on which day."""

import re
from datetime import date
from pathlib import Path

import pytest

from tests.archive.conftest import Build, tree, write_issue

ROUNDTABLE = """---
title: Zebra Panel
panel: [{name: Ann Oldtown}]
%s---

## One

**Ann:** hush, ZEBRA-REMARK
"""


def everything(out: Path) -> str:
    """All text of a site and the names of its files."""
    files = tree(out).items()
    return "\n".join(
        name if name.startswith("images/") else name + data.decode()
        for name, data in files
    )


@pytest.mark.parametrize(
    "front_matter",
    [
        "title: ZEBRA\nstatus: draft",
        "title: ZEBRA\ndraft: true",
        "title: ZEBRA\npublish_date: 2026-12-02",
        "title: ZEBRA\ndate: 2026-12-02",
    ],
)
def test_a_draft_or_a_later_issue_is_nowhere(
    build: Build, out: Path, publication: Path, front_matter: str
) -> None:
    image = publication / "issues" / "images" / "two-chairs.jpg"
    (image.parent / "zebra.jpg").write_bytes(image.read_bytes() + b"ZEBRA")
    body = "![x](images/zebra.jpg)"
    write_issue(publication, "2026-11-27-zebra", front_matter, body)

    build(today=date(2026, 12, 1))

    assert "zebra" not in everything(out).lower()


def test_an_issue_is_out_on_its_day(build: Build, out: Path, publication: Path) -> None:
    write_issue(publication, "2026-12-02-later", "title: LATER")

    build(today=date(2026, 12, 2))

    for name in ("index.html", "feed.atom", "sitemap.xml", "later/index.html"):
        assert "later" in (out / name).read_text("utf-8").lower()


def test_an_issue_that_is_taken_back_leaves_nothing_behind(
    build: Build, out: Path, publication: Path
) -> None:
    build()
    path = publication / "issues" / "2026-11-20-pull-up-the-second-chair.md"
    text = path.read_text("utf-8")
    path.write_text(text.replace("date:", "status: draft\ndate:", 1), "utf-8")

    report = build()

    # Its page and its two pictures, a tag that no other has; the folders go with them.
    assert report.removed == 4
    assert not (out / "pull-up-the-second-chair").exists()
    assert "pull up the second chair" not in everything(out)


@pytest.mark.parametrize(
    ("dated", "featured_on", "is_out"),
    [
        ("", "", True),
        ("", "2026-11-27", True),
        ("", "2026-12-02", False),
        ("date: 2026-12-01\n", "", True),
        ("date: 2026-12-02\n", "", False),
        ("date: 2026-12-01\n", "2026-12-02", True),
        ("date: 2026-12-02\n", "2026-11-27", True),
    ],
)
def test_a_roundtable_is_out_from_its_date_or_its_first_issue(
    build: Build,
    out: Path,
    publication: Path,
    dated: str,
    featured_on: str,
    *,
    is_out: bool,
) -> None:
    path = publication / "issues" / "roundtables" / "hush.md"
    path.write_text(ROUNDTABLE % dated, encoding="utf-8")
    if featured_on:
        write_issue(publication, f"{featured_on}-x", "title: x\nroundtable: hush")

    build(today=date(2026, 12, 1))

    assert ("ZEBRA-REMARK" in everything(out)) is is_out
    assert ("Zebra Panel" in everything(out)) is is_out


def test_no_page_shows_a_merge_tag_or_a_link_to_unsubscribe(
    build: Build, out: Path, publication: Path
) -> None:
    write_issue(
        publication,
        "2026-11-27-marks",
        "title: \"for {{ first_name | default('you') }}\"\n"
        'description: "hello {{ first_name }}, hi"',
        'dear {{ name | default("reader") }} of {{ company }}.\n\n'
        "[leave](<{{ unsubscribe_url }}>), at {{ unsubscribe_url }}\n\n"
        'see [it](https://example.com/{{ company | default("all") }})',
    )

    build()

    page = (out / "marks/index.html").read_text("utf-8")
    assert "<h1>for you</h1>" in page
    assert '<p class="deck">hello, hi</p>' in page
    assert "<p>dear reader of.</p>\n<p>leave, at </p>" in page
    assert '<a href="https://example.com/all">it</a>' in page
    assert not re.search(r"\{\{|unsubscribe", everything(out))


def test_a_merge_tag_in_code_stays_an_example(
    build: Build, out: Path, publication: Path
) -> None:
    write_issue(publication, "2026-11-27-x", "title: x", "write `{{ first_name }}`")

    build()

    page = (out / "x/index.html").read_text("utf-8")
    assert '<code dir="ltr">{{ first_name }}</code>' in page
