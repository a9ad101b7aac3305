"""Files: decoded, bounded, never from outside the publication."""

import codecs
import os
import time
import tracemalloc
from pathlib import Path

import pytest

from newsletter.config.files import MAX_CONTROL_CHARACTERS, display_name, read_text
from tests.config.locked import locked
from tests.config.mistakes import mistakes, told

LIMIT = 64 * 1024


def write(root: Path, content: bytes | str, name: str = "x.md") -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("grüße\n🦄".encode(), "grüße\n🦄"),
        (codecs.BOM_UTF8 + b"a", "a"),
        (codecs.BOM_UTF8 * 2 + b"a", "a"),
        (b"a\r\nb\rc\n", "a\nb\nc\n"),
        (b"a\tb", "a\tb"),
        ("a\u2028b 👩\u200d👧".encode(), "a\u2028b 👩\u200d👧"),
        (b"", ""),
    ],
)
def test_text_is_read_whatever_its_line_ends(
    tmp_path: Path, content: bytes, text: str
) -> None:
    assert read_text(write(tmp_path, content), tmp_path, LIMIT) == text


def test_a_byte_that_is_not_utf8_is_shown_where_it_is(tmp_path: Path) -> None:
    path = write(tmp_path, "---\ntitle: caffè ".encode() + b"caf\xe9\n---\n")

    assert told(read_text, path, tmp_path, LIMIT) == [
        "x.md:2:17: error: byte 0xe9 is not UTF-8; save the file as UTF-8 [encoding]"
    ]


def test_a_byte_order_mark_does_not_move_the_place_of_a_bad_byte(
    tmp_path: Path,
) -> None:
    path = write(tmp_path, codecs.BOM_UTF8 + b"---\nab\xff")

    (problem,) = mistakes(read_text, path, tmp_path, LIMIT)

    assert (problem.place, problem.message) == ("x.md:2:3", "byte 0xff is not UTF-8")


def test_utf16_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = write(tmp_path, "title".encode("utf-16"))

    (problem,) = mistakes(read_text, path, tmp_path, LIMIT)

    assert problem.place == "x.md:1:1"
    assert problem.hint == "save the file as UTF-8"


def test_control_characters_are_named_with_their_places(tmp_path: Path) -> None:
    path = write(tmp_path, "a\n b\0\n\x1b[31mred\n\x85next\n\u202ereversed")

    found = mistakes(read_text, path, tmp_path, LIMIT)

    assert [(item.line, item.column, item.message) for item in found] == [
        (2, 3, "a NUL in the text"),
        (3, 1, "the control character U+001B in the text"),
        (4, 1, "the control character U+0085 in the text"),
        (5, 1, "the control character U+202E in the text"),
    ]


def test_a_file_full_of_control_characters_is_refused_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, b"\0\n" * 500_000)
    start = time.process_time()

    found = mistakes(read_text, path, tmp_path, 2**20)

    assert len(found) == MAX_CONTROL_CHARACTERS
    assert time.process_time() - start < 0.2


def test_a_file_of_50_megabytes_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    tracemalloc.start()
    start = time.process_time()

    lines = told(read_text, path, tmp_path, LIMIT)
    seconds, (_, peak) = time.process_time() - start, tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert lines == [
        "x.md: error: has 50,000,000 bytes; at most 64 KiB are read [file]"
    ]
    assert seconds < 0.1
    assert peak < 1_000_000


def test_a_file_of_exactly_the_limit_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, "a" * 10)

    assert read_text(path, tmp_path, 10) == "a" * 10
    assert told(read_text, path, tmp_path, 9)


@pytest.mark.parametrize(
    "name", ["none.md", "n\0l.md", "n" * 300 + ".md", "x.md/y.md", "loop.md", "gone.md"]
)
def test_a_file_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    write(tmp_path, "x")
    (tmp_path / "loop.md").symlink_to("loop.md")
    (tmp_path / "gone.md").symlink_to("nowhere.md")

    (problem,) = mistakes(read_text, tmp_path / name, tmp_path, LIMIT)

    assert problem.message == "there is no such file"


def test_what_leads_out_of_the_publication_is_not_read(tmp_path: Path) -> None:
    home = tmp_path / "home"
    write(tmp_path, "secret", "outside/x.md")
    write(home, "mine")
    (home / "file.md").symlink_to(tmp_path / "outside/x.md")
    (home / "folder").symlink_to(tmp_path / "outside")
    names = ("file.md", "folder/x.md", "../outside/x.md", "/etc/passwd")

    for name in names:
        (problem,) = mistakes(read_text, home / name, home, LIMIT)
        assert problem.message == "leads out of the publication"


def test_a_link_inside_the_publication_is_followed(tmp_path: Path) -> None:
    write(tmp_path, "mine")
    (tmp_path / "link.md").symlink_to("x.md")

    assert read_text(tmp_path / "link.md", tmp_path, LIMIT) == "mine"


def test_a_folder_and_a_pipe_are_not_read_as_files(tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    os.mkfifo(tmp_path / "pipe.md")

    for name in ("folder.md", "pipe.md"):
        assert told(read_text, tmp_path / name, tmp_path, LIMIT) == [
            f"{name}: error: is not a file; check the name [file]"
        ]


def test_a_file_that_may_not_be_read_is_named() -> None:
    with locked("issues/x.md") as root:
        lines = told(read_text, root / "issues/x.md", root, LIMIT)

    assert lines == [
        "issues/x.md: error: cannot be read: Permission denied; check its rights [file]"
    ]


def test_a_file_in_a_closed_folder_is_no_traceback() -> None:
    with locked("issues") as root:
        (problem,) = mistakes(read_text, root / "issues/x.md", root, LIMIT)

    assert problem.file == "issues/x.md"


def test_files_are_named_as_the_author_knows_them(tmp_path: Path) -> None:
    assert display_name(tmp_path / "issues" / "x.md", tmp_path) == "issues/x.md"
    assert display_name(Path("/elsewhere/x.md"), tmp_path) == "/elsewhere/x.md"
    assert display_name(tmp_path / "a\nb\x1b[2J\udcff.md", tmp_path) == "a b [2J .md"
