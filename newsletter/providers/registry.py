"""Opens a publication's provider by name."""

import difflib
from collections.abc import Mapping
from typing import Protocol

from newsletter.errors import ConfigError
from newsletter.model.publication import Publication
from newsletter.providers.outbox import Outbox
from newsletter.providers.protocol import Capabilities, Provider


class ProviderClass(Protocol):
    """A provider before it is opened: what it can do, and how to open it."""

    @property
    def capabilities(self) -> Capabilities: ...

    def from_settings(self, publication: Publication) -> Provider: ...


PROVIDERS: Mapping[str, ProviderClass] = {Outbox.name: Outbox}


def open_provider(name: str, publication: Publication) -> Provider:
    """The provider called `name`, with the publication's settings.

    Raises ConfigError for a name that is none.
    """
    found = PROVIDERS.get(name)
    if found is None:
        close = difflib.get_close_matches(name, PROVIDERS, n=1)
        known = ", ".join(PROVIDERS)
        raise ConfigError(
            f"there is no provider `{name}`",
            hint=f"did you mean {close[0]}?" if close else f"known: {known}",
        )
    return found.from_settings(publication)
