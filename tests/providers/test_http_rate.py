"""What an answer says of the rate limit holds for the calls after it."""

import pytest

from newsletter.errors import ProviderUnavailable
from tests.providers.client import Opened
from tests.providers.client import opened as opened
from tests.providers.client import recorder as recorder
from tests.providers.recorder import Recorder, json_reply


def test_no_call_is_made_before_the_service_takes_one_again(
    recorder: Recorder, opened: Opened
) -> None:
    used_up = {"ratelimit_remaining": "0", "ratelimit_reset": "60"}
    recorder.answer(json_reply({}, 200, **used_up))
    http = opened()
    assert http.call("GET", recorder.url).ok

    with pytest.raises(ProviderUnavailable) as caught:
        http.call("GET", recorder.url)

    assert caught.value.retry_after == pytest.approx(60, abs=30)
    assert len(recorder.requests) == 1
