"""The outbox: whole files, each delivery once, a clear word when it cannot write."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from newsletter.errors import ProviderRefused, ProviderStopped
from newsletter.model.campaign import DeliveryState
from newsletter.model.event import Webhook
from newsletter.model.message import Recipient
from newsletter.providers.outbox import Outbox
from tests.providers.batches import MOMENT, a_batch

TWO = a_batch(2)
ONE = a_batch(1)
FIRST = f"{ONE.recipients[0].delivery_id}.eml"
WHOLE = ONE.mime(ONE.recipients[0])


def test_each_message_is_one_file_in_new(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "box")

    results = outbox.send(TWO)

    assert [item.state for item in results] == [DeliveryState.ACCEPTED] * 2
    new = tmp_path / "box" / "new"
    assert {path.name for path in new.iterdir()} == {
        f"{each.delivery_id}.eml" for each in TWO.recipients
    }
    assert (new / FIRST).read_bytes() == WHOLE
    assert not list((tmp_path / "box" / "tmp").iterdir())


def test_sending_again_changes_nothing(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.send(ONE)
    before = (tmp_path / "new" / FIRST).stat().st_ino

    results = outbox.send(ONE)

    assert results[0].state is DeliveryState.ACCEPTED
    assert (tmp_path / "new" / FIRST).stat().st_ino == before


def test_a_message_that_was_read_is_not_written_again(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.send(ONE)
    (tmp_path / "new" / FIRST).rename(tmp_path / "cur" / f"{FIRST}:2,S")

    outbox.send(ONE)

    assert not list((tmp_path / "new").iterdir())


def test_what_a_dead_process_left_in_tmp_does_no_harm(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.send(a_batch(0))
    (tmp_path / "tmp" / FIRST).write_bytes(b"half a mess")

    outbox.send(ONE)

    assert (tmp_path / "new" / FIRST).read_bytes() == WHOLE


def test_messages_are_made_one_at_a_time(tmp_path: Path) -> None:
    def mime(recipient: Recipient) -> bytes:
        assert len(list((tmp_path / "tmp").iterdir())) == recipient.subscriber_id - 1
        return b"hi\r\n"

    assert len(Outbox(tmp_path).send(a_batch(3, mime=mime))) == 3


def test_what_it_took_is_found_again_read_or_not(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    assert list(outbox.find(TWO)) == []
    outbox.send(TWO)
    (tmp_path / "new" / FIRST).rename(tmp_path / "cur" / f"{FIRST}:2,S")

    found = outbox.find(a_batch(3))

    assert [each.subscriber_id for each in found] == [1, 2]
    assert {each.state for each in found} == {DeliveryState.ACCEPTED}


def test_it_has_no_events(tmp_path: Path) -> None:
    webhook = Webhook(headers={}, body=b"{}", received_at=MOMENT)

    with pytest.raises(ProviderRefused):
        Outbox(tmp_path).events(webhook)


def test_the_check_tells_whether_it_can_be_written(tmp_path: Path) -> None:
    assert str(tmp_path) in Outbox(tmp_path).check()
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(ProviderStopped):
        Outbox(tmp_path / "file").check()
    with pytest.raises(ProviderStopped):
        Outbox(tmp_path / "file").find(ONE)


def test_a_folder_that_cannot_be_made_stops_the_send(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(ProviderStopped) as caught:
        Outbox(tmp_path / "file").send(ONE)

    assert "cannot be written" in caught.value.message
    assert "newsletter resume" in caught.value.hint


def test_the_files_are_for_their_owner_only(tmp_path: Path) -> None:
    Outbox(tmp_path / "box").send(ONE)

    assert (tmp_path / "box" / "new").stat().st_mode & 0o077 == 0
    assert (tmp_path / "box" / "new" / FIRST).stat().st_mode & 0o077 == 0


def test_a_full_disk_stops_the_send_and_leaves_no_half_messages(
    tmp_path: Path,
) -> None:
    code = (
        "from pathlib import Path\n"
        "from newsletter.providers.outbox import Outbox\n"
        "from newsletter.errors import ProviderStopped\n"
        "from tests.providers.batches import a_batch\n"
        "sizes = {1: 100, 2: 9000}\n"
        "batch = a_batch(2, mime=lambda one: b'x' * sizes[one.subscriber_id])\n"
        "try:\n"
        f"    Outbox(Path({str(tmp_path)!r})).send(batch)\n"
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
