"""What every provider behind an HTTPS interface makes of answers, and of none."""

import gzip
import logging
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
import trustme
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.errors import (
    OutcomeUnknown,
    ProviderBusy,
    ProviderError,
    ProviderStopped,
    ProviderUnavailable,
)
from newsletter.model.campaign import DeliveryResult, DeliveryState
from newsletter.model.message import Batch
from newsletter.providers.protocol import Provider
from newsletter.providers.registry import provider_class
from tests.providers.batches import a_batch
from tests.providers.cases import API_CASES
from tests.providers.contract import ApiCase, Documented
from tests.providers.recorder import Fault, Recorded, Recorder, Reply, json_reply

TWO = a_batch(2)
SETTLED = {DeliveryState.REJECTED, DeliveryState.PENDING, DeliveryState.ACCEPTED}
DOCUMENTED = [(case, item) for case in API_CASES for item in case.documented]
HALF = st.just("half a character: \ud800")
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | HALF,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "data",
                    "errors",
                    "index",
                    "id",
                    "name",
                    "message",
                    "code",
                    "messageIds",
                ]
            )
            | st.text(max_size=8),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@pytest.fixture(params=API_CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> ApiCase:
    found: ApiCase = request.param
    return found


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with Recorder() as recorder:
        yield recorder


@pytest.fixture
def provider(case: ApiCase, recorder: Recorder) -> Iterator[Provider]:
    provider = case.open(recorder.url)
    yield provider
    provider.close()


def hurried(case: ApiCase, monkeypatch: pytest.MonkeyPatch, url: str) -> Provider:
    """The provider with a deadline that a test can wait for."""
    kind = provider_class(case.name)
    quick = replace(kind.capabilities, call_seconds=0.3)
    monkeypatch.setattr(kind, "capabilities", quick)
    return case.open(url)


def sent(
    provider: Provider, batch: Batch = TWO
) -> list[DeliveryResult] | ProviderError:
    """The results or the error; anything else that is raised is a bug."""
    try:
        return list(provider.send(batch))
    except ProviderError as error:
        return error


def is_open(outcome: list[DeliveryResult] | ProviderError) -> bool:
    """Whether nobody is called taken or refused."""
    if isinstance(outcome, ProviderError):
        return isinstance(outcome, OutcomeUnknown)
    return not [each for each in outcome if each.state in SETTLED]


@pytest.mark.parametrize(
    ("case", "item"), DOCUMENTED, ids=[f"{c.name}: {d.label}" for c, d in DOCUMENTED]
)
def test_a_documented_answer_is_sorted(case: ApiCase, item: Documented) -> None:
    with Recorder() as recorder:
        recorder.answer(item.reply)
        provider = case.open(recorder.url)
        outcome = sent(provider)
        provider.close()

    if isinstance(item.expect, type):
        assert isinstance(outcome, item.expect), outcome
        assert type(outcome) in (item.expect, ProviderBusy), outcome
        # It holds all who send there, whatever else does not get through.
        assert item.reply.status != 429 or type(outcome) is not ProviderUnavailable
        assert outcome.message
    else:
        assert isinstance(outcome, list), outcome
        by_reader = {each.subscriber_id: each for each in outcome}
        assert [by_reader[n].state for n in (1, 2)] == list(item.expect)
        refused = [x for x in outcome if x.state is DeliveryState.REJECTED]
        assert all(each.reason for each in refused)
    if item.retry_after is not None:
        assert isinstance(outcome, ProviderUnavailable)
        assert outcome.retry_after == item.retry_after


@pytest.mark.parametrize("status", [429])
@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("3", 3.0),
        ("86400", 86400.0),
        ("soon", None),
        ("-1", None),
        ("inf", None),
        ("Fri, 20 Nov 2020 07:30:00 GMT", 0.0),
    ],
)
def test_it_is_told_how_long_to_wait(
    provider: Provider,
    recorder: Recorder,
    status: int,
    header: str,
    seconds: float | None,
) -> None:
    recorder.answer(json_reply({}, status, retry_after=header))

    outcome = sent(provider)

    assert isinstance(outcome, ProviderUnavailable)
    assert outcome.retry_after == seconds


@pytest.mark.parametrize("status", [500, 502, 504, 520, 599])
def test_after_a_failure_of_the_service_nobody_knows(
    provider: Provider, recorder: Recorder, status: int
) -> None:
    recorder.answer(Reply(status=status, body=b"<html>Bad Gateway</html>"))

    assert is_open(sent(provider))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(
    provider: Provider, recorder: Recorder, status: int
) -> None:
    with Recorder() as elsewhere:
        to = {"Location": f"{elsewhere.url}/emails"}
        recorder.answer(Reply(status=status, headers=to))

        assert isinstance(sent(provider), ProviderStopped)
        assert not elsewhere.requests
        assert len(recorder.requests) == 1


@pytest.mark.parametrize("status", [401, 403, 404, 405])
def test_a_key_or_address_that_is_refused_stops_the_campaign(
    provider: Provider, recorder: Recorder, status: int
) -> None:
    recorder.answer(json_reply({}, status))

    assert isinstance(sent(provider), ProviderStopped)


