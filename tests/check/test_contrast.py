"""Colours: every word of an email is measured against what is behind it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from newsletter.check.check import check
from newsletter.check.markup import read_markup, sheet_rules
from newsletter.check.shades import Mode, Shade, Shades
from newsletter.model.email import MergeText
from newsletter.model.problem import Problem
from newsletter.model.publication import Publication
from newsletter.model.theme import Colours, Night
from tests.check import small
from tests.render.making import a_publication, an_issue, rendered, sample


def problems(html: str, publication: Publication | None = None) -> list[Problem]:
    """What is found in an email whose HTML is this."""
    email = replace(rendered(), html=MergeText((html,)))
    found = check(an_issue(), email, publication or sample())
    return [item for item in found if item.code == "contrast"]


def shades(html: str) -> dict[Mode, Shade]:
    """The shades of the last words in a piece of HTML."""
    markup = read_markup(f"{html}<hr>")
    [*_, last] = Shades(sheet_rules(markup.style)).of(markup)
    return last.shades


@pytest.mark.parametrize(
    ("style", "words"),
    [
        ("color:#777777", ["in light mode, in dark mode"]),
        ("color:#767676", []),
        ("color:#949494;font-size:24px", []),
        ("color:#959595;font-size:24px", ["in light mode, in dark mode"]),
        ("color:#949494;font-size:19px;font-weight:700", []),
        (
            "color:#949494;font-size:18px;font-weight:700",
            ["in light mode, in dark mode", "inverts"],
        ),
        ("color:rgb(119, 119, 119)", ["in light mode, in dark mode"]),
        ("color:#777;display:none", []),
        ("color:#777;font-size:0px", []),
        ("color:white;background:url(a.png)", []),
        ("color:var(--ink)", []),
        ("color:!important", []),
        ("color:#777;visibility:hidden", []),
        ("color:white", ["in light mode, in dark mode", "inverts the colours, in the"]),
    ],
)
def test_contrast_is_that_of_wcag(style: str, words: list[str]) -> None:
    html = f'<body style="background:#fff"><p style="{style}">hello</p></body>'

    found = problems(html)

    assert len(found) == len(words)
    for part in words:
        assert any(part in item.message for item in found)


@pytest.mark.parametrize(
    ("html", "text", "behind"),
    [
        ('<p style="color:#111111">a', "#111111", "#ffffff"),
        ('<div style="color:#111"><p>a', "#111111", "#ffffff"),
        ('<td bgcolor="#222222"><p>a', "#000000", "#222222"),
        ('<div style="background:#222 none"><b>a</b>', "#000000", "#222222"),
        (
            '<div style="background:#333"><div style="background:#222">'
            '<i style="background:transparent">a</i>',
            "#000000",
            "#222222",
        ),
        ('<div style="color:#111"><p style="color:inherit">a', "#111111", "#ffffff"),
        ("<style>p{color:#111}</style><p>a", "#111111", "#ffffff"),
        (
            "<style>p{color:#111}.b{color:#222}</style><p class=b>a",
            "#222222",
            "#ffffff",
        ),
        (
            "<style>.b{color:#222}p{color:#111}</style><p class=b>a",
            "#222222",
            "#ffffff",
        ),
        ("<style>#c{color:#222}.b{color:#1}</style><p id=c>a", "#222222", "#ffffff"),
        (
            '<style>p{color:#111}</style><p style="color:#222">a',
            "#222222",
            "#ffffff",
        ),
        (
            '<style>p{color:#111 !important}</style><p style="color:#222">a',
            "#111111",
            "#ffffff",
        ),
        ("<style>div > p{color:#111}</style><p>a", "#000000", "#ffffff"),
        ("<style>div > p{color:#111}</style><div><p>a", "#111111", "#ffffff"),
        ("<style>div p{color:#111}</style><div><i><p>a", "#111111", "#ffffff"),
        ("<style>div > p{color:#111}</style><div><i><p>a", "#000000", "#ffffff"),
        ("<style>p:hover{color:#111}</style><p>a", "#000000", "#ffffff"),
        ("<style>p + p{color:#111}</style><p>a", "#000000", "#ffffff"),
        ("<style>*{color:#111}</style><p>a", "#111111", "#ffffff"),
        ("<style>[dir]{color:#111}</style><p dir=rtl>a", "#111111", "#ffffff"),
        ("<style>@media print{p{color:#111}}</style><p>a", "#000000", "#ffffff"),
        ("<style>@media screen{p{color:#111}}</style><p>a", "#111111", "#ffffff"),
        ("<style>@font-face{src:x}p{color:#111}</style><p>a", "#111111", "#ffffff"),
        ("<style>@import 'x';p{color:#111}</style><p>a", "#111111", "#ffffff"),
        ("<style>/* p{color:#222} */p{color:#111}</style><p>a", "#111111", "#ffffff"),
        ("<style>p{color:#111</style><p>a", "#111111", "#ffffff"),
        (
            '<!--[if mso]><p style="color:#111">b</p><![endif]--><p>a',
            "#000000",
            "#ffffff",
        ),
        ('<p style="color:#111">b<br>a', "#111111", "#ffffff"),
        ('<p style="color:#111">b</i></p><i>a', "#000000", "#ffffff"),
    ],
)
def test_colours_are_handed_down_as_in_a_mail_program(
    html: str, text: str, behind: str
) -> None:
    shade = shades(html)[Mode.LIGHT]

    assert (shade.text, shade.behind) == (text, behind)


SHEET = (
    "<style>@media (prefers-color-scheme: dark) {p {color: #eeeeee !important}"
    " div {background-color: #111111 !important}}"
    "@media (prefers-color-scheme: light) {p {color: #333333}}"
    "[data-ogsc] p {color: #cccccc !important}</style>"
)


def test_each_mode_has_its_own_rules() -> None:
    found = shades(f'{SHEET}<div style="background:#fafafa"><p>a')

    assert (found[Mode.LIGHT].text, found[Mode.LIGHT].behind) == ("#333333", "#fafafa")
    assert (found[Mode.DARK].text, found[Mode.DARK].behind) == ("#eeeeee", "#111111")
    inverted = found[Mode.INVERTED]
    assert (inverted.text, inverted.behind) == ("#cccccc", "#050505")
    outlook = found[Mode.OUTLOOK]
    assert (outlook.text, outlook.behind) == ("#cccccc", "#050505")


def test_black_that_is_written_into_the_html_is_found_in_the_dark(
    tmp_path: Path,
) -> None:
    home = small.make(tmp_path / "p")
    reply = home / "templates" / "email" / "reply.html"
    reply.parent.mkdir(parents=True)
    reply.write_text('\n<p style="color: #000 !important">write to me</p>')

    [problem] = small.problems(home, "letter")

    assert problem.place == "templates/email/reply.html:2:18"
    assert problem.message.startswith("#000000 on #")
    assert problem.message.endswith(" in dark mode")


def test_a_colour_of_the_author_s_own_html_is_found_in_the_text(tmp_path: Path) -> None:
    text = '<table><tr><td style="color: #888">hello</td></tr></table>'
    home = small.make(
        tmp_path / "p",
        f"{small.BODY}\n{text}\n",
        settings={"trusted_html": True},
    )

    [problem] = small.problems(home, "letter")

    assert (problem.code, problem.place) == ("contrast", f"{small.ISSUE}:13:30")


@pytest.mark.parametrize(
    ("colours", "place", "words"),
    [
        ({"ink": "#aaaaaa"}, "newsletter.yaml:1:1", "`ink` #aaaaaa on #"),
        ({"on_accent": "#a84329"}, "newsletter.yaml:1:1", "`on_accent` #"),
    ],
)
def test_a_palette_is_measured_as_a_whole(
    colours: dict[str, Any], place: str, words: str
) -> None:
    found = problems("<p>a</p>", a_publication(colours=Colours(**colours)))

    assert {item.place for item in found} == {place}
    assert any(item.message.startswith(words) for item in found)


def test_the_palette_of_the_night_is_measured_too() -> None:
    night = Colours(dark=Night(quiet="#333333"))

    found = problems("<p>a</p>", a_publication(colours=night))

    assert {item.message.split()[0] for item in found} == {"`dark.quiet`"}
    assert all(item.message.endswith("in dark mode") for item in found)


def test_a_colour_is_found_where_it_was_chosen(tmp_path: Path) -> None:
    home = small.make(tmp_path / "p", settings={"colours": {"quiet": "#b9b5ac"}})

    found = [item for item in small.problems(home) if item.code == "contrast"]

    assert {item.place for item in found} == {"newsletter.yaml:8:10"}


def test_elements_with_ids_of_their_own_are_judged_once() -> None:
    markup = read_markup(
        "<style>#c{color:#222222}</style>"
        "<p id='a'>a<p id='b'>b</p></p><p id='c'>c</p><p id='d'>d</p>"
    )

    shapes = [*Shades(sheet_rules(markup.style)).of(markup)]

    assert [shape.look.id for shape in shapes] == ["", "", "c"]
