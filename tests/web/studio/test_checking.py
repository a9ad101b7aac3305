"""The problems beside an issue are those that `newsletter check` finds in it."""

import os
import re
from html import unescape
from pathlib import Path

import pytest

from newsletter.config.publication import load_publication
from newsletter.sending.preflight import preflight
from newsletter.sending.sent_before import sent_before
from newsletter.store import subscribers
from newsletter.store.engine import Store
from newsletter.web.studio.naming import file_name, name_of
from tests.cli.conftest import Newsletter
from tests.sending.conftest import people
from tests.web.studio.conftest import ISSUE, Studio

VIEW = f"/issues/{ISSUE}"
TABLE = "the-launch-she-stopped"


def shown(at_desk: Studio, view: str = VIEW) -> list[tuple[str, str]]:
    """Place and message of what stands beside an issue or a roundtable."""
    text = at_desk.get(f"{view}/beside").text
    list_ = text.partition('<section class="problems">')[2].partition("</section>")[0]
    found = re.findall(
        r'data-copy="([^"]*)".*?<strong>\w+:</strong> (.*?)(?: <span|</p>)',
        list_,
        re.DOTALL,
    )
    return [(unescape(place), unescape(message)) for place, message in found]


def checked(at_desk: Studio, name: str = ISSUE) -> list[tuple[str, str]]:
    """The same of `newsletter check`."""
    publication = load_publication(at_desk.root)
    found = preflight(publication, [name], sent_before(publication)).problems
    return [(each.place, each.message) for each in found]


ODD = {
    "an anchor that is not there": "see [that](../fourteen-bullets/#nowhere)",
    "an anchor of a roundtable": "see [that](/roundtables/the-launch-she-stopped/#no)",
    "an anchor of a broken page": "see [that](/say-the-number/#no) and [x](/nowhere/)",
    "a page that is not there": "see [that](/nowhere/)",
    "a page of a draft": "see [that](/fourteen-bullets/)",
    "all sorts": "TK [x](http://127.0.0.1/) {{ nobody }} ![](nothing.png)",
}


@pytest.mark.parametrize("kind", ODD)
def test_they_are_those_of_check(at_desk: Studio, kind: str) -> None:
    draft = at_desk.root / "issues/2026-11-13-fourteen-bullets.md"
    if kind == "a page of a draft":
        draft.write_text(draft.read_text().replace("---\n", "---\nstatus: draft\n", 1))
    at_desk.issue.write_text(f"{at_desk.issue.read_text()}\n\n{ODD[kind]}\n")
    if kind == "an anchor of a broken page":
        draft.with_name("2026-11-06-say-the-number.md").write_text(
            "---\ntitel: x\n---\n"
        )

    found = shown(at_desk)

    assert found == checked(at_desk)
    assert found


def test_a_number_that_another_has_is_told_when_the_other_changes(
    at_desk: Studio,
) -> None:
    before = shown(at_desk)
    other = next(
        p for p in (at_desk.root / "issues").glob("*.md") if p != at_desk.issue
    )
    number = re.findall(r"number: \d+", at_desk.issue.read_text())[0]
    other.write_text(re.sub(r"number: \d+", number, other.read_text()))

    now = shown(at_desk)

    assert now == checked(at_desk)
    assert len(now) == len(before) + 1
    assert '<span class="warns">1</span>' in at_desk.get("/parts").text


def test_what_was_sent_before_is_told(at_desk: Studio, newsletter: Newsletter) -> None:
    publication = load_publication(at_desk.root)
    with (
        Store.open(publication.store_path or publication.store) as store,
        store.write() as connection,
    ):
        subscribers.upsert(connection, people(2))
    now = ("--now", "2026-11-20T09:30:00+00:00")
    assert newsletter(*now, "send", ISSUE, "--yes").code == 0
    at_desk.issue.write_text(f"{at_desk.issue.read_text()}\n\nan afterthought\n")

    found = shown(at_desk)

    assert found == checked(at_desk)
    assert "with another text" in str(found)


def test_a_roundtable_is_checked_as_well(at_desk: Studio) -> None:
    path = at_desk.root / f"issues/roundtables/{TABLE}.md"
    path.write_text(f"{path.read_text()}\n\nsee [that](../nowhere/) TK\n")
    found = shown(at_desk, f"/roundtables/{TABLE}")
    assert found == checked(at_desk, TABLE)
    assert found


def test_two_files_of_one_name_are_two_texts(at_desk: Studio) -> None:
    folder = at_desk.root / "issues"
    names = ("x.md", "x.markdown", "x.MD", "x.markdown.md")
    for name in names:
        (folder / name).write_text(
            f"---\ntitle: from {name}\ndate: 2026-11-20\n---\nhi\n"
        )

    links = re.findall(
        r'<a href="(/issues/x[^"]*)">from (\S+)</a>', at_desk.get("/").text
    )

    assert {name for _, name in links} == {*names}
    assert len({link for link, _ in links}) == 4
    for link, name in links:
        assert f"<h1>from {name}</h1>" in at_desk.get(link).text
        twins = "is also that of issues/x" in at_desk.get(f"{link}/beside").text
        assert twins == (name != "x.markdown.md")
    for link, name in links:
        form = {"text": name, "base": at_desk.get(f"{link}/text").json()["hash"]}
        assert at_desk.post(f"{link}/write", form).status == 200
        assert (folder / name).read_text() == name


@pytest.mark.parametrize("name", ["x", "x.y", "x.markdown", "x.md.md"])
def test_a_name_leads_back_to_its_file(name: str) -> None:
    assert name_of(Path(file_name(name))) == name


def test_a_mistake_in_a_template_of_the_page_is_among_them(at_desk: Studio) -> None:
    own = at_desk.root / "templates/web"
    own.mkdir(parents=True)
    (own / "issue.html").write_text("{{ nothing }}\n")
    assert "templates/web/issue.html" in str(shown(at_desk))
    assert at_desk.get(f"{VIEW}/email.html").status == 200


@pytest.mark.parametrize("kind", ["pipe", "folder"])
def test_what_is_no_file_is_said_by_its_name_in_the_publication(
    at_desk: Studio, kind: str
) -> None:
    path = at_desk.root / f"issues/2026-12-01-{kind}.md"
    os.mkfifo(path) if kind == "pipe" else path.mkdir()
    for below in ("", "/beside", "/write", "/test", "/rehearsal"):
        text = at_desk.get(f"/issues/2026-12-01-{kind}{below}").text
        assert "is not a file" in text
        assert str(at_desk.root) not in text
    assert at_desk.get(VIEW).status == 200
