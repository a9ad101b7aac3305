"""Links between the pages of a site, as they are written on each."""

import pytest

from newsletter.render.page_place import Place

PAGES = frozenset({"index.html", "a/index.html", "b/index.html", "404.html"})


def place(path: str, base_url: str = "https://example.com/letter") -> Place:
    return Place(base_url, path, PAGES, rooted=path == "404.html")


def test_a_page_is_known_by_its_folder() -> None:
    assert place("a/index.html").url == "https://example.com/letter/a/"
    assert place("index.html").url == "https://example.com/letter/"


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("index.html", "b/index.html"),
        ("a/index.html", "../b/index.html"),
        ("roundtables/x/index.html", "../../b/index.html"),
        ("404.html", "/letter/b/index.html"),
    ],
)
def test_a_link_is_seen_from_the_page(path: str, link: str) -> None:
    assert place(path).to("b/index.html") == link


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://example.com/letter/b/", "../b/index.html"),
        ("https://example.com/letter/b", "../b/index.html"),
        ("https://example.com/letter/b/#x", "../b/index.html#x"),
        ("https://example.com/letter/b/?q=1#x", "../b/index.html?q=1#x"),
        ("https://example.com/letter/", "../index.html"),
        ("https://example.com/letter", "../index.html"),
        ("https://example.com/letter/a/#x", "#x"),
        ("https://example.com/letter/images/x.jpg", "../images/x.jpg"),
        ("https://example.com/letter/u/leave/", "../u/leave/"),
        ("https://example.com/letters/b/", "https://example.com/letters/b/"),
        ("https://example.com/", "https://example.com/"),
        ("https://example.com.evil/letter/", "https://example.com.evil/letter/"),
        ("mailto:x@example.com", "mailto:x@example.com"),
        ("", ""),
    ],
)
def test_an_address_of_our_own_becomes_relative(url: str, link: str) -> None:
    assert place("a/index.html").seen(url) == link


def test_a_path_is_never_taken_for_a_scheme() -> None:
    url = "https://example.com/letter/javascript:alert(1)"

    assert place("index.html").seen(url) == "./javascript:alert(1)"
    assert place("a/index.html").seen(url) == "../javascript:alert(1)"


def test_a_site_at_the_root_of_its_host_works_too() -> None:
    assert (
        place("404.html", "https://example.com").to("a/index.html") == "/a/index.html"
    )
    assert place("a/index.html", "https://example.com").seen(
        "https://example.com/"
    ) == ("../index.html")
