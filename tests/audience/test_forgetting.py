"""Forgetting a person: nothing of them stays, in no file of the database either."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from newsletter.audience.dossier import collect
from newsletter.audience.erased import suppression_of
from newsletter.audience.exporting import export_csv
from newsletter.audience.forgetting import Forgotten, forget
from newsletter.audience.importing import import_file
from newsletter.audience.people import NeverMailed, add
from newsletter.errors import ConfigError, StoreBusy
from newsletter.model.consent import Consent, ConsentKind, NoticeKind
from newsletter.model.erasure import Eraser
from newsletter.model.subscriber import NewSubscriber, SuppressionReason
from newsletter.store import campaigns, consents, schema, subscribers, suppressions
from newsletter.store.engine import Store
from newsletter.store.notices import NewNotice
from newsletter.store.notices import plan as plan_notice
from tests.audience.conftest import ERASER, WriteCsv, never_mailed, people_in
from tests.store.databases import fresh_schema
from tests.store.ledger import add_deliveries, delivery, new_campaign

ANN = "Ann.Unforgettable@Example.com"
SECRETS = [b"unforgettable", b"Annabella", b"Atlantis", b"203.0.113.77", b"Mosaic/9"]
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def live_a_full_life(store: Store) -> int:
    """Let Ann be known to every table there is, and others too."""
    with store.write() as connection:
        people = [
            NewSubscriber(
                address=address,
                address_key=address.lower(),
                name=name,
                attributes={"city": city},
                source="form",
                tags=("vip",),
            )
            for address, name, city in [
                ("bo@example.com", "Bo", "Rome"),
                (ANN, "Annabella", "Atlantis"),
                *((f"r{n}@example.com", "R" * 200, "") for n in range(200)),
            ]
        ]
        subscribers.upsert(connection, people)
        ann = subscribers.by_address_key(connection, ANN.lower())
        bo = subscribers.by_address_key(connection, "bo@example.com")
        assert ann is not None
        assert bo is not None
        said = Consent(
            kind=ConsentKind.CONFIRMED,
            address=ANN,
            ip="203.0.113.77",
            user_agent="Mosaic/9",
        )
        consents.add(connection, ann.id, said)
        made = campaigns.create(connection, new_campaign())
        sent = delivery(ann.id) | {
            "address": ANN,
            "merge": '{"name": "Annabella", "attributes": {"city": "Atlantis"}}',
        }
        other = delivery(bo.id) | {"reason": f"returned with <{ANN.upper()}>"}
        add_deliveries(connection, made.id, [(sent, 1), (other, 1)])
        event = {
            "provider": "outbox",
            "kind": "bounced",
            "bounce": "soft",
            "at": NOW,
            "received_at": NOW,
            "campaign_id": made.id,
        }
        for number, whose in enumerate((ann.id, None)):
            connection.execute(
                insert(schema.events).values(
                    event=f"e{number}",
                    subscriber_id=whose,
                    reason=f"452 {ANN} is full",
                    **event,
                )
            )
        notice = NewNotice(
            uid="0" * 32,
            kind=NoticeKind.WELCOME,
            subscriber_id=ann.id,
            address_key=ann.address_key,
            provider="outbox",
        )
        plan_notice(connection, notice)
        suppressions.add(
            connection, "x@example.com", SuppressionReason.MANUAL, f"same as {ANN}"
        )
    return ann.id


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def home_of(store: Store) -> Path:
    return Path(store.url.removeprefix("sqlite:///")).parent


def test_no_file_of_the_database_holds_anything_of_theirs(store: Store) -> None:
    live_a_full_life(store)
    before = bytes_of(home_of(store)).lower()
    assert all(secret.lower() in before for secret in SECRETS)

    assert forget(store, ERASER, ANN.upper()) == Forgotten(known=True)

    after = bytes_of(home_of(store)).lower()
    assert [secret for secret in SECRETS if secret.lower() in after] == []
    assert b"bo@example.com" in after


def test_no_table_holds_anything_of_theirs(postgres_url: str) -> None:
    with fresh_schema(postgres_url) as url, Store.open(url) as store:
        live_a_full_life(store)
        forget(store, ERASER, ANN)

        with store.read() as connection:
            everything = "\n".join(
                repr(row)
                for table in schema.metadata.tables.values()
                for row in connection.execute(select(table))
            )
    assert [s for s in SECRETS if s.decode().lower() in everything.lower()] == []
    assert "bo@example.com" in everything


def test_what_is_counted_stays(store: Store) -> None:
    id = live_a_full_life(store)
    forget(store, ERASER, ANN)

    with store.read() as connection:
        totals = campaigns.totals(connection, 1)
        table = schema.deliveries
        row = connection.execute(select(table).where(table.c.subscriber_id == id)).one()
    assert sum(totals.states.values()) == 2
    assert (row.address, row.reason) == ("", "")


def test_an_import_does_not_bring_them_back(store: Store, write_csv: WriteCsv) -> None:
    path = write_csv(f"email,name\n{ANN},Ann\nbo@example.com,Bo\n")
    import_file(store, ERASER, path)
    forget(store, ERASER, ANN)

    report = import_file(store, ERASER, path)

    assert set(people_in(store)) == {"bo@example.com"}
    assert [(skip.line, skip.reason[:19]) for skip in report.skipped] == [
        (2, "suppressed: erasure")
    ]
    with pytest.raises(NeverMailed, match="suppressed: erasure"):
        add(store, ERASER, ANN)


def test_a_file_that_says_they_left_does_not_bring_them_back_either(
    store: Store, write_csv: WriteCsv
) -> None:
    forget(store, ERASER, ANN)
    before = never_mailed(store)

    import_file(store, ERASER, write_csv(f"email,status\n{ANN},unsubscribed\n"))

    assert people_in(store) == {}
    assert never_mailed(store) == before


def test_the_hash_says_nothing_without_the_secret(store: Store) -> None:
    forget(store, ERASER, ANN)
    (key,) = never_mailed(store)

    with store.read() as connection:
        found = suppression_of(connection, ERASER, ANN.lower())
        assert found is not None
        assert found.reason is SuppressionReason.ERASURE
        other = Eraser(b"another secret of the tests")
        assert suppression_of(connection, other, ANN.lower()) is None
    assert key == ERASER.key(ANN.lower()) != other.key(ANN.lower())
    assert "ann" not in key


def test_under_a_new_secret_the_old_one_is_asked_for(
    store: Store, write_csv: WriteCsv
) -> None:
    forget(store, ERASER, ANN)
    path = write_csv(f"email\n{ANN}\n")
    new = b"the next secret of the tests"

    with pytest.raises(ConfigError) as caught:
        import_file(store, Eraser(new), path)
    assert "1 people had their data erased under another" in caught.value.message
    assert "NEWSLETTER_OLD_SECRETS" in caught.value.hint
    with pytest.raises(ConfigError):
        add(store, Eraser(new), "bo@example.com")
    # Not “nothing was ever kept of it”: that cannot be known.
    with pytest.raises(ConfigError, match="under another secret"):
        collect(store, Eraser(new), ANN)

    report = import_file(store, Eraser(new, (ERASER.secret,)), path)
    assert len(report.skipped) == 1
    assert people_in(store) == {}


def test_an_export_and_its_import_keep_them_erased(
    store: Store, write_csv: WriteCsv, tmp_path: Path
) -> None:
    forget(store, ERASER, ANN)
    path = tmp_path / "all.csv"
    export_csv(store, path)

    report = import_file(store, ERASER, path)

    assert (report.suppressed, report.skipped) == (1, ())
    assert len(never_mailed(store)) == 1
    bad = import_file(store, ERASER, write_csv("email\nerased:nothing\n"))
    assert "a keyed hash that is not whole" in bad.skipped[0].reason


def test_somebody_unknown_is_kept_out_from_now_on(store: Store) -> None:
    assert forget(store, ERASER, ANN) == Forgotten(known=False)
    assert forget(store, ERASER, ANN) == Forgotten(known=True)
    assert list(never_mailed(store)) == [ERASER.key(ANN.lower())]


def test_files_that_still_hold_the_address_are_named(
    store: Store, tmp_path: Path
) -> None:
    live_a_full_life(store)
    (tmp_path / "outbox").mkdir()
    (tmp_path / "outbox/1.eml").write_text(f"To: {ANN.upper()}\n")
    (tmp_path / "excel.csv").write_bytes(f"email\n{ANN}\n".encode("utf-16"))
    (tmp_path / "large.csv").write_bytes(b"x" * 4194300 + ANN.encode() + b"x" * 99)
    (tmp_path / "other.csv").write_text("email\nbo@example.com\n")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/pack").write_text(ANN)
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")

    done = forget(store, ERASER, ANN, [tmp_path, tmp_path])

    assert [path.relative_to(tmp_path).as_posix() for path in done.remnants] == [
        "excel.csv",
        "large.csv",
        "outbox/1.eml",
    ]


def test_an_international_domain_is_found_as_people_write_it(
    store: Store, tmp_path: Path
) -> None:
    (tmp_path / "list.csv").write_text("email\nANN@münchen.de\n")
    (tmp_path / "1.eml").write_text("To: ann@xn--mnchen-3ya.de\n")
    (tmp_path / "other.csv").write_text("email\nbo@münchen.de\n")

    done = forget(store, ERASER, "Ann@xn--mnchen-3ya.de", [tmp_path])

    names = [path.name for path in done.remnants]
    assert names == ["1.eml", "list.csv"]


def test_a_reader_that_keeps_the_old_pages_is_told(store: Store) -> None:
    live_a_full_life(store)
    with Store.open(store.url, busy_seconds=0) as other, store.read() as connection:
        connection.execute(text("SELECT count(*) FROM subscribers")).scalar()

        with pytest.raises(StoreBusy):
            forget(other, ERASER, ANN)

    assert forget(store, ERASER, ANN).known
    assert b"unforgettable" not in bytes_of(home_of(store)).lower()
