"""Signed tokens that stand for a subscriber in a URL; no address is ever in one."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

_MAC = 16
"""Bytes of the signature: 128 bits."""

_BLOCK = 64
"""Bytes that SHA-256 takes at once."""

MAX_UID = 2**63 - 1
"""The largest number of a subscriber: databases keep no larger ones."""

_LONGEST = 64
"""Characters: nothing longer is looked at."""


def _keyed(secret: bytes) -> tuple[Any, Any]:
    """The inner and the outer hash of HMAC-SHA256 with the key in them (RFC 2104 §2).

    To copy them takes a third of the time of `hmac.digest`, which begins with the key.
    """
    short = secret if len(secret) <= _BLOCK else hashlib.sha256(secret).digest()
    key = short.ljust(_BLOCK, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in key) for pad in (0x36, 0x5C))
    return hashlib.sha256(inner), hashlib.sha256(outer)


def _encode(data: bytes) -> str:
    # Made for every recipient: several times as fast as `base64.urlsafe_b64encode`.
    text = binascii.b2a_base64(data, newline=False).decode("ascii")
    return text.rstrip("=").replace("+", "-").replace("/", "_")


@dataclass(frozen=True, slots=True)
class Meant:
    """What a token means: a subscriber, by their `uid`, and what it is `about`.

    That is the campaign or the notice whose mail it was in, or the second (since 1970)
    it was made; 0 for nothing.
    """

    uid: int
    about: int = 0


@dataclass(frozen=True)
class Signer:
    """Makes and reads tokens with one secret.

    A token is base64url of: key id (4 bytes), subscriber's uid (8), what it is about
    (4, left out when it is nothing), HMAC-SHA256 over purpose and all of these (the
    first 16). The key id tells which secret to check with after one was replaced, so
    that links in old mail go on working.
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

    def sign(self, purpose: str, uid: int, about: int = 0) -> str:
        """The token of a subscriber for one purpose, such as `unsubscribe`."""
        return self.sign_all(purpose, [uid], about)[0]

    def sign_all(self, purpose: str, uids: Iterable[int], about: int = 0) -> list[str]:
        """The tokens of many subscribers, in their order.

        What is the same in all of them is hashed once, and all are encoded as one.
        """
        last = about.to_bytes(4, "big") if about else b""
        inner, outer = _keyed(self.secret)
        inner.update(purpose.encode() + b"\0")
        known, size = self.key_id, len(self.key_id) + 8 + len(last) + _MAC
        filling = bytes(-size % 3)  # so that each begins with a new character
        parts = []
        for uid in uids:
            body = known + uid.to_bytes(8, "big") + last
            inside, mac = inner.copy(), outer.copy()
            inside.update(body)
            mac.update(inside.digest())
            parts.append(body + mac.digest()[:_MAC] + filling)
        text = _encode(b"".join(parts))
        width, length = (size + len(filling)) // 3 * 4, -(-size * 4 // 3)
        return [text[at : at + length] for at in range(0, len(text), width)]

    def read(self, purpose: str, token: str) -> int | None:
        """The subscriber's uid; None for a token that was not signed here for this."""
        found = self.meant(purpose, token)
        return None if found is None else found.uid

    def meant(self, purpose: str, token: str) -> Meant | None:
        """What a token means; None for one that was not signed here for this."""
        if len(token) > _LONGEST:
            return None
        try:
            data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except ValueError:
            return None
        if _encode(data) != token:
            # Spelt otherwise than we do: the decoder skips what is no base64.
            return None
        body, mac = data[:-_MAC], data[-_MAC:]
        if not hmac.compare_digest(mac, self._mac(purpose, body)):
            return None
        if len(body) not in (12, 16):
            return None
        return Meant(
            int.from_bytes(body[4:12], "big"), int.from_bytes(body[12:], "big")
        )

    def _mac(self, purpose: str, body: bytes) -> bytes:
        message = purpose.encode() + b"\0" + body
        return hmac.digest(self.secret, message, "sha256")[:_MAC]


@dataclass(frozen=True)
class Keyring:
    """The secret that signs now, and those it replaced, whose tokens are still read."""

    signers: Sequence[Signer]

    @property
    def current(self) -> Signer:
        """The one that signs."""
        return self.signers[0]

    def meant(self, purpose: str, token: str) -> Meant | None:
        """What a token of any of the secrets means; None for one of none of them.

        Every secret is tried, so that the time does not tell which one it was.
        """
        found = [signer.meant(purpose, token) for signer in self.signers]
        return next((meant for meant in found if meant), None)
