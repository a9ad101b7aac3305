"""The library and the roundtable view: what there is, how it stands, what is wrong."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from newsletter.config.publication import load_publication
from newsletter.store import subscribers
from newsletter.store.engine import Store
from newsletter.web.studio.desk import Desk
from newsletter.web.studio.library import PAGE
from tests.cli.conftest import Newsletter
from tests.sending.conftest import people
from tests.web.studio.conftest import ISSUE, Studio

if TYPE_CHECKING:
    from tests.rig.chromium import Pages

TABLE = "/roundtables/the-launch-she-stopped"


def titles(studio: Studio, query: str = "") -> list[str]:
    """The issues that are listed."""
    text = studio.get(f"/{query}").text
    rows = text.partition("<tbody>")[2].partition("</tbody>")[0]
    return re.findall(r'<a href="/issues/[^"]+">([^<]+)</a>', rows)


def issue(studio: Studio, name: str, front: str = "") -> None:
    """Write one more issue."""
    path = studio.root / "issues" / f"{name}.md"
    path.write_text(f"---\ntitle: {name}\n{front}---\na text\n")


def test_the_newest_come_first(at_desk: Studio) -> None:
    issue(at_desk, "2026-11-10-between")
    issue(at_desk, "undated", "date: 2026-11-19\n")

    found = titles(at_desk)
    assert found[:2] == ["pull up the second chair", "undated"]
    assert found.index("2026-11-10-between") == 3


def test_it_is_searched_by_words_and_by_state(at_desk: Studio) -> None:
    issue(at_desk, "2026-11-27-later", "status: draft\ntags: [Bees]\n")

    assert titles(at_desk, "?q=second+chair") == ["pull up the second chair"]
    assert titles(at_desk, "?q=BEES") == ["2026-11-27-later"]
    assert titles(at_desk, "?state=draft") == ["2026-11-27-later"]
    assert titles(at_desk, "?q=bees&state=ready") == []
    assert "nothing was found" in at_desk.get("/?q=bees&state=ready").text
    assert len(titles(at_desk, "?state=nonsense&page=x")) == 5


def test_roundtables_are_searched_by_words_too(at_desk: Studio) -> None:
    def found(words: str) -> list[str]:
        shown = at_desk.get(f"/?q={words}").text.partition('id="tables"')[2]
        return re.findall(r'<a href="/roundtables/([^"]+)">', shown)

    assert len(found("")) == 2
    assert found("LAUNCH+she") == ["the-launch-she-stopped"]
    assert found("launch+nowhere") == []
    assert "none was found" in at_desk.get("/?q=launch+nowhere").text
    (at_desk.root / "issues/roundtables/the-launch-she-stopped.md").write_text("x")
    assert found("launch") == ["the-launch-she-stopped"]


def test_many_are_shown_page_by_page(at_desk: Studio) -> None:
    for number in range(PAGE + 10):
        issue(at_desk, f"2020-01-01-{number:03}")

    first, second = titles(at_desk), titles(at_desk, "?page=2")
    assert len(first) == PAGE
    assert len(second) == 14
    assert not set(first) & set(second)
    assert 'rel="next"' in at_desk.get("/").text
    assert 'rel="prev"' in at_desk.get("/?page=2").text
    assert titles(at_desk, "?page=99") == []


def test_many_roundtables_are_shown_page_by_page_the_newest_first(
    at_desk: Studio,
) -> None:
    folder = at_desk.root / "issues/roundtables"
    text = (folder / "the-launch-she-stopped.md").read_text()
    for number in range(PAGE + 10):
        day = f"date: 2020-01-{number % 28 + 1:02}"
        (folder / f"r{number:02}.md").write_text(re.sub("date: .*", day, text, count=1))

    def listed(query: str) -> list[str]:
        shown = at_desk.get(f"/{query}").text.partition('id="tables"')[2]
        return re.findall(r'<a href="/roundtables/([^"]+)">', shown)

    first, second = listed(""), listed("?tables=2")
    assert first[:3] == ["the-launch-she-stopped", "the-honest-i-dont-know", "r55"]
    assert [len(first), len(second)] == [PAGE, 12]
    assert not set(first) & set(second)
    assert 'href="/?tables=2#tables" rel="next"' in at_desk.get("/").text
    assert 'href="/#tables" rel="prev"' in at_desk.get("/?tables=2").text
    assert len(listed("?q=r4&tables=1")) == 10
    assert listed("?state=draft") == []
    assert 'href="/?q=launch&amp;tables=2#tables"' in at_desk.get("/?q=launch").text


def test_a_roundtable_is_as_long_as_its_remarks(at_desk: Studio) -> None:
    path = at_desk.root / "issues/roundtables/short.md"
    front = "title: short\npanel: [{name: Priya Raman, role: x}]\ndate: 2026-11-19"
    remarks = (
        "## one\n\n**Priya:** three words here.\n\n**Priya:** four more of them.\n"
    )
    path.write_text(f"---\n{front}\n---\n{remarks}")
    first = tables(at_desk).partition("</tr>")[2].partition("</tr>")[0]
    assert 'data-after=" remarks">2</td>' in first
    assert 'data-after=" words">7</td>' in first


def test_how_they_stand_is_what_the_ledger_says(
    at_desk: Studio, newsletter: Newsletter
) -> None:
    publication = load_publication(at_desk.root)
    with (
        Store.open(publication.store_path or publication.store) as store,
        store.write() as connection,
    ):
        subscribers.upsert(connection, people(3))
    now = ("--now", "2026-11-20T09:30:00+00:00")
    assert newsletter(*now, "send", ISSUE, "--yes").code == 0
    assert (
        newsletter(*now, "send", "fourteen-bullets", "--at", "in 2h", "--yes").code == 0
    )

    assert titles(at_desk, "?state=sent") == ["pull up the second chair"]
    assert len(titles(at_desk, "?state=scheduled")) == 1


def test_sizes_and_problems_come_afterwards(at_desk: Studio) -> None:
    issue(at_desk, "2026-11-27-later", "roundtable: nowhere\n")
    issue(at_desk, "2026-11-28-broken", "titel: x\n")

    assert "cannot be sent" not in at_desk.get("/").text
    rows = at_desk.get("/parts").text
    assert rows.count("cannot be sent") == 2
    assert re.search(r'<td class="number" data-after=" KB">\d\d</td>', rows)
    assert '<span class="state broken">broken</span>' in rows


def tables(studio: Studio) -> str:
    """What is shown of the roundtables, with their problems."""
    return studio.get("/parts").text.partition('id="tables"')[2]


def test_problems_of_roundtables_come_afterwards_too(at_desk: Studio) -> None:
    path = at_desk.root / "issues/roundtables/the-launch-she-stopped.md"
    assert tables(at_desk).count('"problems: ">none<') == 2
    path.write_text(f"{path.read_text()}\n\nsee [that](../nowhere/)\n")
    assert re.search(r'<span class="warns">\d</span>', tables(at_desk))
    path.write_text("---\ntitel: x\n---\n")
    shown = tables(at_desk)
    assert '<strong class="state broken">broken</strong>' in shown
    assert '<span class="stops">1</span>' in shown


def test_a_mistake_in_the_settings_is_shown_in_an_open_library(
    publication: Path, preview: str, open_page: "Pages"
) -> None:
    page = open_page(preview)
    page.locator("#issues .number:not(.later)").nth(1).wait_for()
    search = page.get_by_label("search")
    search.fill("half a wo")
    settings = publication / "newsletter.yaml"
    good = settings.read_text()

    settings.write_text("name: [\n")
    alert = page.get_by_role("alert").filter(has_text="newsletter.yaml:")
    alert.wait_for()
    settings.write_text(good)
    alert.wait_for(state="detached")
    assert search.input_value() == "half a wo"
    assert search.evaluate("field => field === document.activeElement")


def test_an_open_library_shows_the_first_issue_and_the_first_roundtable(
    publication: Path, preview: str, open_page: "Pages"
) -> None:
    issues, away = publication / "issues", publication / "away"
    issues.rename(away)
    page = open_page(preview)
    page.get_by_text("there are no issues yet").wait_for()

    away.rename(issues)
    page.locator("#issues").get_by_role("link").first.wait_for()
    page.locator("#tables").get_by_role("link").first.wait_for()
    page.get_by_label("search").wait_for()


def test_what_is_gone_is_forgotten(
    monkeypatch: pytest.MonkeyPatch, make_studio: Callable[..., Studio]
) -> None:
    # Who reads in the background may come late, to a file that is gone.
    monkeypatch.setattr(Desk, "read_all", lambda _: None)
    at_desk = make_studio()
    issue(at_desk, "2026-11-27-later")
    at_desk.get("/parts")
    known = at_desk.desk.shelf._facts.known
    assert len(known) == 7  # of five issues and two roundtables

    (at_desk.root / "issues" / "2026-11-27-later.md").unlink()
    at_desk.get("/parts")
    assert len(at_desk.desk.shelf._facts.known) == 6


@pytest.mark.parametrize("missing", ["issues", "issues/roundtables"])
def test_what_is_not_there_is_not_missed(at_desk: Studio, missing: str) -> None:
    (at_desk.root / missing).rename(at_desk.root.parent / "away")

    text = at_desk.get("/").text
    assert "there are no roundtables yet" in text
    assert at_desk.get("/parts").status == 200


def test_a_roundtable_has_a_page_and_a_card_in_an_email(at_desk: Studio) -> None:
    view = at_desk.get(TABLE)
    page = at_desk.get(f"{TABLE}/light/roundtables/page/").text
    card = at_desk.get(f"{TABLE}/card.html?look=dark").text

    assert view.status == 200
    assert 'href="../../style.css?v=' in page
    assert at_desk.get(f"{TABLE}/light/style.css").status == 200
    assert 'href="../../reading.css?v=' in page
    assert ".remark" in at_desk.get(f"{TABLE}/light/reading.css").text
    assert "The Launch She Stopped" in card
    assert "@media (min-width: 0)" in card
    for name in re.findall(r'src="images/([^"]+)"', card):
        assert at_desk.get(f"{TABLE}/images/{name}").status == 200


def test_beside_a_roundtable_stand_its_issues_and_quotes(at_desk: Studio) -> None:
    text = at_desk.get(f"{TABLE}/beside").text

    assert f'href="/issues/{ISSUE}"' in text
    assert text.count("<blockquote>") > 3
    assert "<figcaption>" in text


def test_each_quote_has_the_picture_that_the_archive_has(at_desk: Studio) -> None:
    text = at_desk.get(f"{TABLE}/beside").text
    found = re.findall(r'<img src="([^"]+/quotes/[^"]+)"', text)
    drawn = at_desk.get(found[0])

    assert len(found) == text.count("<blockquote>")
    with Image.open(io.BytesIO(drawn.body)) as picture:
        assert (picture.format, picture.size) == ("PNG", (1200, 630))
    assert at_desk.get(f"{TABLE}/quotes/round-9-nobody.png").status == 404


def test_what_is_wrong_with_a_roundtable_is_told(at_desk: Studio) -> None:
    path = at_desk.root / "issues/roundtables/the-launch-she-stopped.md"
    good = at_desk.get(f"{TABLE}/card.html").text
    path.write_text(path.read_text().replace("title:", "titel:", 1))

    text = at_desk.get(TABLE).text
    assert "the last good picture is shown" in text
    assert "the-launch-she-stopped.md:2" in text
    assert at_desk.get(f"{TABLE}/card.html").text == good
    path.unlink()
    assert at_desk.get(TABLE).status == 404


def test_a_roundtable_without_issues_says_how_to_feature_it(at_desk: Studio) -> None:
    for path in (at_desk.root / "issues").glob("*.md"):
        path.unlink()
    assert "roundtable: the-launch-she-stopped" in at_desk.get(f"{TABLE}/beside").text


def test_a_roundtable_with_a_problem_shows_its_line(at_desk: Studio) -> None:
    path = at_desk.root / "issues/roundtables/the-launch-she-stopped.md"
    text = path.read_text().rstrip() + " see [this](http://127.0.0.1/x).\n"
    path.write_text(text)

    assert "see [this](http://127.0.0.1/x)." in at_desk.get(f"{TABLE}/beside").text


def test_no_word_above_a_list_is_broken(preview: str, open_page: "Pages") -> None:
    page = open_page(f"{preview}/", width=1024)
    page.locator("#tables td[data-before]:not(.later)").first.wait_for()
    lines = page.locator(".table thead th").evaluate_all(
        """all => all.map((each) => {
          const range = document.createRange();
          range.selectNodeContents(each);
          return range.getClientRects().length;
        })"""
    )
    assert lines == [1] * 10
