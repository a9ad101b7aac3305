"""The provider in docs/adding-a-provider.md is one."""

import json
import re
from typing import Any

import pytest

from newsletter.errors import ProviderStopped
from newsletter.model.campaign import DeliveryState
from newsletter.providers.protocol import Provider
from tests.conftest import ROOT
from tests.providers.batches import a_batch
from tests.providers.contract import a_publication
from tests.providers.recorder import Recorder, json_reply

PAGE = (ROOT / "docs" / "adding-a-provider.md").read_text(encoding="utf-8")


@pytest.fixture
def pigeon() -> Any:
    """The class that the page shows."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, "adding-a-provider.md", "exec"), names)
    return names["Pigeon"]


def test_the_smallest_provider_sends(pigeon: Any) -> None:
    with Recorder() as recorder:
        recorder.answer(json_reply({"ids": ["a", "b"]}), json_reply({}, 401))
        provider: Provider = pigeon("key", recorder.url)
        results = provider.send(a_batch(2))
        with pytest.raises(ProviderStopped):
            provider.send(a_batch(2))
        provider.close()

    assert [each.state for each in results] == [DeliveryState.ACCEPTED] * 2
    (first, second) = json.loads(recorder.requests[0].body)
    assert first["to"] != second["to"]
    assert "List-Unsubscribe" in first["headers"]


def test_it_opens_with_its_key(pigeon: Any) -> None:
    provider: Provider = pigeon.from_settings(
        a_publication({}), {"PIGEON_API_KEY": "key"}
    )

    assert provider.check()
    provider.close()


def test_the_page_names_every_member() -> None:
    public = {name for name in dir(Provider) if not name.startswith("_")}
    members = (public | set(Provider.__annotations__)) - {"from_settings"}

    assert [name for name in members if not re.search(rf"\| `{name}\b", PAGE)] == []
