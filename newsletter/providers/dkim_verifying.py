"""Verifies the signatures of a message as its receiver did (DKIM), with dkimpy."""

from collections.abc import Callable

import dkim  # type: ignore[import-untyped]

from newsletter.errors import NewsletterError

Texts = Callable[[str], list[str]]
"""The TXT records of a name."""


def verified(message: bytes, number: int, texts: Texts) -> str:
    """Verify the signature with this number from the top; says why not, or nothing.

    What `texts` raises is raised. A message may be anything at all.
    """

    def record(name: bytes, timeout: int = 5) -> bytes:
        del timeout
        found = texts(name.decode("ascii", "replace").rstrip("."))
        return "".join(found[:1]).encode()

    try:
        valid = dkim.DKIM(message).verify(idx=number, dnsfunc=record)
    except dkim.DKIMException as error:
        return _one_line(error) or "it is not valid"
    except NewsletterError:
        raise
    except Exception as error:  # noqa: BLE001  who wrote the message chooses which
        return f"it cannot be read ({type(error).__name__})"
    return "" if valid else "it does not match the message"


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
