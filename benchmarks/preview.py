"""From saving a file to its picture in the browser; the memory that saves cost.

Run it as `python -m benchmarks.preview`: it starts `newsletter preview` on a copy of
the sample publication, opens an issue in Chromium, and saves it again and again.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.corpus import make
from tests.rig.chromium import Chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).parents[1]
SAVES = 50
MANY_SAVES = 2000
ISSUES = 1000

# What is looked at, and how it is asked for.
SHOWN = {
    "": "show=email",
    "two panes": "show=email&beside=dark",
    "web page": "show=page",
}

# Looks at every frame of the screen whether the mark is in all panes, and then waits
# until that frame has been painted.
_WATCH = """mark => { window.seen = new Promise(done => {
  const look = () => {
    const frames = [...document.querySelectorAll(".pane iframe:not(.coming)")];
    const text = frame => frame.contentDocument?.body?.textContent ?? "";
    if (!frames.every(frame => text(frame).includes(mark)))
      return requestAnimationFrame(look);
    requestAnimationFrame(() => setTimeout(() => done(Date.now())));
  };
  look();
}); }"""


# In the library sizes and problems come after the list: until then they are `.later`.
_LIBRARY = """window.library = new Promise(done => {
  const look = () => {
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    const list = document.querySelector("#library tbody tr");
    if (!paint || !list || document.querySelector("#library .later"))
      return requestAnimationFrame(look);
    const { responseEnd } = performance.getEntriesByType("navigation")[0];
    done([responseEnd, paint.startTime, performance.now()]);
  };
  look();
})"""


@dataclass(frozen=True, slots=True)
class Running:
    """A preview of a publication."""

    root: Path
    url: str
    process: "subprocess.Popen[str]"

    @property
    def longest(self) -> Path:
        """The issue with the longest text."""
        return max((self.root / "issues").glob("*.md"), key=lambda p: p.stat().st_size)

    def memory(self) -> int:
        """Bytes of the process's memory, that of nobody else in it."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()
        return (int(pages[1]) - int(pages[2])) * 4096


@contextmanager
def preview(issues: int = 0) -> Iterator[Running]:
    """Run `newsletter preview` on a copy of the sample, or on so many issues."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        if issues:
            make(root, issues)
        else:
            shutil.copytree(ROOT / "issues", root / "issues")
            shutil.copy(ROOT / "newsletter.yaml", root)
        command = [f"{Path(sys.executable).parent}/newsletter", "preview", "--port=0"]
        process = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            process.stdout.readline()
            url = process.stdout.readline().strip()
            yield Running(root, url, process)
        finally:
            process.terminate()
            process.wait()


def saves(
    running: Running,
    page: "Page",
    number: int,
    pause: int = 150,
    shown: str = SHOWN[""],
) -> list[float]:
    """Milliseconds from each save to its picture; `pause` of them in between."""
    path = running.longest
    text = path.read_text()
    page.goto(f"{running.url}issues/{path.stem}?{shown}")
    page.wait_for_timeout(1000)
    took = []
    for count in range(number):
        mark = f"mark{count}end"
        page.evaluate(_WATCH, mark)
        began = time.time()
        path.write_text(f"{text}\n\n{mark}\n")
        took.append(page.evaluate("window.seen") - began * 1000)
        page.wait_for_timeout(pause)
    path.write_text(text)
    return took


def growth(running: Running, page: "Page") -> tuple[int, int]:
    """The process's memory after the first hundred saves, and after all."""
    saves(running, page, 100, 5)
    before = running.memory()
    saves(running, page, MANY_SAVES - 100, 5)
    return before, running.memory()


def library(page: "Page", url: str) -> list[float]:
    """Milliseconds until the library was sent, painted, and its columns were filled."""
    page.add_init_script(_LIBRARY)
    page.goto(url)
    return [float(took) for took in page.evaluate("window.library")]


def main() -> None:
    """Print what was measured."""
    chromium = Chromium()
    try:
        with chromium.pages() as pages:
            page = pages()
            with preview() as running:
                for name, shown in SHOWN.items():
                    took = sorted(saves(running, page, SAVES, shown=shown))
                    what = f"{SAVES} saves of {running.longest.name}"
                    print(f"save to picture{name and f', {name}'}, {what}:")
                    print(f"  median {statistics.median(took):.0f} ms")
                    print(f"  from {took[0]:.0f} to {took[-1]:.0f} ms")
                if "--memory" in sys.argv:
                    before, after = growth(running, page)
                    grown = (after - before) / 2**20
                    print(f"memory over {MANY_SAVES} saves: {grown:+.1f} MiB")
            with preview(ISSUES) as running:
                sent, painted, filled = library(page, running.url)
                print(f"library of {ISSUES}: {sent:.0f} ms")
                print(f"  first paint {painted:.0f} ms")
                print(f"  columns filled {filled:.0f} ms")
    finally:
        chromium.stop()


if __name__ == "__main__":
    main()
