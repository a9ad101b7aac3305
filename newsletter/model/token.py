"""Signed tokens that stand for a subscriber in a URL; no address is ever in one."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from functools import cached_property

_MAC = 16
"""Bytes of the signature: 128 bits."""


def _encode(data: bytes) -> str:
    # Made for every recipient: several times as fast as `base64.urlsafe_b64encode`.
    text = binascii.b2a_base64(data, newline=False).decode("ascii")
    return text.rstrip("=").replace("+", "-").replace("/", "_")


@dataclass(frozen=True)
class Signer:
    """Makes and reads tokens with one secret.

    A token is base64url of: key id (4 bytes), subscriber id (8), HMAC-SHA256 over
    purpose, key id and subscriber id (the first 16). The key id tells which secret to
    check with after one was replaced, so that links in old mail go on working.
    """

    secret: bytes

    @cached_property
    def key_id(self) -> bytes:
        """Names the secret without telling it."""
        return hashlib.sha256(b"key id\0" + self.secret).digest()[:4]

    @property
    def key_name(self) -> str:
        """The key id as text."""
        return self.key_id.hex()

    def sign(self, purpose: str, subscriber_id: int) -> str:
        """The token of a subscriber for one purpose, such as `unsubscribe`."""
        body = self.key_id + subscriber_id.to_bytes(8, "big")
        return _encode(body + self._mac(purpose, body))

    def read(self, purpose: str, token: str) -> int | None:
        """The subscriber's id; None for a token that was not signed here for this."""
        try:
            data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except ValueError:
            return None
        if _encode(data) != token:
            # Spelt otherwise than we do: the decoder skips what is no base64.
            return None
        body, mac = data[:-_MAC], data[-_MAC:]
        if len(body) != 12 or not hmac.compare_digest(mac, self._mac(purpose, body)):
            return None
        return int.from_bytes(body[4:], "big")

    def _mac(self, purpose: str, body: bytes) -> bytes:
        message = purpose.encode() + b"\0" + body
        return hmac.digest(self.secret, message, "sha256")[:_MAC]
