"""The same relay provider against a server of another make (npm's smtp-server)."""

import pytest

from newsletter.errors import ProviderStopped
from tests.providers.batches import a_batch, a_recipient, an_email
from tests.providers.relays import a_provider
from tests.providers.test_smtp import ACCEPTED, REJECTED, of, states
from tests.rig.node import smtp_server


@pytest.mark.parametrize(
    "options",
    [{}, {"hidePIPELINING": True}, {"size": 100_000}, {"hide8BITMIME": True}],
    ids=str,
)
def test_what_arrives_is_what_was_sent(options: dict[str, object]) -> None:
    frozen = an_email()
    unknown = a_recipient(frozen, 2, address="unknown@example.com")
    known = [a_recipient(frozen, 1), a_recipient(frozen, 3)]
    batch = a_batch([known[0], unknown, known[1]], email=frozen)
    with smtp_server(options) as server:
        provider = a_provider(server.port)
        results = provider.send(batch)
        provider.close()

        assert states(results) == [ACCEPTED, REJECTED, ACCEPTED]
        assert of(results, 1).provider_message_id == "N0000001"
        assert of(results, 2).reason == "550 5.1.1 no such user"
        for recipient in known:
            received = server.message()
            assert received["sender"] == "mo@letter.example.com"
            assert received["recipients"] == [recipient.address]
            assert received["data"] == batch.mime(recipient)


def test_dots_arrive_as_they_were() -> None:
    body = b"A: b\r\n\r\n.\r\n..\r\n.MAIL FROM:<x@example.com>\r\n"
    with smtp_server() as server:
        provider = a_provider(server.port)
        provider.send(a_batch(1, mime=lambda _: body))
        provider.close()

        assert server.message()["data"] == body


def test_its_own_limit_of_size_is_kept() -> None:
    with smtp_server({"size": 500}) as server:
        provider = a_provider(server.port)
        with pytest.raises(ProviderStopped, match="the relay takes 500"):
            provider.send(a_batch(4))
        provider.close()
