"""What is being written is pictured before it is saved, and written nowhere."""

from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter.content.issue import MAX_BYTES
from newsletter.web.studio.unsaved import Unsaved
from tests.web.studio.conftest import ISSUE, Studio
from tests.web.studio.writer import Sit
from tests.web.studio.writer import sit as sit  # a fixture

VIEW = f"/issues/{ISSUE}"
TABLE = "/roundtables/the-launch-she-stopped"

# What another tab sends while somebody types there.
_WRITE_ELSEWHERE = """async () => {
  const token = document.querySelector("meta[name=studio-token]").content;
  for (let number = 0; number < 20; number++) {
    await fetch(location.pathname.replace(/write$/, "unsaved"), {
      method: "POST",
      headers: { "X-Studio-Token": token },
      body: new URLSearchParams({ text: number }),
    });
  }
}"""


def keep(at_desk: Studio, text: str, view: str = VIEW) -> str:
    """Have a text kept; the key by which its picture is asked for."""
    answer = at_desk.post(f"{view}/unsaved", {"text": text})
    assert answer.status == 200
    return str(answer.json()["key"])


def files(root: Path) -> dict[Path, bytes]:
    """Every file of the publication but what is cached, with what is in it."""
    return {
        path: path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and "cache" not in str(path)
    }


@pytest.mark.parametrize(
    "path",
    ["email.html", "email.txt", "source", "email.eml", "light/page/", "beside"],
)
def test_everything_is_made_of_what_is_written_and_nothing_is_saved(
    at_desk: Studio, path: str
) -> None:
    before = files(at_desk.root)
    text = at_desk.issue.read_text().replace("pull up the second", "fold up the first")
    key = keep(at_desk, f"{text}\n\nsee [this](http://127.0.0.1/) zebra\n")

    written = at_desk.get(f"{VIEW}/{path}?unsaved={key}").text
    saved = at_desk.get(f"{VIEW}/{path}").text

    word = "http://127.0.0.1/" if path == "beside" else "zebra"
    assert word in written
    assert word not in saved
    assert files(at_desk.root) == before


@pytest.mark.parametrize("path", ["light/roundtables/page/", "card.html", "beside"])
def test_a_roundtable_too(at_desk: Studio, path: str) -> None:
    file = at_desk.root / "issues/roundtables/the-launch-she-stopped.md"
    text = file.read_text().replace("title: ", "title: zebra # ", 1)
    key = keep(at_desk, text, TABLE)
    assert "zebra" in at_desk.get(f"{TABLE}/{path}?unsaved={key}").text
    assert "zebra" not in at_desk.get(f"{TABLE}/{path}").text


def test_it_is_what_a_save_would_show_byte_for_byte(at_desk: Studio) -> None:
    text = (
        at_desk.issue.read_text() + "\n\n![a porch](images/porch-light.jpg)\n\n½ 😀\n"
    )
    key = keep(at_desk, text.replace("\n", "\r\n"))
    before = at_desk.get(f"{VIEW}/source?unsaved={key}").text
    at_desk.issue.write_text(text)
    assert at_desk.get(f"{VIEW}/source").text == before


def test_a_picture_that_only_what_is_written_shows_is_served(at_desk: Studio) -> None:
    at_desk.issue.write_text("---\ntitle: x\ndate: 2026-11-20\n---\nhi\n")
    at_desk.get(f"{VIEW}/email.html")
    text = at_desk.issue.read_text() + "\n\n![a porch](images/porch-light.jpg)\n"
    key = keep(at_desk, text)
    shown = at_desk.get(f"{VIEW}/email.html?unsaved={key}").text
    name = shown.partition('src="images/')[2].partition('"')[0]
    assert name.startswith("porch-light-")
    assert at_desk.get(f"{VIEW}/images/{name}").status == 200
    page = at_desk.get(f"{VIEW}/light/page/?unsaved={key}").text
    name = page.partition('src="../images/')[2].partition('"')[0]
    assert at_desk.get(f"{VIEW}/light/images/{name}").status == 200


