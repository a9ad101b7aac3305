"""Confirming: by a button, in time, by whoever has the mail; and the welcome."""

from pathlib import Path

import pytest

from newsletter.model.consent import ConsentKind
from newsletter.model.subscriber import SubscriberStatus, SuppressionReason
from newsletter.sending.notice import CONFIRM
from newsletter.store import consents, suppressions
from tests.web.conftest import World

NEW = "nia@example.com"
ACTIVE, PENDING = SubscriberStatus.ACTIVE, SubscriberStatus.PENDING


def status(world: World) -> SubscriberStatus | None:
    person = world.known(NEW)
    return person.status if person else None


def kinds(world: World) -> list[ConsentKind]:
    person = world.known(NEW)
    assert person
    with world.service.store.read() as connection:
        return [each.kind for each in consents.of_subscriber(connection, person.id)]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_looking_confirms_nothing(world: World, method: str) -> None:
    world.join(NEW)
    path = world.confirm_path()

    for _ in range(50):
        world.client.ask(method, path)

    assert status(world) is PENDING


def test_the_button_confirms_and_the_name_is_the_owner_s(world: World) -> None:
    world.join(NEW)
    path = world.confirm_path()
    page = world.client.get(path)
    assert "n…@example.com" in page.text

    answer = world.client.post(path, {"name": " Nia\r\nOkafor "})

    assert answer.status == 200
    assert "you are in" in answer.text
    person = world.known(NEW)
    assert person
    assert (person.status, person.name) == (ACTIVE, "Nia Okafor")
    assert person.confirmed_at is not None
    assert kinds(world) == [ConsentKind.REQUESTED, ConsentKind.CONFIRMED]


def test_confirming_twice_is_confirming_once(world: World) -> None:
    world.join(NEW)
    path = world.confirm_path()

    answers = [world.client.post(path) for _ in range(3)]

    assert {answer.status for answer in answers} == {200}
    assert kinds(world).count(ConsentKind.CONFIRMED) == 1


def test_a_link_works_for_seven_days(world: World) -> None:
    world.join(NEW)
    path = world.confirm_path()
    world.wait(days=6.99)
    assert world.client.get(path).status == 200

    world.wait(days=0.02)
    looked, pressed = world.client.get(path), world.client.post(path)

    assert (looked.status, pressed.status) == (410, 410)
    assert "this link is too old" in pressed.text
    assert status(world) is PENDING


def test_a_link_from_before_they_left_brings_nobody_back(world: World) -> None:
    world.join(NEW)
    path = world.confirm_path()
    world.client.post(path)
    person = world.known(NEW)
    assert person
    world.client.post(f"/u/{world.token(person.id)}")

    assert world.client.get(path).status == 410
    assert world.client.post(path).status == 410
    assert status(world) is SubscriberStatus.UNSUBSCRIBED
    assert world.suppressed(NEW) is SuppressionReason.UNSUBSCRIBE


def test_confirming_lifts_no_complaint(world: World) -> None:
    world.join(NEW)
    with world.service.store.write() as connection:
        suppressions.add(connection, NEW, SuppressionReason.COMPLAINT)

    assert world.client.post(world.confirm_path()).status == 410

    assert status(world) is PENDING
    assert world.suppressed(NEW) is SuppressionReason.COMPLAINT


@pytest.mark.parametrize(("who", "notice"), [(4711, 1), (1, 1), (1, 4711), (1, 0)])
def test_nobody_else_can_confirm_by_it(world: World, who: int, notice: int) -> None:
    world.join(NEW)
    token = world.service.keyring.current.sign(CONFIRM, who, notice)

    assert world.client.post(f"/confirm/{token}").status == 410


def test_an_unsubscribe_token_confirms_nobody(world: World) -> None:
    world.join(NEW)
    person = world.known(NEW)
    assert person

    for path in (world.token(person.id), world.token(person.id, 1), "x" * 43):
        assert world.client.post(f"/confirm/{path}").status == 403
    assert status(world) is PENDING


def test_a_pending_reader_can_say_no(world: World) -> None:
    """The mail's List-Unsubscribe works too: then they are not asked again soon."""
    world.join(NEW)
    (mail,) = world.mails()
    path = (
        mail["List-Unsubscribe"]
        .split(">")[0]
        .removeprefix("<https://letter.example.com")
    )

    world.client.post(path, {"List-Unsubscribe": "One-Click"})

    assert status(world) is SubscriberStatus.UNSUBSCRIBED


def welcome(root: Path, text: str) -> None:
    (root / "welcome.md").write_text(text, "utf-8")


def test_who_confirms_is_welcomed_once(world: World) -> None:
    assert not world.service.notices.welcomes
    root = world.root
    welcome(root, "---\ntitle: hello\n---\nhello {{ name | default('you') }}, **hi**\n")
    _reopen(world)
    world.join(NEW)
    path = world.confirm_path()

    for _ in range(2):
        world.client.post(path, {"name": "Nia"})
        world.settle()

    mails = [mail for mail in world.mails() if mail["Subject"] == "hello"]
    assert len(mails) == 1
    text = mails[0].get_body(("plain",))
    assert text
    assert "hello Nia, *hi*" in text.get_content()
    assert "https://letter.example.com/u/" in text.get_content()


def _reopen(world: World) -> None:
    """As after a restart: what the mails say is read at the start."""
    from newsletter.sending.notice import Notices

    service = world.service
    service.notices = Notices(
        service.store, service.publication, service.provider, service.keyring.current
    )


def test_a_welcome_that_is_a_draft_waits(world: World) -> None:
    welcome(world.root, "---\ntitle: hello\nstatus: draft\n---\nhello\n")
    _reopen(world)

    assert not world.service.notices.welcomes


def test_mistakes_in_the_welcome_are_told_at_the_start(world: World) -> None:
    from newsletter.errors import SourceError

    welcome(world.root, "---\ntitel: hello\n---\nhi\n")

    with pytest.raises(SourceError, match=r"welcome\.md"):
        _reopen(world)
