"""The studio is ended and started anew under its open pages, in Chromium."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.web.studio.conftest import ISSUE, lasting_port, previewing
from tests.web.studio.test_creating import png
from tests.web.studio.writer import WRITE, Writer

if TYPE_CHECKING:
    from tests.rig.chromium import Pages


@contextmanager
def asleep(process: "subprocess.Popen[str]") -> Iterator[None]:
    """A process that stands still, all of it, for a while."""
    process.send_signal(signal.SIGSTOP)
    try:
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def test_what_was_written_is_pictured_and_saved_by_the_next_studio(
    publication: Path, open_page: "Pages"
) -> None:
    file = publication / f"issues/{ISSUE}.md"
    port = lasting_port()
    with previewing(publication, "--port", port) as url:
        page = open_page(url + WRITE)
        writer = Writer(page, "CodeMirror", file)
        writer.type_at_the_end("words of ")
        page.frame_locator("#panes iframe:not(.coming)").get_by_text(
            "words of"
        ).wait_for()
    writer.type_at_the_end("a week")
    page.keyboard.press("ControlOrMeta+s")
    writer.says("the text is still here")

    with previewing(publication, "--port", port):
        with page.expect_response(lambda r: r.url.endswith("/unsaved") and r.ok):
            writer.type_at_the_end(", and more")
        frame = page.frame_locator("#panes iframe:not(.coming)")
        frame.get_by_text("words of a week, and more").wait_for()
        writer.save()
        assert file.read_text().endswith("words of a week, and more")
        assert writer.give("paste", ("a.png", "image/png", png()))
        writer.says("the picture is in")


def test_what_was_saved_in_its_sleep_is_seen_when_it_wakes(
    publication: Path, open_page: "Pages"
) -> None:
    """As when a laptop is closed while another program still writes."""
    file = publication / f"issues/{ISSUE}.md"
    started: list[subprocess.Popen[str]] = []
    with previewing(publication, started=started) as url:
        page = open_page(url + WRITE)
        writer = Writer(page, "CodeMirror", file)
        with asleep(started[0]):
            file.write_text(file.read_text() + "\n\nsaved in its sleep ")
            assert "saved in its sleep" not in writer.text
        writer.wait_for_text("saved in its sleep")
        frame = page.frame_locator("#panes iframe:not(.coming)")
        frame.get_by_text("saved in its sleep").wait_for()


def test_a_save_during_its_sleep_is_done_when_it_wakes(
    publication: Path, open_page: "Pages"
) -> None:
    file = publication / f"issues/{ISSUE}.md"
    before = file.read_text()
    started: list[subprocess.Popen[str]] = []
    with previewing(publication, started=started) as url:
        writer = Writer(open_page(url + WRITE), "CodeMirror", file)
        with asleep(started[0]):
            writer.type_at_the_end("written in its sleep")
            writer.page.keyboard.press("ControlOrMeta+s")
            writer.state("saving")
            assert file.read_text() == before
        writer.state("saved")
        assert file.read_text() == before + "written in its sleep"


@pytest.mark.parametrize("path", ["/", f"/issues/{ISSUE}", "/new/issue"])
def test_that_nothing_is_connected_is_said_until_it_is(
    publication: Path, open_page: "Pages", path: str
) -> None:
    port = lasting_port()
    with previewing(publication, "--port", port) as url:
        page = open_page(url + path)
        lost = page.get_by_role("status").filter(has_text="not connected")
        assert lost.count() == 0
    lost.wait_for()
    with previewing(publication, "--port", port):
        lost.wait_for(state="detached")


@pytest.mark.parametrize("status", [401, 503])
def test_after_a_refusal_it_is_asked_again(
    preview: str, open_page: "Pages", status: int
) -> None:
    page = open_page("about:blank")
    page.route("**/live", lambda route: route.fulfill(status=status))
    page.goto(preview)
    lost = page.get_by_role("status").filter(has_text="not connected")
    # Only when it was seen: a moment later it is gone by itself.
    lost.wait_for()
    page.unroute("**/live")
    lost.wait_for(state="detached")
