"""What a build makes again after a change: all that shows it, and nothing else."""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from newsletter.archive.build import SiteBuilder
from newsletter.archive.cache_file import FOLDER
from newsletter.archive.glance import nothing_changed
from newsletter.archive.wanted import Wanted
from newsletter.config.publication import load_publication
from newsletter.errors import SourceError
from tests.archive.conftest import TODAY, Build, tree, write_issue

SILENCE = "issues/2026-10-30-the-nine-day-silence.md"
NUMBER = "issues/2026-11-06-say-the-number.md"
TABLE = "issues/roundtables/the-launch-she-stopped.md"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def title(home: Path) -> None:
    change(home / NUMBER, 'title: "', 'title: "Anew, ')


def body(home: Path) -> None:
    append(home / NUMBER, "\none more word.\n")


def slug(home: Path) -> None:
    change(home / NUMBER, "---\n", "---\nslug: said\n")


def renamed(home: Path) -> None:
    (home / SILENCE).rename(home / "issues/2026-10-29-silence.md")
    new = home / "issues/roundtables/she-stopped.md"
    (home / TABLE).rename(new)
    issues = (home / "issues").glob("*.md")
    for path in issues:
        text = path.read_text("utf-8")
        path.write_text(text.replace("the-launch-she-stopped", "she-stopped"), "utf-8")


def removed(home: Path) -> None:
    (home / SILENCE).unlink()


def added(home: Path) -> None:
    write_issue(home, "2026-11-21-new", "title: new\ntags: [new]", "a [b](/new/)")


def drafted(home: Path) -> None:
    change(home / NUMBER, "---\n", "---\nstatus: draft\n")


def roundtable(home: Path) -> None:
    change(home / TABLE, 'title: "', 'title: "Anew, ')


def photo(home: Path) -> None:
    other = (home / "issues/images/one-range.jpg").read_bytes()
    (home / "issues/roundtables/images/priya-raman.jpg").write_bytes(other)


def picture(home: Path) -> None:
    images = home / "issues/images"
    (images / "two-chairs.jpg").write_bytes((images / "one-range.jpg").read_bytes())


def template(home: Path) -> None:
    own = home / "templates/web/menu.html"
    own.parent.mkdir(parents=True)
    own.write_text("<nav>mine</nav>", "utf-8")


def settings(home: Path) -> None:
    change(home / "newsletter.yaml", 'name: "', 'name: "Anew, ')


def about(home: Path) -> None:
    (home / "about.md").write_text("---\ntitle: us\n---\n\nwe write.\n", "utf-8")


CHANGES = (
    title,
    body,
    slug,
    renamed,
    removed,
    added,
    drafted,
    roundtable,
    photo,
    picture,
    template,
    settings,
    about,
)


@pytest.mark.parametrize("what", CHANGES, ids=lambda what: what.__name__)
def test_what_is_built_after_a_change_is_what_is_built_from_nothing(
    build: Build, out: Path, publication: Path, what: Callable[[Path], None]
) -> None:
    build()

    what(publication)
    report = build()
    build(out=publication.parent / "anew")

    assert report.written + report.removed > 0
    assert tree(out) == tree(publication.parent / "anew")


def test_only_what_shows_a_body_is_made_again(build: Build, publication: Path) -> None:
    build()

    body(publication)

    assert build().rendered == (
        "feed.atom",
        "feed.json",
        "feed.rss",
        "say-the-number/index.html",
        "search/2026.js",
    )


def test_a_title_is_shown_by_neighbours_and_lists_and_not_by_others(
    build: Build, publication: Path
) -> None:
    build()

    title(publication)
    rendered = build().rendered

    neighbours = {f"{name}/index.html" for name in ("fourteen-bullets", "issues")}
    assert {*neighbours, "index.html", "the-nine-day-silence/index.html"} <= {*rendered}
    assert "pull-up-the-second-chair/index.html" not in rendered
    assert "style.css" not in rendered


def test_a_page_is_made_again_when_what_it_links_to_appears(
    build: Build, out: Path, publication: Path
) -> None:
    write_issue(publication, "2026-01-02-a", "title: a", "see [b](/b/)")
    build()
    assert 'href="../b/"' in (out / "a/index.html").read_text("utf-8")

    write_issue(publication, "2026-10-02-b", "title: b")
    build()

    assert 'href="../b/index.html"' in (out / "a/index.html").read_text("utf-8")


def test_a_template_makes_everything_again(build: Build, publication: Path) -> None:
    pages = build().pages

    template(publication)

    assert {*pages} <= {*build().rendered}


@pytest.mark.parametrize("how", ["removed", "changed"])
def test_a_page_that_was_tampered_with_is_restored(
    build: Build, out: Path, how: str
) -> None:
    build()
    before = tree(out)
    page = out / "say-the-number/index.html"
    page.unlink() if how == "removed" else page.write_text("mine", "utf-8")

    report = build()

    assert report.rendered == ("say-the-number/index.html",)
    assert tree(out) == before


def test_a_mistake_is_found_again_by_the_next_build(
    build: Build, publication: Path
) -> None:
    build()
    path = write_issue(publication, "2026-01-02-x", "title: x", "{{ frist_name }}")
    for _ in range(2):
        with pytest.raises(SourceError, match="frist_name"):
            build()

    path.write_text("---\ntitle: x\n---\n", "utf-8")
    assert build().written > 0


