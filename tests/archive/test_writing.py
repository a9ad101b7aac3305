"""The site's folder: what is ours, what is not, and what is never followed."""

import fcntl
import json
import os
from pathlib import Path

import pytest

from newsletter.archive.folder import open_folder
from newsletter.archive.manifest import MANIFEST
from newsletter.archive.staging import STAGING, open_staging
from newsletter.archive.text_file import text_bytes
from newsletter.archive.writing import Changes, Writer, read_ours
from newsletter.errors import UsageError
from tests.archive.conftest import tree

Site = list[tuple[str, bytes]]


def site(*names: str, text: str = "ours") -> Site:
    return [(name, text_bytes(text)) for name in names]


def write_site(out: Path, files: Site) -> Changes:
    """Write these files and no others, as a build does."""
    with open_folder(out) as folder, open_staging(folder) as staging:
        writer = Writer(folder, staging, read_ours(folder))
        found = [writer.offer(n, *file) for n, file in enumerate(files, 1)]
        return writer.finish(found)


def open_files() -> int:
    return sum(1 for _ in Path("/dev/fd").iterdir())


def test_files_of_others_survive_every_build(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "CNAME").write_text("letter.example.com", encoding="utf-8")
    (tmp_path / "a" / "theirs.txt").write_text("theirs", encoding="utf-8")

    write_site(tmp_path, site("index.html", "a/index.html"))
    changes = write_site(tmp_path, site("index.html"))

    assert changes.removed == 1
    assert set(tree(tmp_path)) == {"CNAME", "a/theirs.txt", "index.html", MANIFEST}


def test_a_page_never_replaces_a_file_of_others(tmp_path: Path) -> None:
    (tmp_path / "about").mkdir()
    (tmp_path / "about" / "index.html").write_text("theirs", encoding="utf-8")

    with pytest.raises(UsageError, match=r"about/index\.html") as caught:
        write_site(tmp_path, site("index.html", "about/index.html"))

    assert "move it away" in caught.value.hint
    assert tree(tmp_path) == {"about/index.html": b"theirs"}


def test_many_files_of_others_are_counted(tmp_path: Path) -> None:
    names = [f"{number}.html" for number in range(9)]
    for name in names:
        (tmp_path / name).touch()

    with pytest.raises(UsageError, match=r"4\.html and 4 more"):
        write_site(tmp_path, site(*names))


def test_a_file_that_is_the_same_already_becomes_ours(tmp_path: Path) -> None:
    write_site(tmp_path, site("index.html"))
    (tmp_path / MANIFEST).unlink()

    assert write_site(tmp_path, site("index.html")).unchanged == 1
    assert write_site(tmp_path, site("other.html")).removed == 1


def test_folders_that_are_empty_without_our_file_go_too(tmp_path: Path) -> None:
    write_site(tmp_path, site("index.html", "a/b/c.html", "a/d.html"))

    write_site(tmp_path, site("index.html", "a/d.html"))
    assert not (tmp_path / "a" / "b").exists()

    write_site(tmp_path, site("index.html"))
    assert not (tmp_path / "a").exists()


def test_the_list_of_our_files_has_their_digests(tmp_path: Path) -> None:
    write_site(tmp_path, site("b.html", "a.html"))

    found = json.loads((tmp_path / MANIFEST).read_bytes())

    assert list(found) == ["a.html", "b.html"]
    assert {len(digest) for digest in found.values()} == {32}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[]",
        '{"a": 1}',
        '{"../x": ""}',
        '{"/etc/x": ""}',
        '{"a//b": ""}',
    ],
)
def test_a_list_that_we_did_not_write_deletes_nothing(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / "x").write_text("theirs", encoding="utf-8")
    out = tmp_path / "out"
    out.mkdir()
    (out / MANIFEST).write_text(text, encoding="utf-8")

    with pytest.raises(UsageError, match=r"newsletter-site\.json is damaged"):
        write_site(out, site("index.html"))
    assert set(tree(tmp_path)) == {"x", f"out/{MANIFEST}"}


@pytest.mark.parametrize("name", ["index.html", "a/index.html", MANIFEST])
@pytest.mark.parametrize("text", ["precious", "ours\n"])
def test_a_link_to_a_file_is_neither_followed_nor_replaced(
    tmp_path: Path, name: str, text: str
) -> None:
    target = tmp_path / "precious"
    target.write_text(text, encoding="utf-8")
    link = tmp_path / "out" / name
    link.parent.mkdir(parents=True)
    link.symlink_to(target)

    with pytest.raises(UsageError, match=name):
        write_site(tmp_path / "out", site("index.html", "a/index.html"))
    assert link.is_symlink()
    assert target.read_text("utf-8") == text


@pytest.mark.parametrize("ours", [True, False])
def test_a_link_to_a_folder_is_not_followed(tmp_path: Path, *, ours: bool) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    out.mkdir()
    if ours:
        write_site(out, site("a/index.html"))
        (out / "a" / "index.html").rename(elsewhere / "index.html")
        (out / "a").rmdir()
    (out / "a").symlink_to(elsewhere)
    before = tree(elsewhere)

    with pytest.raises(UsageError, match=r"`a` is a link"):
        write_site(out, site("a/index.html", text="new"))
    assert tree(elsewhere) == before


def test_nothing_is_removed_through_a_link(tmp_path: Path) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    write_site(out, site("index.html", "a/index.html"))
    (out / "a").rename(elsewhere)
    (out / "a").symlink_to(elsewhere)

    with pytest.raises(UsageError, match=r"`a` is a link"):
        write_site(out, site("index.html"))
    assert tree(elsewhere) == {"index.html": b"ours\n"}


