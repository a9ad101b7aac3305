"""Only what comes from our topic, signed by Amazon, is believed."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from newsletter.errors import ConfigError, ProviderRefused, ProviderStopped
from newsletter.model.event import Webhook
from newsletter.providers.sns import Topic
from tests.providers.batches import MOMENT
from tests.providers.case_ses import CERTIFICATE, TOPIC, certificate, envelope, sign
from tests.providers.recorder import Recorder, Reply

CONFIRMATION = (
    *("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
)


@pytest.fixture
def asked() -> list[str]:
    """The certificates that were asked for."""
    return []


@pytest.fixture
def topic(asked: list[str]) -> Iterator[Topic]:
    def fetch(url: str) -> bytes:
        asked.append(url)
        return certificate(url)

    topic = Topic(TOPIC)
    topic.certificate = fetch
    yield topic
    topic.close()


@pytest.mark.parametrize("version", ["1", "2"])
def test_both_versions_of_the_signature_are_understood(
    topic: Topic, version: str
) -> None:
    webhook = sign(envelope("hi", SignatureVersion=version))

    assert topic.message(webhook) == ("22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324", "hi")


def test_a_subject_is_signed_too(topic: Topic) -> None:
    webhook = sign(envelope("hi", Subject="Amazon SES Email Event Notification"))

    assert topic.message(webhook)[1] == "hi"
    without = {k: v for k, v in json.loads(webhook.body).items() if k != "Subject"}
    with pytest.raises(ProviderRefused):
        topic.message(_as_webhook(without))


def test_a_certificate_is_fetched_once(topic: Topic, asked: list[str]) -> None:
    for _ in range(3):
        topic.message(sign(envelope("hi")))

    assert asked == [CERTIFICATE]


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123abcd.pem",
        "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123abcd.pem",
        "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-1.pem",
        "https://evil.example/sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-1.pem",
        "https://sns-eu-west-1.amazonaws.com/SimpleNotificationService-0123abcd.pem",
        "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem?a=b",
        "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem\n",
        "https://sns.eu-west-1.amazonaws.com/mine/SimpleNotificationService-1.pem",
        "https://bucket.s3.amazonaws.com/SimpleNotificationService-0123abcd.pem",
        "",
        None,
        7,
    ],
)
def test_a_certificate_from_elsewhere_is_not_even_fetched(
    topic: Topic, asked: list[str], url: Any
) -> None:
    with pytest.raises(ProviderRefused):
        topic.message(sign(envelope("hi", SigningCertURL=url)))

    assert asked == []


def test_a_topic_in_china_has_its_certificate_there(asked: list[str]) -> None:
    arn = "arn:aws-cn:sns:cn-north-1:123456789012:newsletter"
    url = "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-1.pem"
    topic = Topic(arn)
    topic.certificate = certificate

    webhook = sign(envelope("hi", TopicArn=arn, SigningCertURL=url))

    assert topic.message(webhook)[1] == "hi"
    topic.close()


@pytest.mark.parametrize(
    "changed",
    [
        {"TopicArn": TOPIC + "-of-somebody"},
        {"TopicArn": None},
        {"SignatureVersion": "3"},
        {"Timestamp": "yesterday"},
        {"Timestamp": (MOMENT - timedelta(hours=25)).isoformat()},
        {"Timestamp": (MOMENT + timedelta(minutes=6)).isoformat()},
    ],
)
def test_what_is_signed_but_not_for_us_or_now_is_refused(
    topic: Topic, changed: dict[str, Any]
) -> None:
    with pytest.raises(ProviderRefused):
        topic.message(sign(envelope("hi") | changed))


@pytest.mark.parametrize("signature", [None, "", "AAAA", "no base64!", "é", 7])
def test_a_signature_that_is_none_is_refused(topic: Topic, signature: Any) -> None:
    with pytest.raises(ProviderRefused):
        topic.message(_as_webhook({**envelope("hi"), "Signature": signature}))


def test_half_a_character_can_not_have_been_signed(topic: Topic) -> None:
    signed = json.loads(sign(envelope("hi")).body)

    with pytest.raises(ProviderRefused):
        topic.message(_as_webhook(signed | {"Message": "\ud800"}))


def test_a_certificate_of_another_kind_is_refused(topic: Topic) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    other = x509.CertificateBuilder(name, name, key.public_key(), 1, MOMENT, MOMENT)
    pem = other.sign(key, SHA256()).public_bytes(Encoding.PEM)

    for found in (pem, b"no certificate"):
        topic.certificate = {CERTIFICATE: found}.__getitem__
        with pytest.raises(ProviderRefused):
            topic.message(sign(envelope("hi")))


def test_a_request_to_confirm_is_told_and_never_followed(
    topic: Topic, asked: list[str]
) -> None:
    url = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336"
    data = envelope(
        "You have chosen to subscribe …",
        Type="SubscriptionConfirmation",
        Token="2336",
        SubscribeURL=url,
    )

    with pytest.raises(ProviderRefused, match="confirm the subscription") as caught:
        topic.message(sign(data, CONFIRMATION))

    assert url in caught.value.hint
    assert asked == [CERTIFICATE]


def test_a_forged_request_to_confirm_is_not_shown(topic: Topic) -> None:
    data = envelope(
        "", Type="SubscriptionConfirmation", SubscribeURL="https://a.example"
    )

    with pytest.raises(ProviderRefused) as caught:
        topic.message(sign(data, CONFIRMATION, forged=True))

    assert "a.example" not in caught.value.message + caught.value.hint


def test_the_certificate_is_really_fetched() -> None:
    topic = Topic(TOPIC)
    with Recorder() as recorder:
        recorder.answer(Reply(body=b"pem"), Reply(status=403))

        assert topic._fetch(f"{recorder.url}/SimpleNotificationService-1.pem") == b"pem"
        with pytest.raises(ProviderStopped):
            topic._fetch(f"{recorder.url}/SimpleNotificationService-1.pem")
    topic.close()


@pytest.mark.parametrize(
    "arn",
    [
        "newsletter",
        "arn:aws:sqs:eu-west-1:123456789012:newsletter",
        "arn:aws:sns:evil.example/:123456789012:newsletter",
        "arn:aws:sns:eu-west-1:123:newsletter",
    ],
)
def test_what_is_no_topic_is_told(arn: str) -> None:
    with pytest.raises(ConfigError, match="not the ARN"):
        Topic(arn)


def _as_webhook(data: dict[str, Any]) -> Webhook:
    return Webhook(headers={}, body=json.dumps(data).encode(), received_at=MOMENT)
