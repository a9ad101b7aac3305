"""Keys and passwords of providers: from the environment, never from newsletter.yaml."""

from collections.abc import Mapping

from newsletter.errors import ConfigError
from newsletter.model.text import printable_ascii


def required_key(environment: Mapping[str, str], name: str) -> str:
    """The key in the variable `name`; raises ConfigError when there is none."""
    found = optional_key(environment, name)
    if not found:
        raise ConfigError(
            f"{name} is not set",
            hint=f"put {name}=… into `.env` beside newsletter.yaml, or set it in the "
            "environment",
        )
    return found


def optional_key(environment: Mapping[str, str], name: str) -> str:
    """The key in the variable `name`, or nothing.

    Raises ConfigError for what cannot be sent as a key. The error never shows it.
    """
    found = environment.get(name, "").strip()
    if not printable_ascii(found) or " " in found:
        raise ConfigError(
            f"{name} has blanks or characters that no key has",
            hint="copy it anew, without quotes or line breaks",
        )
    return found
