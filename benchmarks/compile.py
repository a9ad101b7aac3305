"""Compile one 800-word issue: Markdown text to email HTML and text, templates warm."""

import statistics
import time
from pathlib import Path

from newsletter.config.publication import load_publication
from newsletter.content.images import ImageFolder
from newsletter.content.library import load_issue
from newsletter.render.email import render_email

ROOT = Path(__file__).parents[1]
ISSUE = "pull-up-the-second-chair"
RUNS = 200


def main() -> None:
    """Print the median, least and greatest time in milliseconds."""
    publication = load_publication(ROOT)
    issue, roundtable = load_issue(ROOT, ISSUE)
    images = ImageFolder(ROOT)
    times = []
    words = 0
    for _ in range(RUNS):
        start = time.perf_counter()
        words = render_email(issue, publication, roundtable, images.beside).words
        times.append(1000 * (time.perf_counter() - start))
    times.sort()
    print(
        f"compile, {words} words: median {statistics.median(times):.2f} ms, "
        f"min {times[0]:.2f}, max {times[-1]:.2f} ({RUNS} runs)"
    )


if __name__ == "__main__":
    main()
