"""`newsletter import`: where it writes, what it says, what it refuses."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from newsletter.errors import UsageError
from newsletter.importing import writing
from newsletter.importing.lines import MAX_BYTES
from tests.cli.conftest import Newsletter
from tests.cli.conftest import newsletter as newsletter
from tests.importing.test_pages import PAGES

TABLE = str(PAGES / "two-voices.txt")
LETTER = str(PAGES / "the-empty-calendar.txt")
TABLE_FILE = "der-stille-freitag-wie-eine-teamleiterin-das-deployment-verschob.md"
LETTER_FILE = "2026-11-20-the-empty-calendar.md"
NOW = ("--now", "2026-11-20")


def test_a_roundtable_is_written_once(
    newsletter: Newsletter, publication: Path
) -> None:
    path = publication / "issues/roundtables" / f"_{TABLE_FILE}"

    first = newsletter("import", "roundtable", TABLE)
    before = path.read_bytes()
    again = newsletter("import", "roundtable", TABLE)

    assert first.code == 0, first.err
    assert first.out.startswith(f"wrote {path}\nread: 2 experts, 2 rounds, 4 remarks")
    assert "  line 31: `Teilen` is the page's own: left out\n" in first.out
    assert "2 things to look at, above\nnobody sees it yet: take the" in first.out
    assert again.code == 2
    assert "is there already" in again.err
    assert path.read_bytes() == before
    assert not [*path.parent.glob(".*")]


def test_an_issue_is_a_draft_and_written_once(
    newsletter: Newsletter, publication: Path
) -> None:
    first = newsletter(*NOW, "import", "issue", LETTER)
    # On another day the page, which has no date, would be another file.
    again = newsletter("--now", "2026-11-27", "import", "issue", LETTER)

    assert first.code == 0, first.err
    assert f"wrote {publication / 'issues' / LETTER_FILE}\n" in first.out
    assert "it is a draft" in first.out
    assert again.code == 2
    assert f"{LETTER_FILE} is there already" in again.err


def test_what_was_imported_passes_check_and_is_built(
    newsletter: Newsletter, publication: Path
) -> None:
    table = publication / "issues" / "roundtables" / "_still.md"
    done = newsletter("import", "roundtable", TABLE, "--slug", "still")
    assert "nobody sees it yet" in done.out
    newsletter(*NOW, "build")
    assert not (publication / "site/roundtables/still").exists()
    table.rename(table.with_name("still.md"))
    newsletter(*NOW, "import", "issue", LETTER)
    path = publication / "issues" / LETTER_FILE
    path.write_text(path.read_text().replace("status: draft", "roundtable: still"))
    checked = newsletter("check", "--json")
    built = newsletter("--now", "2026-11-21", "build")

    assert built.code == 0, built.err
    page = (publication / "site/roundtables/still/index.html").read_text()
    assert "stand der Vertrieb mit im Raum" in page
    assert (publication / "site/the-empty-calendar/index.html").exists()
    found = json.loads(checked.out)["problems"]
    ours = [
        item for item in found if "still" in item["file"] or "calendar" in item["file"]
    ]
    assert [item for item in ours if item["severity"] == "error"] == []


UNFINISHED = "The Title\nWords above it all.\nPanel\nAnn Lee\nDiscussing: x\nOne.\n"


def test_words_without_a_place_are_hidden_wherever_they_are_written(
    newsletter: Newsletter, publication: Path
) -> None:
    (publication / "pasted.txt").write_text(UNFINISHED)
    out = publication / "issues" / "roundtables" / "still.md"
    done = newsletter("import", "roundtable", "pasted.txt", "-o", str(out))
    path = out.with_name("_still.md")

    assert done.out.startswith(f"wrote {path}\n")
    assert "nobody sees it yet" in done.out
    assert not out.exists()
    path.rename(out)
    checked = newsletter("check", "--json", str(out))
    found = json.loads(checked.out)["problems"]
    errors = [item["message"] for item in found if item["severity"] == "error"]
    assert checked.code == 4
    assert errors == [
        "`Unplaced` is still on the panel",
        "`TODO: whose words are these?` is still in the text",
        "`TODO: not placed` is still in the text",
    ]


def test_a_dry_run_prints_the_file_and_writes_nothing(
    newsletter: Newsletter, publication: Path
) -> None:
    before = sorted(publication.rglob("*"))
    ran = newsletter(*NOW, "import", "issue", LETTER, "--dry-run")

    assert ran.code == 0
    assert ran.out.startswith('---\ntitle: "the empty calendar"\n')
    assert ran.err.startswith("would write ")
    assert sorted(publication.rglob("*")) == before


def test_json_has_everything(newsletter: Newsletter, tmp_path: Path) -> None:
    out = tmp_path / "new" / "t.md"
    ran = newsletter("import", "roundtable", TABLE, "-o", str(out), "--json")
    dry = newsletter("import", "issue", LETTER, "--dry-run", "--json")

    data = json.loads(ran.out)
    assert data["file"] == str(out)
    assert data["written"] is True
    assert data["read"]["remarks"] == 4
    assert data["notes"][0] == {
        "line": 31,
        "what": "`Teilen` is the page's own",
        "did": "left out",
    }
    assert out.read_text().startswith("---\n")
    assert json.loads(dry.out)["text"].startswith("---\n")
    assert json.loads(dry.out)["written"] is False


def test_a_dash_reads_what_comes(publication: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "newsletter", "import", "issue", "-", "--slug", "x"],
        input=Path(LETTER).read_bytes(),
        capture_output=True,
        cwd=publication,
        env=os.environ | {"PYTHONUTF8": "1"},
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    assert len([*publication.glob("issues/*-x.md")]) == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (None, "No such file"),
        (b"", "has no words in it"),
        (b"\xef\xbb\xbf \n\t---\n", "has no words in it"),
        (b"one\ntwo \xff three", "pasted.txt:2: byte 0xff is not UTF-8"),
        (b"word " * (MAX_BYTES // 4), "at most 256 KiB are read"),
    ],
)
def test_what_cannot_be_read(
    newsletter: Newsletter, publication: Path, data: bytes | None, said: str
) -> None:
    if data is not None:
        (publication / "pasted.txt").write_bytes(data)
    for kind in ("issue", "roundtable"):
        ran = newsletter("import", kind, "pasted.txt")

        assert ran.code == 2
        assert said in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("issue", LETTER, "--date", "friday"), "--date friday is not a day"),
        (("issue", LETTER, "--date", "2026-02-30"), "--date 2026-02-30 is not a day"),
        (("issue", LETTER, "--slug", "../x"), "cannot be a slug"),
        (("issue", LETTER, "--slug", "images"), "the archive itself uses the name"),
        (("roundtable", TABLE, "-o", "newsletter.yaml"), "is there already"),
        (("roundtable", TABLE, "-o", "newsletter.yaml/x.md"), "cannot be written"),
    ],
)
def test_what_is_refused(
    newsletter: Newsletter, arguments: tuple[str, ...], said: str
) -> None:
    ran = newsletter("import", *arguments)

    assert ran.code == 2
    assert said in ran.err


def test_more_front_matter_than_is_read_writes_nothing(
    newsletter: Newsletter, publication: Path
) -> None:
    consensus = "All of them agreed on this. " * 3000
    page = f"T\nAnn Lee\nDiscussing: x\nShe did it.\nConsensus\n{consensus}\n"
    (publication / "pasted.txt").write_text(page)
    ran = newsletter("import", "roundtable", "pasted.txt", "--slug", "big")

    assert ran.code == 3
    assert "KiB of YAML" in ran.err
    assert not [*publication.glob("issues/roundtables/*big.md")]


def test_a_roundtable_of_the_same_name_is_left(
    newsletter: Newsletter, publication: Path
) -> None:
    path = publication / "issues" / "roundtables" / "still.md"
    path.write_text("mine", "utf-8")

    ran = newsletter("import", "roundtable", TABLE, "--slug", "still")

    assert ran.code == 2
    assert f"{path} is there already" in ran.err
    assert not path.with_name("_still.md").exists()


def test_another_file_that_appears_meanwhile_is_left(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_text("mine")

    with pytest.raises(UsageError, match="is there already"):
        writing.write_new(path, "theirs")

    assert path.read_text() == "mine"
    assert [*tmp_path.iterdir()] == [path]


def test_a_file_system_without_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path, __: Path) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    path = tmp_path / "x.md"
    writing.write_new(path, "text")

    assert path.read_text() == "text"
    with pytest.raises(UsageError, match="is there already"):
        writing.write_new(path, "theirs")
    assert path.read_text() == "text"


def test_the_two_imports_say_which_is_which(newsletter: Newsletter) -> None:
    assert "newsletter subscribers import" in newsletter("import", "--help").out
    assert "newsletter import" in newsletter("subscribers", "import", "--help").out
