"""Texts of 100 KB made to be slow, and a process of its own that goes the whole way.

`python -m tests.render.bombs FOLDER` composes an issue of each, half of the text in its
body and half in a remark of its roundtable, and prints as JSON how long each took.
"""

import json
import sys
import time
from pathlib import Path

from newsletter.config.publication import load_publication
from newsletter.errors import SourceError
from newsletter.sending.compose import compose

SIZE = 50_000
"""Characters in each of the two texts."""

YAML = """
name: bombs
base_url: https://letter.example.com
from: {name: jo, address: jo@example.com}
trusted_html: TRUSTED
"""
ISSUE = """---
title: a bomb
date: 2026-11-20
roundtable: bomb
---

"""
ROUNDTABLE = """---
title: a bomb
panel: [{name: Ann}, {name: Bo}]
---

## One

**Ann:** Bo, """


def full(unit: str) -> str:
    """A text made of one unit."""
    return unit * (SIZE // len(unit))


BOMBS = {
    "brackets": full("["),
    "brackets on lines": full("[\n"),
    "emphasis": full("*a "),
    "emphasis of both kinds": full("*_"),
    "underscores": full("_a"),
    "less than": full("<"),
    "half tags": full("<a b="),
    "half comments": full("<!--"),
    "half addresses": full("<a@"),
    "quotes": full(">"),
    "quotes of one line": full(">a\n\n"),
    "images": full("!["),
    "images that are links": full("[![a](b)](c)"),
    "images side by side": full("![a](x.jpg) "),
    "backticks": full("`"),
    "code in code": full("`a``b```"),
    "tables": full("|a|\n|-|\n"),
    "rows of tables": full("-|-\n|"),
    "footnotes": full("[^a]"),
    "notes": full("[^a]: b\n\n"),
    "references": full("[a]: /b\n"),
    "titles": full("[a](b 'c"),
    "lists in lists": full("+ a\n  - "),
    "loose lists": full("- a\n\n"),
    "sub-heads": full("### a\n\n#### b\n\n"),
    "bold links": full("**[a](/b)**\n\n"),
    "curly quotes": full("\"'a"),
    "merge tags": full("{{ name }} {{ x }} "),
    "words that are not meant to stay": full("TK TODO lorem ipsum "),
    "days": full("on friday the 13th of may, "),
    "directions": full("\u200f\u05d0\u200fb "),
    "joined emoji": full("👩‍👩‍👧‍👦"),
}
TAGS = {
    name: full(unit)
    for name, unit in {
        "open blocks": "<div>\n",
        "open tables": "<table><tr><td>",
        "drawings": "<svg><math>",
        "paragraphs in paragraphs": "<p>\n\n",
        "bold in bold": "<b><i>",
        "unknown elements": "<a-b>",
        "styles": "<b style='color:red'>a</b>",
        "raw text": "<textarea><style><title>",
    }.items()
}
MEGABYTE = ("word " * 60 + "\n\n## a head\n\n") * 3_200
"""As long as a text may be."""


def measure(home: Path, bomb: str, *, trusted: bool) -> tuple[float, str]:
    """The seconds of CPU that an issue takes, and whether it was made or refused."""
    (home / "issues" / "roundtables").mkdir(parents=True, exist_ok=True)
    yaml = YAML.replace("TRUSTED", str(trusted).lower())
    (home / "newsletter.yaml").write_text(yaml, encoding="utf-8")
    (home / "issues" / "bomb.md").write_text(ISSUE + bomb, encoding="utf-8")
    remarks = home / "issues" / "roundtables" / "bomb.md"
    remarks.write_text(ROUNDTABLE + bomb, encoding="utf-8")
    start = time.process_time()
    try:
        compose(load_publication(home, {}), "bomb")
    except SourceError as error:
        outcome = str(error.problems[0])
    else:
        outcome = "made"
    return time.process_time() - start, outcome


def main() -> None:
    """Measure them all."""
    home = Path(sys.argv[1])
    found = {
        name: measure(home, bomb, trusted=bombs is TAGS)
        for bombs in (BOMBS, TAGS)
        for name, bomb in bombs.items()
    }
    found["a megabyte"] = measure(home, MEGABYTE, trusted=False)
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
