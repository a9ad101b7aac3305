"""Old ledgers while others are at work: the only record is never lost or doubled."""

import gzip
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from newsletter.audience.forgetting import Forgotten, forget
from newsletter.errors import CampaignError, StoreBusy, StoreError
from newsletter.sending import old_ledgers
from newsletter.sending.old_ledgers import archive, choose, restore
from newsletter.store import erasure, ledger_csv, ledger_files
from newsletter.store.engine import Store
from newsletter.store.fingerprint import sum_up
from tests.audience.conftest import ERASER
from tests.store.ledger import done, rows

SUM_UP = "newsletter.sending.old_ledgers.sum_up"


def files(folder: Path) -> list[Path]:
    """Whatever is there of the issue."""
    return sorted(folder.glob("hello*"))


def first(step: Callable[..., Any], before: Callable[[], object]) -> Any:
    """A step before which, the first time, something else happens."""
    waiting = [before]

    def run(*arguments: Any) -> Any:
        if waiting:
            waiting.pop()()
        return step(*arguments)

    return run


def test_two_who_archive_one_campaign_keep_its_file(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second has chosen and read it before the first has dropped it."""
    made, before = done(store), rows(store)

    def other() -> None:
        archive(store, made, tmp_path)

    monkeypatch.setattr(SUM_UP, first(sum_up, other))
    with pytest.raises(CampaignError, match="archived already"):
        archive(store, made, tmp_path)

    with pytest.raises(CampaignError, match="archived already"):
        archive(store, made, tmp_path)
    path, _ = files(tmp_path)
    assert restore(store, path).rows == 4
    assert rows(store) == before


def test_two_who_are_about_to_drop_it_do_not_stop_each_other(
    postgres: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = done(postgres)

    def other() -> None:
        with pytest.raises(StoreBusy):
            archive(postgres, made, tmp_path)

    monkeypatch.setattr(old_ledgers, "_describe", first(old_ledgers._describe, other))
    assert archive(postgres, made, tmp_path).rows == 4
    assert len(files(tmp_path)) == 2


def test_no_file_that_is_there_is_replaced(store: Store, tmp_path: Path) -> None:
    made, before = done(store), rows(store)
    path = archive(store, made, tmp_path).path
    restore(store, path)
    assert archive(store, made, tmp_path).path == path  # the same bytes
    restore(store, path)
    path.write_bytes(b"of somebody's")

    other = archive(store, made, tmp_path)

    assert path.read_bytes() == b"of somebody's"
    assert other.path.name == path.name.replace(".csv", "-2.csv")
    assert ledger_csv.manifest(other.path).exists()
    restore(store, other.path)
    assert rows(store) == before


def test_a_name_that_cannot_be_had_takes_nothing_out(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = done(store)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ledger_csv, "_flush_names", fail)
    with pytest.raises(StoreError, match="No space left"):
        archive(store, made, tmp_path)

    assert not files(tmp_path)
    assert len(rows(store)) == 4


def test_who_restores_it_second_is_told(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = archive(store, done(store), tmp_path).path
    find = ledger_files.by_sha256
    found: list[Any] = []

    def before_the_other(connection: Any, digest: str) -> Any:
        found.append(find(connection, digest))
        return found[0]

    monkeypatch.setattr(ledger_files, "by_sha256", before_the_other)
    restore(store, path)
    with pytest.raises(StoreError, match="no campaign that is archived"):
        restore(store, path)

    assert len(rows(store)) == 4


def erase(store: Store, id: int) -> None:
    with store.write() as connection:
        erasure.erase(connection, id, [f"reader{id - 1}@example.com"])


def test_no_file_of_somebody_erased_is_left(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = done(store)

    def other() -> None:
        erase(store, 2)

    monkeypatch.setattr(SUM_UP, first(sum_up, other))
    with pytest.raises(StoreError, match="was changed while"):
        archive(store, made, tmp_path)

    assert not files(tmp_path)
    path = archive(store, made, tmp_path).path
    assert "2@example.com" not in gzip.decompress(path.read_bytes()).decode()
    assert choose(store, ["hello"], None).staying[0][1] == "is archived already"


def test_who_is_erased_during_a_restore_does_not_come_back(
    postgres: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = archive(postgres, done(postgres), tmp_path).path
    real = ledger_files.forget_erased
    with ThreadPoolExecutor(max_workers=1) as other:
        erasing: list[Future[Forgotten]] = []

        def after(connection: Any, campaign_id: int) -> None:
            real(connection, campaign_id)
            address = "reader1@example.com"
            erasing.append(other.submit(forget, postgres, ERASER, address))
            while not (waiting(connection) or erasing[0].done()):
                pass

        monkeypatch.setattr(ledger_files, "forget_erased", after)
        restore(postgres, path)
        assert erasing[0].result().known

    assert [row.address for row in rows(postgres)] == [
        "1@example.com",
        "",
        "3@example.com",
        "4@example.com",
    ]


def waiting(connection: Any) -> bool:
    """Whether somebody waits for a lock."""
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    return bool(connection.scalar(waits))
