"""Joining: one mail to confirm, to nobody else's harm, and the same answer to all."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from newsletter.audience.address import normalise
from newsletter.audience.joining import ask
from newsletter.model.consent import ConsentKind
from newsletter.model.subscriber import SubscriberStatus, SuppressionReason
from newsletter.store import consents, suppressions
from newsletter.web.limits import Buckets
from newsletter.web.upkeep import Upkeep
from tests.web.asgi import Answer
from tests.web.conftest import World

NEW = "nia@example.com"
HOSTILE = "http://evil.example BUY NOW"


def by_json(world: World, **values: Any) -> Answer:
    moment = world.client.get("/subscribe/moment").json()["moment"]
    answer = world.client.post_json("/subscribe", {"moment": moment} | values)
    world.settle()
    return answer


def test_a_stranger_is_sent_one_mail_to_confirm(world: World) -> None:
    answer = world.join("Nia@Example.com", headers={"user-agent": "a browser"})

    assert answer.status == 200
    (mail,) = world.mails()
    assert mail["To"] == "Nia@Example.com"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "please confirm" in mail["Subject"]
    person = world.known(NEW)
    assert person
    assert person.status is SubscriberStatus.PENDING
    with world.service.store.read() as connection:
        (said,) = consents.of_subscriber(connection, person.id)
    assert said.kind is ConsentKind.REQUESTED
    assert (said.ip, said.user_agent) == ("203.0.113.5", "a browser")
    assert said.source == "/subscribe"
    assert "you agree to get the second chair by mail" in said.text
    assert said.note in mail["Message-ID"]


def test_nothing_a_stranger_typed_is_mailed(world: World) -> None:
    moment = world.client.get("/subscribe/moment").json()["moment"]
    form = {"address": NEW, "moment": moment, "name": HOSTILE, "source": HOSTILE}

    world.client.post("/subscribe", form, headers={"user-agent": HOSTILE})
    world.settle()

    (mail,) = world.mails()
    assert "evil.example" not in mail.as_string()
    person = world.known(NEW)
    assert person
    assert (person.name, dict(person.attributes)) == ("", {})


@pytest.mark.parametrize(
    "reason", [reason for reason in SuppressionReason if reason != "unsubscribe"]
)
def test_who_must_not_be_mailed_is_not_and_nobody_can_tell(
    world: World, reason: SuppressionReason
) -> None:
    key = NEW if reason != "erasure" else world.service.eraser.key(NEW)
    with world.service.store.write() as connection:
        suppressions.add(connection, key, reason)

    refused, usual = world.join(NEW), world.join("somebody@example.com")

    assert refused == usual
    assert [mail["To"] for mail in world.mails()] == ["somebody@example.com"]


def test_who_gets_it_already_is_not_mailed_and_nobody_can_tell(world: World) -> None:
    known, unknown = world.join("reader1@example.com"), world.join(NEW)

    assert known == unknown
    assert [mail["To"] for mail in world.mails()] == [NEW]


def test_the_answer_does_not_wait_for_what_is_known(world: World) -> None:
    """All that differs happens after the answer, in another place."""
    moment = world.client.get("/subscribe/moment").json()["moment"]
    with world.service.store.write():
        # Nothing can be written now, and the answer comes all the same.
        for address in (NEW, "reader1@example.com"):
            form = {"address": address, "moment": moment}
            assert world.client.post("/subscribe", form).status == 200
    world.settle()
    assert len(world.mails()) == 1


async def nothing(_: Upkeep) -> None:
    """Instead of the look at what was left behind, which may take its time."""


def test_before_the_answer_nothing_is_looked_up_for_anybody(
    make_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A note is left, whoever it is; the database is not asked, nobody is mailed."""
    monkeypatch.setattr(Upkeep, "go_on", nothing)
    world = make_world()
    service, client = world.service, world.client
    moment = client.get("/subscribe/moment").json()["moment"]
    world.join("pending@example.com")
    with service.store.write() as connection:
        suppressions.add(connection, "gone@example.com", SuppressionReason.COMPLAINT)
    notes: list[Any] = []

    def leave_note(work: Any) -> bool:
        notes.append(work)
        return True

    def asked(*_: Any) -> None:
        raise AssertionError("the database was asked")

    monkeypatch.setattr(service.door, "leave_note", leave_note)
    monkeypatch.setattr(service.store, "read", asked)
    monkeypatch.setattr(service.store, "write", asked)
    people = ("reader1", "pending", "gone", "nobody")
    answers = [
        client.post("/subscribe", {"address": f"{name}@example.com", "moment": moment})
        for name in people
    ]

    assert [answer == answers[0] for answer in answers] == [True] * 4
    assert answers[0].status == 200
    assert len(notes) == len(people)
    assert len(world.mails()) == 1


