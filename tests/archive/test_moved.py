"""Pages that are left where an issue was before."""

from pathlib import Path

import pytest

from newsletter.archive.moved import old_place
from newsletter.errors import SourceError
from tests.archive.conftest import Build, write_issue

BASE = "https://letter.example.com"


@pytest.mark.parametrize(
    ("alias", "place"),
    [
        ("old-name", "old-name/index.html"),
        ("/old-name/", "old-name/index.html"),
        ("/2024/05/Old_Name", "2024/05/Old_Name/index.html"),
        ("/old.html", "old.html"),
        ("/old.html/", "old.html/index.html"),
        ("/über-uns/?x=1#y", "über-uns/index.html"),
        (f"{BASE}/old/", "old/index.html"),
        ("https://elsewhere.example/old/", ""),
        ("", ""),
        ("/", ""),
        ("../../etc/passwd", ""),
        ("/a//b/", ""),
        ("/.git/", ""),
        ("a\\b", ""),
        ("javascript:alert(1)", ""),
        ("x" * 101, ""),
    ],
)
def test_an_alias_is_an_address_that_a_page_can_have(alias: str, place: str) -> None:
    assert old_place(alias, BASE) == place


def test_an_old_address_leads_on_to_the_issue(
    build: Build, out: Path, publication: Path
) -> None:
    write_issue(
        publication,
        "2026-11-21-new",
        'title: "a <b> & c"\naliases: [/2024/old/, old.html, https://x.example/old]',
        "see [it](/2024/old/)",
    )

    report = build()

    page = (out / "2024/old/index.html").read_text("utf-8")
    assert '<meta http-equiv="refresh" content="0; url=../../new/index.html">' in page
    assert '<link rel="canonical" href="https://letter.example.com/new/">' in page
    assert '<meta name="robots" content="noindex">' in page
    assert "<title>a &lt;b&gt; &amp; c</title>" in page
    assert "url=new/index.html" in (out / "old.html").read_text("utf-8")
    assert {"2024/old/index.html", "old.html"} <= {*report.pages}
    assert "2024" not in (out / "sitemap.xml").read_text("utf-8")
    assert 'href="../2024/old/index.html"' in (out / "new/index.html").read_text()


@pytest.mark.parametrize(
    ("alias", "message"),
    [
        ("/say-the-number/", "is where another page is now"),
        ("/Say-The-Number/", "is where another page is now"),
        ("index.html", "is where another page is now"),
        ("/style.css", "is where another page is now"),
        ("/feed.atom/x/", "is where another page is now"),
        ("/taken/index.html/x/", "is where another page is now"),
        ("../x", "is no address of a page"),
        ("/taken", "is an alias of issues/2026-11-22-later.md too"),
    ],
)
def test_an_alias_that_cannot_be_is_told(
    build: Build, out: Path, publication: Path, alias: str, message: str
) -> None:
    write_issue(publication, "2026-11-22-later", "title: x\naliases: [/taken/]")
    write_issue(publication, "2026-11-21-new", f"title: x\naliases:\n- {alias}")

    with pytest.raises(SourceError, match=message) as caught:
        build()

    assert str(caught.value).startswith(
        "issues/2026-11-21-new.md:3:1: error: the alias"
    )
    assert not out.exists()


def test_a_file_of_the_site_never_becomes_a_folder(
    build: Build, out: Path, publication: Path
) -> None:
    build()
    path = write_issue(publication, "2026-11-21-x", "title: x\naliases: [/style.css]")

    with pytest.raises(SourceError):
        build()
    path.unlink()
    build()

    assert (out / "style.css").is_file()


def test_a_draft_leads_nobody_on(build: Build, out: Path, publication: Path) -> None:
    write_issue(
        publication, "2026-11-21-x", "title: x\nstatus: draft\naliases: [/old/]"
    )

    build()

    assert not (out / "old").exists()
