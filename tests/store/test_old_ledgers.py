"""Old campaigns leave the ledger for a file and come back, and nothing is lost."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from newsletter.errors import CampaignError, StoreBusy, StoreError
from newsletter.model.campaign import Campaign, CampaignState, DeliveryState
from newsletter.model.event import Bounce, Event, EventKind
from newsletter.sending import old_ledgers
from newsletter.sending.old_ledgers import archive, choose, restore
from newsletter.sending.status import named, status_of
from newsletter.sending.why import explain
from newsletter.store import (
    batches,
    campaigns,
    events,
    ledger_csv,
    ledger_files,
    lifecycle,
    planning,
)
from newsletter.store.changeover import open_source, open_target
from newsletter.store.copying import move
from newsletter.store.engine import Store
from newsletter.store.soundness import examine_whole
from tests.store.ledger import (
    add_deliveries,
    done,
    new_campaign,
    plan,
    rows,
    subscribe,
)

_S = DeliveryState
NOW = datetime(2026, 11, 20, tzinfo=UTC)


_TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
_DELIVERY = st.fixed_dictionaries(
    {
        "address": _TEXTS,
        "merge": _TEXTS,
        "state": st.sampled_from(["accepted", "bounced", "rejected", "skipped"]),
        "reason": _TEXTS,
        "provider_message_id": _TEXTS,
        "updated_at": st.datetimes(timezones=st.just(UTC)),
    }
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(written=st.lists(_DELIVERY, min_size=1, max_size=5))
def test_whatever_is_in_a_delivery_comes_back(
    store: Store, tmp_path_factory: pytest.TempPathFactory, written: list[Any]
) -> None:
    folder = tmp_path_factory.mktemp("away")
    ids = subscribe(store, 5)
    with store.write() as connection:
        made = campaigns.create(connection, new_campaign(uuid4().hex))
        planned = [
            ({"subscriber_id": id, **each}, None if each["state"] == "skipped" else 1)
            for id, each in zip(ids, written, strict=False)
        ]
        add_deliveries(connection, made.id, planned)
        lifecycle.move(
            connection, made.id, CampaignState.DONE, among=[CampaignState.SENDING]
        )
    before, totals = rows(store), status_of(store, made.id).totals

    file = archive(store, status_of(store, made.id).campaign, folder)

    assert rows(store) == []
    found = [row for part in ledger_csv.read(file.path) for row in part]
    assert found == [tuple(row) for row in before]
    assert status_of(store, made.id).totals == totals
    assert restore(store, file.path) == file
    assert rows(store) == before
    assert status_of(store, made.id).totals == totals
    with store.write() as connection:
        connection.execute(text("DELETE FROM deliveries"))


def test_a_manifest_says_what_a_file_is(store: Store, tmp_path: Path) -> None:
    made = done(store)

    file = archive(store, made, tmp_path)

    assert file.path.stat().st_mode & 0o777 == 0o600
    manifest = json.loads(Path(f"{file.path}.json").read_text())
    assert manifest["sha256"] == file.sha256 == ledger_csv.sha256(file.path)
    assert (manifest["campaign"], manifest["rows"]) == (made.uid, 4)
    assert sorted(path.name for path in tmp_path.iterdir() if "hello" in path.name) == [
        file.path.name,
        f"{file.path.name}.json",
    ]
    assert not examine_whole(store).contradictions


def test_a_campaign_that_is_not_over_stays(store: Store, tmp_path: Path) -> None:
    made = plan(store, subscribe(store, 4))
    before = rows(store)

    chosen = choose(store, ["hello"], None)

    assert [why for _, why in chosen.staying] == ["is sending"]
    with pytest.raises(CampaignError, match="is sending"):
        archive(store, made, tmp_path)
    assert rows(store) == before


@pytest.mark.parametrize("state", ["pending", "uncertain"])
def test_nobody_of_whom_something_is_open_leaves(store: Store, state: str) -> None:
    done(store)
    with store.write() as connection:
        change = "UPDATE deliveries SET state = :state WHERE subscriber_id = 2"
        connection.execute(text(change), {"state": state})

    chosen = choose(store, ["hello"], None)

    assert [why for _, why in chosen.staying] == [f"has 1 deliveries that are {state}"]


def test_old_ones_are_chosen_by_the_day_they_ended(
    store: Store, tmp_path: Path
) -> None:
    made = done(store)
    now = datetime.now(UTC)

    assert not choose(store, (), now - timedelta(days=1)).leaving
    assert choose(store, (), now + timedelta(days=1)).leaving == [made]
    archive(store, made, tmp_path)
    again = choose(store, ["hello"], None)
    assert [why for _, why in again.staying] == ["is archived already"]


def crash(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("where", "step"),
    [
        (ledger_csv, "write"),
        (ledger_csv, "sha256"),
        (ledger_csv, "_flush_names"),
        (ledger_files, "keep_still"),
        (old_ledgers, "_describe"),
        (ledger_files, "let_go"),
        (ledger_files, "of_campaign"),
    ],
)
def test_broken_off_anywhere_it_is_all_in_the_ledger(
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    where: object,
    step: str,
) -> None:
    made = done(store)
    before = rows(store)

    with monkeypatch.context() as broken:
        broken.setattr(where, step, crash)
        with pytest.raises(KeyboardInterrupt):
            archive(store, made, tmp_path)

    assert rows(store) == before
    assert not list(tmp_path.glob("hello*"))
    assert archive(store, made, tmp_path).rows == 4
    assert rows(store) == []


def test_what_was_told_while_the_file_was_written_is_not_lost(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = done(store)
    read = ledger_csv.read

    def told(path: Path) -> Any:
        bounce(store, made, 2)
        return read(path)

    monkeypatch.setattr(ledger_csv, "read", told)
    with pytest.raises(StoreError, match="was changed while"):
        archive(store, made, tmp_path)

    assert not list(tmp_path.glob("hello*"))
    assert [row.state for row in rows(store)].count("bounced") == 1


def test_a_disk_that_is_full_takes_nothing_out(store: Store, tmp_path: Path) -> None:
    made = done(store)
    (tmp_path / "full").write_text("no folder")

    with pytest.raises(StoreError, match="cannot be written"):
        archive(store, made, tmp_path / "full")

    assert len(rows(store)) == 4


def test_whoever_writes_goes_first(postgres: Store, tmp_path: Path) -> None:
    made = done(postgres)
    with postgres.write() as connection:
        connection.execute(text("UPDATE deliveries SET state = 'delivered'"))
        with pytest.raises(StoreBusy):
            archive(postgres, made, tmp_path)

    assert archive(postgres, made, tmp_path).rows == 4


def bounce(
    store: Store,
    made: Campaign,
    id: int,
    *,
    kind: EventKind = EventKind.BOUNCED,
    how: Bounce | None = Bounce.HARD,
    ahead: float = 1,
) -> None:
    """Let the provider tell of a bounce, or another kind, `ahead` of our clock."""
    event = Event(
        id=uuid4().hex,
        kind=kind,
        at=NOW,
        address=f"reader{id - 1}@example.com",
        delivery_id="",
        bounce=how,
        reason="no such mailbox",
    )
    with store.write() as connection:
        now = datetime.now(UTC) + timedelta(seconds=ahead)
        events.add(connection, "outbox", now, [(event, (made.id, id))])
        if how is not Bounce.SOFT:
            events.mark(connection, [(event, (made.id, id))])


def test_an_event_that_comes_late_is_applied_when_they_return(
    store: Store, tmp_path: Path
) -> None:
    made = done(store)
    file = archive(store, made, tmp_path)

    bounce(store, made, 2)

    answer = explain(store, "reader1@example.com")
    assert [each.kind for each in answer.events] == [EventKind.BOUNCED]
    restore(store, file.path)
    found = {row.subscriber_id: (row.state, row.reason) for row in rows(store)}
    assert found[2] == ("bounced", "no such mailbox")
    assert status_of(store, made.id).count(_S.BOUNCED) == 1


def test_only_what_is_proved_is_applied_when_they_return(
    store: Store, tmp_path: Path
) -> None:
    """Whatever the clock of who was told; what was sent again since, is."""
    made = done(store)
    bounce(store, made, 4, kind=EventKind.REJECTED, how=None, ahead=-60)
    with store.write() as connection:
        again = "UPDATE deliveries SET state = 'accepted' WHERE subscriber_id = 4"
        connection.execute(text(again))
    file = archive(store, made, tmp_path)

    bounce(store, made, 1, how=Bounce.SOFT)
    bounce(store, made, 2, ahead=-7200)
    bounce(store, made, 3, kind=EventKind.REJECTED, how=None)
    restore(store, file.path)

    found = [row.state for row in rows(store)]
    assert found == ["accepted", "bounced", "rejected", "accepted"]


def test_nobody_gets_an_issue_again_because_it_is_archived(
    store: Store, tmp_path: Path
) -> None:
    made = done(store)
    file = archive(store, made, tmp_path)

    with store.write() as connection:
        with pytest.raises(CampaignError, match="is archived in") as caught:
            planning.forecast(connection, "hello")
        assert str(file.path) in caught.value.hint
        with pytest.raises(CampaignError, match="is archived in"):
            batches.send_again(connection, made.id, _S.REJECTED, 10)
        later = campaigns.create(connection, new_campaign(part=2))
        with pytest.raises(CampaignError, match="is archived in"):
            planning.add_deliveries(connection, later.id, "hello", 10)
    restore(store, file.path)
    with store.read() as connection:
        assert planning.forecast(connection, "hello") == {planning.ALREADY: 4}


def test_why_and_status_read_the_file(store: Store, tmp_path: Path) -> None:
    made = done(store)
    before = explain(store, "reader1@example.com").deliveries
    file = archive(store, made, tmp_path)

    answer = explain(store, "reader1@example.com")

    (away,) = answer.archived
    assert away.record is not None
    assert away.record.provider_message_id == before[0].provider_message_id
    assert any(str(file.path) in line for line in answer.lines())
    assert answer.as_data()["archived"][0]["delivery"]["state"] == "accepted"
    listed = named(store, status_of(store, made.id), _S.ACCEPTED, limit=3)
    assert [each.address for each in listed] == [
        f"{id}@example.com" for id in (1, 2, 3)
    ]

    file.path.rename(tmp_path / "elsewhere")
    answer = explain(store, "reader1@example.com")
    assert any("which is not here" in line for line in answer.lines())
    assert answer.as_data()["archived"][0]["delivery"] is None
    assert restore(store, tmp_path / "elsewhere").rows == 4
    assert explain(store, "reader1@example.com").archived == []


def test_whom_a_file_does_not_name_is_not_told_of(store: Store, tmp_path: Path) -> None:
    archive(store, done(store, number=2), tmp_path)
    subscribe(store, 4)

    answer = explain(store, "reader3@example.com")

    assert answer.archived == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda packed: packed[:-20],
        lambda packed: packed[:40] + b"?" + packed[41:],
        lambda _packed: b"no such file",
    ],
    ids=["cut off", "changed", "another"],
)
def test_a_file_that_is_damaged_brings_nothing_back(
    store: Store, tmp_path: Path, damage: Any
) -> None:
    file = archive(store, done(store), tmp_path)
    file.path.write_bytes(damage(file.path.read_bytes()))

    with pytest.raises(StoreError, match="no campaign that is archived"):
        restore(store, file.path)
    with pytest.raises(StoreError, match="cannot be read"):
        list(ledger_csv.read(file.path))
    with pytest.raises(StoreError, match="cannot be read"):
        restore(store, tmp_path / "nowhere")


def test_archived_campaigns_move_along(
    sqlite: Store, postgres_schema: str, tmp_path: Path
) -> None:
    made = done(sqlite)
    before, totals = rows(sqlite), status_of(sqlite, made.id).totals
    file = archive(sqlite, made, tmp_path)
    kept = plan(sqlite, subscribe(sqlite, 4), new=new_campaign("kept"))

    with open_source(sqlite.url) as source, open_target(postgres_schema) as target:
        move(source, target, lambda _name, _rows: None)

    with Store.open(postgres_schema) as store:
        assert status_of(store, made.id).totals == totals
        assert status_of(store, kept.id).count(_S.PENDING) == 4
        restore(store, file.path)
        assert [row for row in rows(store) if row.campaign_id == made.id] == before
    with (
        open_source(postgres_schema) as source,
        open_target(f"sqlite:///{tmp_path / 'back.db'}") as target,
    ):
        move(source, target, lambda _name, _rows: None)
    with Store.open(f"sqlite:///{tmp_path / 'back.db'}") as store:
        assert [row for row in rows(store) if row.campaign_id == made.id] == before
