"""The issue view through ASGI: every look is made of the bytes that would be sent."""

import email
import email.policy
import os
import re
import shutil
from collections.abc import Iterator

import pytest

from newsletter.config.publication import load_publication
from newsletter.model.colour import inverted
from newsletter.model.subscriber import NewSubscriber
from newsletter.model.token import Signer
from newsletter.sending.compose import compose
from newsletter.sending.controls import Controls
from newsletter.sending.deliver import Sender
from newsletter.sending.order import Order
from newsletter.sending.sample import TOKEN
from newsletter.store import subscribers
from newsletter.store.engine import Store
from newsletter.web.studio.readers import INVENTED
from newsletter.web.studio.turned import in_outlook
from tests.sending.conftest import people
from tests.web.studio.conftest import ISSUE, Studio

VIEW = f"/issues/{ISSUE}"
SECRET = "a secret of the tests"


def text_of(studio: Studio, path: str) -> str:
    """What is answered, when all is well."""
    answer = studio.get(f"{VIEW}/{path}")
    assert answer.status == 200, answer.text
    return answer.text


@pytest.fixture
def readers(at_desk: Studio) -> Iterator[Store]:
    """Nine subscribers."""
    publication = load_publication(at_desk.root)
    with Store.open(publication.store_path or publication.store) as store:
        with store.write() as connection:
            subscribers.upsert(connection, people(9))
        yield store