def cache_of(publication: Path) -> Path:
    (path,) = (publication / FOLDER).iterdir()
    return path


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-100],
        lambda data: data.replace(b"say-the-number", b"sAy-the-number"),
        lambda data: b"nonsense\n" + data.partition(b"\n")[2],
        lambda data: data.partition(b"\n")[0],
    ],
    ids=["empty", "cut", "changed", "other", "headless"],
)
def test_a_damaged_cache_is_not_used(
    build: Build, out: Path, publication: Path, damage: Callable[[bytes], bytes]
) -> None:
    everything = build().rendered
    before = tree(out)
    path = cache_of(publication)
    path.write_bytes(damage(path.read_bytes()))

    assert build().rendered == everything
    assert tree(out) == before


def test_without_its_cache_a_site_is_left_as_it_is(
    build: Build, publication: Path
) -> None:
    build()
    cache_of(publication).unlink()

    assert build().written == 0


def test_a_cache_that_cannot_be_written_is_done_without(
    build: Build, publication: Path
) -> None:
    (publication / ".newsletter").mkdir(exist_ok=True)
    (publication / ".newsletter/cache").write_text("mine", "utf-8")

    build()

    assert build().written == 0


def settle(build: Build, publication: Path, out: Path) -> None:
    """Build until the files are old enough to be known by their stamps."""
    while nothing_changed(publication, out, TODAY) is None:
        build()


def test_a_glance_tells_that_there_is_nothing_to_do(
    build: Build, out: Path, publication: Path
) -> None:
    pages = build().pages
    settle(build, publication, out)

    report = nothing_changed(publication, out, TODAY)

    assert report
    assert (report.written, report.removed, report.pages) == (0, 0, pages)


@pytest.mark.parametrize("what", CHANGES, ids=lambda what: what.__name__)
def test_a_glance_sees_every_change(
    build: Build, out: Path, publication: Path, what: Callable[[Path], None]
) -> None:
    build()
    settle(build, publication, out)

    what(publication)

    assert nothing_changed(publication, out, TODAY) is None


@pytest.mark.parametrize("how", ["removed", "changed", "linked"])
def test_a_glance_sees_what_was_done_to_the_site(
    build: Build, out: Path, publication: Path, how: str
) -> None:
    build()
    settle(build, publication, out)
    page = out / "say-the-number/index.html"
    if how == "changed":
        page.write_text("mine", "utf-8")
    else:
        page.rename(out / "elsewhere")
    if how == "linked":
        page.symlink_to(out / "elsewhere")

    assert nothing_changed(publication, out, TODAY) is None


def test_a_glance_does_not_trust_what_it_cannot_tell(
    build: Build, out: Path, publication: Path
) -> None:
    template(publication)
    # As an editor leaves one beside a file that it has open.
    (publication / "templates/web/.#menu.html").symlink_to("me@host.12")
    build()

    assert nothing_changed(publication, out, TODAY) is None


def test_a_glance_is_of_one_day_one_folder_and_one_address(
    build: Build, out: Path, publication: Path, tmp_path: Path
) -> None:
    write_issue(publication, "2026-12-09-later", "title: later")
    build()
    settle(build, publication, out)

    assert nothing_changed(publication, out, date(2026, 12, 8))
    assert not nothing_changed(publication, out, date(2026, 12, 9))
    assert not nothing_changed(publication, out, date(2026, 11, 30))
    assert not nothing_changed(publication, tmp_path / "other", TODAY)
    assert not nothing_changed(publication, out, TODAY, Wanted("https://x.example"))


def test_what_comes_out_later_is_built_on_its_day(
    build: Build, out: Path, publication: Path
) -> None:
    write_issue(publication, "2026-12-09-later", "title: later")
    build()

    build(today=date(2026, 12, 9))

    assert (out / "later/index.html").exists()


def test_a_builder_that_lives_on_sees_every_change(
    out: Path, publication: Path, build: Build
) -> None:
    builder = SiteBuilder(publication, out)
    builder.build(load_publication(publication, {}), TODAY)

    for what in (title, template, settings, removed, picture):
        what(publication)
        report = builder.build(load_publication(publication, {}), TODAY)
        assert report.rendered

    build(out=publication.parent / "anew")
    assert tree(out) == tree(publication.parent / "anew")


def test_several_processes_write_the_same_bytes(
    out: Path, publication: Path, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.archive.run._SHARE", 1)
    builder = SiteBuilder(publication, out, processes=3)
    report = builder.build(load_publication(publication, {}), TODAY)

    again = build(out=publication.parent / "alone")

    assert report.rendered == again.rendered
    assert tree(out) == tree(publication.parent / "alone")


def test_all_mistakes_that_any_process_finds_are_told(
    out: Path, publication: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.archive.run._SHARE", 1)
    for number in range(4):
        write_issue(
            publication, f"2026-01-0{number + 1}-x{number}", "title: x", "![](n)"
        )
    builder = SiteBuilder(publication, out, processes=2)

    with pytest.raises(SourceError) as caught:
        builder.build(load_publication(publication, {}), TODAY)

    assert len(caught.value.problems) == 4
    assert not out.exists()


def test_a_file_is_known_by_more_than_its_size_and_time(
    build: Build, out: Path, publication: Path
) -> None:
    build()
    path = publication / NUMBER
    before = path.stat()
    change(path, "title: ", "title:  ")
    text = path.read_text("utf-8")
    path.write_text(text.rstrip("\n"), "utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert path.stat().st_size == before.st_size
    assert "say-the-number/index.html" in build().rendered
