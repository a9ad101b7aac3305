"""Platforms' zips: the lists in them are found, and the hostile ones refused."""

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from newsletter.audience import zip_file
from newsletter.audience.importing import import_file
from newsletter.errors import SourceError
from newsletter.model.problem import Problem
from newsletter.store.engine import Store
from tests.audience.conftest import ERASER, never_mailed, people_in

DEFLATED = zipfile.ZIP_DEFLATED


def zipped(path: Path, **files: str | bytes) -> Path:
    """A zip of these files; `__` stands for a slash, `_csv` for the ending."""
    with zipfile.ZipFile(path, "w", DEFLATED) as archive:
        for name, content in files.items():
            inside = name.replace("__", "/").replace("_csv", ".csv")
            archive.writestr(inside, content)
    return path


def refused(store: Store, path: Path) -> str:
    with pytest.raises(SourceError) as caught:
        import_file(store, ERASER, path)
    (problem,) = caught.value.problems
    assert isinstance(problem, Problem)
    assert problem.hint
    assert people_in(store) == {}
    assert never_mailed(store) == {}
    return str(problem).replace(path.parent.as_posix(), "")


def test_mailchimps_three_files_are_one_import(store: Store, tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "export.zip",
        lists__subscribed_csv="Email Address,LEID,EUID\na@x.test,1,e1\nb@x.test,2,e2\n",
        lists__unsubscribed_csv="Email Address,UNSUB_TIME,LEID,EUID\nb@x.test,,2,e2\n",
        lists__cleaned_csv="Email Address,CLEAN_TIME,LEID,EUID\n"
        "c@x.test,,3,e3\nc@x,,,\n",
        lists__transactional_csv="Email Address,LEID,EUID\nt@x.test,1,e1\n",
        campaigns_csv="Title,Subject\nHello,Hi\n",
        reports__empty_csv="",
    )

    report = import_file(store, ERASER, path)

    assert set(people_in(store)) == {"a@x.test", "b@x.test", "c@x.test"}
    assert set(never_mailed(store)) == {"b@x.test", "c@x.test"}
    assert report.rows == 5
    (skip,) = report.skipped
    assert skip.file == f"{path.as_posix()}/lists/cleaned.csv"
    assert skip.line == 3


def test_substacks_readers_of_a_post_are_no_subscribers(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", DEFLATED) as archive:
        archive.writestr("posts.csv", "post_id,title\n1.hello,Hello\n")
        archive.writestr("__MACOSX/list.csv", "email\nm@x.test\n")
        archive.writestr("posts/1.opens.csv", "email\no@x.test\n")
        archive.writestr("posts/1.delivers.csv", "email\nd@x.test\n")
        archive.writestr(
            "email_list.friday.csv", "email,email_disabled\na@x.test,false\n"
        )

    import_file(store, ERASER, path)

    assert set(people_in(store)) == {"a@x.test"}


def test_a_mistake_is_told_with_the_file_inside(store: Store, tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", list_csv='email,name\na@x.test,"Ana\n')

    assert refused(store, path).startswith("/x.zip/list.csv:2: error: a quote opened")


def test_a_zip_without_a_list_is_told(store: Store, tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", posts_csv="title\nHello\n", readme="hello")

    assert "there is no list of subscribers in it" in refused(store, path)


@pytest.mark.parametrize(
    "name",
    ["../../evil.csv", "/etc/evil.csv", "a/../../b.csv", "..\\b.csv", "C:\\b.csv"],
)
def test_zip_slip_is_refused(name: str, store: Store, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("list.csv", "email\na@x.test\n")
        archive.writestr(name, "email\nb@x.test\n")

    assert "a name that leads out of the zip" in refused(store, path)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["x.zip"]


def test_a_link_is_refused(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    link = zipfile.ZipInfo("list.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")

    assert "a link" in refused(store, path)


def test_a_bomb_is_refused_unread(store: Store, tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", list_csv=b"email\n" + b"\n" * 50_000_000)

    assert "50,000,006 bytes packed into" in refused(store, path)


def test_a_bomb_that_lies_about_its_size_is_stopped(
    store: Store, tmp_path: Path
) -> None:
    content = b"email\n" + b"a@x.test\n" * 600_000
    path = zipped(tmp_path / "x.zip", list_csv=content)
    size = struct.pack("<L", len(content))
    assert path.read_bytes().count(size) == 2
    path.write_bytes(path.read_bytes().replace(size, struct.pack("<L", 1000)))

    told = refused(store, path)

    assert "unpacks to more than" in told or "cannot be unpacked" in told


def test_a_member_that_grows_too_large_is_stopped(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zip_file, "MAX_BYTES", 10_000)
    monkeypatch.setattr(zip_file, "MAX_RATIO", 10_000)
    path = zipped(tmp_path / "x.zip", list_csv="email\n" + "a@x.test\n" * 5_000)

    assert "unpacks to more than 10,000 bytes" in refused(store, path)


def test_many_files_are_not_looked_at(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zip_file, "MAX_ENTRIES", 3)
    path = zipped(tmp_path / "x.zip", a="1", b="2", c="3", d_csv="email\na@x.test\n")

    assert "4 files in it; at most 3 are looked at" in refused(store, path)


def test_a_large_zip_is_not_opened(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zip_file, "MAX_BYTES", 100)
    path = zipped(tmp_path / "x.zip", d_csv="email\na@x.test\n")

    assert "has more than 0 MiB" in refused(store, path)


def test_an_encrypted_member_is_refused(store: Store, tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", list_csv="email\na@x.test\n")
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)

    assert "it is encrypted" in refused(store, path)


@pytest.mark.parametrize("cut", [10, 60, 120])
def test_a_broken_zip_is_told(cut: int, store: Store, tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", list_csv="email\na@x.test\n")
    path.write_bytes(path.read_bytes()[:cut])

    assert "cannot be unpacked" in refused(store, path)


def test_a_zip_in_a_zip_is_no_list(store: Store, tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("list.csv", "email\na@x.test\n")
    path = zipped(tmp_path / "x.zip", inner_zip=inner.getvalue())

    assert "there is no list of subscribers in it" in refused(store, path)


def test_a_zip_by_another_name_is_one(store: Store, tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", list_csv="email\na@x.test\n")
    path = path.rename(tmp_path / "export.csv")

    import_file(store, ERASER, path)

    assert set(people_in(store)) == {"a@x.test"}


@pytest.mark.parametrize(
    "name", ["unsubscribed.csv", "x/Cleaned 2024.CSV", "bounces.txt"]
)
def test_a_list_of_those_who_left_is_never_left_out(
    name: str, store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", DEFLATED) as archive:
        archive.writestr("subscribed.csv", "email\na@x.test\nb@x.test\n")
        archive.writestr(name, "Adresse\nb@x.test\n")

    assert refused(store, path).startswith(f"/export.zip/{name}:1: error: no column")
