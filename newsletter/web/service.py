"""What the endpoints share: the store, the keys, the pages, the limits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse

from newsletter.audience.leaving import Leaving
from newsletter.model.consent import Consent, ConsentKind
from newsletter.model.erasure import Eraser
from newsletter.model.publication import Publication
from newsletter.model.token import Keyring, Meant
from newsletter.providers.protocol import Provider
from newsletter.sending.notice import Notices
from newsletter.store.engine import Store
from newsletter.web.departures import Departures
from newsletter.web.door import Door
from newsletter.web.limits import JoiningLimits
from newsletter.web.metrics import Metrics
from newsletter.web.pages import Pages
from newsletter.web.senders import Senders

JOINING = 4
"""Sign-ups that a process asks the database about at the same time."""

Found = TypeVar("Found")
_TEXT = 300
"""Characters of a header that are kept with a consent."""


@dataclass
class Service:
    """One process's service; the endpoints find it as `request.app.state.service`."""

    publication: Publication
    store: Store
    keyring: Keyring
    eraser: Eraser
    provider: Provider
    notices: Notices
    pages: Pages
    metrics: Metrics
    limits: JoiningLimits
    metrics_token: str = ""
    fill_seconds: float = 2.0
    """The least that a person needs to fill in the form."""

    def __post_init__(self) -> None:
        """Make what belongs to this process alone."""
        self.departures = Departures(self.store)
        hands = min(4, self.provider.capabilities.at_once)
        self.door = Door(self.metrics, hands)
        self.senders = Senders(self.publication, self.provider)
        self.kept: set[int] = set()
        """Sign-ups in the database that this process is about to work off."""
        self._joining = CapacityLimiter(JOINING)

    async def before_the_answer(self, work: Callable[[], Found]) -> Found:
        """Do what a sign-up has to wait for: where that is the database, in threads of
        its own, so that a flood of them keeps nobody from leaving.
        """
        if self.store.is_shared:
            return await to_thread.run_sync(work, limiter=self._joining)
        return work()

    def close(self) -> None:
        """Close the store, and the connections to providers."""
        self.senders.close()
        self.store.close()


def service_of(request: Request) -> Service:
    """The service that a request came to."""
    found: Service = request.app.state.service
    return found


def meant(request: Request, purpose: str) -> Meant:
    """Whom the token in the address stands for; raises HTTPException 403 for nobody."""
    found = service_of(request).keyring.meant(purpose, request.path_params["token"])
    if found is None:
        raise HTTPException(403, "bad_link")
    return found


def page(
    request: Request, template: str, title: str, status: int = 200, **values: Any
) -> HTMLResponse:
    """A page in the publication's words."""
    html = service_of(request).pages.render(template, title, **values)
    return HTMLResponse(html, status)


def said(
    request: Request, title: str, status: int = 200, *, again: bool = False
) -> HTMLResponse:
    """A page that says one thing."""
    return page(request, "said.html", title, status, again=again)


def consent(request: Request, kind: ConsentKind, text: str) -> Consent:
    """What somebody has just said, to the words `text` on one of our pages."""
    return Consent(
        kind=kind,
        at=datetime.now(UTC),
        ip=client(request),
        user_agent=_header(request, "user-agent"),
        source=f"/{request.url.path.strip('/').split('/')[0]}",
        text=text,
    )


def leaving(request: Request, found: Meant) -> Leaving:
    """Somebody who leaves, and by which letter."""
    return Leaving(
        uid=found.uid,
        campaign_id=found.about,
        ip=client(request),
        user_agent=_header(request, "user-agent"),
        source="/u",
    )


def client(request: Request) -> str:
    """The address of who asks, as far as proxies are to be believed."""
    return request.client.host if request.client else ""


def _header(request: Request, name: str) -> str:
    text = request.headers.get(name, "")[:_TEXT]
    return "".join(sign for sign in text if sign.isprintable())
