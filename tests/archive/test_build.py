"""What a build writes, and when it writes nothing."""

from datetime import date
from pathlib import Path

import pytest

from newsletter.errors import SourceError, UsageError
from tests.archive.conftest import Build, tree, write_issue

HONEST = "roundtables/the-honest-i-dont-know"
LAUNCH = "roundtables/the-launch-she-stopped"
REMARKS = tuple(
    f"{place}/round-{number}-{name}"
    for place, rounds, names in (
        (
            HONEST,
            2,
            ("adaeze-okonkwo", "lukasz-wojcik", "nguyen-thi-hanh", "renee-castellanos"),
        ),
        (LAUNCH, 3, ("grace-lindqvist", "priya-raman", "tomas-ibarra")),
    )
    for number in range(1, rounds + 1)
    for name in names
)
ISSUES = (
    "fourteen-bullets",
    "pull-up-the-second-chair",
    "say-the-number",
    "the-nine-day-silence",
)
EXPERTS = {remark.rpartition("/")[2][len("round-1-") :] for remark in REMARKS}
TAGS = (
    "candidates",
    "compensation",
    "feedback",
    "hiring-managers",
    "interviews",
    "job-descriptions",
)
FOLDERS = {
    *ISSUES,
    *REMARKS,
    *(f"experts/{name}" for name in EXPERTS),
    *(f"tags/{name}" for name in TAGS),
    *("about", "experts", "issues", "music", "roundtables", "search", "tags"),
    HONEST,
    LAUNCH,
}
PAGES = tuple(
    sorted(["404.html", "index.html", *(f"{name}/index.html" for name in FOLDERS)])
)
OTHERS = {
    *("feed.atom", "feed.json", "feed.rss"),
    *("icon.svg", "llms.txt", "robots.txt", "site.js", "sitemap.xml"),
    *("reading.css", "style.css"),
    *("search/2026.js", "search/experts.js", "search/search.js"),
    ".newsletter-site.json",
}


def test_every_issue_and_roundtable_has_a_page(build: Build, out: Path) -> None:
    report = build()

    pictures = ("images/", "share/")
    found = {name for name in tree(out) if not name.startswith(pictures)}
    found.discard("search/minisearch.js")  # there where `make assets` was run
    assert report.pages == PAGES
    assert found == {*PAGES, *OTHERS}


def test_the_same_publication_gives_the_same_bytes_anywhere_and_at_any_time(
    build: Build, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build()
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.setenv("LC_ALL", "tr_TR.UTF-8")
    build(out=tmp_path / "elsewhere", today=date(2031, 1, 1))

    assert tree(out) == tree(tmp_path / "elsewhere")


def test_a_second_build_writes_nothing(build: Build, out: Path) -> None:
    first = build()
    before = {path: path.stat() for path in out.rglob("*") if path.is_file()}

    second = build()

    assert (second.written, second.removed) == (0, 0)
    assert second.unchanged == first.written
    for path, stat in before.items():
        assert (path.stat().st_ino, path.stat().st_mtime_ns) == (
            stat.st_ino,
            stat.st_mtime_ns,
        )


def test_only_what_has_changed_is_written(build: Build, publication: Path) -> None:
    build()
    path = publication / "issues" / "2026-10-30-the-nine-day-silence.md"
    path.write_text(path.read_text(encoding="utf-8") + "\none more word.\n", "utf-8")

    report = build()

    # The issue's page, the three feeds and the search with its text.
    assert (report.written, report.removed) == (5, 0)


def test_a_mistake_anywhere_leaves_the_site_as_it_was(
    build: Build, out: Path, publication: Path
) -> None:
    build()
    before = tree(out)
    write_issue(publication, "2026-11-27-new", "title: new", "fine")
    broken = write_issue(publication, "2026-01-01-broken", "title: x\nroundtable: none")

    with pytest.raises(SourceError, match="no roundtable `none`"):
        build()
    assert tree(out) == before

    broken.unlink()
    assert build().written > 0


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("![a cat](cat.jpg)", r"2026-01-02-x\.md:5:1: error: `cat\.jpg` is not there"),
        ("![x](data:image/png;base64,AA)", "cannot be a `data:` address"),
        ("![x](../../../../../../etc/passwd)", "leads out of the publication"),
        ("[x](javascript:alert(1))", "a `javascript:` link is not safe"),
        ("hello {{ frist_name }}", "unknown merge field `frist_name`"),
    ],
)
def test_what_the_renderer_finds_wrong_stops_a_build_before_it_writes(
    build: Build, out: Path, publication: Path, body: str, message: str
) -> None:
    write_issue(publication, "2026-01-02-x", "title: x", body)

    with pytest.raises(SourceError, match=message):
        build()
    assert not out.exists()


