"""Points a provider's own code at a simulator: nothing of it leaves this machine."""

from dataclasses import replace
from typing import Any

from newsletter.model.publication import Publication
from newsletter.providers.protocol import Provider
from newsletter.providers.registry import provider_class


def point_at(publication: Publication, name: str, url: str) -> Publication:
    """The publication as it would be if the provider `name` were at `url`."""
    known = publication.providers
    settings = known.of(name).model_copy(update={"api_url": url})
    providers = known.model_copy(update={name: settings})
    return publication.model_copy(update={"providers": providers})


def made_up_keys(name: str) -> dict[str, str]:
    """Keys by which nobody is let in anywhere but at the simulator.

    What proves events is left out: there are none.
    """
    variables = provider_class(name).variables
    return {key: "rehearsal" for key in variables if "WEBHOOK" not in key}


def open_simulated(
    publication: Publication, name: str, call_seconds: float | None = None
) -> Provider:
    """The provider of a publication that `point_at` has made, with made-up keys.

    With `call_seconds` it gives up sooner on an answer: a simulator may never give one.
    """
    found: Any = provider_class(name)
    if call_seconds:
        capabilities = replace(found.capabilities, call_seconds=call_seconds)
        found = type(found.__name__, (found,), {"capabilities": capabilities})
    provider: Provider = found.from_settings(publication, made_up_keys(name))
    return provider
