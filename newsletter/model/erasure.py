"""What is kept of an address whose owner had their data erased: a keyed hash."""

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from newsletter.model.token import Signer

PREFIX = "erased:"
_KEY = re.compile(r"erased:[0-9a-f]{8}:[0-9a-f]{64}\Z")


@dataclass(frozen=True)
class Eraser:
    """Hashes normalised addresses with a secret that is not in the database.

    Without the secret nobody can try out which address a hash was made of. A hash names
    the secret it was made with, so that those made with an older one are still found.
    """

    secret: bytes
    older: tuple[bytes, ...] = ()

    def key(self, address_key: str) -> str:
        """What stands for an address from now on: `erased:<key id>:<HMAC-SHA256>`."""
        return _hash(self._signers[0], address_key)

    def keys(self, address_key: str) -> list[str]:
        """All hashes that an address may be known by, the newest secret's first."""
        return [_hash(signer, address_key) for signer in self._signers]

    def knows(self, erased_key: str) -> bool:
        """Whether a hash was made with one of the secrets that are known here."""
        return erased_key.split(":")[1] in {each.key_name for each in self._signers}

    @cached_property
    def _signers(self) -> Sequence[Signer]:
        return [Signer(secret) for secret in (self.secret, *self.older)]


def is_erased_key(text: str) -> bool:
    """Whether a text is the keyed hash of some address."""
    return bool(_KEY.match(text))


def _hash(signer: Signer, address_key: str) -> str:
    message = b"erased\0" + address_key.encode()
    made = hmac.digest(signer.secret, message, "sha256").hex()
    return f"{PREFIX}{signer.key_name}:{made}"
