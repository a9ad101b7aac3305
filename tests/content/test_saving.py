"""A save writes the whole file or nothing, and never over what it does not know."""

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsletter.content import saving
from newsletter.content.saving import Conflict, Version, keep, read_version, save
from newsletter.errors import UsageError

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "issues").mkdir()
    return tmp_path


@pytest.fixture
def file(root: Path) -> Path:
    path = root / "issues/a.md"
    path.write_bytes(b"---\ntitle: a\n---\nhello\n")
    return path


def kept(root: Path) -> list[bytes]:
    folder = root / saving.KEPT
    return [path.read_bytes() for path in sorted(folder.glob("*.md"))]


def done(result: Version | Conflict) -> Version:
    assert isinstance(result, Version)
    return result


def test_a_save_is_the_next_version(file: Path, root: Path) -> None:
    first = read_version(file, root)

    second = done(save(file, root, "new\n", first.hash))

    assert file.read_bytes() == b"new\n"
    assert second == read_version(file, root)
    assert [path.name for path in file.parent.iterdir()] == ["a.md"]


def test_a_file_that_was_changed_is_not_written(file: Path, root: Path) -> None:
    first = read_version(file, root)
    file.write_text("theirs\n")

    found = save(file, root, "mine\n", first.hash)

    assert found == Conflict(read_version(file, root))
    assert file.read_text() == "theirs\n"


def test_what_is_written_over_is_kept(file: Path, root: Path) -> None:
    file.write_text("theirs\n")
    theirs = read_version(file, root)

    done(saving.save_over(file, root, "mine\n", theirs.hash, NOW))

    assert file.read_text() == "mine\n"
    assert kept(root) == [b"theirs\n"]


def test_a_third_version_is_not_written_over(file: Path, root: Path) -> None:
    theirs = read_version(file, root)
    file.write_text("a third\n")

    found = saving.save_over(file, root, "mine\n", theirs.hash, NOW)

    assert isinstance(found, Conflict)
    assert file.read_text() == "a third\n"
    assert kept(root) == []


def test_a_file_that_is_gone_is_a_conflict_then_written_anew(
    file: Path, root: Path
) -> None:
    first = read_version(file, root)
    file.unlink()

    assert save(file, root, "mine\n", first.hash) == Conflict(Version("", ""))
    done(saving.save_over(file, root, "mine\n", "", NOW))
    assert file.read_text() == "mine\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_the_mode_stays(file: Path, root: Path, mode: int) -> None:
    file.chmod(mode)
    done(save(file, root, "new\n", read_version(file, root).hash))
    assert stat.S_IMODE(file.stat().st_mode) == mode


@pytest.mark.parametrize(
    ("before", "text", "after"),
    [
        (b"a\r\nb\r\n", "a\nc\nb\n", b"a\r\nc\r\nb\r\n"),
        (b"\xef\xbb\xbfa\nb\n", "b\n", b"\xef\xbb\xbfb\n"),
        (b"a\rb\r", "a\nB\n", b"a\rB\r"),
        (b"a\r\nb\nc\n", "a\nX\nc\n", b"a\r\nX\r\nc\n"),
        (b"a\r\nb", "a\nb\n", b"a\r\nb\r\n"),
        (b"a\r\nb\r\n", "", b""),
        (b"a\r\nb\r\n", "a", b"a"),
        (b"a", "a\nb\n", b"a\nb\n"),
    ],
)
def test_line_ends_and_byte_order_mark_stay(
    file: Path, root: Path, before: bytes, text: str, after: bytes
) -> None:
    file.write_bytes(before)
    done(save(file, root, text, read_version(file, root).hash))
    assert file.read_bytes() == after


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"a\0b", b"\x89PNG\r\n"])
def test_what_is_no_text_is_not_edited(file: Path, root: Path, data: bytes) -> None:
    file.write_bytes(data)
    with pytest.raises(UsageError, match="is not a text in UTF-8"):
        read_version(file, root)


