"""A test send from the studio: the real message, to the author's own addresses."""

from collections.abc import Sequence
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from newsletter.audience.address import Address, normalise
from newsletter.audience.people import merge_of
from newsletter.config.files import display_name
from newsletter.errors import NewsletterError, UsageError
from newsletter.model.campaign import DeliveryResult, DeliveryState
from newsletter.model.publication import Publication
from newsletter.providers.registry import open_provider
from newsletter.sending.compose import Composed, issue_at
from newsletter.sending.trial import Trial, send_trial
from newsletter.web.incoming import form
from newsletter.web.studio.desk import Desk, desk_of
from newsletter.web.studio.drafts import mistakes_of
from newsletter.web.studio.ledger import look_into
from newsletter.web.studio.looks import issue_url
from newsletter.web.studio.templates import page, path_of
from newsletter.web.studio.tested import Outcome, Sent

MOST = 20
"""Addresses of one test: more are an audience, and belong into the ledger."""


def show(request: Request) -> Response:
    """The form, and what became of the test that `?sent=` names."""
    key = request.query_params.get("sent", "")
    sent = desk_of(request).tested.found(request.path_params["name"], key)
    return _page(request, 200, typed=sent.typed, outcomes=sent.outcomes, mistakes=())


async def send(request: Request) -> Response:
    """Send to the addresses of the form, and lead to what the provider said of each."""
    typed = (await form(request)).get("addresses", "")
    return await run_in_threadpool(_send, request, typed)


def _send(request: Request, typed: str) -> Response:
    desk, name = desk_of(request), request.path_params["name"]
    try:
        outcomes = _sent(desk, name, typed)
    except NewsletterError as error:
        mistakes = list(mistakes_of(error))
        return _page(request, 422, typed=typed, outcomes=(), mistakes=mistakes)
    # Who loads the page that follows once more sends nothing.
    key = desk.tested.keep(Sent(name, typed, outcomes))
    return RedirectResponse(f"{path_of(request)}?sent={key}", 303)


def _sent(desk: Desk, name: str, typed: str) -> list[Outcome]:
    addresses = _addresses(typed)
    publication, composed, through = _issue(desk, name)
    merge = _merge(publication, addresses)
    moment = desk.options.now()
    trial = Trial(composed=composed, publication=publication, moment=moment)
    provider = open_provider(through, publication)
    try:
        told = send_trial(trial, provider, [a.address for a in addresses], merge)
    finally:
        provider.close()
    return [_outcome(address, result, through) for address, result in told]


def _addresses(typed: str) -> list[Address]:
    words = typed.replace(",", " ").replace(";", " ").split()
    if not words:
        raise UsageError("no address was given", hint="write it as ana@example.com")
    if len(words) > MOST:
        raise UsageError(f"{len(words)} addresses are too many for a test")
    return [normalise(word) for word in words]


def _merge(publication: Publication, addresses: Sequence[Address]) -> dict[str, str]:
    """What is known of those who are subscribers; the ledger is only read."""
    store = look_into(publication)
    if store is None:
        return {}
    with store:
        return merge_of(store, addresses)


def _issue(desk: Desk, name: str) -> tuple[Publication, Composed, str]:
    publication = desk.publication()
    composed = issue_at(publication, desk.issue_file(name))
    return publication, composed, composed.issue.provider or publication.provider


def _outcome(address: str, result: DeliveryResult | None, through: str) -> Outcome:
    if result is None or result.state is DeliveryState.UNCERTAIN:
        words = result.reason if result else f"{through} did not say"
        state = "uncertain, nobody knows whether it was sent"
        return Outcome(address, state, words, good=False)
    words = result.reason or result.provider_message_id
    good = result.state is DeliveryState.ACCEPTED
    return Outcome(address, f"{result.state} by {through}", words, good)


def _page(request: Request, status: int, **values: Any) -> Response:
    desk, name = desk_of(request), request.path_params["name"]
    publication, composed, through = _issue(desk, name)
    return page(
        request,
        "test.html",
        status,
        publication=publication,
        name=name,
        url=issue_url(name),
        title=composed.issue.subject_line,
        file=display_name(desk.issue_file(name), desk.root),
        through=through,
        **values,
    )
