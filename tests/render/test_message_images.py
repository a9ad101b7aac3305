"""Messages that carry their images: two parsers read the same text and images."""

import base64
import hashlib
import json
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.model.email import Email, InlineImage, MergeText
from newsletter.model.frozen import FrozenEmail
from newsletter.render.inline_images import inline_parts
from tests.render.sending import UID, a_frozen_email, sent_to
from tests.rig import mime

HTML = MergeText(
    (
        '<p>hi <img src="cid:one@letter.example.com" alt="Zoë"> ',
        '</p><a href="',
        '">x</a>',
    ),
    (1, 0),
)


def an_image(data: bytes, number: int = 1) -> InlineImage:
    return InlineImage(
        content_id=f"{number}@letter.example.com",
        filename=f"two-chairs-{number}.png",
        media_type="image/png",
        data=base64.b64encode(data).decode(),
    )


def an_email(*contents: bytes) -> FrozenEmail:
    images = tuple(an_image(data, number) for number, data in enumerate(contents))
    return a_frozen_email(html=HTML, inline_images=images)


def read(message: bytes) -> EmailMessage:
    found = message_from_bytes(message, policy=SMTP)
    assert isinstance(found, EmailMessage)
    return found


def types(message: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in message.walk()]


def test_the_images_are_beside_the_html_and_the_text_comes_first() -> None:
    message = read(sent_to(an_email(b"one", b"two")))

    assert types(message) == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "image/png",
    ]
    related = message.get_payload(1)
    assert isinstance(related, EmailMessage)
    # RFC 2387 §3.1: the type of the part that is shown.
    assert related.get_param("type") == "text/html"
    [first, _] = related.iter_attachments()
    assert first["Content-ID"] == "<0@letter.example.com>"
    assert first["Content-Disposition"] == 'inline; filename="two-chairs-0.png"'
    assert all(part.defects == [] for part in message.walk())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.binary(max_size=300), min_size=1, max_size=4),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
)
def test_every_image_comes_out_as_it_went_in(images: list[bytes], name: str) -> None:
    frozen = an_email(*images)

    sent = sent_to(frozen, first_name=name)

    message = read(sent)
    related = message.get_payload(1)
    assert isinstance(related, EmailMessage)
    assert [part.get_content() for part in related.iter_attachments()] == images
    assert all(part.defects == [] for part in message.walk())
    assert sent.isascii()
    body = sent.partition(b"\r\n\r\n")[2]
    assert max(map(len, body.split(b"\r\n"))) <= 78
    assert b"\n" not in sent.replace(b"\r\n", b"")


def test_another_parser_reads_the_same_text_and_images() -> None:
    contents = [bytes(range(256)) * n for n in (1, 3, 7)] + [b"x"]
    with_images, without = an_email(*contents), a_frozen_email(html=HTML)
    name = "Zoë <山田> & ‘co’"
    sent = [sent_to(each, first_name=name) for each in (with_images, without)]

    one, other = mime.read(sent)

    assert one["text"] == other["text"]
    assert one["html"] == other["html"]
    message = read(sent[0])
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert one["text"].strip() == text.get_content().replace("\r\n", "\n").strip()
    assert one["html"].strip() == html.get_content().replace("\r\n", "\n").strip()
    found = one["attachments"]
    assert [base64.b64decode(item["content"]) for item in found] == contents
    assert [item["contentId"] for item in found] == [
        f"<{number}@letter.example.com>" for number in range(4)
    ]
    assert {item["disposition"] for item in found} == {"inline"}
    assert other["attachments"] == []


def test_no_boundary_can_be_taken_for_another_or_for_a_line_of_an_image() -> None:
    sent = sent_to(an_email(b"\xfb\xef" * 200))
    marks = [line for line in sent.split(b"\r\n") if line.startswith(b"--=_")]

    outer, inner = f"--=_{UID}".encode(), f"--=_related_{UID}".encode()
    assert marks == [outer, outer, inner, inner, inner + b"--", outer + b"--"]
    assert not inner.startswith(outer)


def test_every_recipient_gets_the_same_images() -> None:
    frozen = an_email(b"data" * 99)

    tails = {
        sent_to(frozen, number, first_name="x" * number).partition(b"image/png")[2]
        for number in range(1, 4)
    }
    assert len(tails) == 1


def test_without_images_a_message_has_nothing_of_them() -> None:
    assert inline_parts((), "x") == (b"", b"")
    assert "multipart/related" not in types(read(sent_to(a_frozen_email())))


def test_a_frozen_email_keeps_its_images_and_its_hash_names_them_too() -> None:
    frozen, other = an_email(b"one"), an_email(b"two")

    again = FrozenEmail.from_json(frozen.to_json())
    assert again == frozen
    assert sent_to(again) == sent_to(frozen)
    assert frozen.hash() != other.hash()
    assert frozen.hash() == hashlib.sha256(frozen.to_json().encode()).hexdigest()


def test_an_email_that_was_frozen_before_there_were_images_is_read() -> None:
    data = json.loads(a_frozen_email().to_json())
    del data["inline_images"]

    assert FrozenEmail.from_json(json.dumps(data)) == a_frozen_email()


@given(st.lists(st.binary(max_size=3000), max_size=4))
def test_an_email_knows_how_much_its_images_add_to_each_message(
    contents: list[bytes],
) -> None:
    frozen = an_email(*contents)
    plain = MergeText(("",))
    email = Email(
        subject=plain,
        preheader=plain,
        html=plain,
        text=plain,
        fields=(),
        inline_images=frozen.inline_images,
    )

    added = len(sent_to(frozen)) - len(sent_to(a_frozen_email(html=HTML)))

    assert added <= email.inline_size <= added + 100 * (len(contents) + 1)
