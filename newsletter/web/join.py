"""`/subscribe` and `/confirm/TOKEN`: a stranger asks, and the mailbox's owner says yes.

Everybody gets the same answer at the same speed: whether an address is known is told to
nobody. The form and the JSON door have the same limits.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from newsletter.audience.address import Address, AddressRefused, normalise
from newsletter.audience.confirming import Confirmed, Welcome, asked, confirm
from newsletter.audience.preferences import clean_name, veiled
from newsletter.model.consent import Consent, ConsentKind
from newsletter.model.token import Meant
from newsletter.sending.notice import CONFIRM
from newsletter.web.client import network
from newsletter.web.incoming import form, is_json, json_object
from newsletter.web.notes import leave_note
from newsletter.web.service import (
    Service,
    client,
    consent,
    meant,
    page,
    said,
    service_of,
)

FORM = "form"
"""The purpose of the tokens that tell when a form was shown."""

STALE = timedelta(days=1)


async def show_form(request: Request) -> Response:
    """The form."""
    return _form(request)


async def show_moment(request: Request) -> Response:
    """For programs: what proves that a form was shown, and how long to wait with it."""
    service = service_of(request)
    return JSONResponse(
        {
            "moment": _moment(service),
            "wait_seconds": service.fill_seconds,
            "expires_seconds": STALE.total_seconds(),
        }
    )


async def join(request: Request) -> Response:
    """Take note of an address; the answer is the same for all that are addresses."""
    as_json = is_json(request)
    given = await (json_object(request) if as_json else form(request))
    typed, moment, trap = (_text(given, n) for n in ("address", "moment", "website"))
    try:
        address = normalise(typed)
    except AddressRefused:
        if as_json:
            return _told(request, "bad_address", 422)
        return _form(request, typed=typed[:254], bad_address=True, status=422)
    if not trap and not _is_fresh(service_of(request), moment):
        if as_json:
            return _told(request, "once_more", 409)
        return _form(request, typed=address.address, once_more=True, status=409)
    await _limit(request, trapped=bool(trap))
    if trap:
        service_of(request).metrics.joins["trapped"] += 1
    else:
        await _take_note(request, address)
    return _told(request, "sent_text", 202) if as_json else said(request, "sent")


async def ask_to_confirm(request: Request) -> Response:
    """One button, and nothing changes."""
    found = meant(request, CONFIRM)
    service = service_of(request)
    person = await run_in_threadpool(asked, service.store, found)
    if person is None:
        return said(request, "expired", 410, again=True)
    return page(request, "confirm.html", "confirm", address=veiled(person.address))


async def take_in(request: Request) -> Response:
    """Make a subscriber of whoever has the mail; doing so twice is doing it once."""
    found = meant(request, CONFIRM)
    given = await form(request)
    service = service_of(request)
    words = service.pages.words
    said_now = consent(request, ConsentKind.CONFIRMED, words["agree"])
    name = clean_name(given.get("name", ""))
    done = await run_in_threadpool(_confirm, service, found, said_now, name)
    if done is None:
        return said(request, "expired", 410, again=True)
    if done.welcome:
        service.door.leave_note(partial(_greet, service, done.welcome))
    return said(request, "confirmed")


async def _take_note(request: Request, address: Address) -> None:
    """Have somebody mailed, or nobody; from outside both look the same.

    Raises HTTPException 429 when too many wait already.
    """
    service = service_of(request)
    said_now = consent(request, ConsentKind.REQUESTED, service.pages.words["agree"])
    if not await leave_note(service, address, said_now):
        raise HTTPException(429, "busy", {"Retry-After": "60"})


def _confirm(
    service: Service, found: Meant, said_now: Consent, name: str
) -> Confirmed | None:
    provider = service.provider.name if service.notices.welcomes else ""
    return confirm(
        service.store, service.eraser, found, said_now, name=name, provider=provider
    )


def _greet(service: Service, welcome: Welcome) -> str:
    service.notices.welcome(welcome.uid, welcome.person)
    return "welcomed"


async def _limit(request: Request, *, trapped: bool) -> None:
    """Raise HTTPException 429 for one network that asks too often, or for too many."""
    service = service_of(request)
    who = network(client(request))
    knock = partial(service.limits.knock, who, trapped=trapped)
    wait = await service.before_the_answer(knock)
    if wait:
        seconds = str(max(1, round(wait)))
        raise HTTPException(429, "busy", {"Retry-After": seconds})


def _moment(service: Service) -> str:
    now = int(datetime.now(UTC).timestamp())
    return service.keyring.current.sign(FORM, 0, now)


def _is_fresh(service: Service, moment: str) -> bool:
    """Whether the form was shown not just now, and not long ago."""
    found = service.keyring.meant(FORM, moment)
    if found is None:
        return False
    age = datetime.now(UTC) - datetime.fromtimestamp(found.about, UTC)
    return timedelta(seconds=service.fill_seconds) <= age <= STALE


def _form(
    request: Request,
    *,
    typed: str = "",
    bad_address: bool = False,
    once_more: bool = False,
    status: int = 200,
) -> Response:
    return page(
        request,
        "join.html",
        "join",
        status,
        typed=typed,
        bad_address=bad_address,
        once_more=once_more,
        moment=_moment(service_of(request)),
    )


def _told(request: Request, word: str, status: int) -> Response:
    words = service_of(request).pages.words
    return JSONResponse({"message": words[word]}, status)


def _text(given: Mapping[str, Any], name: str) -> str:
    """What is given by that name; JSON may have anything there."""
    value = given.get(name, "")
    return value if isinstance(value, str) else ""
