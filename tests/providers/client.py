"""A client to make calls with, and the server at its other end."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from newsletter.errors import ProviderError
from newsletter.providers.http import Http
from tests.providers.recorder import Recorder

Opened = Callable[..., Http]


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with Recorder() as recorder:
        yield recorder


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Open a client that is closed after the test."""
    made: list[Http] = []

    def open_one(**options: Any) -> Http:
        made.append(Http("Sample", **options))
        return made[-1]

    yield open_one
    for each in made:
        each.close()


def meaning(http: Http, url: str, **options: Any) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        http.call("POST", url, **options)
    return caught.value