UNREADABLE = {
    "empty": Reply(body=b""),
    "null": Reply(body=b"null"),
    "no JSON": Reply(body=b"<html>it worked!</html>"),
    "half": Reply(body=b'{"data": [{"id": "'),
    "no text": Reply(body=b"\xff\xfe\x00"),
    "a list": Reply(body=b"[]"),
    "an object": Reply(body=b"{}"),
    "a number": Reply(body=b"7"),
    "another shape": json_reply({"data": {"id": 5}, "messageIds": 7, "id": []}),
    "too deep": Reply(body=b"[" * 100_000),
    "10 MiB": Reply(body=b'"' + b"x" * 10 * 2**20 + b'"'),
    "not what it says": Reply(headers={"Content-Encoding": "gzip"}, body=b"{}"),
    "gzip bomb": Reply(
        headers={"Content-Encoding": "gzip"}, body=gzip.compress(b" " * 2**26)
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_an_unreadable_success_is_never_a_failure(
    case: ApiCase, provider: Provider, recorder: Recorder, name: str
) -> None:
    recorder.answer(UNREADABLE[name])

    assert never_a_failure(case, sent(provider))


def never_a_failure(
    case: ApiCase, outcome: list[DeliveryResult] | ProviderError
) -> bool:
    """Whether it is open, or accepted where the status alone says so."""
    if case.body_matters or isinstance(outcome, ProviderError):
        return is_open(outcome)
    return {each.state for each in outcome} == {DeliveryState.ACCEPTED}


def test_an_answer_cut_anywhere_is_never_a_failure(
    case: ApiCase, provider: Provider, recorder: Recorder
) -> None:
    def whole(request: Recorded) -> Reply:
        answers.append(case.accepted(request))
        return answers[-1]

    answers: list[Reply] = []
    recorder.answer(whole)
    provider.send(TWO)
    length = len(answers[0].raw())

    for cut in range(0, length, 7):
        recorder.answer(replace(answers[0], cut=cut))
        assert never_a_failure(case, sent(provider)), cut
    recorder.answer(replace(answers[0], cut=length))
    assert isinstance(sent(provider), list)


def test_nobody_listening_means_that_nothing_was_sent(case: ApiCase) -> None:
    with Recorder() as gone:
        url = gone.url
    provider = case.open(url)

    assert isinstance(sent(provider), ProviderUnavailable)
    provider.close()


def test_a_name_that_cannot_be_found_means_that_nothing_was_sent(
    case: ApiCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(*args: object, **kwargs: object) -> None:
        import socket

        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr("socket.getaddrinfo", nothing)
    provider = case.open("https://api.provider.test")

    assert isinstance(sent(provider), ProviderUnavailable)
    provider.close()


def test_a_stranger_gets_nothing(case: ApiCase) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with Recorder(tls=context) as stranger:
        provider = case.open(stranger.url)

        assert isinstance(sent(provider), ProviderStopped)
        assert not stranger.requests
        provider.close()


@pytest.mark.parametrize("fault", ["reset", "hang", "drip"])
def test_a_call_that_breaks_off_is_unknown(
    case: ApiCase,
    recorder: Recorder,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
) -> None:
    # So long that dripping it takes longer than the call may.
    recorder.answer(Reply(fault=fault, body=b" " * 10_000))
    provider = hurried(case, monkeypatch, recorder.url)

    # Where the machine stood still, the time was up before the call had left.
    while isinstance(outcome := sent(provider), ProviderUnavailable):
        assert not recorder.requests

    assert isinstance(outcome, OutcomeUnknown)
    assert len(recorder.requests) == 1  # and it is not made again
    provider.close()


def test_no_key_shows_in_an_error_or_a_log(
    case: ApiCase,
    provider: Provider,
    recorder: Recorder,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def repeat(request: Recorded) -> Reply:
        said = " ".join(request.headers.values())
        return json_reply({"message": said, "Message": said, "name": said}, 401)

    caplog.set_level(logging.DEBUG)
    recorder.answer(repeat)
    outcome = sent(provider)

    assert isinstance(outcome, ProviderError)
    error: BaseException | None = outcome
    while error is not None:
        shown = f"{error!r} {error} {getattr(error, 'hint', '')} {caplog.text}"
        assert not [key for key in case.environ.values() if key in shown]
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("status", [200, 202, 400, 401, 422, 429, 500])
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=JSON)
def test_any_answer_has_a_meaning(
    case: ApiCase, provider: Provider, recorder: Recorder, status: int, data: Any
) -> None:
    recorder.answer(json_reply(data, status))

    outcome = sent(provider)

    if isinstance(outcome, list):
        assert status < 300
        assert {each.subscriber_id for each in outcome} <= {1, 2}
    with suppress(ProviderError):
        provider.check()
    with suppress(ProviderError):
        assert {each.subscriber_id for each in provider.find(TWO)} <= {1, 2}


@pytest.mark.parametrize("status", [401, 500])
def test_the_check_tells_what_is_wrong(
    provider: Provider, recorder: Recorder, status: int
) -> None:
    recorder.answer(json_reply({}, status))

    with pytest.raises(ProviderError):
        provider.check()


def test_the_check_sends_nothing(
    case: ApiCase, provider: Provider, recorder: Recorder
) -> None:
    recorder.answer(case.check_reply)

    assert provider.check()
    assert {each.method for each in recorder.requests} == {"GET"}
