"""Tries the public service with what its own description allows, and what it does not.

`python -m scripts.fuzz_service [PROGRAM] [OPTIONS]` runs schemathesis, which is found
beside Python or at PROGRAM, against a service of its own, without limits of rate: once
with tokens that it makes up, once with real ones, a letter that was sent, and the
password of a provider's webhooks.
"""

import base64
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import uvicorn

from newsletter.config.publication import load_publication
from newsletter.config.secret import load_secret
from newsletter.model.consent import NoticeKind
from newsletter.model.subscriber import NewSubscriber
from newsletter.model.token import Signer
from newsletter.sending.notice import CONFIRM
from newsletter.sending.personalise import UNSUBSCRIBE
from newsletter.store import notices, subscribers
from newsletter.store.engine import Store
from newsletter.store.notices import NewNotice
from newsletter.web.app import make_app
from newsletter.web.limits import Buckets
from newsletter.web.patience import Patient
from newsletter.web.serving import open_service

ROOT = Path(__file__).parents[1]
_MANY = 1_000_000_000
_LETTER = "pull-up-the-second-chair"
_PASSWORD = "postmark:for-fuzzing"  # noqa: S105  of nobody's account


def main() -> None:
    """Run it, and end as it ends."""
    words = sys.argv[1:]
    beside = str(Path(sys.executable).with_name("schemathesis"))
    program = words.pop(0) if words and not words[0].startswith("-") else beside
    os.environ["NEWSLETTER_SECRET"] = "for fuzzing, and nothing else"  # noqa: S105
    os.environ["POSTMARK_SERVER_TOKEN"] = "nobodys-account"  # noqa: S105
    os.environ["POSTMARK_WEBHOOK_PASSWORD"] = _PASSWORD
    with tempfile.TemporaryDirectory() as folder, socket.socket() as listening:
        home = Path(folder)
        shutil.copytree(ROOT / "issues", home / "issues")
        shutil.copy(ROOT / "newsletter.yaml", home)
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        server = _server(home)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            url = f"http://127.0.0.1:{listening.getsockname()[1]}/openapi.json"
            command = [program, "run", url, "--checks", "all", *words]
            code = _run(command, home)
            # Once more with links that are whole, which nobody comes upon by chance.
            (home / "schemathesis.toml").write_text(_links(home), "utf-8")
            code = code or _run(command, home)
        finally:
            server.should_exit = True
            thread.join()
    sys.exit(code)


def _run(command: list[str], home: Path) -> int:
    return subprocess.run(command, check=False, cwd=home).returncode  # noqa: S603


def _links(home: Path) -> str:
    """Tokens of readers who leave, confirm, choose what they get, and read a letter."""
    signer = Signer(load_secret(home))
    with Store.open(load_publication(home).store_path or "") as store:
        addresses = [f"reader{number}@example.com" for number in (1, 2, 3)]
        readers = [NewSubscriber(address=each, address_key=each) for each in addresses]
        with store.write() as connection:
            subscribers.upsert(connection, readers)
            # Who signed up in the first run has the lower numbers.
            leaver, joiner, reader = (
                found
                for each in addresses
                if (found := subscribers.by_address_key(connection, each))
            )
            number = notices.plan(
                connection,
                NewNotice(
                    uid="0" * 32,
                    kind=NoticeKind.CONFIRMATION,
                    subscriber_id=joiner.id,
                    address_key=addresses[1],
                    provider="outbox",
                ),
            )
    command = str(Path(sys.executable).with_name("newsletter"))
    subprocess.run([command, "send", _LETTER, "--yes"], check=True, cwd=home)  # noqa: S603
    tokens = {
        "u": signer.sign(UNSUBSCRIBE, leaver.uid),
        "view": signer.sign(UNSUBSCRIBE, reader.uid, 1),
        "preferences": signer.sign(UNSUBSCRIBE, reader.uid),
        "confirm": signer.sign(CONFIRM, joiner.uid, number),
    }
    who = base64.b64encode(_PASSWORD.encode()).decode()
    return "".join(
        f'[[operations]]\ninclude-path = "/{path}/{{token}}"\n'
        f'parameters = {{ token = "{token}" }}\n\n'
        for path, token in tokens.items()
    ) + (
        '[[operations]]\ninclude-path = "/webhooks/{provider}"\n'
        'parameters = { provider = "postmark" }\n'
        f'headers = {{ Authorization = "Basic {who}" }}\n'
    )


def _server(home: Path) -> uvicorn.Server:
    service = open_service(load_publication(home))
    service.fill_seconds = 0
    service.limits.network = Buckets(_MANY, 1)
    service.limits.everybody = Buckets(_MANY, 1)
    app = make_app(service, home / "site")
    config = uvicorn.Config(
        app, http=Patient, ws="none", lifespan="on", log_level="error"
    )
    return uvicorn.Server(config)


if __name__ == "__main__":
    main()
