"""The web page that is shown is the one that a build writes."""

from pathlib import Path

import pytest

from newsletter.archive.build import build_site
from newsletter.archive.preview import Preview
from newsletter.config.publication import load_publication
from newsletter.content.images import ImageFolder
from newsletter.content.library import issue_files, read_library, roundtable_files
from newsletter.web.studio.looks import issue_url, roundtable_url
from newsletter.web.studio.naming import name_of
from newsletter.web.studio.shown import in_scheme
from tests.web.studio.conftest import ISSUE, NOW, Studio

VIEW = f"/issues/{ISSUE}"
TABLE = "/roundtables/the-launch-she-stopped"
TODAY = NOW.date()


def built(studio: Studio, out: Path) -> Path:
    """The site that a build writes now."""
    build_site(load_publication(studio.root), out, today=TODAY)
    return out


def shown(studio: Studio, path: str) -> bytes:
    """A page, found."""
    answer = studio.get(path)
    assert answer.status == 200, answer.text
    return answer.body


def in_light(path: Path) -> bytes:
    """A file of the site as a frame shows it, which differs in nothing else."""
    return in_scheme(path.read_text(), dark=False).encode()


def test_every_page_is_the_file_that_a_build_writes(
    at_desk: Studio, tmp_path: Path
) -> None:
    out = built(at_desk, tmp_path / "out")

    for path in issue_files(at_desk.root):
        page = shown(at_desk, f"{issue_url(name_of(path))}/light/page/")
        slug = path.stem[11:]
        assert page == in_light(out / slug / "index.html")
        assert b'class="neighbours' in page
    for path in roundtable_files(at_desk.root):
        view = f"{roundtable_url(name_of(path))}/light"
        page = shown(at_desk, f"{view}/roundtables/page/")
        assert page == in_light(out / "roundtables" / path.stem / "index.html")
        assert b"../../pull-up-the-second-chair/" in page or path.stem not in TABLE
    files = [path for path in out.rglob("*") if path.suffix in (".html", ".css")]
    for path in files:
        place = path.relative_to(out).as_posix().removesuffix("index.html")
        assert shown(at_desk, f"{VIEW}/light/{place}") == in_light(path)


def test_the_bytes_are_the_same_before_a_frame_holds_them_in_a_light(
    at_desk: Studio, tmp_path: Path
) -> None:
    out = built(at_desk, tmp_path / "out")
    root = at_desk.root
    publication, (library, _) = load_publication(root), read_library(root)
    archive = Preview(root)
    for issue in library.issues:
        made = archive.made(publication, issue, TODAY, ImageFolder(root))
        assert made == (out / f"{issue.slug}/index.html").read_bytes()
    for slug, table in library.roundtables.items():
        made = archive.made(publication, table, TODAY, ImageFolder(root))
        assert made == (out / f"roundtables/{slug}/index.html").read_bytes()


@pytest.mark.parametrize("hidden", ["status: draft", "date: 2027-03-05"])
def test_what_is_not_out_is_shown_as_it_will_be(
    at_desk: Studio, tmp_path: Path, hidden: str
) -> None:
    text = "---\ntitle: soon\nroundtable: the-launch-she-stopped\n{}\n---\nhey.\n"
    path = at_desk.root / "issues/2026-11-20-soon.md"
    path.write_text(text.format(hidden))
    page = shown(at_desk, "/issues/2026-11-20-soon/light/page/")
    before = shown(at_desk, f"{VIEW}/light/page/")
    assert b"../soon/" not in before

    is_draft = hidden.startswith("status")
    path.write_text(text.format("" if is_draft else hidden))
    today = TODAY if is_draft else TODAY.replace(year=2027, month=3)
    publication = load_publication(at_desk.root)
    build_site(publication, tmp_path / "out", today=today)
    assert page == in_light(tmp_path / "out/soon/index.html")


def test_a_roundtable_that_is_not_out_is_shown_as_it_will_be(
    at_desk: Studio, tmp_path: Path
) -> None:
    path = at_desk.root / "issues/roundtables/the-launch-she-stopped.md"
    later = path.with_name("later.md")
    text = path.read_text()
    later.write_text(text.replace("date: 2026", "date: 2030", 1))
    assert "date: 2030" in later.read_text()
    page = shown(at_desk, "/roundtables/later/light/roundtables/page/")

    assert b"2030" in page
    assert at_desk.get(f"{VIEW}/light/roundtables/later/").status == 404
    assert at_desk.get("/roundtables/later/light/roundtables/later/").status == 200


def test_what_others_show_follows_their_files(at_desk: Studio) -> None:
    page = f"{VIEW}/light/page/"
    first = shown(at_desk, page)
    path = at_desk.root / "issues/2026-11-13-fourteen-bullets.md"
    text = path.read_text()
    path.write_text(text.replace('title: "', 'title: "ONE MORE ', 1))
    assert b"ONE MORE" in shown(at_desk, page)
    # A mistake in it is told where it is; here it is left out.
    path.write_text("---\ntitel: x\n---\n")
    assert b"fourteen-bullets" not in shown(at_desk, page)
    path.write_text(text)
    assert shown(at_desk, page) == first


def test_the_whole_archive_can_be_read_from_a_page(at_desk: Studio) -> None:
    for path, kind in {
        "": "text/html",
        "tags/": "text/html",
        "feed.json": "application/json",
        "style.css": "text/css",
        "robots.txt": "text/plain",
    }.items():
        answer = at_desk.get(f"{VIEW}/dark/{path}")
        assert answer.status == 200
        assert answer.headers["content-type"].startswith(kind)
        assert "sandbox" in answer.headers["content-security-policy"]


def test_what_keeps_a_page_from_being_made_is_told_in_its_frame(
    at_desk: Studio,
) -> None:
    (at_desk.root / "about.md").write_bytes(b"\xff\xfe")
    answer = at_desk.get(f"{VIEW}/light/page/")
    assert answer.status == 422
    assert "<code>about.md:1:1</code>" in answer.text
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        f"{VIEW}/light/nowhere/",
        f"{VIEW}/bright/page/",
        f"{VIEW}/light/../../../newsletter.yaml",
        f"{VIEW}/light/%2e%2e/newsletter.yaml",
        f"{VIEW}/light/images/nothing.png",
        f"{TABLE}/light/page/",
        "/issues/nowhere/light/page/",
    ],
)
def test_what_is_not_in_the_archive_is_not_found(at_desk: Studio, path: str) -> None:
    assert at_desk.get(path).status == 404
