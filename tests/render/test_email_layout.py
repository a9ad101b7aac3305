"""How a mail is laid out: on a phone, from right to left, in Outlook, in each theme."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from newsletter.config.publication import load_publication
from newsletter.config.theme import load_theme, theme_names
from newsletter.model.publication import Publication
from newsletter.render.email_html import MAIL_WIDTH
from tests.conftest import ROOT
from tests.render.making import html_for, rendered

if TYPE_CHECKING:
    from playwright.sync_api import FloatRect, Page

    from tests.rig.chromium import Pages

THEMES = theme_names(ROOT)
EVERYTHING = """\
hello, `code`, [a link](https://a.example) and a note.[^1]

> a few words

> somebody's words
> — Ann

![one](chairs.jpg "left")
![two](chairs.jpg "right")

![three](chairs.jpg) ![four](chairs.jpg) ![five](chairs.jpg) ![six](chairs.jpg)

![small](chairs.jpg){width=96px} a text beside it

![larger](chairs.jpg){width=200px} unquestionably, incomprehensibilities

- one
  - two
    - three
      - four
        - five
          - six, unquestionably
            - > > > > > > seven, unquestionably

- [x] done

| candidate | interviews | outcome | notes |
|---|--:|---|---|
| Maximiliane | 5 | declined | compensation |

| one | two | three | four | five | six |
|---|---|---|---|---|---|
| something | anotherthing | whatsoever | nevertheless | fundamental | considerable |

1. why?
2. what for?

- item

```
code
```

to https://a.example/b

---

**[a button](https://a.example)**

[^1]: the note
"""
TEXTS: dict[str, Any] = {
    "description": "a deck",
    "my_2_cents": "a headline",
    "tldr": "in short\n\n- one\n\n![box](chairs.jpg)",
    "music": {"url": "https://youtu.be/x", "title": "Song", "artist": "Ann"},
    "number": 4,
}

Look = Callable[..., str]


def styled(theme: str, language: str = "en") -> str:
    """A mail that has one of everything, its styles in it."""
    home = load_publication(ROOT, {}).model_copy(update={"theme": theme})
    return whole(themed(home, theme), language)


def themed(publication: Publication, theme: str) -> Publication:
    """The publication in a theme, as newsletter.yaml would say it."""
    found = load_theme(theme, ROOT)
    assert found
    return publication.model_copy(
        update={"colours": found.colours, "fonts": found.fonts, "look": found.look}
    )


def whole(publication: Publication, language: str) -> str:
    publication = publication.model_copy(update={"language": language})
    email = rendered(EVERYTHING, publication=publication, **TEXTS)
    return email.html.join([item.default for item in email.fields])


@pytest.fixture
def look(tmp_path: Path) -> Look:
    """Write a mail to a file and give its address."""

    def write(theme: str, language: str = "en") -> str:
        path = tmp_path / f"{theme}-{language}.html"
        path.write_text(styled(theme, language), encoding="utf-8")
        return path.as_uri()

    return write


PAINT = """() => [...document.querySelectorAll("body *")].map(node => {
  const style = getComputedStyle(node);
  const edges = ["Top", "Right", "Bottom", "Left"];
  return [node.localName + "." + node.className, style.color, style.backgroundColor,
    ...edges.map(edge => parseFloat(style[`border${edge}Width`])
      ? style[`border${edge}Color`] : "")].join(" ");
})"""
# What is drawn over more than one line though no blank is in it.
BROKEN = """() => {
  const found = [], walker = document.createTreeWalker(
    document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) for (const match of
    walker.currentNode.data.matchAll(/[\\p{L}\\p{N}]+/gu)) {
    const range = document.createRange();
    range.setStart(walker.currentNode, match.index);
    range.setEnd(walker.currentNode, match.index + match[0].length);
    const tops = [...range.getClientRects()].map(box => Math.round(box.top));
    if (new Set(tops).size > 1) found.push(match[0]);
  }
  return found;
}"""


@pytest.mark.parametrize("theme", THEMES)
def test_outlook_s_dark_mode_is_the_same_as_everybody_s(
    open_page: "Pages", look: Look, theme: str
) -> None:
    page = open_page(look(theme), width=375, dark=True)
    dark = page.evaluate(PAINT)
    page.emulate_media(color_scheme="light")
    light = page.evaluate(PAINT)
    page.evaluate("""() => { for (const name of ["data-ogsc", "data-ogsb"])
      document.documentElement.setAttribute(name, "") }""")

    assert page.evaluate(PAINT) == dark
    assert light != dark


@pytest.mark.parametrize("theme", THEMES)
def test_no_word_is_broken_and_nothing_is_scrolled_on_the_smallest_phone(
    open_page: "Pages", look: Look, theme: str
) -> None:
    page = open_page(look(theme))

    for width in (320, 375, 700):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(BROKEN) == []
        assert page.evaluate("document.documentElement.scrollWidth") == width


def box(page: "Page", selector: str, number: int) -> "FloatRect":
    found = page.locator(selector).nth(number).bounding_box()
    assert found
    return found


def test_images_side_by_side_stand_below_each_other_on_a_phone(
    open_page: "Pages", look: Look
) -> None:
    page = open_page(look("friday"), width=700)

    def boxes() -> tuple["FloatRect", "FloatRect"]:
        return box(page, ".cell", 0), box(page, ".cell", 1)

    left, right = boxes()
    assert left["y"] == right["y"]
    assert right["x"] > left["x"] + left["width"]
    page.set_viewport_size({"width": 320, "height": 800})
    upper, lower = boxes()
    assert lower["y"] >= upper["y"] + upper["height"]
    assert upper["width"] == 280


def test_a_wide_table_is_stacked_on_a_phone_with_the_heads_of_its_columns(
    open_page: "Pages", look: Look
) -> None:
    page = open_page(look("friday"), width=700)
    table = page.locator(".stack")

    assert table.locator("thead").is_visible()
    assert not table.locator(".head").first.is_visible()
    page.set_viewport_size({"width": 320, "height": 800})
    assert not table.locator("thead").is_visible()
    assert table.inner_text().split() == [
        *("candidate", "Maximiliane", "interviews", "5"),
        *("outcome", "declined", "notes", "compensation"),
    ]


@pytest.mark.parametrize("theme", THEMES)
def test_from_right_to_left_everything_is_on_the_other_side(
    open_page: "Pages", look: Look, theme: str
) -> None:
    sides = """(selector) => { const style = getComputedStyle(
      document.querySelector(selector)); return [style.direction, style.textAlign,
      parseFloat(style.borderLeftWidth), parseFloat(style.borderRightWidth),
      parseFloat(style.paddingLeft), parseFloat(style.paddingRight)] }"""

    page = open_page(look(theme, "en"), width=700)
    left = {name: page.evaluate(sides, name) for name in ("blockquote", "ol", ".small")}
    page.goto(look(theme, "ar"))
    right = {name: page.evaluate(sides, name) for name in left}

    assert left["blockquote"] == ["ltr", "left", 3, 0, 20, 0]
    assert right["blockquote"] == ["rtl", "right", 0, 3, 0, 20]
    for name, (*_, padding_left, padding_right) in left.items():
        assert padding_left != padding_right
        assert right[name][-2:] == [padding_right, padding_left]
    assert box(page, ".beside td", 0)["x"] > box(page, ".beside td", 1)["x"]
    assert page.evaluate("document.documentElement.dir") == "rtl"


def test_code_and_addresses_are_read_from_left_to_right_in_an_arabic_mail(
    open_page: "Pages", look: Look
) -> None:
    page = open_page(look("friday", "ar"), width=700)
    style = """(selector) => { const style = getComputedStyle(
      document.querySelector(selector)); return [style.direction, style.unicodeBidi,
      style.textAlign] }"""

    assert page.evaluate(style, "p > code")[:2] == ["ltr", "isolate"]
    assert page.evaluate(style, "pre > code") == ["ltr", "isolate", "left"]
    assert page.evaluate(style, "pre + p > a[dir]")[:2] == ["ltr", "isolate"]


def test_a_line_in_another_script_is_read_its_own_way_where_the_others_are(
    open_page: "Pages", look: Look
) -> None:
    page = open_page(look("friday", "ar"), width=700)
    style = """(selector) => { const style = getComputedStyle(
      document.querySelector(selector)); return [style.direction, style.textAlign] }"""

    # Without its own direction `14 Harbour Row` would end with its number.
    for line in ("h1", ".deck", ".headline", ".music .title", ".footer [dir]"):
        assert page.evaluate(style, line)[0] == "ltr"
    assert page.evaluate(style, "h1")[1] == "right"


@pytest.mark.parametrize("theme", THEMES)
def test_what_waits_for_an_image_can_be_seen(theme: str) -> None:
    colours = themed(load_publication(ROOT, {}), theme).colours

    assert colours.tint not in (colours.card, colours.paper)
    assert colours.dark.tint not in (colours.dark.card, colours.dark.paper)


def test_words_stand_below_a_larger_image_on_a_phone_and_beside_a_small_one(
    open_page: "Pages", look: Look
) -> None:
    page = open_page(look("friday"), width=700)

    def below() -> list[bool]:
        cells = [box(page, ".beside td", number) for number in range(4)]
        return [
            words["y"] >= image["y"] + image["height"]
            for image, words in (cells[:2], cells[2:])
        ]

    assert below() == [False, False]
    page.set_viewport_size({"width": 320, "height": 800})
    assert below() == [False, True]


@pytest.mark.parametrize("theme", THEMES)
def test_outlook_s_ghost_tables_add_up_to_the_width_of_the_mail(theme: str) -> None:
    html = styled(theme)
    margin = themed(load_publication(ROOT, {}), theme).look.margin

    ghosts = " ".join(re.findall(r"<!--\[if mso.*?\[endif\]-->", html, re.DOTALL))
    tables = {
        int(width) for width in re.findall(r"<table[^>]* width=\"(\d+)\"", ghosts)
    }
    cells = {int(width) for width in re.findall(r"<td[^>]*;width:(\d+)px", ghosts)}
    assert tables == {MAIL_WIDTH}
    assert cells == {MAIL_WIDTH - 2 * margin}
    assert ghosts.count("<table") == ghosts.count("</table") == 6


@pytest.mark.parametrize("theme", THEMES)
def test_a_theme_s_style_sheets_are_small_enough_for_gmail(theme: str) -> None:
    sheets = re.findall(r"<style[^>]*>(.*?)</style>", styled(theme), re.DOTALL)

    assert sum(len(sheet.encode()) for sheet in sheets) < 8 * 1024
    assert "class=" in html_for(rendered())
