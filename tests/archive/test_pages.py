"""The pages beside issues and roundtables: front, lists, tags, music, about, 404."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from newsletter.errors import SourceError
from tests.archive.conftest import Build, write_issue

if TYPE_CHECKING:
    from tests.rig.chromium import Pages

SERVICE = "service: {url: https://join.example.com/letter}\n"
MANY = 120


def text(out: Path, name: str) -> str:
    return (out / name).read_text("utf-8")


def add(publication: Path, line: str) -> None:
    path = publication / "newsletter.yaml"
    kept = path.read_text("utf-8").partition("\nservice:")[0]
    path.write_text(f"{kept}\n{line}", "utf-8")


def policy(html: str) -> str:
    found = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    return found.group(1).replace("&#39;", "'") if found else ""


@pytest.fixture
def many(publication: Path) -> None:
    """Over a hundred older issues, each with a tag and a song."""
    for number in range(MANY):
        day = f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}"
        write_issue(
            publication,
            f"{day}-old-{number}",
            f"title: old {number}\ntags: [hiring]\nmusic: https://youtu.be/x{number}",
        )


@pytest.fixture
def full(publication: Path) -> None:
    """As much as a front page can show: decks, roundtables, a picture, an about."""
    deck = "how a panel of three found out what nobody had asked for in a year. " * 3
    for number in range(15):
        write_issue(
            publication,
            f"2026-11-{number + 5:02}-full-{number}",
            f"title: what we learned in week {number} of a long search\n"
            f"description: {deck[:180]}\nimage: images/two-chairs.jpg",
        )
    tables = publication / "issues/roundtables"
    panel = tables.joinpath("the-launch-she-stopped.md").read_text("utf-8")
    for name in ("one", "two", "three"):
        (tables / f"{name}.md").write_text(panel, "utf-8")
    (publication / "about.md").write_text(f"---\ntitle: us\n---\n\n{deck}\n", "utf-8")


def test_the_front_page_leads_to_the_newest_only(
    build: Build, out: Path, many: None
) -> None:
    build()
    front = text(out, "index.html")

    assert front.count('<a class="title"') == 6
    assert '<a href="issues/index.html">all issues</a>' in front


def test_the_form_to_sign_up_is_sent_to_the_service(
    build: Build, out: Path, publication: Path
) -> None:
    add(publication, SERVICE)
    build()

    for name in ("index.html", "say-the-number/index.html", "about/index.html"):
        html = text(out, name)
        assert (
            'action="https://join.example.com/letter/subscribe" method="post"' in html
        )
        assert "you agree to get the second chair by mail." in html
        assert "form-action https://join.example.com" in policy(html)


def test_without_a_service_there_is_no_form(
    build: Build, out: Path, publication: Path
) -> None:
    add(publication, "")
    build()

    for path in out.rglob("*.html"):
        html = path.read_text("utf-8")
        assert "/subscribe" not in html
        assert "form-action 'none'" in policy(html)


@pytest.mark.parametrize(
    "url", ["ftp://x.example", "https://x.example;y", "https://x y", "//x.example"]
)
def test_an_address_that_is_none_is_refused(
    build: Build, publication: Path, url: str
) -> None:
    add(publication, f"service: {{url: '{url}'}}\n")

    with pytest.raises(SourceError, match="not the address of a service"):
        build()


def test_all_issues_are_in_pages_that_lead_to_each_other(
    build: Build, out: Path, many: None
) -> None:
    build()

    first, second, last = (
        text(out, f"issues/{name}index.html") for name in ("", "page/2/", "page/3/")
    )
    assert "page 1 of 3" in first
    assert '<a rel="next" href="../issues/page/2/index.html">older</a>' in first
    assert 'rel="prev"' not in first
    assert '<a rel="prev" href="../../../issues/index.html">newer</a>' in second
    assert 'rel="next"' not in last
    listed = [page.count('<a class="title"') for page in (first, second, last)]
    assert listed == [50, 50, 24]
    assert not (out / "issues/page/4").exists()


def test_tags_lead_to_their_issues_and_back(
    build: Build, out: Path, publication: Path
) -> None:
    write_issue(publication, "2026-11-27-x", 'title: x\ntags: ["C++", feedback, "  "]')
    build()

    issue, tags = text(out, "x/index.html"), text(out, "tags/index.html")
    found = re.findall(r'<a rel="tag" href="\.\./(tags/[^"]*)">([^<]*)</a>', issue)
    assert [name for _, name in found] == ["C++", "feedback"]
    for path, name in found:
        assert f'href="../{path}">{name}</a>' in tags
        assert 'href="../../x/index.html">x</a>' in text(out, path)
    assert '<span class="count">2</span>' in tags


def test_letters_of_every_script_are_in_addresses(
    open_page: "Pages", build: Build, out: Path, publication: Path
) -> None:
    write_issue(
        publication, "2026-11-27-x", "title: x\ntags: [面接]", "[b](/tags/面接/)"
    )
    tables = publication / "issues/roundtables"
    panel = "panel: [{name: 李 小龍}, {name: Bo}]"
    (tables / "x.md").write_text(
        f"---\ntitle: x\ndate: 2026-01-02\n{panel}\n---\n\n## One\n\n**Bo:** hi\n",
        "utf-8",
    )

    build()

    encoded = "%E9%9D%A2%E6%8E%A5"
    issue = text(out, "x/index.html")
    assert issue.count(f'href="../tags/{encoded}/index.html"') == 2
    assert f"<loc>https://letter.example.com/tags/{encoded}/</loc>" in text(
        out, "sitemap.xml"
    )
    assert (out / "experts/李-小龍/index.html").is_file()
    page = open_page((out / "x/index.html").as_uri())
    page.get_by_role("link", name="面接").click()
    page.get_by_role("heading", level=1, name="面接", exact=True).wait_for()
    # Who comes to where it was before is led on.
    for old, new in (
        ("tags/" + "[0-9a-f]" * 6, f"../../tags/{encoded}/index.html"),
        ("experts/expert-*", "../../experts/%E6%9D%8E-%E5%B0%8F%E9%BE%8D/index.html"),
    ):
        (left,) = out.glob(f"{old}/index.html")
        assert f'content="0; url={new}"' in left.read_text("utf-8")


def test_two_hundred_tags_are_no_trouble(
    build: Build, out: Path, publication: Path
) -> None:
    tags = ", ".join(f"tag {number}" for number in range(200))
    write_issue(publication, "2026-11-27-x", f"title: x\ntags: [{tags}]")

    build()

    assert len([*out.glob("tags/tag-*/index.html")]) == 200
    assert text(out, "x/index.html").count('rel="tag"') == 200


def test_a_tag_that_is_gone_leaves_nothing_behind(
    build: Build, out: Path, publication: Path
) -> None:
    path = write_issue(publication, "2026-11-27-x", "title: x\ntags: [fleeting]")
    build()
    assert (out / "tags/fleeting/index.html").exists()

    path.unlink()
    build()

    assert not (out / "tags/fleeting").exists()


def test_the_music_list_has_every_pick(build: Build, out: Path, many: None) -> None:
    build()

    first = text(out, "music/index.html")
    assert "every friday’s pick" in first
    assert "Sit Wherever You Like" in first
    assert text(out, "music/page/3/index.html").count("data-player=") == 24


def test_without_music_there_is_no_music_list(
    build: Build, out: Path, publication: Path
) -> None:
    for path in (publication / "issues").glob("*.md"):
        kept = re.sub(
            r"^music:(\n +.*)+\n", "", path.read_text("utf-8"), flags=re.MULTILINE
        )
        path.write_text(kept, "utf-8")

    build()

    assert not (out / "music").exists()
    assert "music/index.html" not in text(out, "index.html")


def test_the_publication_says_what_it_is(
    build: Build, out: Path, publication: Path
) -> None:
    (publication / "about.md").write_text(
        "---\ntitle: who we are\n---\n\nit is a letter. <b>{{ first_name }}\n"
        "\n## how\n\n[all](/issues/)\n",
        "utf-8",
    )
    build()

    about = text(out, "about/index.html")
    assert "<h1>who we are</h1>" in about
    assert '<h2 id="how">how</h2>' in about
    assert '<a href="../issues/index.html">all</a>' in about
    assert "&lt;b&gt;" in about
    assert "it is a letter." in text(out, "index.html")


def test_without_a_text_about_it_the_description_does(build: Build, out: Path) -> None:
    build()

    assert '<p class="deck">a friday letter about' in text(out, "about/index.html")
    assert "what this is" not in text(out, "index.html")


def test_a_mistake_in_the_text_about_it_stops_the_build(
    build: Build, out: Path, publication: Path
) -> None:
    (publication / "about.md").write_text("---\ntitle: a\n---\n![x](gone.png)\n")

    with pytest.raises(SourceError, match="`gone"):
        build()
    assert not (out / "index.html").exists()


def test_a_long_issue_has_contents(build: Build, out: Path, publication: Path) -> None:
    parts = "\n\n".join(f"## part {n}\n\n{'word ' * 500}" for n in range(3))
    write_issue(publication, "2026-11-27-long", "title: long", parts)
    write_issue(publication, "2026-11-27-short", "title: short", "## a\n\n## b\n\n## c")

    build()

    long = text(out, "long/index.html")
    assert 'aria-labelledby="contents"' in long
    assert '<li><a href="#part-1">part 1</a>' in long
    assert 'aria-labelledby="contents"' not in text(out, "short/index.html")


def test_a_player_is_loaded_when_it_is_asked_for(
    open_page: "Pages", build: Build, out: Path
) -> None:
    build()
    page = open_page((out / "say-the-number/index.html").as_uri())
    button = page.get_by_role("button", name="play it here")
    assert page.locator("iframe").count() == 0
    assert open_page.refused == []

    # Told after it was refused, which the rig has written down.
    with page.expect_event("requestfailed"):
        button.click()

    frame = page.locator("iframe")
    assert frame.get_attribute("title") == "Plain Arithmetic"
    address = frame.get_attribute("src") or ""
    assert any(address.startswith(url[:20]) for url in open_page.refused)
    assert page.evaluate("document.activeElement.localName") == "iframe"


def test_without_javascript_music_is_a_link(
    open_page: "Pages", build: Build, out: Path
) -> None:
    build()
    url = (out / "say-the-number/index.html").as_uri()
    page = open_page(url, javascript=False)

    assert page.locator("a[data-player]").inner_text().startswith("listen on ")


def test_only_a_page_with_a_player_may_run_a_script(build: Build, out: Path) -> None:
    build()

    with_player = policy(text(out, "say-the-number/index.html"))
    assert "script-src 'self'" in with_player
    assert "frame-src https://open.spotify.com" in with_player
    for name in ("index.html", "fourteen-bullets/index.html", "issues/index.html"):
        assert "'self' 'sha256" not in policy(text(out, name))
        assert "script-src 'self'" not in policy(text(out, name))
        assert "frame-src" not in policy(text(out, name))


def test_the_front_page_is_light_however_much_there_is(
    build: Build, out: Path, publication: Path, full: None
) -> None:
    add(publication, SERVICE)

    build()

    front = text(out, "index.html")
    shown = ('<li class="card">', '<a class="title"', "with-picture", 'id="what"')
    assert [front.count(part) for part in shown] == [4, 6, 1, 1]
    assert re.findall(r'rel="stylesheet" href="([^"?]*)', front) == ["style.css"]
    size = len(front.encode()) + (out / "style.css").stat().st_size
    # 30,000 is what is promised.
    assert size <= 25_000


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("width", [320, 3840])
def test_every_kind_of_page_fits_every_window(
    open_page: "Pages",
    build: Build,
    out: Path,
    publication: Path,
    width: int,
    language: str,
) -> None:
    path = publication / "newsletter.yaml"
    given = path.read_text("utf-8").replace("language: en", f"language: {language}")
    path.write_text(given, "utf-8")
    build()

    for name in ("", "issues", "tags", "tags/candidates", "music", "about", "search"):
        page = open_page((out / name / "index.html").as_uri(), width=width)
        assert page.evaluate("document.documentElement.scrollWidth") == width
