"""The feed, the sitemap and robots.txt: complete, well-formed, absolute, stable."""

from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.archive.addresses import Addresses
from tests.archive.conftest import Build, write_issue

ATOM = "{http://www.w3.org/2005/Atom}"
BASE = "https://letter.example.com/"


def feed(out: Path) -> ElementTree.Element:
    return ElementTree.fromstring((out / "feed.atom").read_bytes())


def texts(parent: ElementTree.Element, path: str) -> list[str | None]:
    return [item.text for item in parent.findall(path.replace("a:", ATOM))]


def test_the_feed_has_what_rfc_4287_asks_for(build: Build, out: Path) -> None:
    build()
    root = feed(out)

    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert root.tag == f"{ATOM}feed"
    assert texts(root, "a:id") == [BASE]
    assert texts(root, "a:title") == ["the second chair"]
    assert texts(root, "a:updated") == ["2026-11-20T00:00:00Z"]
    assert texts(root, "a:author/a:name") == ["mo ellery"]
    assert links == {"self": f"{BASE}feed.atom", "alternate": BASE}
    for entry in root.findall(f"{ATOM}entry"):
        names = [item.tag.removeprefix(ATOM) for item in entry]
        once = ("id", "title", "updated", "published", "link", "summary", "content")
        assert all(names.count(name) == 1 for name in once)


def test_the_entries_are_the_issues_newest_first(build: Build, out: Path) -> None:
    build()
    root = feed(out)

    assert texts(root, "a:entry/a:id") == [
        f"{BASE}pull-up-the-second-chair/",
        f"{BASE}fourteen-bullets/",
        f"{BASE}say-the-number/",
        f"{BASE}the-nine-day-silence/",
    ]
    assert texts(root, "a:entry/a:updated") == [
        "2026-11-20T00:00:00Z",
        "2026-11-13T00:00:00Z",
        "2026-11-06T00:00:00Z",
        "2026-10-30T00:00:00Z",
    ]


def test_a_new_title_is_the_same_entry(
    build: Build, out: Path, publication: Path
) -> None:
    path = write_issue(publication, "2026-11-27-same", "title: first")
    build()
    before = texts(feed(out), "a:entry/a:id")

    path.write_text("---\ntitle: second\n---\n", encoding="utf-8")
    build()

    assert texts(feed(out), "a:entry/a:id") == before
    assert texts(feed(out), "a:entry/a:title")[0] == "second"


def test_an_entry_has_the_whole_issue_with_absolute_addresses(
    build: Build, out: Path
) -> None:
    build()
    content = texts(feed(out), "a:entry/a:content")[0] or ""

    for part in (
        "<p>hello there,</p>",
        "they had to help me out of it. 🪑",
        "TLDR: synopsis",
        "/roundtables/the-launch-she-stopped/",
        "music for your friday",
    ):
        assert part in content
    addresses = Addresses(content).found
    assert len(addresses) > 4
    assert [url for url in addresses if not url.startswith("https://")] == []


def test_the_feed_keeps_to_the_newest_issues(
    build: Build, out: Path, publication: Path
) -> None:
    for day in range(1, 29):
        write_issue(publication, f"2026-10-{day:02}-d{day}", f"title: day {day}")

    build()

    ids = texts(feed(out), "a:entry/a:id")
    assert len(ids) == 20
    assert ids[-1] == f"{BASE}d13/"


def test_text_that_xml_cannot_hold_does_not_break_the_feed(
    build: Build, out: Path, publication: Path
) -> None:
    body = "a ]]> & &#1; &#xFFFE; &#xD800; z"
    write_issue(publication, "2026-11-27-x", 'title: "a ]]> & <b>"', body)

    build()

    assert texts(feed(out), "a:entry/a:title")[0] == "a ]]> & <b>"
    assert texts(feed(out), "a:entry/a:content")[0] == (
        "<p>a ]]&gt; &amp;   \N{REPLACEMENT CHARACTER} z</p>"
    )


def test_a_feed_without_entries_is_the_same_every_day(build: Build, out: Path) -> None:
    build(today=date(2020, 1, 1))

    assert texts(feed(out), "a:updated") == ["1970-01-01T00:00:00Z"]
    assert texts(feed(out), "a:entry") == []


def test_the_sitemap_has_every_page_with_its_day(build: Build, out: Path) -> None:
    build()
    root = ElementTree.fromstring((out / "sitemap.xml").read_bytes())

    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    found = {
        url.findtext(f"{space}loc"): url.findtext(f"{space}lastmod") for url in root
    }
    experts = {it for it in found if it and it.startswith(f"{BASE}experts/")}
    assert len(experts) == 8
    assert {place: found[place] for place in found.keys() - experts} == {
        BASE: "2026-11-20",
        f"{BASE}issues/": "2026-11-20",
        f"{BASE}tags/": None,
        f"{BASE}tags/candidates/": "2026-11-20",
        f"{BASE}tags/compensation/": "2026-11-06",
        f"{BASE}tags/feedback/": "2026-10-30",
        f"{BASE}tags/hiring-managers/": "2026-11-20",
        f"{BASE}tags/interviews/": "2026-11-20",
        f"{BASE}tags/job-descriptions/": "2026-11-13",
        f"{BASE}music/": None,
        f"{BASE}about/": None,
        f"{BASE}pull-up-the-second-chair/": "2026-11-20",
        f"{BASE}fourteen-bullets/": "2026-11-13",
        f"{BASE}say-the-number/": "2026-11-06",
        f"{BASE}the-nine-day-silence/": "2026-10-30",
        f"{BASE}roundtables/": None,
        f"{BASE}roundtables/the-launch-she-stopped/": "2026-11-18",
        f"{BASE}roundtables/the-honest-i-dont-know/": "2026-11-04",
    }
    assert (out / "robots.txt").read_text("utf-8").endswith(f"{BASE}sitemap.xml\n")


def test_an_issue_whose_original_is_elsewhere_says_so(
    build: Build, out: Path, publication: Path
) -> None:
    original = "https://elsewhere.example.com/first"
    write_issue(publication, "2026-11-27-x", f"title: x\ncanonical_url: {original}")

    build()

    page = (out / "x/index.html").read_text("utf-8")
    assert f'<link rel="canonical" href="{original}">' in page
    assert "/x/" not in (out / "sitemap.xml").read_text("utf-8")


@pytest.mark.parametrize("name", ["feed.atom", "sitemap.xml", "index.html"])
def test_a_hostile_address_of_the_site_stays_a_text(
    build: Build, out: Path, name: str
) -> None:
    build(base_url='https://x.example/"><script>alert(1)</script>')

    assert "<script>" not in (out / name).read_text("utf-8")