def test_who_left_may_come_back_by_themselves(world: World) -> None:
    world.client.post(f"/u/{world.token()}")

    world.join("reader1@example.com")
    assert world.suppressed("reader1@example.com") is SuppressionReason.UNSUBSCRIBE
    world.client.post(world.confirm_path())

    assert world.reader().status is SubscriberStatus.ACTIVE
    assert world.suppressed("reader1@example.com") is None


def test_an_address_is_mailed_once_a_day_and_three_times_in_all(world: World) -> None:
    limits = world.service.limits
    limits.address = Buckets(1000, 1)
    for _ in range(4):
        world.join(NEW)
    assert len(world.mails()) == 1

    for _ in range(5):
        world.wait(days=1)
        world.join(NEW)
    assert len(world.mails()) == 3

    # Whoever confirms has shown that they want it.
    world.client.post(world.confirm_path(world.mails()[0]))
    found = world.known(NEW)
    assert found
    world.client.post(f"/u/{world.token(found.id)}")
    world.wait(days=1)
    world.join(NEW)
    assert len(world.mails()) == 4

    # Nor is that a way to be mailed twice a day.
    world.client.post(world.confirm_path())
    world.client.post(f"/u/{world.token(found.id)}")
    world.join(NEW)
    assert len(world.mails()) == 4


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b@example.com",
        "a@example.com,b@example.com",
        '"a b"@example.com',
        "a@[127.0.0.1]",
        "<@x.example:a@example.com>",
        "a\r\nbcc:b@example.com",
        "a\0@example.com",
        "-oX@example.com",
        f"{'a' * 65}@example.com",
        f"a@{'b' * 250}.example",
        "ñandú@example.com",
        "a\u202e@example.com",
    ],
)
def test_what_is_no_address_is_said_and_shown_harmlessly(
    world: World, address: str
) -> None:
    answer = world.join(address + ('"><script>' if address else ""))

    assert answer.status == 422
    assert "does not look like an email address" in answer.text
    assert "<script>" not in answer.text
    assert by_json(world, address=address).status == 422
    assert world.mails() == []


def test_who_fills_in_the_hidden_field_is_told_all_is_well(world: World) -> None:
    usual = world.join("somebody@example.com")
    trapped = world.client.post("/subscribe", {"address": NEW, "website": "x"})
    world.settle()

    assert trapped == usual
    assert world.known(NEW) is None
    assert world.service.metrics.joins["trapped"] == 1


def test_a_robot_in_the_trap_takes_only_from_its_own_network(world: World) -> None:
    limits = world.service.limits
    limits.network, limits.everybody = Buckets(2, 60), Buckets(1, 60)
    trap = {"address": NEW, "website": "x"}

    found = [
        world.client.post("/subscribe", trap, peer="203.0.113.9").status
        for _ in range(3)
    ]

    assert found == [200, 200, 429]
    assert world.join(NEW).status == 200
    assert world.join("bo@example.com").status == 429


@pytest.mark.parametrize("seconds", [-5, 1, 24 * 3600 + 5])
def test_a_form_sent_too_soon_or_too_late_is_shown_once_more(
    world: World, seconds: int
) -> None:
    world.service.fill_seconds = 2
    # The moment is told in whole seconds.
    shown = datetime.now(UTC).replace(microsecond=0)
    with time_machine.travel(shown, tick=False):
        moment = world.client.get("/subscribe/moment").json()["moment"]
    with time_machine.travel(shown + timedelta(seconds=seconds), tick=False):
        answer = world.client.post("/subscribe", {"address": NEW, "moment": moment})
        told = world.client.post_json("/subscribe", {"address": NEW, "moment": moment})

    assert answer.status == told.status == 409
    assert f'value="{NEW}"' in answer.text
    assert "press the button once more" in answer.text
    assert told.json() == {"message": "please press the button once more."}


def test_a_form_of_another_site_leads_to_ours(world: World) -> None:
    """It has no moment: the reader sees our page, filled in, and presses once more."""
    answer = world.client.post("/subscribe", {"address": NEW})

    assert answer.status == 409
    assert f'value="{NEW}"' in answer.text


