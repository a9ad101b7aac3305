"""Asks W3C's feed validator about the feeds of the sample archive: run by hand.

`python -m scripts.valid_feeds PYTHON FOLDER` needs its checkout in FOLDER
(https://github.com/w3c/feedvalidator) and a PYTHON that has its requirements. It prints
what the validator says of each feed, at its strictest, and fails if that is anything.
"""

import subprocess
import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from newsletter.archive.build import build_site
from newsletter.config.publication import load_publication

ROOT = Path(__file__).parents[1]
TODAY = date(2026, 12, 1)
FEEDS = ("feed.atom", "feed.rss")

# Run by the other Python: the address is where readers get the feed, not a file's.
ASK = """
import sys
sys.path.insert(0, sys.argv[1])
import feedvalidator
from feedvalidator.compatibility import AAA
from feedvalidator.formatter.text_plain import Formatter
with open(sys.argv[2], "rb") as feed:
    try:
        found = feedvalidator.validateStream(feed, base=sys.argv[3])["loggedEvents"]
    except feedvalidator.logging.ValidationFailure as failure:
        found = [failure.event]
print("\\n".join(Formatter(AAA(found))))
"""


def main() -> None:
    """Build, ask, print."""
    python, folder = sys.argv[1], Path(sys.argv[2]) / "src"
    publication = load_publication(ROOT, {})
    wrong = 0
    with TemporaryDirectory() as out:
        build_site(publication, Path(out), today=TODAY)
        for name in FEEDS:
            url = f"{publication.base_url}/{name}"
            said = subprocess.run(  # noqa: S603  # as we were told
                [python, "-c", ASK, str(folder), str(Path(out) / name), url],
                check=True,
                capture_output=True,
                text=True,
            ).stdout.strip()
            wrong += bool(said)
            sys.stdout.write(f"{name}: {said or 'nothing'}\n")
    sys.exit(wrong)


if __name__ == "__main__":
    main()
