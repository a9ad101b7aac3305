"""Finds a publication's provider by name and opens it; loads no other."""

import difflib
from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint
from typing import Any, Protocol

from newsletter.config.publication import environment
from newsletter.errors import ConfigError
from newsletter.model.provider_settings import ENTRY_POINTS, installed_providers
from newsletter.model.publication import Publication
from newsletter.providers.protocol import LONGEST_CALL, Capabilities, Provider

PROVIDERS: Mapping[str, str] = {
    "outbox": "newsletter.providers.outbox:Outbox",
    "resend": "newsletter.providers.resend:Resend",
    "postmark": "newsletter.providers.postmark:Postmark",
    "mailgun": "newsletter.providers.mailgun:Mailgun",
    "ses": "newsletter.providers.ses:Ses",
    "sendgrid": "newsletter.providers.sendgrid:SendGrid",
    "brevo": "newsletter.providers.brevo:Brevo",
    "smtp": "newsletter.providers.smtp:Smtp",
}
"""Where each provider of this package is, loaded when it is wanted and not before."""


class ProviderClass(Protocol):
    """A provider before it is opened: what it can do, and how to open it."""

    @property
    def capabilities(self) -> Capabilities: ...

    @property
    def variables(self) -> Mapping[str, str]: ...

    def from_settings(
        self, publication: Publication, environment: Mapping[str, str]
    ) -> Provider: ...


def provider_names() -> list[str]:
    """The providers of this package, and those that other packages add."""
    return [*PROVIDERS, *(n for n in installed_providers() if n not in PROVIDERS)]


def provider_class(name: str) -> ProviderClass:
    """Load the provider called `name`.

    Raises ConfigError for a name that is none, for a package that it lacks, and for one
    that says of itself that it cannot do what is needed.
    """
    found = _entry_point(name)
    try:
        loaded: Any = found.load()
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("", "newsletter"):
            raise
        raise ConfigError(
            f"the provider `{name}` needs the package `{error.name}`",
            hint=f"install it, with `pip install 'friday-letter[{name}]'`"
            if name in PROVIDERS
            else "install it",
        ) from None
    if why := _unfit(getattr(loaded, "capabilities", None)):
        raise ConfigError(
            f"the provider `{name}` cannot be used: {why}",
            hint="ask those who made it; docs/adding-a-provider.md says what it needs",
        )
    made: ProviderClass = loaded
    return made


def _unfit(able: object) -> str:
    """Why a provider that declares this cannot be used; empty when it can."""
    if not isinstance(able, Capabilities):
        return "it declares no capabilities"
    if able.batch_size < 1 or able.at_once < 1:
        return "it must take one recipient, and one call, at least"
    if not 0 < able.call_seconds <= LONGEST_CALL:
        return (
            f"a call of it may take {able.call_seconds:.0f} seconds, "
            f"and {LONGEST_CALL:.0f} is the most"
        )
    if not able.recipient_headers:
        return "it gives no reader a header of their own, to unsubscribe by"
    return ""


def open_provider(
    name: str, publication: Publication, environ: Mapping[str, str] | None = None
) -> Provider:
    """The provider called `name`, with the publication's settings and its own keys.

    Keys are read from the process (or `environ`) and from `.env`. Raises ConfigError
    for a name that is none, and when a key is missing or cannot be one.
    """
    found = provider_class(name)
    known = environment(publication.root, environ, names=found.variables)
    return found.from_settings(publication, known)


def _entry_point(name: str) -> EntryPoint:
    if name in PROVIDERS:
        return EntryPoint(name, PROVIDERS[name], ENTRY_POINTS)
    found = installed_providers().get(name)
    if found is None:
        raise _unknown(name, provider_names())
    return found


def _unknown(name: str, known: Iterable[str]) -> ConfigError:
    close = difflib.get_close_matches(name, known := list(known), n=1)
    return ConfigError(
        f"there is no provider `{name}`",
        hint=f"did you mean {close[0]}?" if close else f"known: {', '.join(known)}",
    )
