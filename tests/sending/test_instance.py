"""Which database was sent from: a crash makes no copy of it, a copy is a doubt."""

import json
from pathlib import Path
from typing import Any

import pytest

from newsletter.errors import CampaignError
from newsletter.sending import instance
from newsletter.store.engine import Store
from newsletter.store.instance import get as known


@pytest.mark.parametrize("runs", [0, 1, 2])
@pytest.mark.parametrize("note_is_written", [True, False])
@pytest.mark.parametrize("which", [1, 2])
def test_a_crash_at_any_moment_of_the_count_leaves_the_original(
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    runs: int,
    note_is_written: bool,
    which: int,
) -> None:
    database = tmp_path / "store.db"
    for _ in range(runs):
        instance.confirm(store, database, adopt=False)
    usual = instance._write
    left = [which]

    def dies(note: Path, data: dict[str, Any]) -> None:
        left[0] -= 1
        if note_is_written or left[0]:
            usual(note, data)
        if not left[0]:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(instance, "_write", dies)
        if which == 1 or runs == 0:
            with pytest.raises(KeyboardInterrupt):
                instance.confirm(store, database, adopt=False)

    instance.confirm(store, database, adopt=False)
    assert (tmp_path / "store.db.instance").exists()


def test_a_note_of_another_database_is_a_doubt(store: Store, tmp_path: Path) -> None:
    database = tmp_path / "store.db"
    instance.confirm(store, database, adopt=False)
    note = tmp_path / "store.db.instance"
    note.write_text('{"uid": "another", "generation": 1, "inode": 1}')

    with pytest.raises(CampaignError, match="another database"):
        instance.confirm(store, database, adopt=False)

    instance.confirm(store, database, adopt=True)
    instance.confirm(store, database, adopt=False)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"generation": "one"}', '{"uid": 1, "generation": null}']
)
def test_a_note_that_cannot_be_read_is_a_doubt(
    store: Store, tmp_path: Path, text: str
) -> None:
    database = tmp_path / "store.db"
    instance.confirm(store, database, adopt=False)
    (tmp_path / "store.db.instance").write_text(text)

    with pytest.raises(CampaignError, match="not in this place"):
        instance.confirm(store, database, adopt=False)

    instance.confirm(store, database, adopt=True)
    instance.confirm(store, database, adopt=False)


def test_a_database_that_was_replaced_is_a_doubt(store: Store, tmp_path: Path) -> None:
    database = tmp_path / "store.db"
    instance.confirm(store, database, adopt=False)
    note = tmp_path / "store.db.instance"
    before = json.loads(note.read_text())
    note.write_text(json.dumps({**before, "inode": before["inode"] + 1}))

    with pytest.raises(CampaignError, match="put here since the last send"):
        instance.confirm(store, database, adopt=False)


def test_a_note_that_cannot_be_written_is_told(store: Store, tmp_path: Path) -> None:
    note = tmp_path / "store.db.instance"
    note.mkdir()

    with pytest.raises(CampaignError, match="cannot be written") as caught:
        instance.confirm(store, tmp_path / "store.db", adopt=False)

    assert "writable" in caught.value.hint


def test_what_was_counted_is_in_the_database_and_beside_it(
    store: Store, tmp_path: Path
) -> None:
    database = tmp_path / "store.db"
    for _ in range(3):
        instance.confirm(store, database, adopt=False)

    note = json.loads((tmp_path / "store.db.instance").read_text())
    with store.read() as connection:
        assert known(connection)._asdict() == {"uid": note["uid"], "generation": 3}
    assert note == {
        "uid": note["uid"],
        "generation": 3,
        "inode": database.stat().st_ino,
    }
