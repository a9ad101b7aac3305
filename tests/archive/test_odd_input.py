"""What authors write that is odd, and what is wrong with a theme."""

import unicodedata
from pathlib import Path

import pytest

from newsletter.errors import RenderError, SourceError
from tests.archive.conftest import Build, write_issue


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2026-11-21-New", "2026-11-22-new"),
        (
            unicodedata.normalize("NFC", "2026-11-21-über"),
            unicodedata.normalize("NFD", "2026-11-22-über"),
        ),
    ],
)
def test_slugs_that_differ_in_case_or_form_alone_are_told_with_both_files(
    build: Build, out: Path, publication: Path, one: str, other: str
) -> None:
    write_issue(publication, one, "title: x")
    write_issue(publication, other, "title: y")

    with pytest.raises(SourceError) as caught:
        build()

    message = str(caught.value)
    assert message.startswith(f"issues/{other}.md:")
    assert f"is also that of issues/{one}.md" in message
    assert not out.exists()


def test_two_issues_may_have_one_title(
    build: Build, out: Path, publication: Path
) -> None:
    write_issue(publication, "2026-11-21-a", "title: the same")
    write_issue(publication, "2026-11-22-b", "title: the same")

    build()

    assert (out / "a/index.html").exists()
    assert (out / "b/index.html").exists()


def test_a_title_of_emoji_alone_is_a_title(
    build: Build, out: Path, publication: Path
) -> None:
    write_issue(publication, "2026-11-21-chairs", "title: 🪑🪑")

    build()

    assert "<h1>🪑🪑</h1>" in (out / "chairs/index.html").read_text("utf-8")


def test_a_file_named_in_emoji_alone_is_told_what_it_lacks(
    build: Build, publication: Path
) -> None:
    write_issue(publication, "2026-11-21-🪑", "title: 🪑🪑")

    with pytest.raises(SourceError, match=r"2026-11-21-🪑\.md:.* `slug` is missing"):
        build()


def test_two_hundred_tags_have_a_page_each(
    build: Build, out: Path, publication: Path
) -> None:
    tags = ", ".join(f"tag {number}" for number in range(200))
    write_issue(publication, "2026-11-21-x", f"title: x\ntags: [{tags}]")

    build()

    assert all(
        (out / f"tags/tag-{number}/index.html").exists() for number in range(200)
    )


@pytest.mark.parametrize(
    "name", ["index", "style", "issues", "tags", "search", "subscribe", "404"]
)
def test_a_slug_that_the_site_needs_itself_is_refused(
    build: Build, publication: Path, name: str
) -> None:
    write_issue(publication, f"2026-11-21-{name}", "title: x")

    with pytest.raises(SourceError, match=f"the archive itself uses the name `{name}`"):
        build()


def test_a_template_that_fails_is_told_by_name_and_line(
    build: Build, out: Path, publication: Path
) -> None:
    own = publication / "templates/web/colophon.html"
    own.parent.mkdir(parents=True)
    own.write_text("<footer>\n{{ 1 / 0 }}\n</footer>\n", "utf-8")

    with pytest.raises(RenderError, match=r"templates/web/colophon\.html:2: division"):
        build()
    assert not out.exists()


def test_a_template_that_is_missing_is_told(build: Build, publication: Path) -> None:
    own = publication / "templates/web/colophon.html"
    own.parent.mkdir(parents=True)
    own.write_text('{% include "web/none.html" %}', "utf-8")

    with pytest.raises(RenderError, match=r"there is no template web/none\.html"):
        build()


def test_a_theme_that_is_missing_is_told(build: Build, publication: Path) -> None:
    path = publication / "newsletter.yaml"
    path.write_text(path.read_text("utf-8") + "theme: none\n", "utf-8")

    with pytest.raises(
        SourceError, match=r"newsletter\.yaml:.*there is no theme `none`"
    ):
        build()
