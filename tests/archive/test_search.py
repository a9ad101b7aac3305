"""Readers find issues, roundtables and experts, from a host and from the disk."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import newsletter
from newsletter.archive import search_jobs
from newsletter.archive.stamps import program
from tests.archive.conftest import Build, write_issue
from tests.rig import axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.rig.chromium import Pages

HOSTILE = '<img src=x onerror=\\"window.__pwned=1\\"> </script><script>a</script>'


def search(open_page: "Pages", out: Path, words: str, **seen: bool) -> "Page":
    """The page, when it has looked for `words`."""
    url = (out / "search/index.html").as_uri()
    return complete(open_page(f"{url}?q={words}", **seen))


def complete(page: "Page") -> "Page":
    """The page, when it has looked through everything."""
    page.locator("#results[aria-busy=false]").wait_for(state="attached")
    return page


def loaded(page: "Page") -> list[str]:
    """The scripts of the page, in their order."""
    sources = "[...document.scripts].map(script => script.src)"
    return [str(source).rpartition("/")[2] for source in page.evaluate(sources)]


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
    page.wait_for_url("**/the-nine-day-silence/index.html")


def test_results_come_while_one_types(open_page: "Pages", site: Path) -> None:
    page = open_page((site / "search/index.html").as_uri())

    page.get_by_role("searchbox").fill("silence")

    assert "the nine-day silence" in titles(complete(page))


def test_nothing_is_loaded_until_somebody_searches(
    open_page: "Pages", build: Build, out: Path, publication: Path
) -> None:
    write_issue(publication, "2024-01-02-old", "title: oldest", "hushhush")
    write_issue(publication, "2025-01-02-new", "title: newer", "hushhush")
    build()
    page = open_page((out / "search/index.html").as_uri())
    assert loaded(page) == ["search.js"]

    page.get_by_role("searchbox").fill("hushhush")

    assert sorted(titles(complete(page))) == ["newer", "oldest"]
    years = [name for name in loaded(page) if name.startswith("20")]
    assert years == ["2026.js", "2025.js", "2024.js"]
    assert open_page.refused == []


def test_a_part_that_is_missing_hides_no_other(
    open_page: "Pages", site: Path, build: Build, publication: Path
) -> None:
    write_issue(publication, "2025-01-02-gone", "title: gone", "silence")
    build()
    (site / "search/2025.js").unlink()

    assert "the nine-day silence" in titles(search(open_page, site, "silence"))


def test_a_reader_on_a_result_stays_there_while_more_come(
    open_page: "Pages", build: Build, out: Path, publication: Path
) -> None:
    write_issue(publication, "2024-01-02-old", "title: oldest silence")
    build()
    page = search(open_page, out, "silence")
    link = page.locator("#results a", has_text="nine-day")
    link.focus()

    page.evaluate("document.getElementById('words').dispatchEvent(new Event('input'))")

    assert page.evaluate("document.activeElement.innerText") == "the nine-day silence"


def test_with_the_engine_slips_and_beginnings_are_found(
    open_page: "Pages", build: Build, out: Path
) -> None:
    build()

    for words in ("silense", "sil"):
        page = search(open_page, out, words)
        assert "the nine-day silence" in titles(page)


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_no_fault(open_page: "Pages", site: Path, *, dark: bool) -> None:
    assert axe.faults(search(open_page, site, "silence", dark=dark)) == []


def test_without_javascript_the_page_leads_to_everything(
    open_page: "Pages", site: Path
) -> None:
    page = open_page((site / "search/index.html").as_uri(), javascript=False)

    ways = page.locator("noscript ul a").all_inner_texts()
    assert ways == ["all issues", "all roundtables", "experts"]
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


def test_an_engine_that_is_bundled_later_makes_another_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newsletter, "__file__", str(tmp_path / "__init__.py"))
    before = program.__wrapped__()

    (tmp_path / "built").mkdir()
    (tmp_path / "built" / "minisearch.js").touch()

    assert program.__wrapped__() != before


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
