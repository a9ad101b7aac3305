"""The archive: its files, nothing above or beside them, and no work done twice."""

import os
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from newsletter.archive.build import build_site
from newsletter.web import archive
from newsletter.web.archive import Archive
from tests.cli.repository import change
from tests.web.asgi import Client
from tests.web.conftest import World


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/index.html", "text/html; charset=utf-8"),
        ("/style.css", "text/css; charset=utf-8"),
        ("/feed.atom", "application/atom+xml"),
        ("/robots.txt", "text/plain; charset=utf-8"),
        ("/say-the-number/", "text/html; charset=utf-8"),
    ],
)
def test_what_was_built_is_served(site: World, path: str, kind: str) -> None:
    answer = site.client.get(path)

    assert (answer.status, answer.headers["content-type"]) == (200, kind)
    name = path.removeprefix("/") + ("index.html" if path.endswith("/") else "")
    assert answer.body == (site.root / "site" / name).read_bytes()
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "script-src 'self';" in answer.headers["content-security-policy"]
    head = site.client.ask("HEAD", path)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(answer.body))


def test_a_folder_is_led_to_its_slash(site: World) -> None:
    answer = site.client.get("/say-the-number")

    assert (answer.status, answer.headers["location"]) == (308, "/say-the-number/")


def test_letters_beyond_ascii_are_found_and_led_to(site: World) -> None:
    folder = site.root / "site" / "tags" / "面接"
    folder.mkdir(parents=True)
    (folder / "index.html").write_text("hi", "utf-8")

    path = "/tags/%E9%9D%A2%E6%8E%A5"
    assert site.client.get(path).headers["location"] == f"{path}/"
    assert site.client.get(f"{path}/").body == b"hi"


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/../newsletter.yaml",
        "/..%2fnewsletter.yaml",
        "/%2e%2e/newsletter.yaml",
        "/say-the-number/../../newsletter.yaml",
        "/..\\newsletter.yaml",
        "//etc/passwd",
        "/etc/passwd",
        "/./index.html",
        "/.secret",
        "/.newsletter/newsletter.db",
        "/index.html%00.png",
        "/link.txt",
        "/links/newsletter.yaml",
        "/" + "a" * 5000,
        "/a/" * 500,
        "///evil.example/%2e%2e",
    ],
)
def test_nothing_else_is(site: World, path: str) -> None:
    folder = site.root / "site"
    (folder / ".secret").write_text("secret")
    (folder / "link.txt").symlink_to(site.root / "newsletter.yaml")
    (folder / "links").symlink_to(site.root)

    answer = site.client.get(path)

    assert answer.status == 404
    assert "there is no such page" in answer.text
    assert "location" not in answer.headers


def test_a_page_that_is_built_again_is_served_again(site: World) -> None:
    before = site.client.get("/")
    tag = {"if-none-match": before.headers["etag"]}
    assert site.client.get("/", headers=tag).status == 304

    change(
        site.root / "newsletter.yaml", ('name: "the second chair"', 'name: "another"')
    )
    from datetime import date

    from newsletter.config.publication import load_publication

    built = load_publication(site.root)
    build_site(built, site.root / "site", today=date(2026, 12, 31))

    again = site.client.get("/", headers=tag)
    assert again.status == 200
    assert "<title>another</title>" in again.text


def test_a_large_file_is_sent_from_the_disk(site: World) -> None:
    data = os.urandom(300_000)
    (site.root / "site" / "talk.bin").write_bytes(data)

    answer = site.client.get("/talk.bin")

    assert answer.body == data
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_without_an_archive_there_is_nothing_but_the_service(world: World) -> None:
    answer = world.client.get("/")

    assert (answer.status, answer.text) == (404, "no such page\n")
    assert world.client.get("/subscribe").status == 200


def test_posting_to_a_page_is_not_allowed(site: World) -> None:
    answer = site.client.post("/say-the-number/")

    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


def test_a_file_that_vanishes_meanwhile_is_none(
    site: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.read_bytes

    def gone(self: Path) -> bytes:
        if self.name == "robots.txt":
            raise FileNotFoundError
        return real(self)

    monkeypatch.setattr(Path, "read_bytes", gone)

    assert site.client.get("/robots.txt").status == 404


def test_what_is_kept_in_memory_is_bounded_in_bytes(
    site: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "_KEPT_IN_ALL", 300_000)
    served = Archive(site.root / "site")
    client = Client(Starlette(routes=[Mount("/", served)]))
    for _ in range(3):
        for number in range(5):
            path = site.root / "site" / f"{number}.txt"
            path.write_bytes(os.urandom(100_000 + number))
            assert client.get(f"/{number}.txt").body == path.read_bytes()
            kept = sum(len(each.body) for each in served._kept.values())
            assert len(path.read_bytes()) <= kept <= served._bytes <= 300_000
    client.close()
