"""Images that cannot be used, wherever they are named: told with their place."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter.content.image_variant import MAX_FRAMES
from tests.cli.conftest import Newsletter
from tests.content.pictures import animation, encoded, noise, resized

ISSUE = """---
title: an issue of images that cannot be used
date: 2026-01-02
slug: bad
image: bad.png
image_alt: a chair
tldr: |
  ![a chair](bad.png)
music: {url: https://example.com/song, title: A Song, cover: bad.png}
roundtable: bad
---
One line, then

![a chair](bad.png){width=96px}
"""
ROUNDTABLE = """---
title: Two of Us
panel:
  - {name: Ann Oldtown, photo: ../bad.png}
---
## One

**Ann:** Yes. ![a chair](../bad.png)
"""
PLACES = {
    "issues/2026-01-02-bad.md:5:",
    "issues/2026-01-02-bad.md:8:",
    "issues/2026-01-02-bad.md:9:",
    "issues/2026-01-02-bad.md:14:1:",
    "issues/roundtables/bad.md:4:",
    "issues/roundtables/bad.md:8:",
    "newsletter.yaml:",
}

Make = Callable[[Path], object]
PNG = encoded(noise((60, 40)), "PNG")
BAD: dict[str, tuple[Make, str, str]] = {
    "missing": (lambda path: None, "is not there", "it would be "),
    "leads out": (
        lambda path: path.symlink_to("/etc/passwd"),
        "leads out of the publication",
        "copy the file into it",
    ),
    "text": (
        lambda path: path.write_text("text"),
        "is not an image",
        "use one of JPEG, PNG, GIF, WEBP, AVIF",
    ),
    "cut off": (
        lambda path: path.write_bytes(PNG[:3000]),
        "is damaged or cut off",
        "export or copy it again",
    ),
    "bomb": (
        lambda path: path.write_bytes(resized(PNG, 60_000, 60_000)),
        "has far too many pixels",
        "export it smaller",
    ),
    "wide": (
        lambda path: path.write_bytes(resized(PNG, 20_000, 10)),
        "has 20000 × 10 pixels",
        "export it smaller: 1200 pixels are as wide as it is ever shown",
    ),
    "svg": (
        lambda path: path.write_text("<svg onload='alert(1)'/>"),
        "is an SVG, which mail programs do not show",
        "export it as PNG, 1200 pixels wide",
    ),
    "frames": (
        lambda path: path.write_bytes(animation("GIF", MAX_FRAMES + 1)),
        f"has {MAX_FRAMES + 1} frames",
        f"make it shorter: at most {MAX_FRAMES} are shown",
    ),
    "pipe": (os.mkfifo, "is not a file", "check the name"),
}


@pytest.fixture(params=BAD)
def bad(request: pytest.FixtureRequest, publication: Path) -> tuple[str, str]:
    """What is wrong with the image that a publication names in every place."""
    make, message, hint = BAD[request.param]
    issues = publication / "issues"
    for path in issues.rglob("*.md"):
        path.unlink()
    (issues / "2026-01-02-bad.md").write_text(ISSUE, "utf-8")
    (issues / "roundtables/bad.md").write_text(ROUNDTABLE, "utf-8")
    with (publication / "newsletter.yaml").open("a", encoding="utf-8") as file:
        file.write("logo: issues/bad.png\n")
    make(issues / "bad.png")
    return message, hint


def test_every_place_of_a_bad_image_is_told_with_what_to_do(
    newsletter: Newsletter, bad: tuple[str, str]
) -> None:
    message, hint = bad

    checked = newsletter("check")

    assert checked.code == 4
    told = [line for line in checked.err.splitlines() if "bad.png" in line]
    for place in PLACES:
        [line] = [line for line in told if line.startswith(place)]
        assert f"bad.png` {message}; {hint}" in line, line


@pytest.mark.parametrize("command", ["build", "send"])
def test_nothing_is_published_or_sent_with_a_bad_image(
    newsletter: Newsletter, publication: Path, bad: tuple[str, str], command: str
) -> None:
    newsletter("subscribers", "import", "subscribers.csv")

    ended = newsletter(command, *(["bad", "--yes"] if command == "send" else []))

    assert ended.code in (3, 4)
    assert f"bad.png` {bad[0]}" in ended.err
    assert not (publication / "site").exists()
    assert not (publication / ".newsletter/outbox").exists()
