"""Runs the service: one process, or several that share a port and a database."""

import json
import os
import resource
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp
from uvicorn.config import LOGGING_CONFIG

from newsletter.audience.erased import refuse_unknown_secret
from newsletter.config.json_log import log_as_json
from newsletter.config.publication import environment, load_publication
from newsletter.config.secret import load_old_secrets
from newsletter.model.erasure import Eraser
from newsletter.model.publication import Publication
from newsletter.model.token import Keyring, Signer
from newsletter.providers.protocol import Provider
from newsletter.providers.registry import open_provider
from newsletter.sending.notice import Notices
from newsletter.sending.signing import secret_to_serve_with
from newsletter.store.engine import Store
from newsletter.web.app import make_app
from newsletter.web.limits import JoiningLimits
from newsletter.web.metrics import Metrics
from newsletter.web.pages import Pages
from newsletter.web.patience import Patient
from newsletter.web.service import Service

KEEP_ALIVE = 15
"""Seconds that a connection may be idle between two requests."""

BACKLOG = 4096
SHUTDOWN = 25
"""Seconds to end what was begun."""

BUSY_SECONDS = 60.0
"""How long to wait for another process that writes: an import of a million people takes
half of that, and who leaves meanwhile has left, even if nobody waits for the answer."""

# Tells the other processes, which start from nothing, what their parent was told.
_TOLD = "NEWSLETTER_SERVING"


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """Where to listen, the folder of the built archive, and how to log."""

    root: str
    site: str
    host: str
    port: int
    processes: int = 1
    as_json: bool = False


def serve(serving: Serving) -> None:
    """Serve until SIGTERM or SIGINT, and end what was begun.

    Raises NewsletterError before anything is bound when it cannot work at all.
    """
    service = _open(serving)
    if serving.processes == 1:
        app: ASGIApp | str = make_app(service, Path(serving.site))
    else:
        # It can work; each process opens its own.
        service.close()
        os.environ[_TOLD] = json.dumps(asdict(serving))
        app = f"{__name__}:worker_app"
    uvicorn.run(
        app,
        factory=isinstance(app, str),
        workers=serving.processes,
        host=serving.host,
        port=serving.port,
        http=Patient,
        ws="none",
        lifespan="on",
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_level="warning",
        log_config=None if serving.as_json else LOGGING_CONFIG,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=SHUTDOWN,
        backlog=BACKLOG,
    )


def worker_app() -> ASGIApp:
    """The application of one of several processes."""
    serving = Serving(**json.loads(os.environ[_TOLD]))
    return make_app(_open(serving), Path(serving.site))


def _open(serving: Serving) -> Service:
    if serving.as_json:
        log_as_json()
    _allow_many_connections()
    return open_service(load_publication(Path(serving.root)))


def open_service(publication: Publication) -> Service:
    """The service of a publication; its application closes it.

    Raises NewsletterError for a database, a secret, a key or a template that does not
    work.
    """
    provider = open_provider(publication.provider, publication)
    store = Store.open(
        publication.store_path or publication.store, busy_seconds=BUSY_SECONDS
    )
    try:
        return _service(publication, provider, store)
    except BaseException:
        store.close()
        raise


def _service(publication: Publication, provider: Provider, store: Store) -> Service:
    root = publication.root
    secret, older = secret_to_serve_with(store, root), load_old_secrets(root)
    keyring = Keyring([Signer(each) for each in (secret, *older)])
    eraser = Eraser(secret, older)
    with store.read() as connection:
        refuse_unknown_secret(connection, eraser)
    return Service(
        publication=publication,
        store=store,
        keyring=keyring,
        eraser=eraser,
        provider=provider,
        notices=Notices(store, publication, provider, keyring.current),
        pages=Pages(publication, with_roundtables=_has_roundtables(root)),
        metrics=Metrics(),
        limits=JoiningLimits.of(store, secret),
        metrics_token=environment(root).get("NEWSLETTER_METRICS_TOKEN", ""),
    )


def _has_roundtables(root: Path) -> bool:
    return any((root / "issues" / "roundtables").glob("*.md"))


def _allow_many_connections() -> None:
    """As many files open as the system lets us have: a connection is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
