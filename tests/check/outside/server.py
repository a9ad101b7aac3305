"""A web server on this machine whose answers a test writes down."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseRequestHandler, ThreadingTCPServer

from newsletter.check.outside.gate import Address, Gate

Reply = tuple[int, str]
"""A status, and where a redirect leads."""


@dataclass
class Site:
    """Where the server is, and what it was asked."""

    port: int
    asked: list[str] = field(default_factory=list)

    def url(self, path: str, host: str = "site.example") -> str:
        """An address of the server under a name of somebody's."""
        return f"http://{host}:{self.port}{path}"

    def resolve(self, host: str, port: int) -> list[Address]:
        """Every name is this server."""
        del host
        return [("127.0.0.1", port)]

    def gate(self, seconds: float = 20) -> Gate:
        """A gate that lets nothing but this server through."""
        return Gate(
            seconds,
            resolve=self.resolve,
            allowed=lambda address: address == "127.0.0.1",
        )


@contextmanager
def serving(replies: Mapping[str, Reply]) -> Iterator[Site]:
    """Serve `replies` by `METHOD /path`, or by the path alone; all else is a 404."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            site.asked.append(f"{self.command} {self.path}")
            alone = replies.get(self.path, (404, ""))
            status, location = replies.get(f"{self.command} {self.path}", alone)
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            self.do_HEAD()

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Site(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def dripping() -> Iterator[Site]:
    """A server that sends a byte of its headers again and again, and never ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            while not over.wait(0.01):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    try:
        yield Site(listener.getsockname()[1])
    finally:
        over.set()
        listener.close()
        thread.join()


@contextmanager
def answering(reply: bytes) -> Iterator[Site]:
    """A server that answers whatever is asked with these very bytes, and hangs up."""

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            asked = self.request.recv(65_536).split(b"\r\n")[0].decode("latin-1")
            site.asked.append(" ".join(asked.split()[:2]))
            with suppress(OSError):
                self.request.sendall(reply)

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        site = Site(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
