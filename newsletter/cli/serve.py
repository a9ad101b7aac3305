"""`newsletter serve`: the archive, joining, leaving and webhooks, as a web server."""

import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.context import Context
from newsletter.cli.output import print_at_once, say, warn
from newsletter.errors import UsageError

if TYPE_CHECKING:
    from newsletter.model.publication import Publication

Host = Annotated[str, typer.Option(help="Where to listen.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Its port.")]
Processes = Annotated[
    int,
    typer.Option(
        min=1, max=64, help="Processes that share the port; on PostgreSQL only."
    ),
]
Site = Annotated[Path | None, typer.Option(help="The built archive; else site/.")]
JsonLog = Annotated[
    bool, typer.Option("--json", help="Log JSON, a line for each answer.")
]

_HERE = ("127.0.0.1", "::1", "localhost")


def serve(
    context: typer.Context,
    host: Host = "127.0.0.1",
    port: Port = 8080,
    processes: Processes = 1,
    site: Site = None,
    as_json: JsonLog = False,
) -> None:
    """Serve the archive; let readers join, choose and leave.

    Also takes providers' webhooks. Runs until Ctrl-C or SIGTERM, which let what was
    begun end. It belongs behind a reverse proxy that speaks HTTPS: see
    docs/deploying.md.
    """
    from newsletter.web.serving import Serving, serve

    options: Context = context.obj
    publication = options.publication()
    if processes > 1:
        _refuse_file(publication)
    folder = options.path(site) if site else publication.root / "site"
    if not folder.is_dir():
        warn(f"there is no {folder} yet: `newsletter build` makes the archive")
    _refuse_taken(host, port)
    print_at_once()
    shown = f"[{host}]" if ":" in host else host
    if not as_json:
        say(f"serving {publication.name} at http://{shown}:{port}; Ctrl-C stops")
    if host not in _HERE:
        warn(f"{host} can be reached from elsewhere, without HTTPS")
    serve(
        Serving(
            root=str(publication.root.resolve()),
            site=str(folder.resolve()),
            host=host,
            port=port,
            processes=processes,
            as_json=as_json,
        )
    )


def _refuse_file(publication: "Publication") -> None:
    """Refuse a database from which only one process may serve."""
    if publication.store_path:
        raise UsageError(
            "several processes need a PostgreSQL database: what limits sign-ups is in "
            "the memory of one",
            hint="leave out --processes, or see docs/scale.md",
        )


def _refuse_taken(host: str, port: int) -> None:
    """Say in our words what would keep the server from listening."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(address)
    except OSError as error:
        raise UsageError(
            f"cannot listen at {host}, port {port}: {error.strerror}",
            hint="choose another --port, or end what is listening there",
        ) from None
