"""Takes pictures of the service's public pages: part of `make screenshots`.

Each as a desktop (1280 pixels) and a phone (375) show it, by day and by night. Ends
with an error when one has to be scrolled sideways or axe finds a fault in it.
"""

import argparse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from newsletter.audience.address import normalise
from newsletter.audience.joining import ask
from newsletter.config.publication import load_publication
from newsletter.model.consent import Consent, ConsentKind
from newsletter.model.subscriber import NewSubscriber
from newsletter.sending.notice import CONFIRM
from newsletter.sending.personalise import UNSUBSCRIBE
from newsletter.store import subscribers
from newsletter.web.serving import open_service
from scripts.pictures import parser, take_pictures
from tests.cli.repository import change
from tests.conftest import copy_publication
from tests.rig.axe import faults
from tests.rig.chromium import Chromium, Pages
from tests.web.conftest import TOPICS
from tests.web.running import free_port, running

FOLDER = Path(".newsletter/screenshots/service")
WIDTHS = (1280, 375)
NEW = "nia@example.com"
READER = NewSubscriber(address="r@example.com", address_key="r@example.com", uid=1)


def main() -> None:
    """Take the pictures and say where they are."""
    take_pictures(parser(__doc__, FOLDER).parse_args(), _service)


def _service(
    options: argparse.Namespace, chromium: Chromium, home: Path
) -> Iterator[str]:
    with serving(home / "publication") as shown, chromium.pages() as pages:
        yield from photograph(shown, options.folder, pages)


@contextmanager
def serving(home: Path) -> Iterator[Mapping[str, str]]:
    """Serve the sample publication; gives the addresses of the pages by their names."""
    copy_publication(home)
    change(home / "newsletter.yaml", ("service:\n", TOPICS))
    paths = _paths(home)
    with running(home, free_port()) as url:
        yield {name: f"{url}/{path}" for name, path in paths.items()}


def _paths(home: Path) -> dict[str, str]:
    """The pages, those of a reader and of somebody who has asked to be one."""
    service = open_service(load_publication(home, {}))
    said = Consent(kind=ConsentKind.REQUESTED)
    invitation = ask(service.store, service.eraser, normalise(NEW), said, "outbox")
    assert invitation is not None  # noqa: S101 - nobody was there before
    signer = service.keyring.current
    with service.store.write() as connection:
        subscribers.upsert(connection, [READER])
    service.close()
    asked = signer.sign(CONFIRM, invitation.person.uid, invitation.number)
    own = signer.sign(UNSUBSCRIBE, READER.uid)
    return {
        "join": "subscribe",
        "confirm": f"confirm/{asked}",
        "leave": f"u/{own}",
        "preferences": f"preferences/{own}",
    }


def photograph(shown: Mapping[str, str], folder: Path, pages: Pages) -> Iterator[str]:
    """Take every picture; tells what is wrong with the pages."""
    for name, url in shown.items():
        for width in WIDTHS:
            for dark in (False, True):
                kind = f"{name}-{width}{'-dark' if dark else ''}"
                page = pages(url, width=width, dark=dark)
                page.screenshot(path=folder / f"{kind}.png", full_page=True)
                yield from (f"{kind}: {each}" for each in faults(page, colours=dark))
                wide = page.evaluate("document.documentElement.scrollWidth")
                if wide != width:
                    yield f"{kind}: {wide} pixels wide, not {width}"


if __name__ == "__main__":
    main()
