"""What the doctor says of a PostgreSQL that is a copy, or was promoted."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from newsletter.model.publication import Publication
from newsletter.sending import copies
from newsletter.sending.doctor.finding import Finding
from newsletter.sending.doctor.origins import LASTS, _copy, _timeline, origin_findings
from newsletter.store.engine import Store
from newsletter.store.origin import Origin
from tests.providers.contract import a_publication
from tests.sending.doctor.conftest import told
from tests.store.databases import fresh_schema

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
HERE = Origin("1/2/3", 1)


@pytest.fixture
def store(postgres_url: str) -> Iterator[Store]:
    """An empty store on PostgreSQL."""
    with fresh_schema(postgres_url) as url, Store.open(url) as opened:
        yield opened


def look(url: str) -> list[Finding]:
    publication: Publication = a_publication({}).model_copy(update={"store": url})
    return list(origin_findings(publication))


def test_of_a_file_nothing_is_found(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    assert look(url) == []
    Store.open(url).close()
    assert look(url) == []


def test_what_is_sent_from_is_no_copy_until_it_is_one(store: Store) -> None:
    (first,) = look(store.url)
    copies.confirm(store)
    (second,) = look(store.url)
    with store.write() as connection:
        connection.execute(text("UPDATE instance SET place = '1/2/3'"))
    (third,) = look(store.url)

    assert first.message == "nothing was sent from this database yet"
    assert told([second, third]) == ["copy ok", "copy problem"]
    assert "on another server" in third.message
    assert "--adopt" in third.hint


def test_a_server_that_does_not_say_who_it_is_is_not_checked() -> None:
    assert told([_copy(Origin(), HERE)]) == ["copy not checked"]


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (Origin(), ""),
        (HERE, ""),
        (Origin("4/5/6", 9), ""),
        (Origin("1/2/3", None), ""),
        (Origin("1/2/3", 9), "since the last send"),
        (Origin("1/2/3", 1, NOW - timedelta(hours=2)), "before 2026-11-20 07:00 UTC"),
        (Origin("1/2/3", 1, NOW - LASTS), ""),
    ],
)
def test_what_a_promoted_server_may_lack_is_a_warning(known: Origin, said: str) -> None:
    found = list(_timeline(HERE, known, NOW))

    assert told(found) == (["timeline warning"] if said else [])
    assert all(said in each.message for each in found)


def test_of_a_standby_the_timeline_is_not_known() -> None:
    assert list(_timeline(Origin("1/2/3"), HERE, NOW)) == []
