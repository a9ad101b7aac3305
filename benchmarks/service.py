"""The public service under load: pages, unsubscribing, and a thousand events in a call.

One process of `newsletter serve`, asked by Debian's `wrk` (`apt-get install wrk`) over
loopback. `python -m benchmarks.service 20` for another number of seconds than 10.
"""

import base64
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, ClassVar

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from benchmarks.compile import ISSUE, ROOT
from benchmarks.null_provider import NullProvider
from benchmarks.serving import served
from newsletter.archive.build import build_site
from newsletter.config.publication import load_publication
from newsletter.config.secret import load_secret
from newsletter.model.message import delivery_id
from newsletter.model.subscriber import NewSubscriber
from newsletter.model.token import Signer
from newsletter.sending.compose import compose
from newsletter.sending.order import Order
from newsletter.sending.personalise import UNSUBSCRIBE
from newsletter.sending.plan import plan
from newsletter.store import subscribers
from newsletter.store.engine import Store
from tests.web.running import free_port

READERS = 100_000
EVENTS = 1000
CALLS = 9
CONNECTIONS = 16
_SCRIPT = """
local tokens, at = {}, 0
for line in io.lines("tokens.txt") do tokens[#tokens + 1] = line end
local kind = {["Content-Type"] = "application/x-www-form-urlencoded"}
request = function()
  at = at % #tokens + 1
  return wrk.format("POST", "/u/" .. tokens[at], kind, "List-Unsubscribe=One-Click")
end
"""
_TOLD = """
done = function(summary, latency)
  local failed = summary.errors
  print(string.format("TOLD %f %f %f %d", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, failed.status
    + failed.connect + failed.read + failed.write + failed.timeout))
end
"""


class SendGrid(NullProvider):
    """Takes everything, under SendGrid's name."""

    name: ClassVar[str] = "sendgrid"


def main() -> None:
    """Print the three figures."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    key = ec.generate_private_key(ec.SECP256R1())
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        campaign = _prepare(home)
        with _served(home, key) as port:
            load = f"load {os.getloadavg()[0]:.1f}"
            for path in ("/", f"/{ISSUE}/"):
                _say(f"page {path} ({load})", _wrk(home, port, _TOLD, seconds, path))
            script = _SCRIPT + _TOLD
            _say(f"unsubscribe ({load})", _wrk(home, port, script, seconds, "/"))
            times = [_tell(port, key, campaign, call * EVENTS) for call in range(CALLS)]
    print(
        f"webhook of {EVENTS:,} events: median {statistics.median(times):.0f} ms, "
        f"min {min(times):.0f}, max {max(times):.0f} ({CALLS} calls)"
    )


def _prepare(home: Path) -> str:
    """A publication with its archive, its readers and a letter they got; its uid."""
    shutil.copytree(ROOT / "issues", home / "issues")
    shutil.copy(ROOT / "newsletter.yaml", home)
    publication = load_publication(home)
    build_site(publication, home / "site", today=date(2026, 12, 31))
    signer = Signer(load_secret(home))
    order = Order(composed=compose(publication, ISSUE), publication=publication)
    with Store.open(publication.store_path or "") as store:
        for first in range(0, READERS, 10_000):
            with store.bulk() as connection:
                subscribers.upsert(
                    connection, [_reader(n) for n in range(first, first + 10_000)]
                )
        made = plan(store, order, SendGrid(), signer)
    tokens = (signer.sign(UNSUBSCRIBE, n, made.id) for n in range(1, READERS + 1))
    (home / "tokens.txt").write_text("\n".join(tokens))
    return made.uid


def _reader(number: int) -> NewSubscriber:
    address = f"reader{number:06}@example.com"
    return NewSubscriber(address=address, address_key=address, uid=number + 1)


@contextmanager
def _served(home: Path, key: ec.EllipticCurvePrivateKey) -> Iterator[int]:
    public = key.public_key().public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    keys = {
        "SENDGRID_API_KEY": "SG.benchmark",
        "SENDGRID_WEBHOOK_PUBLIC_KEY": base64.b64encode(public).decode(),
    }
    port = free_port()
    program = str(Path(sys.executable).with_name("newsletter"))
    command = [program, "serve", "--port", str(port)]
    with served(command, port, home, {**os.environ, **keys}):
        yield port


def _wrk(home: Path, port: int, script: str, seconds: int, path: str) -> list[float]:
    (home / "wrk.lua").write_text(script)
    words = ["-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", "wrk.lua"]
    url = f"http://127.0.0.1:{port}{path}"
    done = subprocess.run(
        ["wrk", *words, url], cwd=home, capture_output=True, text=True, check=True
    )
    line = next(each for each in done.stdout.splitlines() if each.startswith("TOLD"))
    return [float(word) for word in line.split()[1:]]


def _say(what: str, told: list[float]) -> None:
    rate, half, most, failed = told
    print(
        f"{what}: {rate:,.0f}/s, p50 {half:.1f} ms, p99 {most:.1f} ms, "
        f"{failed:.0f} failed"
    )


def _tell(
    port: int, key: ec.EllipticCurvePrivateKey, campaign: str, first: int
) -> float:
    """Milliseconds from the first byte of a call to the last of its answer."""
    events = [_event(campaign, number) for number in range(first, first + EVENTS)]
    body = json.dumps(events).encode()
    stamp = str(int(time.time()))
    signature = key.sign(stamp.encode() + body, ec.ECDSA(SHA256()))
    prefix = "X-Twilio-Email-Event-Webhook"
    headers = {
        "Content-Type": "application/json",
        f"{prefix}-Signature": base64.b64encode(signature).decode(),
        f"{prefix}-Timestamp": stamp,
    }
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    start = time.perf_counter()
    connection.request("POST", "/webhooks/sendgrid", body, headers)
    answer = connection.getresponse().read()
    spent = (time.perf_counter() - start) * 1000
    connection.close()
    if json.loads(answer) != {"new": EVENTS}:
        sys.exit(f"the service answered {answer!r}")
    return spent


def _event(campaign: str, number: int) -> dict[str, Any]:
    """Nine of ten arrive; one does not, and its address is suppressed."""
    bounced = {"event": "bounce", "type": "bounce", "status": "5.1.1", "reason": "550"}
    return {
        "event": "delivered",
        "email": f"reader{number:06}@example.com",
        "timestamp": int(time.time()),
        "sg_event_id": f"e{number}",
        "sg_message_id": f"m{number}.recvd-1",
        "newsletter_delivery": delivery_id(campaign, number + 1),
        **(bounced if number % 10 == 0 else {}),
    }


if __name__ == "__main__":
    main()
