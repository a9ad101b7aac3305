"""Make an image, and find it made: time, and the memory that the largest ones take."""

import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

from benchmarks.compile import ROOT
from newsletter.content.image_variant import MAX_JPEG_PIXELS, MAX_PIXELS
from newsletter.content.images import ImageFolder

RUNS = 50
SAMPLE = ROOT / "issues" / "images" / "two-chairs.jpg"


def main() -> None:
    """Print milliseconds without and with a result that was kept, and peaks in MiB."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for name, path in _sources(home).items():
            _measure(name, path, home)
        for kind, pixels in (
            ("JPEG", MAX_JPEG_PIXELS),
            ("PNG", MAX_PIXELS),
            ("AVIF", MAX_PIXELS),
            ("WEBP", MAX_PIXELS),
        ):
            print(f"largest {kind}: peak {_peak(home, kind, pixels)} MiB")


def _sources(home: Path) -> dict[str, Path]:
    """The sample's photo, and the same as a camera of 24 million pixels writes it."""
    sample, camera = home / "sample.jpg", home / "camera.jpg"
    shutil.copy(SAMPLE, sample)
    grain = Image.effect_noise((6000, 4000), 20)
    photo = Image.open(SAMPLE).resize(grain.size)
    Image.blend(photo, grain.convert("RGB"), 0.15).save(camera, quality=90)
    return {"sample": sample, "camera": camera}


def _measure(name: str, path: Path, home: Path) -> None:
    cold = []
    for _ in range(3):
        shutil.rmtree(home / ".newsletter", ignore_errors=True)
        cold.append(_find(path, home))
    warm = [_find(path, home) for _ in range(RUNS)]
    print(
        f"{name}, {path.stat().st_size >> 10} KiB: made in {min(cold):.0f} ms, "
        f"found again in {statistics.median(warm):.2f} ms (least {min(warm):.2f})"
    )


def _find(path: Path, home: Path) -> float:
    start = time.perf_counter()
    ImageFolder(home).beside(home / "x.md")(path.name)
    return 1000 * (time.perf_counter() - start)


def _peak(home: Path, kind: str, pixels: int) -> int:
    """Make a variant in a process of its own, and read how large that was."""
    side = int((pixels // 2) ** 0.5)
    # Coarse, so that the file is not larger than those that are read.
    grain = Image.effect_noise((side // 8, side // 8), 60).resize((2 * side, side))
    mode = "RGB" if kind == "JPEG" else "RGBA"
    path = home / "largest"
    grain.convert(mode).save(path, kind, progressive=True, speed=10, method=0)
    made = [sys.executable, "-m", "benchmarks.images", str(path)]
    done = subprocess.run(made, capture_output=True, text=True, check=True, cwd=ROOT)
    return int(done.stdout)


def _make(path: Path) -> None:
    ImageFolder(path.parent).beside(path)(path.name)
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    print(int(peak[1]) // 1024 if peak else 0)


if __name__ == "__main__":
    _make(Path(sys.argv[1])) if sys.argv[1:] else main()
