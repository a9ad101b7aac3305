"""Who may tell this service of events: the providers whose keys are at hand."""

import logging
import threading

from newsletter.errors import ConfigError
from newsletter.model.publication import Publication
from newsletter.providers.protocol import Provider
from newsletter.providers.registry import open_provider, provider_class, provider_names

_LOG = logging.getLogger(__name__)


class Senders:
    """Opens a provider when its first webhook comes, and keeps it."""

    def __init__(self, publication: Publication, own: Provider) -> None:
        """Begin with the one that sends the publication's mail."""
        self._publication = publication
        self._known: dict[str, Provider | None] = {own.name: own}
        self._opening = threading.Lock()

    def get(self, name: str) -> Provider | None:
        """Who may send events as `name`; None where nobody may, or no key is set."""
        with self._opening:
            # Anything else is a stranger's word, and not to be remembered.
            if name not in self._known and name in provider_names():
                self._known[name] = self._open(name)
            found = self._known.get(name)
        return found if found and found.capabilities.signature else None

    def close(self) -> None:
        """Close the connections of all of them, also of the one that sends."""
        for provider in self._known.values():
            if provider:
                provider.close()

    def _open(self, name: str) -> Provider | None:
        try:
            if provider_class(name).capabilities.signature:
                return open_provider(name, self._publication)
        except ConfigError as error:
            _LOG.warning("webhooks of %s are closed: %s", name, error.message)
        return None
