"""A letter that is in no archive: its reader sees it, exactly as it was sent."""

from datetime import date
from pathlib import Path

import pytest

from newsletter.archive.build import build_site
from newsletter.model.campaign import Campaign
from newsletter.model.subscriber import SuppressionReason
from newsletter.sending.compose import compose
from newsletter.sending.order import Order
from newsletter.sending.plan import plan
from newsletter.sending.run import run
from newsletter.store import suppressions
from tests.cli.repository import change
from tests.sending.conftest import ISSUE, at_once
from tests.web.conftest import World


@pytest.fixture
def campaign(world: World) -> Campaign:
    """A private letter to all readers but the second."""
    file = world.root / "issues" / f"2026-11-20-{ISSUE}.md"
    change(file, ("---\n", "---\nprivate: true\n"))
    service = world.service
    with service.store.write() as connection:
        suppressions.add(connection, "reader2@example.com", SuppressionReason.MANUAL)
    publication = service.publication
    order = Order(composed=compose(publication, ISSUE), publication=publication)
    signer = service.keyring.current
    made = plan(service.store, order, service.provider, signer)
    assert run(service.store, made, service.provider, signer, at_once())
    return made


def letter(world: World, number: int) -> str:
    """The HTML that was sent to a reader."""
    wanted = f"reader{number}@example.com"
    (mail,) = [each for each in world.mails() if each["To"] == wanted]
    part = mail.get_body(("html",))
    assert part
    return str(part.get_content()).replace("\r\n", "\n")


def test_the_link_in_the_letter_shows_the_letter(
    world: World, campaign: Campaign
) -> None:
    sent = letter(world, 1)
    path = f"/view/{world.token(1, campaign.id)}"
    assert f"https://letter.example.com{path}" in sent

    answer = world.client.get(path)

    assert answer.status == 200
    assert answer.text == sent
    policy = answer.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "script" not in policy
    assert answer.headers["x-robots-tag"] == "noindex"


def test_what_was_not_sent_is_not_shown(world: World, campaign: Campaign) -> None:
    for number, about in ((2, campaign.id), (1, 0), (1, 4711), (4711, campaign.id)):
        path = f"/view/{world.token(number, about)}"

        assert world.client.get(path).status == 404


def test_it_is_in_no_archive_and_shared_nowhere(
    world: World, campaign: Campaign, tmp_path: Path
) -> None:
    assert campaign.issue == ISSUE
    site = tmp_path / "site"
    build_site(world.service.publication, site, today=date(2026, 12, 31))

    texts = [file.read_bytes() for file in site.rglob("*") if file.is_file()]
    assert not any(ISSUE.encode() in text for text in texts)
    sent = letter(world, 1)
    assert "forward it by mail" not in sent
    assert f"letter.example.com/{ISSUE}/" not in sent
