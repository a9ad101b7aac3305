"""Providers are opened by name, and a wrong name is told."""

import pytest

from newsletter.errors import ConfigError
from newsletter.model.publication import Publication, Sender
from newsletter.providers.registry import PROVIDERS, open_provider

PUBLICATION = Publication.model_validate(
    {
        "name": "x",
        "base_url": "https://letter.example.com",
        "from": Sender(name="x", address="x@letter.example.com"),
    }
)


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_provider_opens_and_closes(name: str) -> None:
    provider = open_provider(name, PUBLICATION)

    assert provider.name == name
    assert provider.capabilities.batch_size >= 1
    provider.close()


def test_a_misspelt_name_is_told_with_the_right_one() -> None:
    with pytest.raises(ConfigError) as caught:
        open_provider("outbux", PUBLICATION)

    assert caught.value.hint == "did you mean outbox?"


def test_an_unknown_name_is_told_with_all_there_are() -> None:
    with pytest.raises(ConfigError) as caught:
        open_provider("pigeon", PUBLICATION)

    assert "outbox" in caught.value.hint