def test_nor_is_a_text_with_a_nul_written(file: Path, root: Path) -> None:
    with pytest.raises(UsageError, match="NUL"):
        save(file, root, "a\0b", read_version(file, root).hash)


def test_links_are_neither_read_nor_written(file: Path, root: Path) -> None:
    link = root / "issues/link.md"
    link.symlink_to(file)
    with pytest.raises(UsageError, match=r"link\.md is a link"):
        read_version(link, root)
    with pytest.raises(UsageError, match="is a link"):
        save(link, root, "x", "")


def test_a_folder_that_leads_out_is_refused(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/a.md").write_text("secret")
    root = tmp_path / "publication"
    root.mkdir()
    (root / "issues").symlink_to(tmp_path / "outside")
    with pytest.raises(UsageError, match="leads out of the publication"):
        read_version(root / "issues/a.md", root)
    with pytest.raises(UsageError, match="leads out of the publication"):
        save(root / "issues/new.md", root, "x", "")


def test_only_files_are_read(root: Path) -> None:
    (root / "issues/folder.md").mkdir()
    os.mkfifo(root / "issues/pipe.md")
    for name in ("folder.md", "pipe.md"):
        with pytest.raises(UsageError, match="is not a file"):
            read_version(root / "issues" / name, root)


def test_five_megabytes_are_the_most(file: Path, root: Path) -> None:
    first = read_version(file, root)
    with pytest.raises(UsageError, match=r"would have 5\.0 MiB"):
        save(file, root, "x" * (saving.MAX_BYTES + 1), first.hash)
    done(save(file, root, "x" * saving.MAX_BYTES, first.hash))
    with file.open("ab") as target:
        target.write(b"x")
    with pytest.raises(UsageError, match="at most 5 are edited here"):
        read_version(file, root)


def test_a_save_that_fails_leaves_the_file_as_it_was(
    file: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    first = read_version(file, root)
    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(UsageError, match="cannot be written: No space left"):
        save(file, root, "new", first.hash)
    assert read_version(file, root) == first
    assert [path.name for path in file.parent.iterdir()] == ["a.md"]


def test_nothing_is_written_where_nothing_can_be_kept(file: Path, root: Path) -> None:
    theirs = read_version(file, root)
    (root / ".newsletter").write_text("a file in the way")

    with pytest.raises(UsageError, match="cannot be written"):
        saving.save_over(file, root, "mine", theirs.hash, NOW)
    with pytest.raises(UsageError, match="cannot be written"):
        save(file, root, "mine", theirs.hash)
    assert read_version(file, root) == theirs


def test_the_oldest_kept_versions_go(
    file: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "MAX_KEPT", 3)
    for number in range(5):
        made = keep(file, root, b"%d" % number, NOW + timedelta(seconds=number))
        os.utime(made, (number, number))
    assert kept(root) == [b"2", b"3", b"4"]


def test_a_file_that_may_only_be_read_stays_as_it_is(file: Path, root: Path) -> None:
    before = file.read_bytes()
    file.chmod(0o444)
    with pytest.raises(UsageError, match=r"issues/a\.md may only be read"):
        save(file, root, "new\n", read_version(file, root).hash)
    assert file.read_bytes() == before


@pytest.mark.parametrize("letter", ["x", "は"])
def test_a_version_with_the_longest_name_is_kept(root: Path, letter: str) -> None:
    stem = letter * (250 // len(letter.encode()))
    made = keep(root / f"issues/{stem}.md", root, b"mine", NOW)
    assert made.read_bytes() == b"mine"
    assert made.name.startswith(letter * 33)


def test_the_lock_is_not_forgotten(
    file: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else two studios could hold a lock each."""
    monkeypatch.setattr(saving, "MAX_KEPT", 2)
    done(save(file, root, "new\n", read_version(file, root).hash))
    lock = root / saving.KEPT / ".lock"
    os.utime(lock, (0, 0))
    for number in range(4):
        keep(file, root, b"%d" % number, NOW + timedelta(minutes=number))
    assert lock.exists()
    assert len(kept(root)) == 2
