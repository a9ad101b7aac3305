"""The images that a build meets: what uses which, and whether they are as they were."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from newsletter.archive.stamps import UNSETTLED, Stamp, stamp_of
from newsletter.content.image_wish import Wish
from newsletter.content.images import ImageFolder
from newsletter.model.email import ImageFile


class Shot(NamedTuple):
    """An image as it is wanted, and what was found; no name where nothing was."""

    path: str
    pixels: int
    square: bool
    name: str
    width: int
    height: int
    size: int
    stamp: Stamp = UNSETTLED

    @property
    def key(self) -> str:
        """Names the image as it is wanted."""
        return f"{self.path}|{self.wish}"

    @property
    def wish(self) -> Wish:
        """How it is wanted."""
        return Wish(self.pixels, self.square)

    @property
    def file(self) -> ImageFile:
        """What pages show of it."""
        return ImageFile(self.name, self.width, self.height, self.size)


def taken(images: ImageFolder) -> tuple[Shot, ...]:
    """What was asked for since this was called last."""
    asked = sorted(images.asked, key=str)
    images.asked.clear()
    return tuple(_shot(images, path, wish) for path, wish in asked)


def _shot(images: ImageFolder, path: Path, wish: Wish) -> Shot:
    found = images.find(path, wish)
    file = found if isinstance(found, ImageFile) else ImageFile("", 0, 0)
    size = (file.name, file.width, file.height, file.size)
    return Shot(str(path), wish.pixels, wish.square, *size)


def keys(shots: Iterable[Shot]) -> tuple[str, ...]:
    """The keys of images."""
    return tuple(shot.key for shot in shots)


def stamped(shots: Iterable[Shot], begun: int) -> dict[str, Shot]:
    """Images by their keys, with stamps; `begun` is when the build did, in ns."""
    return {
        shot.key: shot._replace(stamp=stamp_of(shot.path, begun) or UNSETTLED)
        for shot in shots
    }


def recall(
    images: ImageFolder, known: Mapping[str, Shot], begun: int
) -> dict[str, Shot]:
    """Those of `known` that are as they were; `images` need not look for them."""
    found = {}
    for key, shot in known.items():
        stamp = stamp_of(shot.path, begun) or UNSETTLED
        if stamp == shot.stamp != UNSETTLED:
            images.remember(Path(shot.path), shot.wish, shot.file)
        elif images.find(Path(shot.path), shot.wish) != shot.file:
            continue
        found[key] = shot._replace(stamp=stamp)
    return found
