"""A ledger that cannot be read is said to be so, and never passes for an empty one."""

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from newsletter.config.publication import load_publication
from newsletter.store import subscribers
from newsletter.store.engine import Store
from tests.sending.conftest import people
from tests.web.studio.conftest import ISSUE, Studio, previewing

if TYPE_CHECKING:
    from tests.rig.chromium import Pages

VIEW = f"/issues/{ISSUE}"
ASKING = (f"{VIEW}/rehearsal", "/readers?find=a", f"{VIEW}?as=subscriber-1")


@pytest.mark.parametrize(
    ("revision", "words"),
    [
        ("0009", "was made by an older newsletter"),
        ("9999", "was written by a newer newsletter"),
        ("moved", "is not in use any more"),
    ],
)
def test_a_ledger_of_another_version_is_told(
    at_desk: Studio, revision: str, words: str
) -> None:
    path = load_publication(at_desk.root).store_path
    assert path is not None
    Store.open(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.close()

    for address in ("/", "/parts", *ASKING):
        answer = at_desk.get(address).text
        assert words in answer, address
        assert "there are no subscribers" not in answer
        assert "no subscriber has" not in answer
    assert "pull up the second chair" in at_desk.get("/").text
    refused = at_desk.post(f"{VIEW}/test", {"addresses": "mo@example.com"})
    assert refused.status == 422
    assert words in refused.text
    for address in (VIEW, f"{VIEW}/beside"):
        shown = at_desk.get(address).text
        assert "pull up the second chair" in shown
        assert "what became of it cannot be told" in shown
        assert words in shown


def test_a_ledger_that_cannot_be_read_is_told(at_desk: Studio) -> None:
    (at_desk.root / ".newsletter").mkdir()
    (at_desk.root / ".newsletter/newsletter.db").write_bytes(b"no database" * 999)

    for address in ("/", "/parts", *ASKING):
        assert "is not a database" in at_desk.get(address).text, address
    assert "pull up the second chair" in at_desk.get("/").text
    shown = at_desk.get(VIEW)
    assert shown.status == 200
    assert "is not a database" in shown.text


def test_an_open_page_says_what_is_the_matter(
    publication: Path, open_page: "Pages"
) -> None:
    path = load_publication(publication).store_path
    assert path is not None
    with Store.open(path) as store, store.write() as connection:
        subscribers.upsert(connection, people(1))
    # It listens once a second: what comes and goes between is not heard of.
    with previewing(publication) as preview:
        page = open_page(f"{preview}{VIEW}?as=subscriber-1")
        page.locator("#beside .size").wait_for()

        path.unlink()
        page.locator("#gone").get_by_text("there is no such reader").wait_for()
        path.write_bytes(b"no database" * 999)
        page.get_by_label("find a subscriber").fill("a")
        page.locator("#found").get_by_text("is not a database").wait_for()
