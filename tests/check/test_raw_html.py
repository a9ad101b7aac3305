"""An author's own HTML is looked at as Markdown is, where the publication trusts it."""

from pathlib import Path

import pytest

from tests.check import small


def found(home: Path, html: str) -> list[str]:
    """The codes and places of an issue with this HTML below a good text."""
    small.make(home / "p", f"{small.BODY}\n{html}\n", settings={"trusted_html": True})
    return [
        f"{item.place.removeprefix(f'{small.ISSUE}:')} {item.code}"
        for item in small.problems(home / "p", "letter")
    ]


@pytest.mark.parametrize(
    ("html", "places"),
    [
        ('<p><img src="images/chairs.jpg"></p>', ["13:1 alt-text"]),
        ('so <img src="images/chairs.jpg" alt="photo">', ["13:4 alt-text"]),
        ('<img src="images/chairs.jpg" alt="two chairs" width="96">', []),
        ('<img alt="two chairs" src="images/gone.jpg">', ["13:1 image"]),
        (
            '<img alt="two chairs" src="http://a.example/b.jpg">',
            ["13:1 insecure-link", "13:1 remote-image"],
        ),
        ('<p>\n<a href="http://a.example/">a list</a></p>', ["14:1 insecure-link"]),
        ('<p><a href="a-page">a list</a></p>', ["13:1 broken-link", "13:1 link"]),
        ('so <a href="/gone/">a list</a>', ["13:4 broken-link"]),
        ('so <a href="/letter/">a list</a>', []),
        ('so <a href="https://a.example/"></a>', ["13:4 empty-link"]),
        ('<p><a href="https://a.example/">here</a></p>', ["13:1 link-text"]),
        (
            '<a href="https://a.example/"><img src="images/chairs.jpg" alt="two"></a>',
            [],
        ),
        ('<a href="https://a.example/" aria-label="the list">→</a>', []),
        ('<a href="https://a.example/">never ended', []),
        (
            '<a href="https://a.example/">*the*\nlist</a> <a href="https://b.example/">'
            "the list</a>",
            ["14:10 same-words"],
        ),
        ('<a name="x">a place</a> <a href="#">a list</a>', ["13:25 link"]),
        ("> <a\n> href='https://localhost/'>a list</a>", ["13:3 link"]),
        ("<h1>a <b>title</b></h1>", ["13:1 heading-order"]),
        ("<h2>one</h2>\n\n<p>\n<h4>two</h4>", ["16:1 heading-order"]),
        ("<h2>one</h2>\n\n### two\n\n<h4>three</h4>", []),
        ("<h3>one", ["13:1 heading-order"]),
        ("<h2>one<h2>two", []),
        ('`<img src="x">` <!-- <a href="y"> -->', []),
        ('<div>\n<!-- <a href="y">\n</div>', ["14:1 html"]),
        ("<script>\nif (a) '<a href=x>'\n</script>", ["13:1 html"]),
    ],
)
def test_html_is_looked_at_as_markdown_is(
    html: str, places: list[str], tmp_path: Path
) -> None:
    assert found(tmp_path, html) == places


@pytest.mark.parametrize(
    "html",
    [
        '<a href="{{ email }}">a list</a>',
        '<p><a href="{{ email }}/x">a list</a></p>',
        '<a href="https://{{ email }}/x">a list</a>',
        '<a href="ja&#9;vascript:{{ email }}">a list</a>',
    ],
)
def test_no_value_begins_an_address(html: str, tmp_path: Path) -> None:
    # The page has no value, and so one without an address.
    assert set(found(tmp_path, html)) in ({"13:1 link"}, {"13:4 link"})


def test_html_that_is_not_trusted_has_one_problem_alone(tmp_path: Path) -> None:
    home = small.make(tmp_path / "p", f"{small.BODY}\n<h1>a title</h1>\n")

    assert set(small.codes(home)) == {"html"}


@pytest.mark.parametrize(
    ("words", "found"), [(0, "empty"), (9, "word-count"), (60, "")]
)
def test_words_in_html_are_words(words: int, found: str, tmp_path: Path) -> None:
    html = f'<div title="not a word">\n{"word " * words}\n</div>\n'
    home = small.make(tmp_path / "p", html, settings={"trusted_html": True})

    assert set(small.codes(home)) == ({found} if found else set())
