"""Images that were made are kept: made once, and again where anything is wrong."""

import multiprocessing
from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter.content import image_variant as variant_module
from newsletter.content.image_cache import FOLDER, ImageCache
from newsletter.content.image_variant import make_variant
from newsletter.content.image_wish import Variant, Wish
from newsletter.content.images import ImageFolder
from newsletter.model.email import ImageFile, ImageTrouble
from tests.config.locked import locked
from tests.content.pictures import found, noise, resolve

Damage = Callable[[bytes], bytes]
DAMAGE: dict[str, Damage] = {
    "empty": lambda data: b"",
    "half a digest": lambda data: data[:16],
    "only a head": lambda data: data[:40],
    "cut off": lambda data: data[:-1],
    "longer": lambda data: data + b"x",
    "another byte": lambda data: data[:-9] + b"x" + data[-8:],
    "another digest": lambda data: b"0" * 32 + data[32:],
    "another size": lambda data: data.replace(b"jpg 300 200", b"jpg 900 200"),
}


@pytest.fixture
def chair(home: Path) -> Path:
    """A picture in a publication."""
    path = home / "issues/chair.jpg"
    noise((300, 200)).save(path, quality=95)
    return path


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[Wish]:
    """Every wish for which an image was really made."""
    wishes: list[Wish] = []

    def watched(data: bytes, wish: Wish) -> Variant | ImageTrouble:
        wishes.append(wish)
        return make_variant(data, wish)

    monkeypatch.setattr(variant_module, "make_variant", watched)
    return wishes


def kept(home: Path) -> list[Path]:
    return sorted((home / FOLDER).iterdir())


def test_an_image_is_made_once_for_each_wish(
    home: Path, chair: Path, decoded: list[Wish]
) -> None:
    first = [found(home, "chair.jpg"), found(home, "chair.jpg", width=50, square=True)]
    again = [found(home, "chair.jpg"), found(home, "chair.jpg", width=50, square=True)]

    assert first == again
    assert decoded == [Wish(), Wish(100, square=True)]
    assert len(kept(home)) == 2


def test_another_pillow_makes_it_anew(
    home: Path, chair: Path, decoded: list[Wish], monkeypatch: pytest.MonkeyPatch
) -> None:
    found(home, "chair.jpg")
    monkeypatch.setattr("PIL.__version__", "99.0.0")
    found(home, "chair.jpg")

    assert len(decoded) == 2


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_what_is_damaged_is_made_anew(
    home: Path, chair: Path, decoded: list[Wish], damage: Damage
) -> None:
    first = found(home, "chair.jpg")
    [path] = kept(home)
    whole = path.read_bytes()
    path.write_bytes(damage(whole))

    assert found(home, "chair.jpg") == first
    assert len(decoded) == 2
    assert path.read_bytes() == whole


def test_only_what_we_make_is_taken_from_it(home: Path) -> None:
    cache = ImageCache(home)
    for suffix in ("html", 'jpg" onerror="x', "svg"):
        cache.save("key", Wish(), Variant(b"data", suffix, 1, 1))
        assert cache.load("key", Wish()) is None


def test_it_can_be_deleted_at_any_time(home: Path, chair: Path) -> None:
    folder = ImageFolder(home)
    image = folder.beside(home / "issues/x.md")("chair.jpg")
    assert isinstance(image, ImageFile)
    [published] = folder.files.values()
    before = published.read_bytes()
    for path in kept(home):
        path.unlink()
    (home / FOLDER).rmdir()

    assert published.read_bytes() == before
    assert found(home, "chair.jpg") == image


def test_a_publication_that_cannot_be_written_is_read_all_the_same(
    home: Path, chair: Path
) -> None:
    (home / ".newsletter").write_text("a file is in the way")

    assert found(home, "chair.jpg").width == 300


def test_what_cannot_be_read_is_made_anew(chair: Path, decoded: list[Wish]) -> None:
    home = chair.parents[1]
    found(home, "chair.jpg")
    [path] = kept(home)
    path.unlink()
    path.mkdir()

    assert found(home, "chair.jpg").width == 300
    assert len(decoded) == 2


def test_an_image_that_may_not_be_read_is_told() -> None:
    with locked("issues/x.md") as root:
        image = resolve(root, "x.md")

    assert isinstance(image, ImageTrouble)


def _find(home: Path) -> list[ImageFile]:
    return [found(home, "chair.jpg", width=width) for width in range(10, 30)]


def test_several_processes_may_fill_it_at_once(home: Path, chair: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        one, other = pool.map(_find, [home, home])

    assert one == other == _find(home)
    # Nothing is left of what was being written.
    assert len(kept(home)) == 20
