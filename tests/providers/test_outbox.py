"""The outbox: whole files, each delivery once, a clear word when it cannot write."""

import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.errors import ProviderStopped
from newsletter.model.campaign import DeliveryState
from newsletter.model.message import Message
from newsletter.providers.outbox import Outbox

KEY = "a key"


def message(number: int, text: bytes = b"To: a@example.com\r\n\r\nhi\r\n") -> Message:
    return Message(f"uid.{number}", number, f"reader{number}@example.com", text)


def test_each_message_is_one_file_in_new(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "box")

    results = outbox.send(KEY, [message(1), message(2)])

    assert [item.state for item in results] == [DeliveryState.ACCEPTED] * 2
    new = tmp_path / "box" / "new"
    assert sorted(path.name for path in new.iterdir()) == ["uid.1.eml", "uid.2.eml"]
    assert (new / "uid.1.eml").read_bytes() == message(1).mime
    assert not list((tmp_path / "box" / "tmp").iterdir())


def test_sending_again_changes_nothing(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.send(KEY, [message(1)])
    before = (tmp_path / "new" / "uid.1.eml").stat().st_ino

    results = outbox.send(KEY, [message(1)])

    assert results[0].state is DeliveryState.ACCEPTED
    assert (tmp_path / "new" / "uid.1.eml").stat().st_ino == before


def test_a_message_that_was_read_is_not_written_again(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.send(KEY, [message(1)])
    (tmp_path / "new" / "uid.1.eml").rename(tmp_path / "cur" / "uid.1.eml:2,S")

    outbox.send(KEY, [message(1)])

    assert not list((tmp_path / "new").iterdir())


def test_what_a_dead_process_left_in_tmp_does_no_harm(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.send(KEY, [])
    (tmp_path / "tmp" / "uid.1.eml").write_bytes(b"half a mess")

    outbox.send(KEY, [message(1)])

    assert (tmp_path / "new" / "uid.1.eml").read_bytes() == message(1).mime


def test_messages_are_taken_one_at_a_time(tmp_path: Path) -> None:
    def stream() -> Iterator[Message]:
        for number in range(3):
            written = list((tmp_path / "tmp").iterdir())
            assert len(written) == number
            yield message(number)

    assert len(Outbox(tmp_path).send(KEY, stream())) == 3


def test_a_folder_that_cannot_be_made_stops_the_send(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(ProviderStopped) as caught:
        Outbox(tmp_path / "file").send(KEY, [message(1)])

    assert "cannot be written" in caught.value.message
    assert "--resume" in caught.value.hint


def test_the_files_are_for_their_owner_only(tmp_path: Path) -> None:
    Outbox(tmp_path / "box").send(KEY, [message(1)])

    assert (tmp_path / "box" / "new").stat().st_mode & 0o077 == 0
    assert (tmp_path / "box" / "new" / "uid.1.eml").stat().st_mode & 0o077 == 0


def test_a_full_disk_stops_the_send_and_leaves_no_half_messages(
    tmp_path: Path,
) -> None:
    code = (
        "from pathlib import Path\n"
        "from newsletter.model.message import Message\n"
        "from newsletter.providers.outbox import Outbox\n"
        "from newsletter.errors import ProviderStopped\n"
        "small = Message('uid.1', 1, 'a@example.com', b'x' * 100)\n"
        "large = Message('uid.2', 2, 'b@example.com', b'x' * 9000)\n"
        "try:\n"
        f"    Outbox(Path({str(tmp_path)!r})).send('k', [small, large])\n"
        "except ProviderStopped as error:\n"
        "    print(error.message)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
    )

    assert "the disk is full" in done.stdout
    assert not list((tmp_path / "new").iterdir())
    assert not list((tmp_path / "tmp").iterdir())
