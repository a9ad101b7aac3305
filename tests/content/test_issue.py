"""Issues: what is read, and what is said of what cannot be."""

import datetime
from pathlib import Path

import pytest

from newsletter.content.issue import read_issue
from newsletter.model.issue import FeaturedRoundtable, IssueStatus, Music
from tests.conftest import ROOT
from tests.content.conftest import ReadIssue

HEAD = "---\ntitle: t\ndate: 2026-11-20\n"


@pytest.mark.parametrize("path", sorted((ROOT / "issues").glob("*.md")))
def test_the_issues_of_the_sample_publication_are_read(path: Path) -> None:
    found = read_issue(path, ROOT)

    assert path.stem == f"{found.date}-{found.slug}"
    assert found.extra == {}
    assert path.read_text(encoding="utf-8").endswith(found.body)


def test_all_that_an_issue_can_say_is_read(issue: ReadIssue) -> None:
    found = issue(
        "---\ntitle: Who's done it?\nsubject: 's'\npreheader: p\ndate: 2026-11-20\n"
        "my_2_cents: m\ntldr: |\n  a\n  b\nmusic: {url: https://a.test, title: 99}\n"
        "roundtable: {slug: bold, teaser: see}\ntags: [a b, 7]\nnumber: 012\n"
        "status: scheduled\nsegment: vip\nauthor: mo\naliases: [/old]\n"
        "canonical_url: https://b.test/x\nimage: a.png\nimage_alt: chairs\n---\nhi\n"
    )

    assert (found.title, found.subject_line) == ("Who's done it?", "s")
    assert (found.tldr, found.tldr_line, found.body_line) == ("a\nb\n", 8, 22)
    assert found.music == Music(url="https://a.test", title="99")
    assert found.roundtable == FeaturedRoundtable(slug="bold", teaser="see")
    assert (found.tags, found.number) == (("a b", "7"), 12)
    assert (found.status, found.segment) == (IssueStatus.SCHEDULED, "vip")
    assert (found.body, found.extra) == ("hi\n", {})


@pytest.mark.parametrize(
    ("value", "title"),
    [
        *((text, text) for text in ("1.10", "yes", "012", "12:30:45", "2026", "true")),
        *((text, text) for text in ("1e3", "2026-11-20", "--- x", "a#1", "“x” – 🦄")),
        ('"say: \\"hi\\""', 'say: "hi"'),
        ("'  spaced  '", "spaced"),
        ("|\n  one line\n", "one line"),
        (">-\n  folded\n  line", "folded line"),
        ("e\u0301te\u0301", "\u00e9t\u00e9"),
        ("x" * 200, "x" * 200),
    ],
)
def test_a_title_is_what_its_author_wrote(
    issue: ReadIssue, value: str, title: str
) -> None:
    assert issue(f"---\ntitle: {value}\ndate: 2026-11-20\n---\n").title == title


@pytest.mark.parametrize(
    ("name", "date", "slug"),
    [
        ("2026-11-20-who-done-it.md", "2026-11-20", "who-done-it"),
        ("2021-9-1-x.md", "2021-09-01", "x"),
        ("2026-11-20-Grüße & Küsse.markdown", "2026-11-20", "grue-kusse"),
        ("2026-11-20-2026-11-21-x.md", "2026-11-20", "2026-11-21-x"),
        ("2026-11-20-日本.md", "2026-11-20", "t"),
    ],
)
def test_date_and_slug_may_come_from_the_name_of_the_file(
    issue: ReadIssue, name: str, date: str, slug: str
) -> None:
    found = issue("---\ntitle: t\nslug:\n---\n", name=name)

    assert found.date.isoformat() == date
    assert found.slug == slug


def test_front_matter_outweighs_the_name_of_the_file(issue: ReadIssue) -> None:
    text = "---\ntitle: t\ndate: 2027-01-01\nslug: 2027\n---\n"

    found = issue(text, name="2026-11-20-x.md")

    assert (found.date, found.slug) == (datetime.date(2027, 1, 1), "2027")


@pytest.mark.parametrize(
    ("tldr", "line"),
    [("|\n  a", 5), (">\n  a", 5), ('"a"', 4), ("a\n  b", 4), ("\n  a", 5)],
)
def test_the_line_of_the_tldr_is_the_line_of_its_text(
    issue: ReadIssue, tldr: str, line: int
) -> None:
    assert issue(f"{HEAD}tldr: {tldr}\n---\n").tldr_line == line


def test_byte_order_mark_and_line_ends_do_not_matter(issue: ReadIssue) -> None:
    found = issue(b"\xef\xbb\xbf---\r\ntitle: t\r\ndate: 2026-11-20\r\n---\r\na\r\nb")

    assert (found.title, found.body, found.body_line) == ("t", "a\nb", 5)
