"""A client to make calls with, and the server at its other end."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from newsletter.errors import OutcomeUnknown, ProviderError
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


def late_answer(http: Http, url: str, **options: Any) -> OutcomeUnknown:
    """What is raised when the time is up for the answer: where the machine stood still,
    it was up before the call had left, and that is something else."""
    for _ in range(50):
        error = meaning(http, url, **options)
        if isinstance(error, OutcomeUnknown):
            return error
        assert "did not take the call within" in str(error)
    pytest.fail("no call ever left")


def meaning(http: Http, url: str, **options: Any) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        http.call("POST", url, **options)
    return caught.value
