"""Asks for one address: HEAD, then GET, following redirects by hand."""

import socket
import ssl
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from newsletter.check.outside.answer import Answer, Outcome
from newsletter.check.outside.gate import DeadlineError, Gate, PrivateAddressError
from newsletter.model.text import clean_line

SECONDS = 15
"""What one link may take, its redirects included."""

HOPS = 8
"""Redirects that are followed."""

AGENT = "newsletter-check (looks whether a link in a newsletter works)"

_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
# The page may well be there: only programs are not welcome.
_REFUSED = frozenset({401, 402, 403, 405, 406, 407, 418, 425, 429, 451, 999})
_REDIRECT = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})

NewGate = Callable[[], Gate]


def new_gate() -> Gate:
    """A gate to the open internet."""
    return Gate(SECONDS)


def fetch(url: str, gate_for: NewGate = new_gate) -> Answer:
    """Try a link. Never raises: whatever goes wrong is the answer."""
    gate = gate_for()
    try:
        with _session(gate) as session:
            return _followed(session, gate, urldefrag(url).url)
    except Exception as error:  # noqa: BLE001  whatever a server makes a library raise
        return _trouble(error)
    finally:
        gate.close()


def _followed(session: requests.Session, gate: Gate, url: str) -> Answer:
    """Go from redirect to redirect; the page has moved if each of them is for good."""
    current, for_good = url, True
    for _ in range(HOPS):
        if urlsplit(current).scheme not in ("http", "https"):
            return Answer(Outcome.FAILING, f"it leads on to `{current}`")
        status, location = _asked(session, gate, current)
        if status not in _REDIRECT or not location:
            moved = current if for_good and _differs(url, current) else ""
            return _judged(status, moved)
        for_good = for_good and status in _FOR_GOOD
        current = urldefrag(urljoin(current, location)).url
    return Answer(Outcome.FAILING, f"it leads on and on, {HOPS} times and more")


def _asked(session: requests.Session, gate: Gate, url: str) -> tuple[int, str]:
    """Status and target of a redirect; GET where HEAD is not well answered."""
    for method in ("HEAD", "GET"):
        # `stream`: of the page itself nothing is read, however large it is.
        with session.request(
            method, url, timeout=gate.left, allow_redirects=False, stream=True
        ) as answer:
            status, location = answer.status_code, _location(answer)
        gate.refuse_late()
        if status < 400:
            break
    return status, location


def _location(answer: requests.Response) -> str:
    """Where a redirect leads: bytes that are UTF-8 nowadays, whatever HTTP says."""
    raw = answer.headers.get("Location", "").encode("latin-1", "replace")
    return clean_line(raw.decode("utf-8", "replace"))


def _differs(url: str, other: str) -> bool:
    """Whether it is another page, not the same with `www.` or a slash more."""
    return _bare(url) != _bare(other)


def _bare(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    return host, parts.path.rstrip("/"), parts.query


def _judged(status: int, moved: str) -> Answer:
    if status in _GONE:
        return Answer(Outcome.GONE, f"it answers {status}")
    if status in _REFUSED:
        return Answer(Outcome.REFUSED, f"it answers {status} to programs")
    if status >= 400:
        return Answer(Outcome.FAILING, f"it answers {status}")
    return Answer(Outcome.FINE, moved=moved)


def _trouble(error: BaseException) -> Answer:
    """What lies below the exceptions that libraries put around each other."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, PrivateAddressError):
            return Answer(Outcome.PRIVATE, str(cause))
        if isinstance(cause, socket.gaierror):
            return Answer(Outcome.NO_HOST, "there is no such host")
        if isinstance(cause, ssl.SSLError):
            return Answer(Outcome.FAILING, "its certificate is not valid")
    if any(isinstance(item, DeadlineError | TimeoutError) for item in causes):
        return Answer(Outcome.FAILING, f"it does not answer within {SECONDS} seconds")
    if isinstance(error, ValueError) and not isinstance(error, OSError):
        return Answer(Outcome.FAILING, "it is not a web address")
    return Answer(Outcome.FAILING, "it does not answer")


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    queue: list[Any] = [error]
    while queue:
        item = queue.pop()
        if isinstance(item, BaseException) and item not in found:
            found.append(item)
            queue += [item.__cause__, item.__context__, *item.args]
            queue.append(getattr(item, "reason", None))
    return found


def _session(gate: Gate) -> requests.Session:
    """A session all of whose connections go through the gate, and none to a proxy."""
    session = _Session()
    session.trust_env = False
    session.headers["User-Agent"] = AGENT
    adapter = _GatedAdapter(gate)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


class _Session(requests.Session):
    """A session that leaves redirects to us, and so reads the body of none."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Say that there is none: else `requests` reads and unpacks a whole body."""


class _GatedAdapter(HTTPAdapter):
    """What requests opens its connections with."""

    def __init__(self, gate: Gate) -> None:
        self._pools = _pools(gate)
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of gated connections."""
        super().init_poolmanager(*args, **kwargs)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = self._pools


def _pools(gate: Gate) -> dict[str, type[HTTPConnectionPool]]:
    class GatedHttp(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return gate.connect(self.host, self.port or 80)

    class GatedHttps(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return gate.connect(self.host, self.port or 443)

    class HttpPool(HTTPConnectionPool):
        ConnectionCls = GatedHttp

    class HttpsPool(HTTPSConnectionPool):
        ConnectionCls = GatedHttps

    return {"http": HttpPool, "https": HttpsPool}
