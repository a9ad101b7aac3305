"""`/webhooks/PROVIDER`: what providers tell, believed once it has proved itself.

Signatures cover raw bytes, so that nothing is parsed before a provider has checked
them. Where no secret is configured the door is closed.
"""

import logging
from collections import Counter
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from newsletter.errors import ProviderError, ProviderRefused
from newsletter.events.apply import AWAY, apply
from newsletter.model.event import Webhook
from newsletter.providers.protocol import Provider
from newsletter.providers.sns import ConfirmationAsked
from newsletter.store import sns_subscriptions
from newsletter.web.incoming import body
from newsletter.web.service import Service, service_of

MAX_BYTES = 4 * 1024 * 1024
"""A thousand events of the wordiest provider have a quarter of it."""

_LOG = logging.getLogger(__name__)


async def receive(request: Request) -> Response:
    """Bring the events of a provider into the ledger, all or none of them."""
    service = service_of(request)
    name = request.path_params["provider"]
    provider = await run_in_threadpool(service.senders.get, name)
    if provider is None:
        raise HTTPException(404)
    webhook = Webhook(
        headers={key.lower(): value for key, value in request.headers.items()},
        body=await body(request, MAX_BYTES),
        received_at=datetime.now(UTC),
    )
    counts = await run_in_threadpool(_apply, service, provider, webhook)
    return JSONResponse(counts)


def _apply(service: Service, provider: Provider, webhook: Webhook) -> Counter[str]:
    """Raise HTTPException 403 for what is not the provider's; StoreError is ours."""
    try:
        told = provider.events(webhook)
    except ConfirmationAsked as error:
        with service.store.write() as connection:
            sns_subscriptions.add(connection, error.topic, error.url)
        _LOG.warning("%s; %s", error.message, error.hint)
        return Counter({"to confirm": 1})
    except ProviderRefused as error:
        service.metrics.events[provider.name, "refused"] += 1
        _LOG.warning("a webhook of %s was refused: %s", provider.name, error.message)
        raise HTTPException(403) from None
    except ProviderError as error:
        # Its certificate could not be fetched: it may well be genuine, and comes again.
        _LOG.warning("a webhook of %s: %s", provider.name, error.message)
        raise HTTPException(503, "trouble") from None
    counts = apply(
        service.store,
        provider.name,
        told,
        webhook.received_at,
        keep_opens=service.publication.keep_opens,
    )
    for outcome, number in counts.items():
        service.metrics.events[provider.name, outcome] += number
    if number := counts[AWAY]:
        words = "%s told of %d messages whose ledger is %s: they changed nothing"
        _LOG.warning(words, provider.name, number, AWAY)
    return counts
