"""Finds the image files that texts refer to, inside the publication only."""

import hashlib
from dataclasses import dataclass, field
from os.path import normpath
from pathlib import Path
from urllib.parse import unquote

from newsletter.config.files import display_name, inside
from newsletter.content.image_wish import Variant, Wish
from newsletter.errors import UsageError
from newsletter.model.email import ImageFile, ImageResolver, ImageTrouble
from newsletter.model.text import slugify

MAX_BYTES = 20 * 1024 * 1024
"""Of a source: more than the JPEG of any camera has."""

_MAX_STEM = 40
"""Characters of a file's own name in its published one; lines of a mail are short."""


@dataclass(frozen=True, slots=True)
class PublishedImage:
    """An image that was found; its bytes are fetched when they are wanted."""

    folder: "ImageFolder"
    source: Path
    wish: Wish
    name: str

    def read_bytes(self) -> bytes:
        """What readers get: kept since it was made, or made again.

        Raises UsageError where the source is not what it was when it was found.
        """
        found = self.folder.variant(self.source, self.wish)
        if not isinstance(found, ImageTrouble) and found[0] == self.name:
            return found[1].data
        file = display_name(self.source, self.folder.root)
        message = f"{file} was changed while it was used"
        raise UsageError(message, hint="run the command again")


@dataclass(slots=True)
class ImageFolder:
    """A publication's images: found once, published under a content-hashed name.

    `files` are all that were found, by the names they are published under; `asked` is
    what was asked for, found or not, since it was last emptied.
    """

    root: Path
    files: dict[str, PublishedImage] = field(default_factory=dict)
    asked: set[tuple[Path, Wish]] = field(default_factory=set)
    _found: dict[tuple[Path, Wish], ImageFile | ImageTrouble] = field(
        default_factory=dict
    )

    def beside(self, text: Path) -> ImageResolver:
        """A resolver for paths as the file `text` writes them.

        A path that starts with `/` is seen from newsletter.yaml.
        """

        def resolve(
            source: str, /, *, width: int = 0, square: bool = False
        ) -> ImageFile | ImageTrouble:
            wish = Wish.shown(width, square=square)
            return self._ask(self._place(text, source), wish)

        return resolve

    def data(self, text: Path, source: str, *, width: int, square: bool) -> bytes:
        """The bytes of an image as readers get it; none where there is trouble."""
        path, wish = self._place(text, source), Wish.shown(width, square=square)
        found = self._ask(path, wish)
        if isinstance(found, ImageTrouble):
            return b""
        return self.published(path, wish, found.name).read_bytes()

    def _place(self, text: Path, source: str) -> Path:
        start = self.root if source.startswith("/") else text.parent
        return start / unquote(source.lstrip("/")).lstrip("/")

    def _ask(self, path: Path, wish: Wish) -> ImageFile | ImageTrouble:
        self.asked.add((path, wish))
        return self.find(path, wish)

    def find(self, path: Path, wish: Wish) -> ImageFile | ImageTrouble:
        """The image at a path; looked for only once."""
        wanted = path, wish
        if wanted not in self._found:
            self._found[wanted] = self._find(path, wish)
        return self._found[wanted]

    def remember(self, path: Path, wish: Wish, file: ImageFile) -> None:
        """Know what was found at a path by somebody else, and is still the same."""
        self._found[path, wish] = file

    def published(self, path: Path, wish: Wish, name: str) -> PublishedImage:
        """The image that was found at a path and is published under a name."""
        return PublishedImage(self, inside(path, self.root) or path, wish, name)

    def variant(self, path: Path, wish: Wish) -> tuple[str, Variant] | ImageTrouble:
        """The wanted variant of a file, and the name it is published under.

        The name is made of the source's bytes and of the wish, not of the result, which
        is another with another version of Pillow: mails that were sent ask for the old
        name for ever, and the machine that sends may not be the one that publishes.
        """
        data = _read(path)
        if isinstance(data, ImageTrouble):
            return data
        person = b"" if wish == Wish() else str(wish).encode()
        key = hashlib.blake2b(data, digest_size=16, person=person).hexdigest()
        # Pillow is loaded where there is an image, not for texts alone.
        from newsletter.content.image_cache import ImageCache  # noqa: PLC0415

        cache = ImageCache(self.root)
        found = cache.load(key, wish)
        if found is None:
            from newsletter.content.image_variant import make_variant  # noqa: PLC0415

            made = make_variant(data, wish)
            if isinstance(made, ImageTrouble):
                return made
            cache.save(key, wish, made)
            found = made
        # The suffix tells what the file is, whatever the author's says.
        stem = slugify(path.stem)[:_MAX_STEM].rstrip("-") or "image"
        return f"{stem}-{key[:12]}.{found.suffix}", found

    def _find(self, path: Path, wish: Wish) -> ImageFile | ImageTrouble:
        real = inside(path, self.root)
        if real is None:
            if _leads_out(path, self.root):
                hint = "copy the file into it"
                return ImageTrouble("leads out of the publication", hint)
            sought = display_name(Path(normpath(path)), self.root)
            return ImageTrouble("is not there", f"it would be {sought}: check the name")
        found = self.variant(real, wish)
        if isinstance(found, ImageTrouble):
            return found
        name, made = found
        self.files[name] = PublishedImage(self, real, wish, name)
        return ImageFile(name, made.width, made.height, len(made.data))


def _read(path: Path) -> bytes | ImageTrouble:
    if not path.is_file():
        return ImageTrouble("is not a file", "check the name")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        return ImageTrouble(f"cannot be read: {error.strerror}", "check its rights")
    if len(data) > MAX_BYTES:
        limit = MAX_BYTES // 2**20
        return ImageTrouble(f"is larger than {limit} MiB", "export it smaller")
    return data


def _leads_out(path: Path, root: Path) -> bool:
    try:
        return not path.resolve().is_relative_to(root.resolve())
    except (OSError, ValueError, RuntimeError):
        return False