def test_the_json_door_works_and_has_the_same_limits(world: World) -> None:
    answer = by_json(world, address=NEW)
    assert (answer.status, len(world.mails())) == (202, 1)

    world.service.limits.network = Buckets(1, 60)
    assert by_json(world, address="a@example.com").status == 202
    assert by_json(world, address="b@example.com").status == 429
    assert world.join("c@example.com").status == 429


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", b"{", 400),
        ("application/json", b"[]", 400),
        ("application/json", b"[" * 30_000, 400),
        ("application/json", b'{"address": 7, "moment": []}', 422),
        ("application/json", b"\xff\xfe", 400),
        ("text/plain", b"address=a", 415),
        ("multipart/form-data; boundary=x", b"--x--", 415),
        ("", b"", 415),
        ("application/x-www-form-urlencoded", b"\xff", 400),
        ("application/x-www-form-urlencoded", b"a=%ff", 400),
        ("application/x-www-form-urlencoded", b"a=1&" * 60, 400),
        ("application/x-www-form-urlencoded", b"x" * 70_000, 413),
    ],
)
def test_what_cannot_be_read_is_refused(
    world: World, kind: str, body: bytes, status: int
) -> None:
    headers = {"content-type": kind}

    answer = world.client.ask("POST", "/subscribe", body=body, headers=headers)

    assert answer.status == status


def test_one_network_cannot_knock_for_ever(world: World) -> None:
    world.service.limits.network = Buckets(2, 60)
    addresses = [f"a{number}@example.com" for number in range(5)]

    found = [world.join(address, peer="2001:db8::1").status for address in addresses]

    assert found == [200, 200, 429, 429, 429]
    # The rest of the /64 is the same household; the next one is another.
    assert world.join(NEW, peer="2001:db8::2").status == 429
    assert world.join(NEW, peer="2001:db8:0:1::1").status == 200


def test_a_forged_proxy_header_makes_nobody_another(world: World) -> None:
    world.service.limits.network = Buckets(1, 60)
    headers = [{"x-forwarded-for": f"198.51.100.{number}"} for number in range(3)]

    found = [world.join(NEW, headers=header).status for header in headers]

    assert found == [200, 429, 429]
    through = [world.join(NEW, headers=h, peer="127.0.0.1").status for h in headers]
    assert through == [200, 200, 200]


def test_there_is_a_limit_for_everybody_together(world: World) -> None:
    world.service.limits.everybody = Buckets(2, 60)

    found = [
        world.join(f"a{number}@example.com", peer=f"198.51.100.{number}")
        for number in range(3)
    ]

    assert [answer.status for answer in found] == [200, 200, 429]
    assert int(found[2].headers["retry-after"]) > 0
    assert "try again in a few minutes" in found[2].text


def test_one_address_is_looked_at_a_few_times_only(world: World) -> None:
    world.service.limits.address = Buckets(1, 3600)

    assert world.join(NEW) == world.join(NEW)
    assert world.service.metrics.joins["limited"] == 1


def test_when_the_queue_is_full_people_are_asked_to_wait(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.service.door, "leave_note", lambda work: False)

    assert world.join(NEW).status == 429


def test_one_failure_does_not_close_the_door(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from newsletter.errors import StoreBusy
    from newsletter.web import notes

    errors = iter([StoreBusy("locked"), RuntimeError("a bug")])
    real = ask

    def broken(*arguments: Any, **options: Any) -> Any:
        error = next(errors, None)
        if error:
            raise error
        return real(*arguments, **options)

    monkeypatch.setattr(notes, "ask", broken)

    for number in range(3):
        world.join(f"a{number}@example.com")

    assert [mail["To"] for mail in world.mails()] == ["a2@example.com"]
    assert world.service.metrics.joins == {"failed": 2, "mailed": 1}
    assert "a bug" in caplog.text


def test_spellings_of_one_mailbox_are_one(world: World) -> None:
    world.join("NIA@EXAMPLE.COM")
    world.join(NEW)

    assert normalise("NIA@EXAMPLE.COM").key == NEW
    assert len(world.mails()) == 1


def test_one_mailbox_is_not_bombed_by_spellings_of_its_address(world: World) -> None:
    for number in range(6):
        world.join(f"an.a+{number}@gmail.com")
    for address in ("ana@googlemail.com", "a.n.a@gmail.com"):
        world.join(address)

    assert len(world.mails()) == 3