def test_the_message_is_what_a_send_hands_over_byte_for_byte(
    at_desk: Studio, readers: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the same reader; but for the campaign's name, the token and the time."""
    monkeypatch.setenv("NEWSLETTER_SECRET", SECRET)
    publication = load_publication(at_desk.root)
    shown = at_desk.get(f"{VIEW}/email.eml?as=subscriber-3").body
    source = text_of(at_desk, "source?as=subscriber-3")

    order = Order(composed=compose(publication, ISSUE), publication=publication)
    sender = Sender(store=readers, publication=publication, controls=Controls())
    sender.send(order, "outbox")

    to = f"To: {people(9)[2].address}".encode()
    files = (at_desk.root / ".newsletter/outbox/new").glob("*.eml")
    sent = next(data for file in files if to in (data := file.read_bytes()))
    assert without_what_is_real(sent) == without_what_is_real(shown)
    message = email.message_from_bytes(shown, policy=email.policy.default)
    body = message.get_body(("html",))
    assert body is not None
    assert body.get_content().split() == source.split()


def without_what_is_real(message: bytes) -> bytes:
    """A message without the three things that only a send can know."""
    text = message.replace(b"=\r\n", b"")
    found = [
        re.search(pattern, text)
        for pattern in (
            rb"Message-ID: <([^@]+)@",
            rb'boundary="=_(\w+)"',
            rb"List-Unsubscribe: <https://[^/]+/u/([^>]+)>",
        )
    ]
    for each in found:
        assert each
        text = text.replace(each[1], b"REAL")
    return re.sub(rb"Date: [^\r]+", b"Date:", text)


@pytest.mark.parametrize("reader", [each.key for each in INVENTED])
def test_every_reader_gets_a_message_of_their_own(at_desk: Studio, reader: str) -> None:
    found = next(each for each in INVENTED if each.key == reader)
    source = text_of(at_desk, f"source?as={reader}")
    data = at_desk.get(f"{VIEW}/email.eml?as={reader}").body
    message = email.message_from_bytes(data, policy=email.policy.default)

    first = found.known.get("first_name", "")
    body = message.get_body(("plain",))
    assert body is not None
    assert (f"hello {first}," if first else "hello there,") in body.get_content()
    assert message["To"] == found.address
    assert TOKEN in source
    assert "<O" not in source


def test_who_is_no_reader_is_not_found(at_desk: Studio, readers: Store) -> None:
    keys = (
        "nobody",
        "subscriber-",
        "subscriber-99",
        "subscriber-²",
        f"subscriber-{2**63}",
    )
    for key in keys:
        assert at_desk.get(f"{VIEW}/email.html?as={key}").status == 404


def test_no_page_of_a_subscriber_has_links_that_are_signed(
    at_desk: Studio, readers: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_SECRET", SECRET)
    signed = Signer(SECRET.encode()).sign("unsubscribe", 3, 0)
    for path in ("", "/email.html", "/email.txt", "/email.eml", "/source", "/beside"):
        body = at_desk.get(f"{VIEW}{path}?as=subscriber-3").text
        assert signed[:12] not in body
        assert SECRET not in body


def test_no_page_has_a_secret(at_desk: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSLETTER_SECRET", "CANARY-secret")
    keys = "RESEND_API_KEY=CANARY-key\nNEWSLETTER_METRICS_TOKEN=CANARY-metrics\n"
    (at_desk.root / ".env").write_text(keys)
    table = "/roundtables/the-launch-she-stopped"
    below = ("", "/beside", "/rehearsal?provider=resend", "/test", "/source", "/write")
    for path in (
        "/",
        "/parts",
        table,
        "/new/issue",
        *(f"{VIEW}{each}" for each in below),
    ):
        assert "CANARY" not in at_desk.get(path).text


def test_dark_holds_and_light_never_does(at_desk: Studio) -> None:
    dark = text_of(at_desk, "email.html?look=dark")
    light = text_of(at_desk, "email.html?look=light")

    assert "prefers-color-scheme" not in dark + light
    assert "@media (min-width: 0)" in dark
    assert "@media (max-width: 0)" in light
    assert 'name="color-scheme" content="dark"' in dark
    assert 'name="color-scheme" content="light"' in light


def test_inverted_is_a_light_letter_turned_round(at_desk: Studio) -> None:
    inverted = text_of(at_desk, "email.html?look=inverted")
    added = re.findall(r"<style>\nhtml.*?</style>", inverted, re.DOTALL)[0]

    assert "invert(1)" in added
    assert inverted.replace(added, "") == text_of(at_desk, "email.html")


def test_outlook_keeps_its_own_rules_and_turns_all_other_colours(
    at_desk: Studio,
) -> None:
    light = text_of(at_desk, "email.html")
    outlook = text_of(at_desk, "email.html?look=outlook")

    assert "<html data-ogsc data-ogsb" in outlook
    own = re.findall(r"^\[data-ogs.*$", light, re.MULTILINE)
    assert own
    assert own == re.findall(r"^\[data-ogs.*$", outlook, re.MULTILINE)
    body = re.findall(r"<body[^>]*background-color: (#\w+)", light)[0]
    assert f"background-color: {inverted(body)}" in outlook
    assert f"background-color: {body}" not in outlook


def test_every_way_to_write_a_colour_is_turned() -> None:
    letter = (
        "<html><head><style>p { color: #000; background: URL(x) rgb(255, 255,255) }\n"
        "@media (min-width: 9px) { a { border: 1px solid white } }\n"
        "[data-ogsc] p { color: #123456 }</style></head>"
        '<body bgcolor="#FFFFFF" style="border-color:#fff;colour:#fff">#fff white'
        "</body></html>"
    )
    turned = in_outlook(letter)
    assert "p { color: #ffffff; background: URL(x) #000000 }" in turned
    assert "a { border: 1px solid #000000 } }" in turned
    assert "[data-ogsc] p { color: #123456 }" in turned
    assert 'bgcolor="#000000" style="border-color:#000000;colour:#fff"' in turned
    assert ">#fff white<" in turned


def test_what_a_title_and_a_subscriber_are_called_is_text(
    at_desk: Studio, readers: Store
) -> None:
    evil = "<img src=x onerror=alert(1)>"
    at_desk.issue.write_text(
        f"---\ntitle: '{evil}'\npreheader: '{evil}'\ndate: 2026-11-20\n---\nhi\n"
    )
    eve = "eve@example.com"
    with readers.write() as connection:
        subscribers.upsert(connection, [NewSubscriber(eve, eve, name=evil)])
    assert "eve@example.com" in at_desk.get("/readers?find=eve").text
    for path in (
        *("/", "/parts", f"{VIEW}?as=subscriber-10", f"{VIEW}?find=eve"),
        *("/readers?find=eve", f"{VIEW}/test", f"{VIEW}/rehearsal"),
        *(f"{VIEW}/{each}" for each in ("beside", "write", "light/page/")),
        f"{VIEW}/email.html?as=subscriber-10",
    ):
        answer = at_desk.get(path)
        assert answer.status == 200, path
        # Inside of quotes it is text as well.
        text = answer.text.replace(f'aria-label="{evil}"', "")
        assert "<img src=x" not in text, path


def test_without_images_none_may_be_loaded(at_desk: Studio) -> None:
    shown = at_desk.get(f"{VIEW}/email.html").headers["content-security-policy"]
    without = at_desk.get(f"{VIEW}/email.html?images=off").headers

    assert "img-src 'self'" in shown
    assert "img-src 'none'" in without["content-security-policy"]


def test_images_come_from_here_and_links_open_beside(at_desk: Studio) -> None:
    shown = text_of(at_desk, "email.html")
    names = set(re.findall(r'src="images/([^"]+)"', shown))
    links = re.findall(r"<a\b[^>]*>", shown)

    assert "https://letter.example.com/images/" not in shown
    assert "https://letter.example.com/images/" in text_of(at_desk, "source")
    assert names
    for name in names:
        image = at_desk.get(f"{VIEW}/images/{name}")
        assert image.status == 200
        assert image.headers["content-type"].startswith("image/")
    assert links
    assert all('target="_blank"' in link for link in links)


def test_the_page_has_its_style_and_images_beside_it(at_desk: Studio) -> None:
    page = text_of(at_desk, "dark/page/")
    style = at_desk.get(f"{VIEW}/dark/style.css")

    assert 'href="../style.css?v=' in page
    assert "prefers-color-scheme" not in style.text
    assert "@media screen and (min-width: 0)" in style.text
    for name in re.findall(r'src="\.\./images/([^"]+)"', page):
        assert at_desk.get(f"{VIEW}/dark/images/{name}").status == 200
    assert at_desk.get(f"{VIEW}/dark/images/nothing.png").status == 404


def test_the_message_can_be_kept(at_desk: Studio) -> None:
    answer = at_desk.get(f"{VIEW}/email.eml?save=on")

    assert answer.headers["content-type"] == "message/rfc822"
    assert "attachment" in answer.headers["content-disposition"]


def test_the_size_is_measured_against_what_gmail_shows(at_desk: Studio) -> None:
    size = len(text_of(at_desk, "source").encode())
    text = at_desk.get(f"{VIEW}/beside").text

    assert f'value="{size}"' in text
    assert f"{size / 1024:.1f} KB of HTML; Gmail clips at 102 KB" in text


def test_a_problem_stands_beside_its_line(at_desk: Studio) -> None:
    path = at_desk.issue
    path.write_text(f"{path.read_text()}\nsee [this](http://127.0.0.1/).\n")
    number = len(path.read_text().splitlines())
    text = at_desk.get(f"{VIEW}/beside").text

    assert f'data-copy="issues/{ISSUE}.md:{number}:' in text
    assert "<code>see [this](http://127.0.0.1/).</code>" in text
    assert f'href="vscode://file{path}:{number}:' in text


def test_two_things_side_by_side_at_a_width(at_desk: Studio) -> None:
    text = at_desk.get(f"{VIEW}?show=dark&beside=text&width=phone&images=off").text

    assert re.findall(r'<iframe[^>]* src="([^"]+)"', text)[:2] == [
        f"{VIEW}/email.html?as=usual&amp;look=dark&amp;images=off",
        f"{VIEW}/email.txt?as=usual&amp;images=off",
    ]
    assert text.count('data-width="phone"') == 3
    odd = at_desk.get(f"{VIEW}?show=x&beside=y&width=-1&images=z").text
    assert f'src="{VIEW}/email.html?as=usual&amp;look=light"' in odd


def test_subscribers_are_found_by_name_and_address(
    at_desk: Studio, readers: Store
) -> None:
    address = people(9)[4].address
    text = at_desk.get(f"/readers?find={address.partition('@')[0]}").text

    assert address in text
    assert 'data-reader="subscriber-5"' in text
    assert "no subscriber has" in at_desk.get("/readers?find=zzz%25").text
    assert at_desk.get("/readers?find=").text.strip() == ""
    chosen = at_desk.get(f"{VIEW}?as=subscriber-5").text
    assert '<option value="subscriber-5" selected>' in chosen


def test_before_it_was_ever_whole_there_is_only_what_to_mend(at_desk: Studio) -> None:
    at_desk.issue.write_text("---\ntitel: x\n---\n")

    view = at_desk.get(VIEW)
    assert view.status == 200
    assert "there is no picture yet" in view.text
    for path in ("email.html", "email.txt", "source", "email.eml", "light/page/"):
        frame = at_desk.get(f"{VIEW}/{path}")
        assert frame.status == 422
        # Else the browser shows its own picture of a page that was refused.
        assert "frame-ancestors 'self'" in frame.headers["content-security-policy"]
        assert "data-mistaken" in frame.text


def test_the_last_good_picture_is_kept(at_desk: Studio) -> None:
    before = text_of(at_desk, "email.html")
    at_desk.issue.write_text("---\ntitel: x\n---\n")

    assert text_of(at_desk, "email.html") == before
    assert "the last good picture is shown" in at_desk.get(f"{VIEW}/beside").text


def test_a_broken_setting_is_told_on_every_page(at_desk: Studio) -> None:
    (at_desk.root / "newsletter.yaml").write_text("name: [\n")

    for path in ("/", VIEW, f"{VIEW}/test", f"{VIEW}/rehearsal", "/readers?find=a"):
        answer = at_desk.get(path)
        assert answer.status in (200, 422)
        assert "newsletter.yaml:" in answer.text, path


def test_saves_within_one_tick_of_the_clock_are_told_apart(at_desk: Studio) -> None:
    """As long as each other, and of the same time."""
    path = at_desk.issue
    text = path.read_text()
    for word in ("aaaa", "bbbb", "cccc"):
        path.write_text(f"{text}\n{word}\n")
        os.utime(path, ns=(1, 1))
        assert word in text_of(at_desk, "email.txt")


def test_a_file_that_is_far_too_large_is_seen_to_grow(at_desk: Studio) -> None:
    """As while it is being written, which takes its time on a machine at work."""
    for size in (3_000_000, 5_000_000):
        at_desk.issue.write_bytes(b"x" * size)
        assert f"{size:,} bytes" in text_of(at_desk, "beside")


def test_an_image_anywhere_in_the_publication_is_seen_as_it_is_now(
    at_desk: Studio,
) -> None:
    images = at_desk.root / "issues/images"
    photo = at_desk.root / "photos/a.jpg"
    at_desk.issue.write_text(f"{at_desk.issue.read_text()}\n![a](/photos/a.jpg)\n")
    assert "images/a-" not in text_of(at_desk, "email.html")
    assert "is not there" in text_of(at_desk, "beside")
    before = at_desk.get("/parts").text

    photo.parent.mkdir()
    shown = []
    for name in ("two-chairs", "porch-light"):
        shutil.copy(images / f"{name}.jpg", photo)
        shown += re.findall(r"images/a-\w+", text_of(at_desk, "email.html"))
        assert "is not there" not in text_of(at_desk, "beside")
    assert len({*shown}) == 2
    assert at_desk.get("/parts").text != before
