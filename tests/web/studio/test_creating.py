"""New files from forms, and pictures that are pasted."""

import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import pytest
from PIL import Image

from newsletter.content.images import MAX_BYTES
from tests.web.asgi import Answer
from tests.web.studio.conftest import HOST, ISSUE, Studio

VIEW = f"/issues/{ISSUE}"


def png(colour: str = "red") -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (20, 10), colour).save(buffer, "PNG")
    return buffer.getvalue()


def send(at_desk: Studio, data: bytes, query: str, view: str = VIEW) -> Answer:
    headers = {"host": HOST, "x-studio-token": at_desk.desk.token}
    return at_desk.client.ask(
        "POST", f"{view}/pictures{query}", body=data, headers=headers
    )


def test_a_new_issue_opens_where_it_is_written(at_desk: Studio) -> None:
    form = {"title": "What a “quiet” desk says: part 1", "slug": ""}
    answer = at_desk.post("/new/issue", form)

    name = "2026-11-20-what-a-quiet-desk-says-part-1"
    assert answer.status == 303
    assert answer.headers["location"] == f"/issues/{name}/write?written=1"
    text = (at_desk.root / f"issues/{name}.md").read_text()
    assert 'title: "What a “quiet” desk says: part 1"' in text
    assert "status: draft" in text
    shown = at_desk.get(answer.headers["location"])
    assert f"wrote <code>issues/{name}.md</code>" in shown.text
    assert "wrote <code>" not in at_desk.get(f"/issues/{name}/write").text


def test_a_new_roundtable_opens_where_it_is_written(at_desk: Studio) -> None:
    answer = at_desk.post(
        "/new/roundtable", {"title": "Who Decides", "slug": "deciders"}
    )
    assert answer.headers["location"] == "/roundtables/deciders/write?written=1"
    assert (at_desk.root / "issues/roundtables/deciders.md").exists()
    assert at_desk.get(answer.headers["location"]).status == 200


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"title": " "}, "no slug can be made of"),
        ({}, "no slug can be made of"),
        ({"title": "a\nb"}, "a line break in the title"),
        ({"title": "…"}, "no slug can be made of"),
        ({"title": "Images"}, "the archive itself uses the name"),
        ({"title": "a", "slug": "../a"}, "cannot be a slug"),
        ({"title": "x" * 201}, "201 characters"),
    ],
)
def test_what_cannot_be_made_is_said_beside_the_form(
    at_desk: Studio, form: dict[str, str], message: str
) -> None:
    before = sorted(at_desk.root.rglob("*.md"))
    answer = at_desk.post("/new/issue", form)
    assert answer.status == 422
    assert message in answer.text
    assert "--slug" not in answer.text
    assert sorted(at_desk.root.rglob("*.md")) == before


@pytest.mark.parametrize(
    ("form", "field", "words"),
    [
        ({"title": "Привет"}, "slug", "fill in “name in addresses”"),
        ({"title": "a", "slug": "../a"}, "slug", "choose another “name in addresses”"),
        ({"title": "Images"}, "slug", "fill in “name in addresses”"),
        ({"title": " "}, "title", "no slug can be made of"),
        ({"title": "a\nb"}, "title", "a line break in the title"),
    ],
)
def test_the_field_that_is_wrong_is_marked_and_has_the_caret(
    at_desk: Studio, form: dict[str, str], field: str, words: str
) -> None:
    shown = at_desk.post("/new/issue", form).text
    marked = re.findall(
        r"<input id=\"(\w+)\"[^>]* autofocus aria-invalid=\"true\"", shown
    )
    assert marked == [field]
    assert shown.count("autofocus") == 1
    around = shown.partition(f'<input id="{field}"')[2].partition("</div>")[0]
    assert words in around


def test_nothing_is_written_over(at_desk: Studio) -> None:
    at_desk.post("/new/issue", {"title": "once"})
    answer = at_desk.post("/new/issue", {"title": "once"})
    assert answer.status == 422
    assert "issues/2026-11-20-once.md is there already" in answer.text
    assert str(at_desk.root) not in answer.text


@pytest.mark.parametrize("kind", ["issue", "roundtable"])
def test_the_form_has_what_it_needs(at_desk: Studio, kind: str) -> None:
    shown = at_desk.get(f"/new/{kind}")
    assert shown.status == 200
    assert f'action="/new/{kind}"' in shown.text
    token = re.findall(r'name="token" value="([^"]+)"', shown.text)
    assert token == [at_desk.desk.token]


def test_a_picture_is_a_file_beside_the_issue(at_desk: Studio) -> None:
    answer = send(at_desk, png(), "?name=My%20Desk.PNG")
    assert answer.status == 201
    assert answer.json() == {
        "file": "issues/images/my-desk.png",
        "alt": "what the picture shows",
        "address": "images/my-desk.png",
    }
    assert (at_desk.root / "issues/images/my-desk.png").read_bytes() == png()


def test_a_picture_of_a_roundtable_is_beside_the_roundtable(at_desk: Studio) -> None:
    view = "/roundtables/the-launch-she-stopped"
    answer = send(at_desk, png(), "?alt=a%20%5Bdesk%5D", view)
    assert answer.json()["file"] == "issues/roundtables/images/a-desk.png"
    assert answer.json()["alt"] == "a  desk"


def test_a_picture_that_is_too_large_is_told_so(at_desk: Studio) -> None:
    answer = send(at_desk, b"x" * (MAX_BYTES + 1), "?name=a.png")
    assert answer.status == 413
    assert answer.json()["message"] == "the picture is larger than 20 MiB"
    assert answer.headers["connection"] == "close"


@contextmanager
def full_disk() -> Iterator[None]:
    """No file can have more than eight bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_of_a_full_disk_nothing_is_left_over(at_desk: Studio) -> None:
    files = {*at_desk.root.rglob("*")}
    with full_disk():
        picture = send(at_desk, png(), "?name=a.png")
        issue = at_desk.post("/new/issue", {"title": "once"})

    assert picture.status == issue.status == 422
    for answer in (picture, issue):
        assert "cannot be written: File too large" in answer.text
    assert {*at_desk.root.rglob("*")} == files


def test_what_is_no_picture_is_refused(at_desk: Studio) -> None:
    answer = send(at_desk, b"<svg/>", "?name=a.svg")
    assert answer.status == 422
    assert answer.json()["message"].startswith("the picture is an SVG")
    assert send(at_desk, png(), "", "/issues/..%2fx").status == 404
