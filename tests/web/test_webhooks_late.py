"""What a provider tells so late that the campaign's ledger is away."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from newsletter.events.apply import AWAY
from newsletter.model.event import Webhook
from newsletter.web import webhooks
from tests.web.conftest import World


class Late:
    """A provider that tells of something that nobody can look up."""

    name = "late"

    def events(self, _: Webhook) -> list[object]:
        return []


def test_the_log_says_when_only_a_file_could_tell(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def apply(*_: object, **__: object) -> Counter[str]:
        return Counter({AWAY: 2})

    monkeypatch.setattr(webhooks, "apply", apply)
    provider: Any = Late()

    webhooks._apply(
        world.service,
        provider,
        Webhook(headers={}, body=b"", received_at=datetime.now(UTC)),
    )

    assert "late told of 2 messages whose ledger is in a file" in caplog.text
    assert world.service.metrics.events["late", AWAY] == 2
