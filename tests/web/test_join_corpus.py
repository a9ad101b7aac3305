"""The corpus of addresses through the JSON door: the same answer as everywhere else."""

from newsletter.model.subscriber import SubscriberStatus
from newsletter.web.limits import Buckets
from tests.audience.addresses import REFUSED, TAKEN
from tests.web.conftest import World


def post(world: World, address: str) -> int:
    moment = world.client.get("/subscribe/moment").json()["moment"]
    return world.client.post_json(
        "/subscribe", {"address": address, "moment": moment}
    ).status


def test_what_is_no_address_is_refused_and_nobody_mailed(world: World) -> None:
    world.service.limits.network = Buckets(1000, 1)
    answers = {typed.text: post(world, typed.text) for typed in REFUSED}
    world.settle()

    assert [text for text, status in answers.items() if status != 422] == []
    assert world.mails() == []


def test_what_is_an_address_is_kept_under_its_key_and_mailed_once(world: World) -> None:
    for typed in TAKEN:
        assert post(world, typed.text) == 202, typed.text
    world.settle()

    for typed in TAKEN:
        person = world.known(typed.key)
        assert person, typed.text
        assert person.status is SubscriberStatus.PENDING
    assert len(world.mails()) == len(TAKEN)
