"""What every provider with events believes, and what it does not."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.errors import ProviderRefused
from newsletter.model.event import Event, Webhook
from newsletter.providers.protocol import Provider
from tests.providers.batches import MOMENT
from tests.providers.cases import API_CASES
from tests.providers.contract import ApiCase, Told
from tests.providers.test_contract_http import JSON

NOWHERE = "http://127.0.0.1:9"
TOLD = [(case, item) for case in API_CASES for item in case.told]


@pytest.fixture(params=API_CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> ApiCase:
    found: ApiCase = request.param
    return found


@pytest.fixture
def provider(case: ApiCase) -> Iterator[Provider]:
    provider = case.open(NOWHERE)
    yield provider
    provider.close()


def a_body(case: ApiCase) -> bytes:
    """A notification that is an event."""
    told = next(item for item in case.told if item.kind)
    return case.notification(told).body


@pytest.mark.parametrize(
    ("case", "told"), TOLD, ids=[f"{c.name}: {t.label}" for c, t in TOLD]
)
def test_a_documented_notification_is_its_event(case: ApiCase, told: Told) -> None:
    provider = case.open(NOWHERE)
    events = provider.events(case.notification(told))
    provider.close()

    if told.kind is None:
        assert list(events) == []
        return
    (event,) = events
    assert event.kind is told.kind
    assert event.bounce is told.bounce
    assert event.address == told.address
    assert event.delivery_id == told.delivery_id
    assert event.url == told.url
    assert told.reason in event.reason
    assert event.id
    assert event.at.utcoffset() is not None
    assert abs(event.at - MOMENT) < timedelta(days=1)


def test_a_notification_told_twice_has_one_id(
    case: ApiCase, provider: Provider
) -> None:
    for told in case.told:
        first = provider.events(case.notification(told))
        again = provider.events(case.notification(told))
        assert [event.id for event in first] == [event.id for event in again]


def test_a_forged_notification_is_refused(case: ApiCase, provider: Provider) -> None:
    with pytest.raises(ProviderRefused):
        provider.events(case.signed(a_body(case), forged=True))


def test_a_notification_without_any_proof_is_refused(
    case: ApiCase, provider: Provider
) -> None:
    with pytest.raises(ProviderRefused):
        provider.events(bare(case.signed(a_body(case)), case))


def bare(webhook: Webhook, case: ApiCase) -> Webhook:
    """Without what proves it, which stands in the body of some."""
    body = webhook.body
    if not webhook.headers:
        data = json.loads(body)
        body = json.dumps({"event-data": data.get("event-data", {})}).encode()
    return replace(webhook, headers={}, body=body)


def test_without_our_half_of_the_proof_nothing_is_believed(case: ApiCase) -> None:
    provider = case.open(NOWHERE, without=case.proof)
    webhook = case.signed(a_body(case))

    for each in (webhook, bare(webhook, case)):
        with pytest.raises(ProviderRefused):
            provider.events(each)
    provider.close()


def test_another_body_to_the_same_proof_is_refused(
    case: ApiCase, provider: Provider
) -> None:
    webhook = case.signed(a_body(case))
    other = replace(webhook, body=webhook.body.replace(b"reader1", b"reader2"))
    assert other != webhook

    if case.signs_body:
        with pytest.raises(ProviderRefused):
            provider.events(other)


def test_an_old_proof_is_refused(case: ApiCase, provider: Provider) -> None:
    for days in (-3, 3):
        webhook = case.signed(a_body(case), at=MOMENT + timedelta(days=days))
        if case.signs_time:
            with pytest.raises(ProviderRefused):
                provider.events(webhook)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=JSON)
def test_any_proved_json_is_events_or_refused(
    case: ApiCase, provider: Provider, data: Any
) -> None:
    for event in asked(provider, case.signed(json.dumps(data).encode())):
        usable(event)


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=JSON, one=st.integers(min_value=0))
def test_a_notification_with_anything_in_it_is_events_or_refused(
    case: ApiCase, provider: Provider, data: Any, one: int
) -> None:
    places = [(told, name) for told in case.told for name in _names(told.body)]
    told, name = places[one % len(places)]
    body = json.dumps(_with(told.body, name, data)).encode()

    for event in asked(provider, case.signed(body)):
        usable(event)


def asked(provider: Provider, webhook: Webhook) -> list[Event]:
    try:
        return list(provider.events(webhook))
    except ProviderRefused:
        return []


def usable(event: Event) -> None:
    """Whether it can be stored: no half characters, a moment with its zone."""
    texts = (event.id, event.address, event.reason, event.url, event.delivery_id)
    "".join([*texts, event.provider_message_id]).encode()
    assert event.at.utcoffset() is not None


def test_what_is_no_json_is_refused(case: ApiCase, provider: Provider) -> None:
    for body in (b"", b"{", b"\xff\xfe", b"[" * 100_000, b"a=b"):
        with pytest.raises(ProviderRefused):
            provider.events(case.signed(body))


def _names(data: Any) -> list[str]:
    """Every key in a notification, at whatever depth."""
    if isinstance(data, list):
        return [name for each in data for name in _names(each)]
    if not isinstance(data, dict):
        return []
    return [*data, *(name for each in data.values() for name in _names(each))]


def _with(data: Any, name: str, value: Any) -> Any:
    """The notification with something else at a key."""
    if isinstance(data, list):
        return [_with(each, name, value) for each in data]
    if not isinstance(data, dict):
        return data
    return {k: value if k == name else _with(v, name, value) for k, v in data.items()}
