"""Send the sample issue to Debian's `smtp-sink`, which takes everything and keeps none.

`python -m benchmarks.smtp 20000` for another number of messages than 10,000. Where the
sink is not installed, its package (postfix) is unpacked into a temporary folder.
"""

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from benchmarks.compile import ISSUE, ROOT
from newsletter.config.publication import load_publication
from newsletter.model.campaign import DeliveryState, DueDelivery
from newsletter.model.frozen import FrozenEmail
from newsletter.model.message import Batch
from newsletter.model.token import Signer
from newsletter.providers import dkim_signing
from newsletter.providers.smtp import Smtp
from newsletter.providers.smtp_login import Relay
from newsletter.render.message import MessageBuilder
from newsletter.sending.compose import compose
from newsletter.sending.personalise import Personaliser

RUNS = 3
UID = "0" * 32


def main() -> None:
    """Print messages per second, and CPU, unsigned and signed, over 1 and 8 lines."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    number = numbers[0] if numbers else 10_000
    batches = list(_batches(number))
    first = batches[0]
    size = len(first.mime(first.recipients[0]))
    print(f"{number:,} messages of {size:,} bytes, median of {RUNS}:")
    with _sink() as port:
        for label, signer in _signers():
            for connections in (1, 8):
                runs = [_run(batches, port, connections, signer) for _ in range(RUNS)]
                rate, cpu = (
                    statistics.median(each) for each in zip(*runs, strict=True)
                )
                print(
                    f"  {label}, {connections} connection(s): {rate:,.0f}/s, "
                    f"{cpu * 1e6:,.0f} µs of CPU for each"
                )


def _signers() -> Iterator[tuple[str, dkim_signing.Signer | None]]:
    rsa = generate_private_key(public_exponent=65537, key_size=2048)
    domain = load_publication(ROOT).domain
    yield "unsigned", None
    yield "DKIM rsa-sha256 (2048)", dkim_signing.Signer(domain, "bench", rsa)
    ed25519 = Ed25519PrivateKey.generate()
    yield "DKIM ed25519-sha256", dkim_signing.Signer(domain, "bench", ed25519)


def _run(
    batches: list[Batch],
    port: int,
    connections: int,
    signer: dkim_signing.Signer | None,
) -> tuple[float, float]:
    """Messages per second, and seconds of CPU per message in this process."""
    relay = Relay(host="127.0.0.1", port=port, security="none")
    provider = Smtp(relay, signer)
    with ThreadPoolExecutor(connections) as pool:
        start, cpu = time.perf_counter(), time.process_time()
        results = [each for one in pool.map(provider.send, batches) for each in one]
        seconds = time.perf_counter() - start
        used = time.process_time() - cpu
    provider.close()
    accepted = sum(each.state is DeliveryState.ACCEPTED for each in results)
    if accepted != sum(len(batch.recipients) for batch in batches):
        sys.exit(f"only {accepted:,} were accepted")
    return accepted / seconds, used / accepted


def _batches(number: int) -> Iterator[Batch]:
    publication = load_publication(ROOT)
    email = FrozenEmail.freeze(compose(publication, ISSUE).email, publication)
    email = replace(email, from_address=publication.from_.address)
    personaliser = Personaliser(email, UID, Signer(b"benchmark" * 4))
    builder = MessageBuilder(email, UID)
    merge = '{"name": "", "attributes": {"first_name": "Zoë"}}'
    moment = datetime.now(UTC)
    for first in range(0, number, Smtp.capabilities.batch_size):
        count = min(Smtp.capabilities.batch_size, number - first)
        deliveries = [
            DueDelivery(n, f"reader{n}@example.com", merge, n)
            for n in range(first, first + count)
        ]
        yield Batch(
            key=f"bench-{first}",
            campaign=UID,
            number=first,
            moment=moment,
            email=email,
            recipients=list(personaliser.recipients(deliveries)),
            mime=lambda recipient: builder.build(recipient, moment),
        )


@contextmanager
def _sink() -> Iterator[int]:
    """Run the sink in a process of its own; gives its port."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        path = shutil.which("smtp-sink", path="/usr/sbin:/usr/bin")
        program = Path(path) if path else _unpack(Path(folder))
        libraries = program.parents[1] / "lib/postfix"
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        sink = subprocess.Popen(
            [program, *user, f"127.0.0.1:{port}", "256"],
            env=os.environ | {"LD_LIBRARY_PATH": str(libraries)},
        )
        try:
            _wait(port)
            yield port
        finally:
            sink.terminate()
            sink.wait()


def _unpack(folder: Path) -> Path:
    subprocess.run(["apt-get", "-qq", "download", "postfix"], cwd=folder, check=True)
    package = next(folder.glob("postfix_*.deb"))
    subprocess.run(["dpkg", "-x", package, folder], check=True)
    return folder / "usr/sbin/smtp-sink"


def _wait(port: int) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    sys.exit("the sink did not start")


if __name__ == "__main__":
    main()
