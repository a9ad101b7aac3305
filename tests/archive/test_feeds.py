"""All three feeds say the same, as their formats have it."""

import json
from email.utils import parsedate_to_datetime
from pathlib import Path
from xml.etree import ElementTree

import feedparser  # type: ignore[import-untyped]
import pytest

from tests.archive.addresses import Addresses
from tests.archive.conftest import Build, write_issue

BASE = "https://letter.example.com/"
NAMES = ("feed.atom", "feed.rss", "feed.json")
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
HOSTILE = "]]> </script> <script>alert(1)</script> & \\u2028"


def items(out: Path, name: str) -> list[tuple[str, str, str, str]]:
    """Id, title, day and whole text of each item."""
    data = (out / name).read_bytes()
    if name == "feed.json":
        return [
            (
                item["id"],
                item["title"],
                item["date_published"][:10],
                item["content_html"],
            )
            for item in json.loads(data)["items"]
        ]
    if name == "feed.rss":
        return [
            (
                item.findtext("guid") or "",
                item.findtext("title") or "",
                parsedate_to_datetime(item.findtext("pubDate") or "")
                .date()
                .isoformat(),
                item.findtext(CONTENT) or "",
            )
            for item in ElementTree.fromstring(data).iter("item")
        ]
    space = "{http://www.w3.org/2005/Atom}"
    return [
        (
            item.findtext(f"{space}id") or "",
            item.findtext(f"{space}title") or "",
            (item.findtext(f"{space}published") or "")[:10],
            item.findtext(f"{space}content") or "",
        )
        for item in ElementTree.fromstring(data).iter(f"{space}entry")
    ]


def test_all_feeds_have_the_same_whole_issues(build: Build, out: Path) -> None:
    build()

    atom, rss, json_feed = (items(out, name) for name in NAMES)
    assert atom == rss == json_feed
    assert [item[2] for item in atom] == [
        "2026-11-20",
        "2026-11-13",
        "2026-11-06",
        "2026-10-30",
    ]
    for *_, content in atom:
        assert len(content) > 1000
        assert {url[:8] for url in Addresses(content).found} == {"https://"}


@pytest.mark.parametrize("name", ["feed.atom", "feed.rss"])
def test_a_feed_reader_finds_no_fault(build: Build, out: Path, name: str) -> None:
    build()

    found = feedparser.parse((out / name).read_bytes())

    assert not found.bozo
    assert len(found.entries) == 4
    assert found.feed.title == "the second chair"
    assert (found.entries[0].get("author") or found.feed.author) == "mo ellery"


def test_the_rss_feed_has_what_its_board_advises(build: Build, out: Path) -> None:
    build()
    root = ElementTree.fromstring((out / "feed.rss").read_bytes())
    channel = root.find("channel")

    assert root.get("version") == "2.0"
    assert channel is not None
    for name in ("title", "link", "description", "language", "lastBuildDate"):
        assert channel.findtext(name)
    link = channel.find("{http://www.w3.org/2005/Atom}link")
    assert link is not None
    assert link.get("href") == f"{BASE}feed.rss"
    for item in channel.iter("item"):
        assert item.findtext("guid") == item.findtext("link")
        assert item.findtext(CREATOR) == "mo ellery"
        assert item.findtext("description")


def test_the_json_feed_has_what_version_1_1_asks_for(build: Build, out: Path) -> None:
    build()
    found = json.loads((out / "feed.json").read_bytes())

    assert found["version"] == "https://jsonfeed.org/version/1.1"
    assert found["home_page_url"] == BASE
    assert found["feed_url"] == f"{BASE}feed.json"
    assert found["authors"] == [{"name": "mo ellery"}]
    assert found["language"] == "en"
    assert all(item["url"] == item["id"] for item in found["items"])
    assert found["items"][0]["tags"] == ["interviews", "hiring managers", "candidates"]


def test_every_page_leads_to_all_feeds(build: Build, out: Path) -> None:
    build()

    for page in out.rglob("*.html"):
        text = page.read_text("utf-8")
        for kind, name in zip(("atom+xml", "rss+xml", "feed+json"), NAMES, strict=True):
            assert f'<link rel="alternate" type="application/{kind}"' in text
            assert f'{name}">' in text


def test_an_issue_of_somebody_else_is_theirs(
    build: Build, out: Path, publication: Path
) -> None:
    write_issue(publication, "2026-11-27-x", "title: x\nauthor: Ann Other")

    build()

    found = json.loads((out / "feed.json").read_bytes())["items"][0]
    rss = ElementTree.fromstring((out / "feed.rss").read_bytes())
    assert found["authors"] == [{"name": "Ann Other"}]
    assert rss.findtext(f"channel/item/{CREATOR}") == "Ann Other"


def test_hostile_words_stay_words_in_every_feed(
    build: Build, out: Path, publication: Path
) -> None:
    write_issue(
        publication,
        "2026-11-27-x",
        f'title: "{HOSTILE[:-7]}"\ndescription: "{HOSTILE[:-7]}"\n'
        f'tags: ["{HOSTILE[:-7]}", " "]',
        HOSTILE,
    )

    build()

    found = [items(out, name)[0] for name in NAMES]
    assert found[0] == found[1] == found[2]
    assert found[0][1].startswith("]]> </script> <script>")
    assert "<script" not in found[0][3]
    assert json.loads((out / "feed.json").read_bytes())["items"][0]["tags"] == [
        HOSTILE[:-7].strip()
    ]


def test_a_publication_without_issues_has_empty_feeds(
    build: Build, out: Path, publication: Path
) -> None:
    for path in (publication / "issues").glob("*.md"):
        path.unlink()

    build()

    assert [items(out, name) for name in NAMES] == [[], [], []]


def test_programs_that_read_are_told_what_there_is(build: Build, out: Path) -> None:
    build()
    lines = (out / "llms.txt").read_text("utf-8").splitlines()

    assert lines[0] == "# the second chair"
    assert (
        "- [the nine-day silence](https://letter.example.com/the-nine-day-silence/): "
        "nobody ghosts on purpose. they’re all just waiting for better news."
    ) in lines
    assert sum("/roundtables/" in line for line in lines) == 2
    assert not any("draft" in line for line in lines)
    # A remark's page is there to be shared, not to be found beside its roundtable.
    assert "/round-1-" not in (out / "sitemap.xml").read_text("utf-8")
