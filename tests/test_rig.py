"""The instruments are tested too: one that cannot find a fault proves nothing."""

import asyncio
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.rig import axe
from tests.rig.golden import compare
from tests.rig.network import NetworkRefusedError

if TYPE_CHECKING:
    from tests.rig.chromium import Chromium, Pages
    from tests.rig.vnu import Vnu

PAGE = '<!doctype html><html lang="en"><title>Friday</title><main><h1>Hi</h1></main>'


def test_postgres_starts_and_answers(postgres_url: str) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        row = connection.execute("SELECT 1").fetchone()

    assert row == (1,)


def test_chromium_renders_a_file(open_page: "Pages", tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(PAGE, encoding="utf-8")

    page = open_page(file.as_uri(), width=375, dark=True)

    assert page.title() == "Friday"
    assert page.evaluate("innerWidth") == 375
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert open_page.refused == []


def test_chromium_reaches_no_network_and_reports_the_attempt(
    open_page: "Pages",
) -> None:
    page = open_page()

    page.set_content('<img src="https://example.com/pixel.gif" alt="">')

    assert page.evaluate("document.images[0].naturalWidth") == 0
    assert open_page.refused == ["https://example.com/pixel.gif"]


def test_chromium_shows_a_page_without_its_images(
    open_page: "Pages", tmp_path: Path
) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    (tmp_path / "photo.svg").write_text(svg, encoding="utf-8")
    (tmp_path / "page.html").write_text('<img src="photo.svg">', encoding="utf-8")
    url = (tmp_path / "page.html").as_uri()
    width = "document.images[0].naturalWidth"

    shown, hidden = open_page(url), open_page(url, images=False)

    assert (shown.evaluate(width), hidden.evaluate(width)) == (9, 0)
    assert open_page.refused == []


def test_a_test_may_run_asyncio_after_one_with_a_browser() -> None:
    asyncio.run(asyncio.sleep(0))


def test_chromium_works_again_after_asyncio_ran(open_page: "Pages") -> None:
    assert open_page("data:text/html,<title>again</title>").title() == "again"


def test_only_ci_gives_a_second_try_and_only_to_browsers(
    browser: "Chromium", request: pytest.FixtureRequest
) -> None:
    tried_again = request.node.get_closest_marker("flaky") is not None
    assert tried_again == ("CI" in os.environ)


def test_what_needs_no_browser_has_one_try(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("flaky") is None


def test_axe_finds_an_image_without_a_text(open_page: "Pages") -> None:
    page = open_page()

    page.set_content(PAGE)
    assert axe.faults(page) == []

    page.set_content(PAGE + '<img src="data:,">')
    assert [fault.split()[0] for fault in axe.faults(page)] == ["image-alt", "region"]
    assert axe.faults(page, ignore=("image-alt", "region")) == []


def test_axe_finds_faults_of_colours_alone_when_asked_for_these(
    open_page: "Pages",
) -> None:
    page = open_page()
    page.set_content(PAGE + '<img src="data:,"><p style="color: #eee">pale</p>')

    found = {fault.split()[0] for fault in axe.faults(page, colours=True)}

    assert found == {"color-contrast"}


def test_axe_finds_links_that_are_too_small_to_touch(open_page: "Pages") -> None:
    page = open_page()

    page.set_content(
        PAGE + "<nav style='font: 9px/9px serif'><a href=a>a</a> <a href=b>b</a></nav>"
    )
    assert {fault.split()[0] for fault in axe.faults(page)} == {"target-size"}


def test_vnu_finds_an_unknown_element(vnu: "Vnu") -> None:
    assert vnu.messages(PAGE) == []

    found = vnu.messages(PAGE + "<bogus></bogus>")

    assert any("completely-unknown element" in line for line in found)
    assert vnu.messages(PAGE + "<bogus></bogus>", ignore=("“bogus”",)) == []


def test_golden_fails_on_a_difference_and_accepts_it_with_the_option(
    tmp_path: Path,
) -> None:
    file = tmp_path / "golden" / "email.txt"

    with pytest.raises(pytest.fail.Exception, match="make golden"):
        compare(file, "hello\r\n", update=False)
    compare(file, "hello\r\n", update=True)
    compare(file, "hello\r\n", update=False)
    with pytest.raises(pytest.fail.Exception, match=r"email\.txt differs"):
        compare(file, "hello\n", update=False)


def test_a_test_cannot_leave_this_machine() -> None:
    with pytest.raises(NetworkRefusedError, match=r"192\.0\.2\.1"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(NetworkRefusedError, match=r"example\.com"):
        socket.getaddrinfo("example.com", 443)
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock,
        pytest.raises(NetworkRefusedError, match=r"192\.0\.2\.1"),
    ):
        sock.sendto(b"", ("192.0.2.1", 53))


def test_a_test_can_talk_to_itself() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=1).close()
