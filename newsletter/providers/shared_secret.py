"""Events of services that sign nothing: a secret comes along, and no number."""

import base64
import hashlib
import hmac

from newsletter.errors import ConfigError, ProviderRefused
from newsletter.model.event import Webhook


def basic_authorization(user_and_password: str, variable: str) -> str:
    """The value of Authorization for `user:password` (RFC 7617 §2); empty for nothing.

    Raises ConfigError when there is no user in it.
    """
    if user_and_password and ":" not in user_and_password:
        raise ConfigError(f"{variable} has no user", hint="write it as `user:password`")
    pair = base64.b64encode(user_and_password.encode()).decode()
    return f"Basic {pair}" if pair else ""


def require_authorization(webhook: Webhook, expected: str, variable: str) -> None:
    """Raise ProviderRefused unless the request's Authorization is the expected one.

    `variable` names where our half of the secret comes from; `expected` is empty when
    it is not set. RFC 9110 §11.4.
    """
    if not expected:
        raise ProviderRefused(f"{variable} is not set")
    given = webhook.headers.get("authorization", "").encode("utf-8", "replace")
    if not hmac.compare_digest(expected.encode(), given):
        raise ProviderRefused(f"the request does not have the secret in {variable}")


def event_id(*parts: str) -> str:
    """A name for an event without one: the same when it is told again."""
    text = "\n".join(parts).encode("utf-8", "replace")
    return hashlib.blake2b(text, digest_size=16).hexdigest()
