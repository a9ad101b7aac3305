"""Keys of other tools: read as ours, never silently lost."""

import datetime

import pytest

from newsletter.content.aliases import ISSUE_ALIASES, ROUNDTABLE_ALIASES
from newsletter.content.issue import KEYS as ISSUE_KEYS
from newsletter.content.roundtable import KEYS as ROUNDTABLE_KEYS
from newsletter.model.issue import IssueStatus
from tests.config.mistakes import mistakes, told
from tests.content.conftest import ReadIssue, ReadRoundtable

HEAD = "---\ntitle: t\ndate: 2026-11-20\n"


def test_every_alias_stands_for_a_key_and_is_none_itself() -> None:
    assert set(ISSUE_ALIASES.values()) <= set(ISSUE_KEYS)
    assert set(ROUNDTABLE_ALIASES.values()) <= set(ROUNDTABLE_KEYS)
    assert not ISSUE_ALIASES.keys() & set(ISSUE_KEYS)
    assert not ROUNDTABLE_ALIASES.keys() & set(ROUNDTABLE_KEYS)


@pytest.mark.parametrize("alias", ISSUE_ALIASES)
def test_an_alias_is_read_as_its_key(issue: ReadIssue, alias: str) -> None:
    values = {"number": "7", "publish_date": "2026-12-01", "slug": "seven"}
    key = ISSUE_ALIASES[alias]

    found = issue(f"{HEAD}{alias}: {values.get(key, 'seven')}\n---\n")

    expected: dict[str, object] = {
        "number": 7,
        "publish_date": datetime.date(2026, 12, 1),
        "tags": ("seven",),
    }
    assert getattr(found, key) == expected.get(key, "seven")
    assert found.extra == {}


def test_the_files_of_other_tools_are_read(issue: ReadIssue) -> None:
    hugo = issue(
        "---\ntitle: Hugo\ndate: 2026-11-20T10:00:00+01:00\n"
        "publishDate: 2026-11-21T08:00:00Z\nsummary: s\ndraft: true\nweight: 3\n---\n"
    )
    jekyll = issue(
        "---\nlayout: post\ntitle: Jekyll\ncategories: jobs people\npublished: true\n"
        "---\nbody",
        name="2021-9-1-a-post.markdown",
    )
    ghost = issue(
        "---\ntitle: Ghost\npublished_at: 2026-11-20T10:00:00.000Z\n"
        "date: 2026-11-20 10:00:00 +0100\ncustom_excerpt: e\n"
        "feature_image: a.png\n---\n"
    )

    assert (hugo.date.day, hugo.published_on.day) == (20, 21)
    assert (hugo.status, hugo.extra) == (IssueStatus.DRAFT, {"weight": 3})
    assert (jekyll.slug, jekyll.date) == ("a-post", datetime.date(2021, 9, 1))
    assert (jekyll.tags, jekyll.status) == (("jobs", "people"), IssueStatus.READY)
    assert (ghost.description, ghost.image) == ("e", "a.png")
    assert ghost.date == ghost.published_on == datetime.date(2026, 11, 20)


def test_an_alias_beside_its_key_is_a_mistake(issue: ReadIssue) -> None:
    text = f"{HEAD}preview: a\npreheader: b\ntags: [c]\ncategory: d\n---\n"

    assert told(issue, text) == [
        "issues/x.md:4:1: error: `preview` means `preheader`, which is given too; "
        "keep one [front-matter]",
        "issues/x.md:7:1: error: `category` means `tags`, which is given too; "
        "keep one [front-matter]",
    ]


def test_a_mistake_in_an_alias_is_shown_at_the_alias(issue: ReadIssue) -> None:
    (problem,) = mistakes(issue, f"{HEAD}summary: [a]\n---\n")

    assert problem.place == "issues/x.md:4:10"


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ("draft: true", IssueStatus.DRAFT),
        ("published: false", IssueStatus.DRAFT),
        ("draft: true\nstatus: draft", IssueStatus.DRAFT),
        ("draft: false", IssueStatus.READY),
        ("draft:", IssueStatus.READY),
        ("published: true", IssueStatus.READY),
        ("draft: false\nstatus: scheduled", IssueStatus.SCHEDULED),
    ],
)
def test_draft_and_published_are_a_status(
    issue: ReadIssue, lines: str, status: IssueStatus
) -> None:
    assert issue(f"{HEAD}{lines}\n---\n").status is status


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            "draft: yes",
            "`draft` must be true or false; write `draft: true` for a draft",
        ),
        ("draft: 'true'", "`draft` must be true or false; write `draft: true` for a"),
        (
            "published: no",
            "`published` must be true or false; write `published: false`",
        ),
        ("draft: true\nstatus: ready", "`draft` makes it a draft, but `status` says"),
        ("drfat: true", "unknown key `drfat`; did you mean `draft`?"),
        ("Draft: true", "unknown key `Draft`; did you mean `draft`?"),
        ("drafts: true", "unknown key `drafts`; did you mean `draft`?"),
        ("publised: false", "unknown key `publised`; did you mean `published`?"),
    ],
)
def test_an_issue_that_may_be_meant_as_a_draft_is_never_taken_for_ready(
    issue: ReadIssue, lines: str, said: str
) -> None:
    (problem,) = mistakes(issue, f"{HEAD}{lines}\n---\n")

    assert problem.place == "issues/x.md:4:1"
    assert said in f"{problem.message}; {problem.hint}"


@pytest.mark.parametrize("line", ["draft: true", "published: false", "status: draft"])
def test_a_roundtable_is_told_how_to_be_kept_back(
    roundtable: ReadRoundtable, line: str
) -> None:
    text = f"---\ntitle: t\n{line}\npanel: [{{name: Ada}}]\n---\n**Ada:** hi"

    assert told(roundtable, text) == [
        "issues/roundtables/r.md:3:1: error: a roundtable cannot be a draft; give it a "
        "`date` to come, or start the name of its file with `_` [front-matter]"
    ]
    assert roundtable(text.replace(line, "draft: false\nstatus: ready")).extra == {}


def test_own_keys_are_kept_as_they_are(issue: ReadIssue) -> None:
    own = "updated: 2026-11-21\nimage_credit: me\nimage_url: x\nauthor_url: y\n"
    more = (
        "data: {a: [1]}\nbody: b\nkey_lines: c\npath: d\nfile: e\n7: f\nlayout: post\n"
    )

    found = issue(f"{HEAD}{own}{more}---\ntext")

    assert found.extra == {
        "updated": "2026-11-21",
        "image_credit": "me",
        "image_url": "x",
        "author_url": "y",
        "data": {"a": [1]},
        "body": "b",
        "key_lines": "c",
        "path": "d",
        "file": "e",
        "7": "f",
        "layout": "post",
    }
    assert (found.body, found.file) == ("text", "issues/x.md")


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("titel", "title"),
        ("TITLE", "title"),
        ("subjct", "subject"),
        ("pre-header", "preheader"),
        ("preveiw", "preview"),
        ("TLDR", "tldr"),
        ("tlrd", "tldr"),
        ("tgas", "tags"),
        ("my-2-cents", "my_2_cents"),
        ("round_table", "roundtable"),
        ("canonical", "canonical_url"),
    ],
)
def test_a_misspelt_key_is_a_mistake_with_the_right_one(
    issue: ReadIssue, key: str, meant: str
) -> None:
    text = f"{HEAD}{key}: x\n---\n"

    assert told(issue, text) == [
        f"issues/x.md:4:1: error: unknown key `{key}`; "
        f"did you mean `{meant}`? [unknown-key]"
    ]
