"""Any text at all: an issue, a roundtable, or mistakes a person can mend. And soon."""

import json
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.content.issue import read_issue
from newsletter.content.roundtable import read_roundtable
from newsletter.errors import SourceError
from newsletter.model.issue import Issue
from newsletter.model.roundtable import Roundtable
from tests.config.mistakes import mistakes

WORDS = st.sampled_from(
    [
        *("---\n", "---", "...\n", "\n", "\r\n", "title: ", "date: 2026-11-20\n", ": "),
        *("tags: [", "panel:\n", "  - name: Ada\n", "- ", "**Ada:** ", "**Bo**: ", "]"),
        *(
            "## ",
            "```",
            "~~~\n",
            "slug: ",
            "tldr: |\n",
            "  ",
            "\t",
            "music: ",
            "{",
            "}",
        ),
        *(
            "roundtable: ",
            "draft: ",
            "status: ",
            "'",
            '"',
            "&a ",
            "*a",
            "!!x ",
            "#",
            "é",
        ),
        *(
            "\0",
            "\u2028",
            "\ufeff",
            "🦄",
            "\u202e",
            "x",
            "1",
            "https://a.test",
            "number: ",
        ),
    ]
)
FILES = (
    st.text(max_size=200)
    | st.lists(WORDS, max_size=40).map("".join)
    | st.lists(WORDS, max_size=40).map(
        lambda words: "---\ntitle: t\ndate: 2026-11-20\n" + "".join(words)
    )
    | st.lists(WORDS, max_size=40).map(
        lambda words: f"---\ntitle: t\npanel: [name: Ada]\n---\n{''.join(words)}"
    )
).map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=200)

TITLES = (
    st.text(
        st.characters(
            exclude_categories=("Cc", "Cs"),
            exclude_characters="\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067"
            "\u2068\u2069\ufeff\ufffe\uffff",
        ),
        min_size=1,
        max_size=60,
    )
    .map(lambda text: unicodedata.normalize("NFC", text.strip()))
    .filter(lambda text: 0 < len(text) <= 200 and text == text.strip())
)
NAMES = TITLES.filter(lambda name: "*" not in name).map(
    lambda name: " ".join(name.split())
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    (home / "issues/roundtables").mkdir(parents=True)
    return home


@pytest.mark.parametrize(
    ("read", "name"),
    [(read_issue, "issues/x.md"), (read_roundtable, "issues/roundtables/x.md")],
)
@given(content=FILES)
@settings(max_examples=300, deadline=None)
def test_any_file_is_read_or_its_mistakes_are_told(
    root: Path,
    read: Callable[[Path, Path], Issue | Roundtable],
    name: str,
    content: bytes,
) -> None:
    path = root / name
    path.write_bytes(content)
    start = time.process_time()

    try:
        found = read(path, root)
    except SourceError:
        assert mistakes(read, path, root)
    else:
        assert found.title
        assert found.file == name
    assert time.process_time() - start < 2


@given(title=TITLES, subject=TITLES, tags=st.lists(TITLES, max_size=3))
@settings(deadline=None)
def test_what_is_valid_survives_as_it_was_written(
    root: Path, title: str, subject: str, tags: list[str]
) -> None:
    path = root / "issues/x.md"
    lines = {"title": title, "subject": subject, "tags": tags}
    matter = "".join(
        f"{key}: {json.dumps(value, ensure_ascii=False)}\n"
        for key, value in lines.items()
    )
    path.write_text(f"---\n{matter}date: 2026-11-20\n---\n{title}", encoding="utf-8")

    issue = read_issue(path, root)

    assert (issue.title, issue.subject, issue.tags) == (title, subject, tuple(tags))
    assert issue.body == title


@given(body=st.lists(WORDS, max_size=30).map("".join))
@settings(deadline=None)
def test_the_body_is_kept_to_the_last_character(root: Path, body: str) -> None:
    path = root / "issues/x.md"
    head = "---\ntitle: t\ndate: 2026-11-20\n---\n"
    path.write_bytes((head + body).encode())

    if any(bad in body for bad in "\0\u202e"):
        assert all(item.line > 4 for item in mistakes(read_issue, path, root))
    else:
        assert read_issue(path, root).body == body.replace("\r\n", "\n")


@given(names=st.lists(NAMES, min_size=1, max_size=4, unique_by=str.casefold))
@settings(deadline=None)
def test_every_expert_can_speak_by_full_name(root: Path, names: list[str]) -> None:
    path = root / "issues/roundtables/x.md"
    panel = "".join(f"  - name: {json.dumps(n, ensure_ascii=False)}\n" for n in names)
    body = "".join(f"**{name}:** says {index}\n\n" for index, name in enumerate(names))
    path.write_text(f"---\ntitle: t\npanel:\n{panel}---\n{body}", encoding="utf-8")

    (turn,) = read_roundtable(path, root).rounds

    assert [remark.expert for remark in turn.remarks] == names
