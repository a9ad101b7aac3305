"""Issues: what is read, and what is said of what cannot be."""

import datetime
import time
from pathlib import Path

import pytest

from newsletter.content.issue import MAX_BYTES, read_issue
from newsletter.model.issue import FeaturedRoundtable, IssueStatus, Music
from tests.config.locked import locked
from tests.config.mistakes import mistakes, told
from tests.conftest import ROOT
from tests.content.conftest import ReadIssue, Write

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
    ("line", "place", "said"),
    [
        ('title: "a\\rb"', "4:8", "a carriage return in a text of one line; remove it"),
        ('title: "a\\nBcc: b"', "4:8", "a line break in a text of one line; remove it"),
        ('title: "a\\0b"', "4:8", "a NUL in a text of one line; remove it"),
        ('title: "a\\tb"', "4:8", "a tab in a text of one line; remove it"),
        ('title: "a\\u2028b"', "4:8", "the control character U+2028 in a text of one"),
        ('title: "a\\Nb"', "4:8", "the control character U+0085 in a text of one line"),
        ('title: "a\\u202Eb"', "4:8", "the control character U+202E in a text of one"),
        ("title: |\n  a\n  b", "4:8", "a line break in a text of one line; remove it"),
        ("title: a\u2028b", "4:9", "the invisible character U+2028; delete it"),
        ("title: a\x00b", "4:9", "a NUL in the text; delete it; it cannot be seen"),
        (
            "title: " + "x" * 300,
            "4:8",
            "300 characters in a text of one line; use at m",
        ),
        ("title: ''", "4:8", "`title` is empty; write something"),
        ("title: '  '", "4:8", "`title` is empty; write something"),
        ("title: # x", "4:7", "`title` must be text, not nothing; write something"),
        ("title: {{ name }}", "4:9", "a key must be plain text; put a value that sta"),
        ("slug: ../x", "4:7", "`../x` cannot be a slug; use 1 to 80 of a–z, 0–9 and -"),
        ("slug: ..%2fx", "4:7", "`..%2fx` cannot be a slug; use 1 to 80 of a–z, 0–9"),
        ("slug: Big", "4:7", "`Big` cannot be a slug; use 1 to 80 of a–z, 0–9 and -"),
        (
            "date: 2026-02-30",
            "4:7",
            "`date`: the calendar has no `2026-02-30`; write i",
        ),
        (
            "date: 20.11.2026",
            "4:7",
            "`date` must be a date, not `20.11.2026`; write it",
        ),
        ("date: 86400", "4:7", "`date` must be a date, not `86400`; write it as 2026-"),
        ("date: [2026]", "4:7", "`date` must be a date, not a list; write it as 2026-"),
        (
            "publish_date: soon",
            "4:15",
            "`publish_date` must be a date, not `soon`; writ",
        ),
        (
            "music: javascript:alert(1)",
            "4:8",
            "`javascript:alert(1)` is not a web addr",
        ),
        ("music: {title: x}", "4:8", "`music.url` is missing; add a line `url: …`"),
        (
            "music: [x]",
            "4:8",
            "`music` must be `key: value` lines, not a list; known h",
        ),
        ("canonical_url: data:x", "4:16", "`data:x` is not a web address; it must sta"),
        ("status: published", "4:9", "`status` must be one of draft, ready, scheduled"),
        ("number: -1", "4:9", "`number` must be 0 or more, not `-1`; write digits"),
        ("number: 12:30", "4:9", "`number` must be a whole number, not `12:30`; write"),
        ("tags: 5", "4:7", "`tags` must be a list, not `5`; start each item with `- `"),
        (
            "tags:\n  - a\n  -",
            "6:4",
            "`tags.2` must be text, not nothing; write someth",
        ),
        ('tldr: "a\\0b"', "4:7", "a NUL in the text; remove it"),
        ("roundtable: A B", "4:13", "`A B` cannot be a slug; use 1 to 80 of a–z, 0–9"),
        (
            "image: *x",
            "4:8",
            "the alias *x; write the value out, or quote text that st",
        ),
        (
            "tldr: !!python/object:a.b x",
            "4:7",
            "the tag !!python/object:a.b; remove it",
        ),
        ("tldr: " + "x" * 70_000, "2:1", "68 KiB of YAML; at most 64 KiB are read; mo"),
    ],
)
def test_a_mistake_is_told_at_its_place(
    issue: ReadIssue, line: str, place: str, said: str
) -> None:
    rest = {"title": "date: 2026-11-20\n", "date": "title: t\n"}
    head = rest.get(line.partition(":")[0], "title: t\ndate: 2026-11-20\n")
    padding = "" if head.count("\n") == 2 else "# a comment\n"

    (problem,) = mistakes(issue, f"---\n{head}{padding}{line}\n---\nbody\n")

    assert problem.place == f"issues/x.md:{place}"
    assert said in f"{problem.message}; {problem.hint}"


def test_all_mistakes_of_a_file_are_told_at_once(issue: ReadIssue) -> None:
    text = (
        "---\ntitel: x\ndate: 2026-02-30\nslug: A\nslug: b\nmusic: x\ndraft: on\n---\n"
    )

    assert told(issue, text) == [
        "issues/x.md:1:1: error: `title` is missing; add a line `title: …` "
        "[front-matter]",
        "issues/x.md:2:1: error: unknown key `titel`; did you mean `title`? "
        "[unknown-key]",
        "issues/x.md:3:7: error: `date`: the calendar has no `2026-02-30`; "
        "write it as 2026-11-20 [front-matter]",
        "issues/x.md:4:7: error: `A` cannot be a slug; use 1 to 80 of a–z, 0–9 and -, "
        "such as `who-done-it` [front-matter]",
        "issues/x.md:5:1: error: `slug` is given twice; the first is on line 4; "
        "keep one [yaml]",
        "issues/x.md:6:8: error: `x` is not a web address; it must start with https:// "
        "or http:// [front-matter]",
        "issues/x.md:7:1: error: `draft` must be true or false; "
        "write `draft: true` for a draft [front-matter]",
    ]


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


def test_a_date_that_only_the_file_name_gets_wrong_is_told(issue: ReadIssue) -> None:
    (problem,) = mistakes(issue, "---\ntitle: t\n---\n", name="2026-13-01-x.md")

    assert problem.message == "`date`: the calendar has no `2026-13-01`"


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


def test_a_file_that_is_no_text_file_is_told(
    issue: ReadIssue, home: Path, write: Write
) -> None:
    (home / "issues/folder.md").mkdir()
    with write("issues/big.md", "").open("wb") as file:
        file.truncate(50_000_000)
    start = time.process_time()

    assert told(read_issue, home / "issues/folder.md", home) == [
        "issues/folder.md: error: is not a file; check the name [file]"
    ]
    assert told(read_issue, home / "issues/big.md", home) == [
        "issues/big.md: error: has 50,000,000 bytes; "
        f"at most {MAX_BYTES // 1024} KiB are read [file]"
    ]
    assert told(issue, f"{HEAD}---\n".encode() + b"a\nb \xff") == [
        "issues/x.md:6:3: error: byte 0xff is not UTF-8; "
        "save the file as UTF-8 [encoding]"
    ]
    assert time.process_time() - start < 0.1


def test_an_issue_that_may_not_be_read_is_told() -> None:
    with locked("issues/x.md") as root:
        (problem,) = mistakes(read_issue, root / "issues/x.md", root)

    assert problem.message == "cannot be read: Permission denied"
