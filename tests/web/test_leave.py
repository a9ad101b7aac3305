"""Leaving: by one click or by a button; never by a look, and never by a forgery."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from newsletter.audience.exporting import export_csv
from newsletter.audience.importing import import_file
from newsletter.audience.leaving import Leaving
from newsletter.audience.people import listing
from newsletter.model.consent import ConsentKind
from newsletter.model.subscriber import SubscriberStatus, SuppressionReason
from newsletter.model.token import Keyring, Signer
from newsletter.sending.notice import CONFIRM
from newsletter.store import consents, suppressions
from newsletter.store.schema import subscribers
from newsletter.web.serving import BUSY_SECONDS
from tests.web.conftest import World

ACTIVE, LEFT = SubscriberStatus.ACTIVE, SubscriberStatus.UNSUBSCRIBED
BOUNDARY = "----x"
MULTIPART = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n'
    f"One-Click\r\n--{BOUNDARY}--\r\n"
).encode()


def one_click(world: World, token: str) -> Any:
    return world.client.post(f"/u/{token}", {"List-Unsubscribe": "One-Click"})


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
def test_looking_changes_nothing(world: World, method: str) -> None:
    for _ in range(3):
        answer = world.client.ask(method, f"/u/{world.token()}")

        assert answer.status == (200 if method in ("GET", "HEAD") else 405)
    assert world.reader().status is ACTIVE
    assert world.suppressed("reader1@example.com") is None


def test_the_page_has_one_button_and_hides_the_address(world: World) -> None:
    page = world.client.get(f"/u/{world.token()}").text

    assert page.count("<button") == 1
    assert "r…@example.com" in page
    assert "reader1" not in page
    assert "<script" not in page


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
        (MULTIPART, f"multipart/form-data; boundary={BOUNDARY}"),
    ],
)
def test_one_click_acts_at_once_and_plainly(
    world: World, body: bytes, kind: str
) -> None:
    """RFC 8058 §3.2: both encodings, no cookie, no redirect."""
    answer = world.client.ask(
        "POST", f"/u/{world.token()}", body=body, headers={"content-type": kind}
    )

    assert (answer.status, answer.text) == (200, "unsubscribed\n")
    assert not {"set-cookie", "location"} & set(answer.headers)
    assert world.reader().status is LEFT
    assert world.suppressed("reader1@example.com") is SuppressionReason.UNSUBSCRIBE
    assert world.reader(2).status is ACTIVE


def test_a_browser_s_button_is_answered_with_a_page(world: World) -> None:
    answer = world.client.post(f"/u/{world.token()}")

    assert answer.status == 200
    assert "you are out" in answer.text
    assert world.reader().status is LEFT


def test_leaving_twice_is_leaving_and_is_written_down_once(world: World) -> None:
    for _ in range(3):
        assert one_click(world, world.token()).status == 200

    with world.service.store.read() as connection:
        said = consents.of_subscriber(connection, 1)
    assert [each.kind for each in said] == [ConsentKind.WITHDRAWN]
    assert said[0].ip == "203.0.113.5"


def test_what_else_is_in_the_body_does_not_matter(world: World) -> None:
    form = {"List-Unsubscribe": "One-Click", "status": "active", "id": "2"}

    world.client.post(f"/u/{world.token()}?id=2", form)

    assert (world.reader().status, world.reader(2).status) == (LEFT, ACTIVE)


def test_a_suppression_that_was_there_before_stays(world: World) -> None:
    with world.service.store.write() as connection:
        suppressions.add(connection, "reader1@example.com", SuppressionReason.COMPLAINT)

    one_click(world, world.token())

    assert world.suppressed("reader1@example.com") is SuppressionReason.COMPLAINT


def test_a_reader_who_is_gone_is_told_the_same(world: World) -> None:
    answer = one_click(world, world.token(4711))

    assert (answer.status, answer.text) == (200, "unsubscribed\n")


def test_an_old_link_in_a_database_filled_anew_is_its_readers_or_nobodys(
    world: World, tmp_path: Path
) -> None:
    store, file = world.service.store, tmp_path / "people.csv"
    first, second = world.token(1), world.token(2)
    export_csv(store, file)
    kept = [line for line in file.read_text().splitlines() if "reader1@" not in line]
    file.write_text("\n".join([kept[0], *reversed(kept[1:])]))
    with store.write() as connection:
        connection.execute(delete(subscribers))
    import_file(store, world.service.eraser, file)

    assert one_click(world, first).status == 200
    assert {each.status for each in listing(store)} == {ACTIVE}
    assert one_click(world, second).status == 200
    left = [each.address for each in listing(store, status=LEFT)]
    assert left == ["reader2@example.com"]


@pytest.mark.parametrize("position", range(0, 43, 3))
def test_a_forged_token_changes_nothing(world: World, position: int) -> None:
    token = world.token(1, 7)
    other = "A" if token[position] != "A" else "B"
    forged = token[:position] + other + token[position + 1 :]

    assert one_click(world, forged).status == 403
    assert world.reader().status is ACTIVE


def test_a_token_of_another_purpose_changes_nothing(world: World) -> None:
    token = world.service.keyring.current.sign(CONFIRM, 1)

    assert one_click(world, token).status == 403
    assert world.reader().status is ACTIVE


def test_the_links_of_a_secret_that_was_replaced_go_on_working(world: World) -> None:
    old = Signer(b"the secret before this one")
    token = old.sign("unsubscribe", world.reader().uid)
    assert one_click(world, token).status == 403

    world.service.keyring = Keyring([world.service.keyring.current, old])

    assert one_click(world, token).status == 200
    assert world.reader().status is LEFT


@pytest.mark.parametrize("chunks", [None, [b"x" * 40_000] * 2])
def test_a_body_that_is_too_long_is_refused(
    world: World, chunks: list[bytes] | None
) -> None:
    answer = world.client.ask(
        "POST", f"/u/{world.token()}", body=b"x" * 70_000, chunks=chunks
    )

    assert answer.status == 413
    assert answer.headers["connection"] == "close"
    assert world.reader().status is ACTIVE


def test_many_leave_together(world: World) -> None:
    """Those who come while others are being written go in one transaction."""
    import asyncio

    async def all_at_once() -> None:
        departures = world.service.departures
        who = [world.reader(number).uid for number in (*range(1, 10), 1, 2)]
        await asyncio.gather(*(departures.leave(Leaving(uid=uid)) for uid in who))

    world.client.run(all_at_once())

    assert {world.reader(number).status for number in range(1, 10)} == {LEFT}


def test_a_database_that_is_busy_is_said_and_nobody_has_left(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from newsletter.errors import StoreBusy

    def busy(*_: Any) -> None:
        raise StoreBusy("locked")

    monkeypatch.setattr("newsletter.web.departures.leave", busy)

    answer = world.client.post(f"/u/{world.token()}")

    assert answer.status == 503
    assert answer.headers["retry-after"] == "30"
    assert "it is not your fault" in answer.text


def test_a_token_page_is_kept_by_nobody(world: World) -> None:
    headers = world.client.get(f"/u/{world.token()}").headers

    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-robots-tag"] == "noindex"
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "script" not in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_a_program_is_told_in_json(world: World) -> None:
    answer = world.client.post_json("/u/nonsense", {})

    assert answer.status == 403
    assert json.loads(answer.body) == {"message": "bad_link"}


def test_who_leaves_during_an_import_is_waited_for(world: World) -> None:
    with world.service.store.read() as connection:
        wait = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()

    assert wait == BUSY_SECONDS * 1000


def test_a_mistake_of_ours_keeps_nobody_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistaken(*_: Any) -> None:
        raise LookupError

    monkeypatch.setattr("newsletter.web.departures.leave", mistaken)

    with pytest.raises(LookupError):
        world.client.run(world.service.departures.leave(Leaving(uid=1)))
