"""Proves that a notification comes from one topic of Amazon SNS.

The rules are those of docs.aws.amazon.com/sns (sns-verify-signature-of-message); which
fields of a confirmation are signed is from memory.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509 import load_pem_x509_certificate

from newsletter.errors import ConfigError, ProviderRefused
from newsletter.model.event import Webhook
from newsletter.providers.answer import by_status
from newsletter.providers.http import Http
from newsletter.providers.reading import moment_at, text_at, webhook_object

_TOPIC = re.compile(r"arn:aws[a-z-]*:sns:([a-z0-9-]{4,30}):\d{12}:[A-Za-z0-9_.-]+\Z")

# Version 1, the default, is SHA-1, which is broken for those who choose both texts;
# here SNS writes the text.
_HASHES: Mapping[str, SHA1 | SHA256] = {"1": SHA1(), "2": SHA256()}  # noqa: S303

_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMATION = (
    *("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
)

_CLOCKS = timedelta(minutes=5)
_AGE = timedelta(hours=24)
"""A notification is repeated for some hours, with the moment it was made first."""


class ConfirmationAsked(ProviderRefused):
    """Amazon SNS asks to confirm the subscription: that is for you to do."""

    def __init__(self, topic: str, url: str) -> None:
        """Carry the link that confirms: shown, never called by us (SSRF)."""
        self.topic = topic
        self.url = url
        shown = url or "the address from its message"
        super().__init__(
            hint="in the console of SNS, at the topic, choose `Confirm "
            f"subscription` and paste {shown}"
        )


class Topic:
    """A topic that notifications come from; its certificates are fetched when needed.

    `certificate` fetches one, by a URL that was found to be Amazon's, as PEM.
    """

    def __init__(self, arn: str) -> None:
        """Believe the topic `arn` only; raises ConfigError for what is no such ARN."""
        found = _TOPIC.match(arn)
        if not found:
            raise ConfigError(
                f"`{arn[:80]}` is not the ARN of an SNS topic",
                hint="it looks like arn:aws:sns:eu-west-1:123456789012:newsletter",
            )
        self._arn = arn
        region = found[1]
        end = ".cn" if region.startswith("cn-") else ""
        host = re.escape(f"https://sns.{region}.amazonaws.com{end}/")
        # Anybody can put a certificate anywhere; the topic's own region says which is
        # Amazon's.
        self._url = re.compile(host + r"SimpleNotificationService-[A-Za-z0-9]+\.pem\Z")
        self._http = Http("Amazon SNS", seconds=10)
        self._keys: dict[str, RSAPublicKey] = {}
        self.certificate: Callable[[str], bytes] = self._fetch

    def message(self, webhook: Webhook) -> tuple[str, str]:
        """The id and the text of a notification, once it has proved itself.

        Raises ProviderRefused for everything else, a request to confirm among it.
        """
        data = webhook_object(webhook.body)
        confirming = text_at(data, "Type") != "Notification"
        self._prove(data, _CONFIRMATION if confirming else _NOTIFICATION)
        made = moment_at(data, "Timestamp")
        if made is None or not -_CLOCKS <= webhook.received_at - made <= _AGE:
            raise ProviderRefused("the notification is too old")
        if confirming:
            raise ConfirmationAsked(self._arn, text_at(data, "SubscribeURL"))
        return text_at(data, "MessageId"), str(data.get("Message"))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _prove(self, data: Mapping[str, Any], names: tuple[str, ...]) -> None:
        if text_at(data, "TopicArn") != self._arn:
            raise ProviderRefused("the notification is not from the topic we know")
        lines = [f"{name}\n{data[name]}\n" for name in names if name in data]
        version = _HASHES.get(text_at(data, "SignatureVersion") or "1")
        try:
            signature = base64.b64decode(str(data.get("Signature")), validate=True)
            if version is None:
                raise InvalidSignature
            key = self._key(str(data.get("SigningCertURL")))
            key.verify(signature, "".join(lines).encode(), PKCS1v15(), version)
        except (binascii.Error, InvalidSignature, ValueError):
            raise ProviderRefused("the signature is not Amazon's") from None

    def _key(self, url: str) -> RSAPublicKey:
        if not self._url.match(url):
            raise ProviderRefused("the signature names a certificate of somebody else")
        if url not in self._keys:
            key = load_pem_x509_certificate(self.certificate(url)).public_key()
            if not isinstance(key, RSAPublicKey):
                raise InvalidSignature
            self._keys[url] = key
        return self._keys[url]

    def _fetch(self, url: str) -> bytes:
        answer = self._http.call("GET", url)
        if answer.status != 200:
            raise by_status("Amazon SNS", answer)
        return answer.body
