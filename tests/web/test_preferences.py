"""Preferences: a name and topics, and nothing else that is in the database."""

import pytest

from newsletter.model.subscriber import SubscriberStatus
from newsletter.store import tags
from newsletter.store.renaming import rename
from tests.web.conftest import World


def topics(world: World, number: int = 1) -> tuple[str, ...]:
    with world.service.store.read() as connection:
        return tags.of_subscriber(connection, number)


def test_the_page_shows_what_can_be_chosen(world: World) -> None:
    with world.service.store.write() as connection:
        tags.add(connection, [(1, "hiring"), (1, "vip")])

    page = world.client.get(f"/preferences/{world.token()}").text

    assert 'value="Zoë 1"' in page
    assert 'value="hiring" checked' in page
    assert 'value="searching">' in page
    assert "vip" not in page
    assert "reader1@" not in page


def test_what_is_chosen_is_kept(world: World) -> None:
    with world.service.store.write() as connection:
        tags.add(connection, [(1, "hiring"), (1, "vip")])
    form = {"name": "Zoë\tOne", "topic": ["searching"]}

    answer = world.client.post(f"/preferences/{world.token()}", form)

    assert "saved." in answer.text
    # The author's own tags are nobody else's.
    assert topics(world) == ("searching", "vip")
    person = world.reader()
    assert (person.name, dict(person.attributes)) == ("Zoë One", {})
    assert person.merge_values()["first_name"] == "Zoë"


def test_a_name_can_be_taken_back(world: World) -> None:
    world.client.post(f"/preferences/{world.token()}", {"name": ""})

    assert "name" not in world.reader().merge_values()


def test_nothing_else_can_be_changed(world: World) -> None:
    before = world.reader(2)
    form = {
        "name": "x" * 300,
        "topic": ["vip", "<b>"],
        "status": "unsubscribed",
        "address": "evil@example.com",
        "id": "2",
    }

    world.client.post(f"/preferences/{world.token()}", form)

    assert topics(world) == ()
    person = world.reader()
    assert person.address == "reader1@example.com"
    assert person.status is SubscriberStatus.ACTIVE
    assert person.merge_values()["name"] == "Zoë 1"
    assert world.reader(2) == before


def test_a_hostile_name_is_shown_as_text(world: World) -> None:
    with world.service.store.write() as connection:  # as an import may bring it
        rename(connection, world.reader(), '"><script>alert(1)</script>{{7*7}}')

    page = world.client.get(f"/preferences/{world.token()}").text

    assert "<script>" not in page
    assert "{{7*7}}" in page


def test_who_has_left_can_only_sign_up_again(world: World) -> None:
    path = f"/preferences/{world.token()}"
    world.client.post(f"/u/{world.token()}")

    page, saved = world.client.get(path), world.client.post(path, {"name": "Nia"})

    assert "sign up again" in page.text
    assert "sign up again" in saved.text
    assert world.reader().status is SubscriberStatus.UNSUBSCRIBED


def test_who_is_gone_is_told_the_same(world: World) -> None:
    path = f"/preferences/{world.token(4711)}"

    assert "sign up again" in world.client.get(path).text
    assert world.client.post(path, {"name": "x"}).status == 200


def test_looking_changes_nothing(world: World) -> None:
    before = world.reader()

    for method in ("GET", "HEAD", "OPTIONS"):
        world.client.ask(method, f"/preferences/{world.token()}?name=x&topic=hiring")

    assert world.reader() == before
    assert topics(world) == ()


@pytest.mark.parametrize(
    "name", ["win at https://evil.example", "www.evil.example", "a@b.example", "x" * 61]
)
def test_a_name_brings_no_message_into_the_letter(world: World, name: str) -> None:
    before = world.reader()

    world.client.post(f"/preferences/{world.token()}", {"name": name})

    assert world.reader() == before
