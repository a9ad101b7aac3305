"""Asks Lighthouse about the sample archive, as a phone sees it: run by hand.

`python -m scripts.lighthouse` serves the site on this machine and prints the median of
several runs of each page: performance, accessibility, best practices, SEO. It needs
npm, which fetches Lighthouse, and Chromium; a busy machine makes performance look
worse.
"""

import argparse
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from newsletter.archive.build import build_site
from newsletter.archive.wanted import Wanted
from newsletter.config.publication import load_publication
from tests.rig.tools import program

ROOT = Path(__file__).parents[1]
TODAY = date(2026, 12, 1)
LIGHTHOUSE = "lighthouse@12.8.2"
PAGES = ("", "fourteen-bullets/", "roundtables/the-launch-she-stopped/")
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking"


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing of it."""

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a folder, while it is served."""
    handler = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def scores(url: str) -> dict[str, int]:
    """What Lighthouse thinks of a page, of 100 each."""
    npx = program("npm", "npx")
    browser = program("chromium", "chromium", "chromium-browser", "google-chrome")
    done = subprocess.run(  # noqa: S603  # our own page, with our own arguments
        [
            *(npx, "--yes", LIGHTHOUSE, url, "--quiet", "--output=json"),
            f"--chrome-flags={FLAGS}",
        ],
        env=os.environ | {"CHROME_PATH": browser},
        capture_output=True,
        check=True,
    )
    found = json.loads(done.stdout)["categories"]
    return {name: round(100 * (it["score"] or 0)) for name, it in found.items()}


def main() -> None:
    """Print a line for each page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    runs: int = parser.parse_args().runs
    with TemporaryDirectory() as home, serving(Path(home)) as url:
        # Its links say where it is published: here.
        wanted = Wanted(base_url=url)
        build_site(load_publication(ROOT, {}), Path(home), today=TODAY, wanted=wanted)
        for page in PAGES:
            found = [scores(f"{url}/{page}") for _ in range(runs)]
            names = found[0]
            line = {name: median(each[name] for each in found) for name in names}
            sys.stdout.write(f"/{page} {line}\n")


if __name__ == "__main__":
    main()
