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

# Looks at every frame of the screen whether the mark is there, and then waits until
# that frame has been painted.
_WATCH = """mark => { window.seen = new Promise(done => {
  const look = () => {
    const frame = document.querySelector(".pane iframe:not(.coming)");
    const text = frame?.contentDocument?.body?.textContent ?? "";
    if (!text.includes(mark)) return requestAnimationFrame(look);
    requestAnimationFrame(() => setTimeout(() => done(Date.now())));
  };
  look();
}); }"""


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
            url = process.stdout.readline().split()[2].rstrip(";")
            yield Running(root, url, process)
        finally:
            process.terminate()
            process.wait()


def saves(running: Running, page: "Page", number: int, pause: int = 150) -> list[float]:
    """Milliseconds from each save to its picture; `pause` of them in between."""
    path = running.longest
    text = path.read_text()
    page.goto(f"{running.url}issues/{path.stem}?show=email")
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


def first_page(page: "Page", url: str) -> float:
    """Milliseconds until the library is there, seen from the browser."""
    page.goto(url)
    script = "performance.getEntriesByType('navigation')[0].responseEnd"
    return float(page.evaluate(script))


def main() -> None:
    """Print what was measured."""
    chromium = Chromium()
    try:
        with chromium.pages() as pages:
            page = pages()
            with preview() as running:
                took = sorted(saves(running, page, SAVES))
                print(f"save to picture, {SAVES} saves of {running.longest.name}:")
                print(f"  median {statistics.median(took):.0f} ms")
                print(f"  from {took[0]:.0f} to {took[-1]:.0f} ms")
                if "--memory" in sys.argv:
                    before, after = growth(running, page)
                    grown = (after - before) / 2**20
                    print(f"memory over {MANY_SAVES} saves: {grown:+.1f} MiB")
            with preview(ISSUES) as running:
                print(f"library of {ISSUES}: {first_page(page, running.url):.0f} ms")
    finally:
        chromium.stop()


if __name__ == "__main__":
    main()
