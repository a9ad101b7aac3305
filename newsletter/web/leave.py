"""`/u/TOKEN` and `/preferences/TOKEN`: leaving, and choosing what one gets.

Whoever has the letter has the link: it asks for no login and no cookie (CAN-SPAM), and
GET changes nothing, because mail scanners follow every link (RFC 8058 §1).
"""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from newsletter.audience.preferences import change, preferences, veiled
from newsletter.sending.personalise import UNSUBSCRIBE
from newsletter.store import subscribers
from newsletter.web.incoming import FORM_BYTES, body, fields
from newsletter.web.service import leaving, meant, page, said, service_of

_ONE_CLICK = b"List-Unsubscribe"


async def ask(request: Request) -> Response:
    """One button, and nothing changes."""
    found = meant(request, UNSUBSCRIBE)
    address = await run_in_threadpool(_address, request, found.uid)
    return page(request, "leave.html", "leave", address=address)


async def leave(request: Request) -> Response:
    """Unsubscribe at once, whoever asks: a mailbox by one click, or a browser.

    RFC 8058 §3.2: a mailbox posts `List-Unsubscribe=One-Click`, as a multipart form or
    urlencoded, without cookies, and takes no redirect for an answer. The token is the
    authority; what else is in the body does not matter.
    """
    found = meant(request, UNSUBSCRIBE)
    data = await body(request, FORM_BYTES)
    await service_of(request).departures.leave(leaving(request, found))
    if _ONE_CLICK in data:
        return PlainTextResponse("unsubscribed\n")
    return said(request, "left", again=True)


async def show(request: Request) -> Response:
    """What a reader may choose."""
    return await _preferences(request, saved=False)


async def save(request: Request) -> Response:
    """Take over what a reader has chosen: a name and topics, and nothing else."""
    found = meant(request, UNSUBSCRIBE)
    given = await fields(request)
    service = service_of(request)
    await run_in_threadpool(
        lambda: change(
            service.store,
            found.uid,
            name=given.get("name", [""])[0],
            topics=given.get("topic", []),
            offered=service.publication.service.topics,
        )
    )
    return await _preferences(request, saved=True)


async def _preferences(request: Request, *, saved: bool) -> Response:
    token = request.path_params["token"]
    found = meant(request, UNSUBSCRIBE)
    service = service_of(request)
    topics = service.publication.service.topics
    known = await run_in_threadpool(preferences, service.store, found.uid, topics)
    if known is None or not known.active:
        return said(request, "left", again=True)
    return page(
        request,
        "preferences.html",
        "preferences",
        address=veiled(known.person.address),
        name=known.person.merge_values().get("name", ""),
        topics=topics,
        chosen=known.topics,
        token=token,
        saved=saved,
    )


def _address(request: Request, uid: int) -> str:
    with service_of(request).store.read() as connection:
        person = subscribers.by_uid(connection, uid)
    return veiled(person.address) if person else "…"
