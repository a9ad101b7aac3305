"""Text is read and saved through the studio; what another has written is never lost."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from newsletter.content import saving
from newsletter.web.studio.comparing import compare
from tests.web.asgi import Answer
from tests.web.studio.conftest import ISSUE, Studio

VIEW = f"/issues/{ISSUE}"
TABLE = "/roundtables/the-launch-she-stopped"


def version(at_desk: Studio, view: str = VIEW) -> dict[str, str]:
    found: dict[str, str] = at_desk.get(f"{view}/text").json()
    return found


def save(
    at_desk: Studio, text: str, base: str, view: str = VIEW, **more: str
) -> Answer:
    return at_desk.post(f"{view}/write", {"text": text, "base": base, **more})


def kept(at_desk: Studio) -> list[str]:
    folder = at_desk.root / saving.KEPT
    return [path.read_text() for path in sorted(folder.glob("*.md"))]


@pytest.mark.parametrize("view", [VIEW, TABLE])
def test_the_view_has_the_text_beside_the_picture(at_desk: Studio, view: str) -> None:
    shown = at_desk.get(f"{view}/write")

    assert shown.status == 200
    found = re.search(r'name="base" value="(\w{64})"', shown.text)
    assert found
    assert found[1] == version(at_desk, view)["hash"]
    assert "<textarea" in shown.text
    assert '<iframe sandbox="' in shown.text


@pytest.mark.parametrize("view", [VIEW, TABLE])
def test_a_save_is_the_file(at_desk: Studio, view: str) -> None:
    before = version(at_desk, view)
    text = before["text"] + "\none more line, with ünïcode 😀\n"

    answer = save(at_desk, text, before["hash"], view)

    assert answer.status == 200
    assert version(at_desk, view) == {"text": text, "hash": answer.json()["hash"]}


def test_the_line_ends_of_a_form_do_not_reach_the_file(at_desk: Studio) -> None:
    before = version(at_desk)
    save(at_desk, before["text"].replace("\n", "\r\n") + "x", before["hash"])
    assert at_desk.issue.read_bytes() == (before["text"] + "x").encode()


def test_both_versions_are_told_where_the_file_has_changed(at_desk: Studio) -> None:
    before = version(at_desk)
    at_desk.issue.write_text(before["text"].replace("folding", "THEIR"))

    answer = save(at_desk, before["text"].replace("folding", "MY"), before["hash"])

    assert answer.status == 409
    assert "THEIR chair" in answer.text
    assert "MY chair" in answer.text
    assert "THEIR" in at_desk.issue.read_text()


def test_mine_can_be_kept_and_theirs_stays_beside(at_desk: Studio) -> None:
    before = version(at_desk)
    at_desk.issue.write_text("theirs")
    told = save(at_desk, "mine", before["hash"]).text
    theirs = re.findall(r'data-hash="(\w+)"', told)[0]

    assert save(at_desk, "mine", before["hash"], over=theirs).status == 200
    assert at_desk.issue.read_text() == "mine"
    assert kept(at_desk) == ["theirs"]


def test_theirs_can_be_taken_and_mine_stays_beside(at_desk: Studio) -> None:
    answer = at_desk.post(f"{VIEW}/keep", {"text": "mine"})
    assert kept(at_desk) == ["mine"]
    assert (at_desk.root / answer.json()["kept"]).read_text() == "mine"


def test_the_versions_can_be_compared_before_a_save(at_desk: Studio) -> None:
    at_desk.issue.write_text("theirs\n")
    answer = at_desk.post(f"{VIEW}/differences", {"text": "mine\n"})
    assert answer.status == 409
    assert "mine" in answer.text
    assert "theirs" in answer.text


@pytest.mark.parametrize("view", [VIEW, TABLE])
def test_a_file_that_is_gone_can_be_written_anew(at_desk: Studio, view: str) -> None:
    before = version(at_desk, view)
    file = next(at_desk.root.glob(f"**/{view.rpartition('/')[2]}.md"))
    file.unlink()

    assert at_desk.get(f"{view}/write").status == 404
    assert at_desk.get(f"{view}/text").status == 404
    told = save(at_desk, "mine", before["hash"], view)
    assert told.status == 409
    assert "gone from the disk" in told.text
    assert save(at_desk, "mine", before["hash"], view, over="").status == 200
    assert file.read_text() == "mine"


@pytest.mark.parametrize(
    "name",
    [
        f"{ISSUE}.md",
        "x.md",
        "..%2fnewsletter",
        "%2e%2e",
        ".hidden",
        "_note",
        "a%2fb",
        "a%00b",
        "..%2f..%2fx",
    ],
)
def test_no_other_file_is_written(at_desk: Studio, name: str) -> None:
    before = sorted(path for path in at_desk.root.rglob("*") if path.is_file())
    for path in (f"/issues/{name}", f"/roundtables/{name}"):
        assert at_desk.get(f"{path}/write").status == 404
        assert save(at_desk, "mine", "", path).status == 404
        assert save(at_desk, "mine", "", path, over="").status == 404
    now = sorted(path for path in at_desk.root.rglob("*") if path.is_file())
    assert now == before


def test_a_browser_without_scripts_saves_too(at_desk: Studio) -> None:
    before = version(at_desk)
    form = {"text": "mine", "base": before["hash"], "token": at_desk.desk.token}

    done = at_desk.post(f"{VIEW}/write", form, accept="text/html", x_studio_token="")

    assert done.status == 303
    assert done.headers["location"] == f"{VIEW}/write"
    assert at_desk.issue.read_text() == "mine"


def test_and_saves_five_megabytes_too(at_desk: Studio) -> None:
    """Its token is in the form, which has to be read before it is known."""
    text = "é" * (saving.MAX_BYTES // 2)
    base = version(at_desk)["hash"]
    form = {"text": text, "base": base, "token": at_desk.desk.token}
    done = at_desk.post(f"{VIEW}/write", form, accept="text/html", x_studio_token="")
    assert done.status == 303
    assert at_desk.issue.read_text() == text


def test_and_chooses_too(at_desk: Studio) -> None:
    before = version(at_desk)
    at_desk.issue.write_text("theirs")
    form = {"text": "mine", "base": before["hash"]}

    told = at_desk.post(f"{VIEW}/write", form, accept="text/html")
    assert told.status == 409
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="(\w*)"', told.text))
    assert re.search(r"<textarea[^>]*>\nmine</textarea>", told.text)
    done = at_desk.post(f"{VIEW}/write", {**form, **fields}, accept="text/html")
    assert done.status == 303
    assert at_desk.issue.read_text() == "mine"
    assert kept(at_desk) == ["theirs"]


def test_its_text_is_not_lost_where_the_file_is_gone(at_desk: Studio) -> None:
    at_desk.issue.unlink()
    form = {"text": "mine", "base": "0" * 64}
    told = at_desk.post(f"{VIEW}/write", form, accept="text/html")
    assert told.status == 409
    assert ">\nmine</textarea>" in told.text


@pytest.mark.parametrize("data", [b"\xff\xfe\x00\x01", b"PNG\0"])
def test_what_is_no_text_is_shown_as_such(at_desk: Studio, data: bytes) -> None:
    at_desk.issue.write_bytes(data)
    shown = at_desk.get(f"{VIEW}/write")
    assert shown.status == 422
    assert "is not a text in UTF-8" in shown.text
    assert "<textarea" not in shown.text
    assert save(at_desk, "mine", "").status == 422
    assert at_desk.issue.read_bytes() == data


def test_a_link_is_not_written_through(at_desk: Studio, tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("secret")
    at_desk.issue.unlink()
    at_desk.issue.symlink_to(secret)
    shown = at_desk.get(f"{VIEW}/write")
    assert "is a link" in shown.text
    assert "secret<" not in shown.text
    answer = save(at_desk, "mine", "")
    assert (answer.status, answer.json()["hint"]) == (
        422,
        "edit the file that it leads to",
    )
    assert secret.read_text() == "secret"


def test_five_megabytes_are_saved_and_no_more(at_desk: Studio) -> None:
    before = version(at_desk)
    answer = save(at_desk, "é" * (saving.MAX_BYTES // 2), before["hash"])
    assert answer.status == 200
    assert at_desk.get(f"{VIEW}/write").status == 200
    more = save(at_desk, "x" * (saving.MAX_BYTES + 1), answer.json()["hash"])
    assert more.status == 422
    assert "at most 5" in more.json()["message"]
    assert save(at_desk, "%" * 2**24, answer.json()["hash"]).status == 413


@pytest.mark.parametrize("body", [b"text=%ff", b"\xff", b"&".join([b"a=1"] * 60)])
def test_what_is_no_form_is_refused(at_desk: Studio, body: bytes) -> None:
    kind = {"content-type": "application/x-www-form-urlencoded"}
    answer = at_desk.client.ask(
        "POST",
        f"{VIEW}/write",
        body=body,
        headers={"host": "127.0.0.1:8025", "x-studio-token": at_desk.desk.token} | kind,
    )
    assert answer.status == 400


@pytest.mark.parametrize("what", ["write", "keep", "differences", "pictures", "change"])
def test_every_change_needs_the_token(at_desk: Studio, what: str) -> None:
    before = at_desk.issue.read_bytes()
    form = {"text": "x", "base": version(at_desk)["hash"]}
    answer = at_desk.post(f"{VIEW}/{what}", form, x_studio_token="wrong")
    assert answer.status == 403
    assert at_desk.issue.read_bytes() == before


def test_a_full_disk_is_said(at_desk: Studio, monkeypatch: Any) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    before = version(at_desk)
    monkeypatch.setattr("newsletter.content.saving.os.fsync", full)
    answer = save(at_desk, "mine", before["hash"])
    assert json.loads(answer.text)["message"].endswith("No space left on device")
    assert version(at_desk) == before
    monkeypatch.setattr(Path, "write_bytes", full)
    assert at_desk.post(f"{VIEW}/keep", {"text": "mine"}).status == 422


def test_only_what_differs_is_compared() -> None:
    lines = [str(number) for number in range(100)]
    other = [*lines[:50], "new", *lines[51:]]
    found = compare("\n".join(lines), "\n".join(other))
    assert [row.mine for row in found.rows] == ["48", "49", "50", "51", "52"]
    assert [row.same for row in found.rows] == [True, True, False, True, True]
    assert found.whole


def test_a_text_of_many_lines_is_not_compared() -> None:
    assert not compare("a\n" * 5000, "b").whole
    many = compare("\n".join("a" * 500), "\n".join("b" * 500))
    assert (len(many.rows), many.whole) == (400, False)


def test_blank_lines_of_a_long_text_hold_nothing_together() -> None:
    # Each would be held against each: minutes, in which nobody else is answered.
    mine, disk = (
        "\n\n".join(f"{word} {number}" for number in range(300))
        for word in ("mine", "disk")
    )
    assert not any(row.same for row in compare(mine, f"another\n{disk}").rows)


def test_what_is_the_same_in_a_long_text_is_left_out() -> None:
    mine = "\n\n".join(f"paragraph {number}" for number in range(300))
    disk = mine.replace("paragraph 100\n", "another\n")
    found = compare(mine, disk)
    assert [(row.mine, row.disk) for row in found.rows if not row.same] == [
        ("paragraph 100", "another")
    ]
    assert len(found.rows) == 5
