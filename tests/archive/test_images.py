"""Images on the site: what the mail shows is there, made small, under the same name."""

import itertools
import re
import shutil
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from newsletter.archive.build import build_site
from newsletter.archive.cache_file import FOLDER as CACHE
from newsletter.archive.text_file import text_bytes
from newsletter.config.publication import load_publication
from newsletter.content.image_cache import FOLDER
from newsletter.errors import UsageError
from newsletter.sending.compose import compose
from tests.archive.conftest import TODAY, Build, tree
from tests.content.pictures import SECRET, animation, exif, noise

YAML = """
name: the small letter
base_url: https://small.example.com/letter
from: {name: jo, address: jo@small.example.com}
logo: art/logo.webp
"""
ISSUE = """---
title: "one & only"
tldr: "![in short](images/photo.jpg)"
music: {url: https://open.spotify.com/track/1, title: A Song, cover: images/cover.png}
roundtable: two
image: images/shared.png
image_alt: two chairs
---
![a photo](images/photo.jpg "a *caption*")

![a face](images/photo.jpg){width=96px} ![moving](images/moving.gif)

| ![in a table](images/clear.webp) | ![another](/art/logo.webp) |
|---|---|
| [![linked](images/photo.avif)](https://example.com) | b[^1] |

[^1]: ![in a note](images/note.png)
"""
ROUNDTABLE = """---
title: Two of Us
panel:
  - {name: Ann Oldtown, role: Editor, photo: ../images/photo.jpg}
  - {name: Bo Park, photo: ../images/face.png}
consensus: They agree.
---
## One

**Ann:** Yes. ![a chart](../images/note.png)
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A publication that shows images wherever one can be shown."""
    images = tmp_path / "issues/images"
    images.mkdir(parents=True)
    (tmp_path / "issues/roundtables").mkdir()
    (tmp_path / "art").mkdir()
    (tmp_path / "newsletter.yaml").write_text(YAML, "utf-8")
    (tmp_path / "issues/2026-01-02-one.md").write_text(ISSUE, "utf-8")
    (tmp_path / "issues/roundtables/two.md").write_text(ROUNDTABLE, "utf-8")
    noise((1600, 900)).save(images / "photo.jpg", exif=exif(6))
    noise((900, 1600)).save(images / "photo.avif", exif=exif(1), speed=10)
    noise((300, 200), mode="RGBA").save(images / "clear.webp", exif=exif(3))
    noise((400, 300)).save(tmp_path / "art/logo.webp")
    for name, size in (("cover", (640, 640)), ("face", (300, 500))):
        noise(size).save(images / f"{name}.png", exif=exif(8))
    for name in ("note", "shared"):
        noise((50, 40)).save(images / f"{name}.png")
    (images / "moving.gif").write_bytes(animation("GIF", comment=SECRET))
    return tmp_path


def built(home: Path) -> dict[str, bytes]:
    """Every file of the site."""
    build_site(load_publication(home, {}), home / "site", today=TODAY)
    return tree(home / "site")


def test_every_image_of_the_mail_is_on_the_site(home: Path) -> None:
    site = built(home)

    email = compose(load_publication(home, {}), "one").email
    html = "".join(email.html.literals)
    shown = re.findall(r'src="https://small\.example\.com/letter/([^"]+)"', html)
    assert len(set(shown)) >= 10
    assert [name for name in shown if name not in site] == []


def test_every_image_is_small_and_tells_nothing_of_its_author(home: Path) -> None:
    site = built(home)

    images = {path: data for path, data in site.items() if path.startswith("images/")}
    assert len(images) >= 11
    for path, data in images.items():
        assert SECRET not in data
        assert re.fullmatch(r"images/[a-z]+-[0-9a-f]{12}\.(jpg|png|gif)", path)
        with Image.open(BytesIO(data)) as image:
            assert image.width <= 1200
            assert not image.getexif()


def test_every_image_of_a_page_has_a_size_before_it_is_loaded(home: Path) -> None:
    for path, data in built(home).items():
        if path.endswith(".html"):
            for image in re.findall(r"<img[^>]*>", data.decode()):
                assert re.search(r' width="[1-9]\d*" height="[1-9]\d*"', image), image


def test_nothing_is_made_twice_and_the_same_comes_out_of_a_new_cache(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = built(home)
    with monkeypatch.context() as patched:
        patched.delattr("newsletter.content.image_variant.make_variant")
        assert built(home) == first

    for path in (home / FOLDER).iterdir():
        path.unlink()
    assert built(home) == first


def test_an_image_that_changes_during_a_build_stops_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = built(home)
    photo = home / "issues/images/photo.jpg"
    shutil.rmtree(home / CACHE)
    seeds = itertools.count(7)

    def interfere(text: str) -> bytes:
        noise((30, 20), next(seeds)).save(photo)
        return text_bytes(text)

    monkeypatch.setattr("newsletter.archive.worker.text_bytes", interfere)
    with pytest.raises(UsageError, match=r"images/photo\.jpg was changed while"):
        built(home)
    assert tree(home / "site") == before


def test_the_sample_publication_has_its_images_on_the_site(
    build: Build, out: Path, publication: Path
) -> None:
    build()

    names = {path.name.rpartition("-")[0] for path in (out / "images").iterdir()}
    sources = {path.stem for path in (publication / "issues").rglob("*.jpg")}
    assert names == sources