def test_a_link_put_on_the_way_while_we_write_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    replace = os.replace

    def swap(source: str, target: str, **places: int) -> None:
        replace(source, target, **places)
        if target == "a.html":
            (out / "b").rmdir()
            (out / "b").symlink_to(elsewhere)

    monkeypatch.setattr(os, "replace", swap)
    with pytest.raises(UsageError, match=r"`b` is a link"):
        write_site(out, site("a.html", "b/index.html"))
    assert tree(elsewhere) == {}


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_is_no_file_is_not_replaced(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "index.html"
    if kind == "folder":
        path.mkdir()
    else:
        os.mkfifo(path)

    with pytest.raises(UsageError, match=r"index\.html"):
        write_site(tmp_path, site("index.html"))
    assert not path.is_file()


def test_a_file_where_the_site_has_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").touch()

    with pytest.raises(UsageError, match=r"`a` is a link or a file"):
        write_site(tmp_path, site("a/index.html"))


def test_a_site_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "site").touch()

    with pytest.raises(UsageError, match="cannot be written"):
        write_site(tmp_path / "site", site("index.html"))


def test_two_builds_do_not_write_at_once(tmp_path: Path) -> None:
    fd = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(fd, fcntl.LOCK_EX)

    with pytest.raises(UsageError, match="another build"):
        write_site(tmp_path, site("index.html"))

    os.close(fd)
    assert write_site(tmp_path, site("index.html")).written == 1


def test_a_build_that_was_broken_off_is_made_good_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_site(tmp_path, site("old.html", "a/index.html"))
    replace = os.replace

    def pull_the_plug(source: str, target: str, **places: int) -> None:
        if target == "c.html":
            raise KeyboardInterrupt
        replace(source, target, **places)

    monkeypatch.setattr(os, "replace", pull_the_plug)
    with pytest.raises(KeyboardInterrupt):
        write_site(tmp_path, site("b.html", "c.html", text="new"))
    monkeypatch.undo()
    # As after kill -9, which leaves no time to tidy up.
    (tmp_path / STAGING).mkdir()
    (tmp_path / STAGING / "7").write_text("half", encoding="utf-8")

    changes = write_site(tmp_path, site("b.html", text="newer"))

    assert (changes.written, changes.removed) == (1, 2)
    assert set(tree(tmp_path)) == {"b.html", MANIFEST}
    assert not (tmp_path / STAGING).exists()


def full(*_: object, **__: object) -> int:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("call", ["write", "mkdir", "replace"])
def test_a_full_disk_leaves_the_old_site_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    write_site(tmp_path, site("index.html", "old/index.html", text="first"))
    before = tree(tmp_path)

    mkdir = os.mkdir
    with monkeypatch.context() as patch:
        if call == "mkdir":

            def almost_full(name: str, *mode: int, **places: int) -> None:
                full() if name == "b" else mkdir(name, *mode, **places)

            patch.setattr(os, call, almost_full)
        else:
            patch.setattr(os, call, full)
        with pytest.raises(UsageError, match="No space left on device"):
            write_site(tmp_path, site("a/x.html", "b/x.html", "index.html", text="2"))

    assert tree(tmp_path) == before
    assert {path.name for path in tmp_path.iterdir()} == {"index.html", "old", MANIFEST}
    assert write_site(tmp_path, site("index.html", text="third")).written == 1


def test_a_disk_that_is_full_in_the_middle_leaves_the_old_site_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_site(tmp_path, site("a.html", "b.html", "c.html", text="first"))
    before, written = tree(tmp_path), os.write
    room = [7]

    def almost_full(fd: int, data: memoryview) -> int:
        room[0] -= len(data)
        return written(fd, data[:1]) if room[0] > 0 else full()

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", almost_full)
        with pytest.raises(UsageError, match="No space left on device"):
            write_site(tmp_path, site("a.html", "b.html", "c.html", text="second"))

    assert tree(tmp_path) == before
    assert not (tmp_path / STAGING).exists()


def test_a_file_is_written_whole_though_the_system_takes_it_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: written(fd, data[:3]))

    write_site(tmp_path, site("index.html", text="a longer text"))

    assert (tmp_path / "index.html").read_text("utf-8") == "a longer text\n"


@pytest.mark.parametrize("kind", ["link", "file"])
def test_what_has_the_name_of_our_unfinished_files_is_not_touched(
    tmp_path: Path, kind: str
) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    out.mkdir()
    elsewhere.mkdir()
    (elsewhere / "1").touch()
    if kind == "link":
        (out / STAGING).symlink_to(elsewhere)
    else:
        (out / STAGING).touch()

    with pytest.raises(UsageError, match="is not a folder of ours"):
        write_site(out, site("index.html"))
    assert (elsewhere / "1").exists()
    assert (out / STAGING).exists()


def test_no_text_holds_a_character_that_html_and_xml_forbid() -> None:
    data = text_bytes("a\0b\x08c\x1bd\ud800e\ufffef\tg\nhé\U0001fa91")

    assert data.decode() == "abcdef\tg\nhé\U0001fa91\n"


def test_the_out_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "site").symlink_to(tmp_path / "real")

    write_site(tmp_path / "site", site("index.html"))

    assert (tmp_path / "real" / "index.html").exists()


def test_no_folder_is_left_open(tmp_path: Path) -> None:
    before = open_files()

    write_site(tmp_path, site("a/b/c.html", "index.html"))
    with pytest.raises(UsageError):
        write_site(tmp_path, site("index.html/x"))

    assert open_files() == before
