"""What is said of an issue that cannot be read, exactly and where."""

from pathlib import Path

import pytest

from newsletter.content.issue import MAX_BYTES, read_issue
from tests.config.locked import locked
from tests.config.mistakes import mistakes, told
from tests.content.conftest import ReadIssue, Write
from tests.rig.cpu import seconds

HEAD = "---\ntitle: t\ndate: 2026-11-20\n"


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


def test_an_issue_of_which_no_slug_can_be_made_lacks_one(issue: ReadIssue) -> None:
    text = "---\ntitle: 日本\ndate: 2026-11-20\nslug:\n---\n"

    assert told(issue, text, name="日本.md") == [
        "issues/日本.md:4:6: error: `slug` is missing; add a line `slug: …` "
        "[front-matter]"
    ]


def test_a_date_that_only_the_file_name_gets_wrong_is_told(issue: ReadIssue) -> None:
    (problem,) = mistakes(issue, "---\ntitle: t\n---\n", name="2026-13-01-x.md")

    assert problem.message == "`date`: the calendar has no `2026-13-01`"


def test_a_file_that_is_no_text_file_is_told(
    issue: ReadIssue, home: Path, write: Write
) -> None:
    (home / "issues/folder.md").mkdir()
    with write("issues/big.md", "").open("wb") as file:
        file.truncate(50_000_000)

    def look() -> None:
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

    assert seconds(look, enough=0.1) < 0.1


def test_an_issue_that_may_not_be_read_is_told() -> None:
    with locked("issues/x.md") as root:
        (problem,) = mistakes(read_issue, root / "issues/x.md", root)

    assert problem.message == "cannot be read: Permission denied"