def test_a_mistake_lies_over_the_last_good_picture(at_desk: Studio) -> None:
    good = at_desk.get(f"{VIEW}/email.html").text
    key = keep(at_desk, "---\ntitel: x\n---\nhi\n")
    assert at_desk.get(f"{VIEW}/email.html?unsaved={key}").text == good
    assert "unknown key" in at_desk.get(f"{VIEW}/beside?unsaved={key}").text
    assert 'id="overlay"' not in at_desk.get(f"{VIEW}/beside").text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x" * (MAX_BYTES + 1), "1,048,577 bytes"),
        ("---\ntitle: \x07\n---\n", "U+0007"),
        ("", "the file is empty"),
    ],
)
def test_what_could_not_be_read_is_told_as_of_a_file(
    at_desk: Studio, text: str, words: str
) -> None:
    key = keep(at_desk, text)
    assert words in at_desk.get(f"{VIEW}/beside?unsaved={key}").text


def test_a_key_is_of_one_text_and_one_file(at_desk: Studio) -> None:
    text = at_desk.issue.read_text() + "\n\nzebra\n"
    key = keep(at_desk, text)
    assert key == keep(at_desk, text)
    assert key != keep(at_desk, text, TABLE)
    other = "/issues/2026-11-13-fourteen-bullets"
    assert "zebra" not in at_desk.get(f"{other}/email.html?unsaved={key}").text
    assert at_desk.get(f"{VIEW}/email.html?unsaved=").status == 200


@pytest.mark.parametrize("path", ["email.html", "email.txt", "light/page/", "beside"])
def test_for_what_was_forgotten_the_file_does_not_stand_in(
    at_desk: Studio, path: str
) -> None:
    for wrong in ("x", "../x", keep(at_desk, "x", TABLE)):
        assert at_desk.get(f"{VIEW}/{path}?unsaved={wrong}").status == 410
    assert at_desk.get(f"{TABLE}/card.html?unsaved=x").status == 410


def test_what_another_page_has_pushed_out_is_sent_again(sit: Sit) -> None:
    writer = sit("CodeMirror")
    frame = writer.page.frame_locator("#panes iframe:not(.coming)")
    writer.type_at_the_end("not saved yet")
    frame.get_by_text("not saved yet").wait_for()
    writer.page.evaluate(_WRITE_ELSEWHERE)

    settings = writer.file.parents[1] / "newsletter.yaml"
    settings.write_text(settings.read_text().replace("my 2 cents", "my two pence"))

    frame.get_by_text("my two pence").first.wait_for()
    frame.get_by_text("not saved yet").wait_for()

    writer.page.evaluate(_WRITE_ELSEWHERE)
    writer.page.locator("[name=show]").select_option("text")
    frame.locator("pre", has_text="not saved yet").wait_for()


def test_two_pages_that_write_the_same_issue_see_each_its_own(
    at_desk: Studio,
) -> None:
    text = at_desk.issue.read_text()
    keys = [keep(at_desk, f"{text}\n\n{word}\n") for word in ("zebra", "okapi")]
    for _ in range(2):
        for key, word in zip(keys, ("zebra", "okapi"), strict=True):
            shown = at_desk.get(f"{VIEW}/email.txt?unsaved={key}").text
            assert word in shown
            assert ("zebra" in shown) + ("okapi" in shown) == 1


def test_texts_without_end_are_forgotten() -> None:
    unsaved, path = Unsaved(), Path("x.md")
    keys = [unsaved.keep(path, str(number).encode()) for number in range(100)]
    assert len([key for key in keys if unsaved.text(path, key) is not None]) == 8
    assert unsaved.text(path, keys[-1]) == b"99"


def test_no_text_is_kept_without_the_token(at_desk: Studio) -> None:
    answer = at_desk.post(f"{VIEW}/unsaved", {"text": "x"}, x_studio_token="wrong")
    assert answer.status == 403


def test_of_another_machine_the_key_is_wanted(
    make_studio: Callable[..., Studio],
) -> None:
    locked = make_studio(key="a-key")
    assert locked.post(f"{VIEW}/unsaved", {"text": "x"}).status == 401
