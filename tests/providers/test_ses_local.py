"""What we send through SES arrives as it was frozen: tried on a local SES."""

from collections.abc import Iterator
from typing import Any

import pytest

from newsletter.model.campaign import DeliveryState
from newsletter.model.email import MergeText
from newsletter.model.message import Batch
from newsletter.providers.protocol import Provider
from tests.providers.batches import a_batch, a_recipient, an_email
from tests.providers.case_ses import CASE
from tests.rig.ses import LocalSes


@pytest.fixture(scope="module")
def local() -> Iterator[LocalSes]:
    local = LocalSes()
    yield local
    local.stop()


@pytest.fixture
def provider(local: LocalSes) -> Iterator[Provider]:
    provider = CASE.open(local.url)
    yield provider
    provider.close()


def arrived(local: LocalSes, provider: Provider, batch: Batch) -> list[dict[str, Any]]:
    """What is there after the batch was sent, and was not before."""
    before = len(local.emails())
    results = provider.send(batch)
    found = local.emails()[before:]
    assert {each.state for each in results} == {DeliveryState.ACCEPTED}
    ids = [each.provider_message_id for each in results]
    assert [mail["messageId"] for mail in found] == ids
    return found


def assert_as_frozen(batch: Batch, found: list[dict[str, Any]]) -> None:
    for recipient, mail in zip(batch.recipients, found, strict=True):
        assert mail["destination"] == {
            "to": [recipient.address],
            "cc": [],
            "bcc": [],
        }
        assert mail["subject"] == batch.subject(recipient)
        assert mail["body"]["html"] == batch.html(recipient)
        assert mail["body"]["text"] == batch.text(recipient)


def test_a_whole_batch_arrives_each_message_for_one(
    local: LocalSes, provider: Provider
) -> None:
    batch = a_batch(50)

    found = arrived(local, provider, batch)

    assert_as_frozen(batch, found)
    for recipient, mail in zip(batch.recipients, found, strict=True):
        headers = {each["name"]: each["value"] for each in mail["headers"]}
        assert headers == batch.headers(recipient)
        assert len(mail["headers"]) == len(headers)
        assert mail["from"] == '"mo, from the second chair" <mo@letter.example.com>'
        assert mail["replyTo"] == ["answers@letter.example.com"]


def test_braces_of_authors_and_readers_arrive_as_they_are(
    local: LocalSes, provider: Provider
) -> None:
    written = "{{ name }} {{{x}}} {{u}} {{#if a}} {% b %} ${c} } {{!-- d --}} \\{{e}} {"
    email = an_email(
        subject=MergeText(("{{u}} ", "}"), (1,)),
        text=MergeText((written, "} \\", "\n{{"), (1, 0)),
        html=MergeText(
            (
                f"<style>@media x{{a{{b:c}}}}</style><p>{written}",
                '}</p><a href="',
                '">\\</a>',
            ),
            (1, 0),
        ),
    )
    names = ("{{t1}}", "<b>&amp;\"'", "Zoë 日本語 👩‍👩‍👧", "\\", "{", "}")
    readers = [a_recipient(email, n, name=name) for n, name in enumerate(names, 1)]
    batch = a_batch(readers, email=email)

    assert_as_frozen(batch, arrived(local, provider, batch))


def test_an_address_that_cannot_be_read_harms_no_other(
    local: LocalSes, provider: Provider
) -> None:
    email = an_email()
    readers = [a_recipient(email, 1), a_recipient(email, 2, address="no address")]

    first, second = provider.send(a_batch(readers, email=email))

    assert first.state is DeliveryState.ACCEPTED
    # It says FAILED, of which the model does not tell whether the message left.
    assert second.state is DeliveryState.UNCERTAIN
    assert second.reason.startswith("FAILED")