@pytest.mark.parametrize(
    ("front_matter", "message"),
    [
        ("image: nowhere.jpg", "`image: nowhere.jpg` is not there"),
        ("description: 'for {{ frist_name }}'", "unknown merge field `frist_name`"),
    ],
)
def test_a_mistake_in_the_front_matter_stops_a_build_too(
    build: Build, out: Path, publication: Path, front_matter: str, message: str
) -> None:
    write_issue(publication, "2026-01-02-x", f"title: x\n{front_matter}")

    with pytest.raises(SourceError, match=message):
        build()
    assert not out.exists()


def test_a_missing_photo_or_logo_stops_a_build(build: Build, publication: Path) -> None:
    (publication / "issues" / "roundtables" / "images" / "priya-raman.jpg").unlink()
    with (publication / "newsletter.yaml").open("a", encoding="utf-8") as file:
        file.write("logo: logo.png\n")

    with pytest.raises(SourceError) as caught:
        build()

    # The issue that shows the photo, the roundtable whose it is, the publication.
    shown, photo, logo = str(caught.value).splitlines()
    assert shown.startswith("issues/2026-11-20-pull-up-the-second-chair.md:")
    assert photo.startswith("issues/roundtables/the-launch-she-stopped.md:10:12: ")
    assert "photo of Priya Raman: `images/priya-raman.jpg` is not there" in photo
    assert logo.startswith("newsletter.yaml: error: the logo `logo.png` is not there")


def test_a_trial_run_at_another_address_changes_only_what_leaves_the_site(
    build: Build, out: Path, publication: Path, tmp_path: Path
) -> None:
    path = publication / "newsletter.yaml"
    # The service stays where it is.
    path.write_text(path.read_text("utf-8").partition("\nservice:")[0], "utf-8")
    build()
    build(out=tmp_path / "trial", base_url="https://trial.example.com/letter/")

    page = (tmp_path / "trial/say-the-number/index.html").read_text("utf-8")
    feed = (tmp_path / "trial/feed.atom").read_text("utf-8")
    assert (
        'rel="canonical" href="https://trial.example.com/letter/say-the-number/"'
        in page
    )
    assert "https://letter.example.com" not in page + feed
    assert (
        page.partition("<body>")[2]
        == (out / "say-the-number/index.html").read_text("utf-8").partition("<body>")[2]
    )


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "https://x.example/a?b",
        "https://x.example/#a",
        "https://x.example/a b",
        "https://me:secret@x.example",
    ],
)
def test_an_address_that_is_none_is_refused(build: Build, out: Path, url: str) -> None:
    with pytest.raises(UsageError, match="is not a web address"):
        build(base_url=url)
    assert not out.exists()


@pytest.mark.parametrize("place", [".", "..", "issues", "issues/images", "templates/x"])
def test_a_folder_that_holds_sources_is_refused(
    build: Build, publication: Path, place: str
) -> None:
    before = tree(publication)

    with pytest.raises(UsageError, match="holds"):
        build(out=publication / place)
    assert tree(publication) == before


def test_the_folder_of_another_publication_is_refused(
    build: Build, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "newsletter.yaml").touch()

    with pytest.raises(UsageError, match="holds a publication"):
        build(out=tmp_path / "other")


def test_a_publication_without_issues_has_a_site_too(
    build: Build, publication: Path
) -> None:
    for path in (publication / "issues").rglob("*.md"):
        path.unlink()

    assert build().pages == (
        "404.html",
        "about/index.html",
        "index.html",
        "issues/index.html",
        "search/index.html",
    )


def test_a_template_of_the_publication_wins(
    build: Build, out: Path, publication: Path
) -> None:
    own = publication / "templates" / "web" / "robots.txt"
    own.parent.mkdir(parents=True)
    own.write_text("User-agent: *\nDisallow: /\n", encoding="utf-8")

    build()

    assert (out / "robots.txt").read_text("utf-8") == "User-agent: *\nDisallow: /\n"
