"""Every link of the site leads somewhere, from a host and from the disk alike."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from tests.archive.conftest import Build, write_issue


class Links(HTMLParser):
    """The addresses and the ids of a page."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("rel") == "canonical":
            return
        self.links += [given[name] or "" for name in ("href", "src") if name in given]
        self.ids += [value or "" for name, value in attrs if name == "id"]


def inner_links(page: Path, root: Path) -> Iterator[tuple[Path, str]]:
    """The file and the fragment of every link that stays in the site."""
    for link in Links(page).links:
        # A 404 is shown anywhere, so that its links start at the root of the host.
        rooted = link.startswith("/")
        url = urlsplit(root.as_uri() + link if rooted else urljoin(page.as_uri(), link))
        if url.scheme == "file":
            yield Path(unquote(url.path)), url.fragment


def dead_links(root: Path) -> list[str]:
    pages = sorted(root.rglob("*.html"))
    ids = {page: Links(page).ids for page in pages}
    return [
        f"{page.relative_to(root)}: {target}#{fragment}"
        for page in pages
        for target, fragment in inner_links(page, root)
        if not target.is_file() or (fragment and fragment not in ids[target])
    ]


def test_every_link_inside_the_site_leads_to_a_file_and_its_anchor(
    build: Build, out: Path
) -> None:
    build()

    assert dead_links(out) == []


def test_an_author_may_link_pages_as_the_web_knows_them(
    build: Build, out: Path, publication: Path
) -> None:
    write_issue(
        publication,
        "2026-11-27-x",
        "title: x",
        "[a](/say-the-number/), [b](/say-the-number), [c](https://letter.example.com), "
        "[d](https://letter.example.com/roundtables/the-launch-she-stopped/#signals), "
        "[e](#f)\n\n## f\n",
    )

    build()

    page = (out / "x/index.html").read_text("utf-8")
    for link in (
        '<a href="../say-the-number/index.html">a</a>',
        '<a href="../say-the-number/index.html">b</a>',
        '<a href="../index.html">c</a>',
        '<a href="../roundtables/the-launch-she-stopped/index.html#signals">d</a>',
        '<a href="#f">e</a>',
    ):
        assert link in page
    assert dead_links(out) == []


def test_everybody_reaches_every_page_from_the_front(build: Build, out: Path) -> None:
    build()

    seen: set[Path] = set()
    queue = [out / "index.html"]
    while queue:
        page = queue.pop()
        if page not in seen and page.suffix == ".html":
            seen.add(page)
            queue += [target for target, _ in inner_links(page, out)]

    assert seen == set(out.rglob("*.html")) - {out / "404.html"}


def test_the_404_links_from_the_root_of_the_host(build: Build, out: Path) -> None:
    build(base_url="https://example.com/letter")

    links = [link for link in Links(out / "404.html").links if ":" not in link[:6]]
    inner = [link for link in links if not link.startswith("#")]
    assert inner
    assert all(link.startswith("/letter/") for link in inner)


@pytest.mark.parametrize("name", ["index.html", "x/index.html"])
def test_no_id_is_given_twice(
    build: Build, out: Path, publication: Path, name: str
) -> None:
    write_issue(
        publication,
        "2026-11-27-x",
        "title: x\ntldr: |\n  a[^1]\n\n  [^1]: b",
        "## content\n\n## a\n\n## a\n\n## a-2\n\n## note 1\n\n## z {#ref-1}\n\n"
        "c[^x]\n\n[^x]: d\n",
    )

    build()

    ids = Links(out / name).ids
    assert len(ids) == len(set(ids))
