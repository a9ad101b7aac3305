"""What keeps a worker from sending: said once, and shown as long as it lasts."""

from newsletter.errors import CampaignError, NewsletterError
from newsletter.sending.queued.troubles import LASTING_SECONDS, Troubles
from tests.sending.conftest import Clock


def test_a_trouble_is_said_once_and_shown_until_it_is_over() -> None:
    said: list[NewsletterError] = []
    troubles = Troubles(said.append)
    for _ in range(3):
        troubles.meet(1, CampaignError("no key"))
    troubles.meet(2, CampaignError("no key"))
    troubles.meet(2, CampaignError("another account"))

    assert [each.message for each in said] == ["no key", "no key", "another account"]
    assert troubles.words() == "another account; no key"
    troubles.over(2)
    assert troubles.words() == "no key"
    troubles.over(1)
    troubles.over(1)
    assert troubles.words() == ""


def test_what_is_not_met_again_ends_by_itself() -> None:
    said: list[NewsletterError] = []
    clock = Clock()
    troubles = Troubles(said.append, clock)
    troubles.meet(1, CampaignError("no key"))
    clock.sleep(LASTING_SECONDS)

    assert troubles.words() == ""
    troubles.meet(1, CampaignError("no key"))
    assert len(said) == 2
