"""A DNS server on this machine that knows the names a test gives it, and no others."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

Names = dict[str, list[str]]
"""`{"TXT example.com": ["v=spf1 -all"]}`; MX as `10 mx.example.com`.

`SERVFAIL example.com` makes every question about a name fail, `SILENT example.com`
leaves them without an answer.
"""


def _quoted(kind: str, text: str) -> str:
    """A TXT record in strings of at most 255 bytes, as servers keep it."""
    if kind != "TXT":
        return text
    data = text.encode()
    pieces = [data[at : at + 255] for at in range(0, len(data), 255)] or [b""]
    return " ".join('"' + "".join(f"\\{byte:03d}" for byte in p) + '"' for p in pieces)


def answer(query: dns.message.Message, names: Names) -> dns.message.Message | None:
    """The answer to one question; None for silence."""
    question = query.question[0]
    name = question.name.to_text().rstrip(".").lower()
    response = dns.message.make_response(query)
    response.flags |= dns.flags.RA
    if f"SILENT {name}" in names:
        return None
    if f"SERVFAIL {name}" in names:
        response.set_rcode(dns.rcode.SERVFAIL)
        return response
    kind = dns.rdatatype.to_text(question.rdtype)
    found = names.get(f"{kind} {name}", [])
    if found:
        texts = [_quoted(kind, text) for text in found]
        response.answer.append(
            dns.rrset.from_text(question.name, 60, "IN", kind, *texts)
        )
    elif not any(key.partition(" ")[2].endswith(name) for key in names):
        response.set_rcode(dns.rcode.NXDOMAIN)
    return response


class Questions(list[str]):
    """The port it listens at, and what it was asked."""

    port: int


@contextmanager
def dns_server(names: Names) -> Iterator[Questions]:
    """Answer questions over UDP at a free port of 127.0.0.1."""
    asked = Questions()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, sock = self.request
            query = dns.message.from_wire(data)
            question = query.question[0]
            kind = dns.rdatatype.to_text(question.rdtype)
            asked.append(f"{kind} {question.name.to_text().rstrip('.')}")
            response = answer(query, names)
            if response is not None:
                sock.sendto(response.to_wire(), self.client_address)

    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler) as server:
        asked.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield asked
        finally:
            server.shutdown()
            thread.join()
