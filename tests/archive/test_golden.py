"""A small site as it was reviewed: one issue's page, its feed."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from newsletter.archive.build import build_site
from newsletter.config.publication import load_publication
from tests.archive.conftest import TODAY

YAML = """
name: the small letter
description: a letter of one issue.
author: jo
base_url: https://small.example.com/letter
from: {name: jo, address: jo@small.example.com}
"""
ISSUE = """---
title: "one & only"
description: the deck
number: 1
my_2_cents: say it once
tldr: |
  - *short*
music: {url: https://open.spotify.com/track/1, title: A Song, artist: A Band, note: o}
roundtable: two
tags: [brevity]
---
hello {{ first_name | default("there") }},

![a dot](dot.png "a *dot*")

> said once[^1]

## again

**[a button](https://example.com/?a=1&b=2)** and [the table](/roundtables/two/).

[^1]: and heard.
"""
ROUNDTABLE = """---
title: Two of Us
competency: Brevity
date: 2026-01-02
panel:
  - {name: Ann Oldtown, role: Editor, photo: ../dot.png, hire: brief, concern: terse}
  - {name: Bo Park}
consensus: They **agree**.
---
## One

**Ann:** Yes.

**Bo:** Ann, no.
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The site of a publication of one issue and one roundtable."""
    (tmp_path / "issues" / "roundtables").mkdir(parents=True)
    (tmp_path / "newsletter.yaml").write_text(YAML, "utf-8")
    (tmp_path / "issues" / "2026-01-02-one.md").write_text(ISSUE, "utf-8")
    (tmp_path / "issues" / "roundtables" / "two.md").write_text(ROUNDTABLE, "utf-8")
    # GIF, whose bytes are the same whatever library made them.
    Image.new("P", (2, 1)).save(tmp_path / "issues" / "dot.png", "GIF")
    build_site(load_publication(tmp_path, {}), tmp_path / "site", today=TODAY)
    return tmp_path / "site"


@pytest.mark.parametrize(
    ("golden_name", "name"),
    [
        ("archive/issue.html", "one/index.html"),
        ("archive/roundtable.html", "roundtables/two/index.html"),
        ("archive/index.html", "index.html"),
        ("archive/feed.atom", "feed.atom"),
        ("archive/sitemap.xml", "sitemap.xml"),
    ],
)
def test_the_site_is_as_it_was_reviewed(
    small: Path, golden: Callable[[str, str], None], golden_name: str, name: str
) -> None:
    # The version of the style is left out: a colour would change every page.
    text = (small / name).read_bytes().decode()

    golden(golden_name, without_version(text))


def without_version(html: str) -> str:
    return re.sub(r"(?<=\.css\?v=)\w{8}", "", html)
