"""Readers find issues, roundtables and experts, from a host and from the disk."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from newsletter.archive import search_jobs
from tests.archive.conftest import Build, write_issue
from tests.rig import axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.rig.chromium import Pages

HOSTILE = '<img src=x onerror=\\"window.__pwned=1\\"> </script><script>a</script>'


def search(open_page: "Pages", out: Path, words: str, **seen: bool) -> "Page":
    """The page, when it has looked for `words`."""
    url = (out / "search/index.html").as_uri()
    page = open_page(f"{url}?q={words}", **seen)
    page.wait_for_function("document.getElementById('found').textContent")
    return page


def titles(page: "Page") -> list[str]:
    return page.locator("#results h2").all_inner_texts()


def documents(out: Path) -> list[dict[str, str]]:
    found = []
    for path in out.glob("search/*.js"):
        if path.name not in ("minisearch.js", "search.js"):
            text = path.read_text("utf-8")
            found += json.loads(f"[{text.partition('push(')[2].rpartition(')')[0]}]")
    return found


@pytest.fixture(params=["engine", "plain"])
def site(
    request: pytest.FixtureRequest,
    build: Build,
    out: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """The sample site with MiniSearch, and without."""
    if request.param == "plain":
        monkeypatch.setattr(search_jobs, "read_engine", lambda: b"")
    build()
    assert (out / "search/minisearch.js").exists() is (request.param == "engine")
    return out


def test_issues_roundtables_and_experts_are_found(
    open_page: "Pages", site: Path
) -> None:
    assert "the nine-day silence" in titles(search(open_page, site, "silence"))
    assert any("Launch" in it for it in titles(search(open_page, site, "billing")))
    assert "Adaeze Okonkwo" in titles(search(open_page, site, "okonkwo"))
    assert open_page.refused == []


def test_accents_and_case_do_not_matter(open_page: "Pages", site: Path) -> None:
    assert "Nguyễn Thị Hạnh" in titles(search(open_page, site, "NGUYEN"))


def test_all_words_have_to_be_there(open_page: "Pages", site: Path) -> None:
    page = search(open_page, site, "silence+zebra")

    assert titles(page) == []
    assert page.locator("#found").inner_text() == "nothing has all of these words."


def test_a_result_shows_where_the_words_are_and_leads_there(
    open_page: "Pages", site: Path
) -> None:
    page = search(open_page, site, "sticky")

    assert page.locator("#results .excerpt mark").first.inner_text() == "sticky"
    page.locator("#results a").first.click()
    assert page.url.endswith("/the-nine-day-silence/index.html")


def test_results_come_while_one_types(open_page: "Pages", site: Path) -> None:
    page = open_page((site / "search/index.html").as_uri())

    page.get_by_role("searchbox").fill("silence")

    assert "the nine-day silence" in titles(page)


def test_with_the_engine_slips_and_beginnings_are_found(
    open_page: "Pages", build: Build, out: Path
) -> None:
    build()

    for words in ("silense", "sil"):
        page = search(open_page, out, words)
        page.wait_for_function("document.querySelectorAll('#results li').length")
        assert "the nine-day silence" in titles(page)


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_no_fault(open_page: "Pages", site: Path, *, dark: bool) -> None:
    assert axe.faults(search(open_page, site, "silence", dark=dark)) == []


def test_without_javascript_all_issues_are_listed(
    open_page: "Pages", site: Path
) -> None:
    page = open_page((site / "search/index.html").as_uri(), javascript=False)

    assert page.locator("noscript ol a").count() == 4
    assert not page.locator("#search").is_visible()


def test_what_is_not_public_is_not_found(
    build: Build, out: Path, publication: Path
) -> None:
    for name, key in (("a", "status: draft"), ("b", "private: true"), ("c", "")):
        day = "2031-01-01" if name == "c" else "2026-11-27"
        write_issue(publication, f"{day}-{name}", f"title: hushhush\n{key}", "hushhush")
    write_issue(
        publication,
        "2026-11-27-merging",
        "title: tags",
        "for {{ first_name | default('you') }}: {{ unsubscribe_url }}.",
    )

    build()

    everything = "".join(path.read_text("utf-8") for path in out.glob("search/*"))
    assert "hushhush" not in everything
    found = next(item for item in documents(out) if item["title"] == "tags")
    assert "{{" not in found["text"]


def test_hostile_words_stay_words(
    open_page: "Pages", build: Build, out: Path, publication: Path
) -> None:
    write_issue(
        publication,
        "2026-11-27-x",
        f'title: "hushhush {HOSTILE}"\ndescription: "{HOSTILE}"\ntags: ["{HOSTILE}"]\n'
        f'author: "{HOSTILE}"\nmusic: {{url: "https://e.test", title: "{HOSTILE}"}}',
        f"hushhush {HOSTILE}",
    )
    build()

    page = search(open_page, out, "hushhush")
    scripts = (out / "search/2026.js").read_text("utf-8")
    assert titles(page)[0].startswith("hushhush <img src=x")
    assert page.locator("#results img, #results script").count() == 0
    assert page.evaluate("window.__pwned") is None
    assert not re.search("[<>\u2028]", scripts.replace("??=", ""))


def test_a_year_has_a_file_of_its_own(
    build: Build, out: Path, publication: Path
) -> None:
    write_issue(publication, "2024-01-02-old", "title: old")

    build()

    years = {path.name for path in out.glob("search/2*.js")}
    assert years == {"2024.js", "2026.js"}


def test_a_publication_may_do_without(
    build: Build, out: Path, publication: Path
) -> None:
    with (publication / "newsletter.yaml").open("a", encoding="utf-8") as file:
        file.write("search: false\n")

    build()

    assert not (out / "search").exists()
    assert 'search/index.html"' not in (out / "index.html").read_text("utf-8")
