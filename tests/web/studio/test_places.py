"""From a place in a file to the author's own editor."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from newsletter.web.studio.places import Places
from tests.web.studio.conftest import ISSUE, Studio

PLACE = f"issues/{ISSUE}.md:7:3"


def test_it_is_vs_code_without_a_word(at_desk: Studio) -> None:
    whole = quote(str(at_desk.issue))
    assert Places(at_desk.desk).link(PLACE) == f"vscode://file{whole}:7:3"


def test_another_address_is_filled_in(make_studio: Callable[..., Studio]) -> None:
    studio = make_studio(editor="zed://file{file}:{line}")
    assert Places(studio.desk).link(f"issues/{ISSUE}.md").endswith(".md:1")


@pytest.mark.parametrize(
    "place",
    [
        "",
        "../x.md",
        "/etc/passwd:1",
        ".env:1",
        "issues/../../secret:1",
        "issues/nothing.md:1",
        "issues:1",
        "subscribers.csv",
        f"issues/{ISSUE}.md:x",
        "issues/\0:1",
    ],
)
def test_only_texts_of_the_publication_are_opened(
    make_studio: Callable[..., Studio], place: str, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("x")
    assert Places(make_studio().desk).link(place) == ""
    answer = make_studio(editor="true").post("/open", {"place": place})
    assert answer.status == 422


def test_a_command_is_started_without_a_shell(
    make_studio: Callable[..., Studio], tmp_path: Path
) -> None:
    told = tmp_path / "told"
    code = (
        "import os, sys\n"
        f"told = os.open({str(told)!r}, os.O_WRONLY)\n"
        "os.write(told, repr(sys.argv[1:]).encode())"
    )

    os.mkfifo(told)
    script = tmp_path / "editor.py"
    script.write_text(code)
    studio = make_studio(
        editor=f"{sys.executable} {script} -g {{file}}:{{line}}:{{column}}"
    )
    odd = studio.root / "issues" / "$(touch x) ; {line}.md"
    odd.write_text("x")

    answer = studio.post("/open", {"place": f"issues/{odd.name}:7:3"})

    assert answer.status == 204
    assert told.read_text() == repr(["-g", f"{odd}:7:3"])
    assert 'data-open="' in studio.get(f"/issues/{odd.stem}").text


def test_a_command_without_a_file_gets_it_last(
    make_studio: Callable[..., Studio],
) -> None:
    studio = make_studio(editor="true")
    assert studio.post("/open", {"place": PLACE}).status == 204


def test_a_command_that_is_not_there_is_told(
    make_studio: Callable[..., Studio],
) -> None:
    answer = make_studio(editor="no-such-editor").post("/open", {"place": PLACE})

    assert answer.status == 422
    assert "no-such-editor cannot be started" in answer.text


def test_from_another_machine_nothing_is_opened(
    make_studio: Callable[..., Studio],
) -> None:
    studio = make_studio(key="a-key", editor="true")
    cookie = "studio_8025=a-key"
    path = studio.issue
    path.write_text(path.read_text().replace("title:", "titel:", 1))
    text = studio.get(f"/issues/{ISSUE}", cookie=cookie).text

    assert "data-copy=" in text
    assert "data-open=" not in text
    assert "vscode:" not in text
    assert studio.post("/open", {"place": PLACE}, cookie=cookie).status == 422
