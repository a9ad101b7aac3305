"""Messages: parsed back they are what was frozen, whatever stands in the values."""

import re
from collections import Counter
from email.header import decode_header, make_header
from html import escape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsletter.model.email import MergeField, MergeText
from newsletter.model.frozen import UNSUBSCRIBE, FrozenEmail
from newsletter.model.message import delivery_id
from newsletter.render.message import MessageBuilder, quoted_printable
from tests.render.making import rendered, sample
from tests.render.sending import (
    MOMENT,
    TOKEN,
    UID,
    a_frozen_email,
    a_recipient,
    parsed,
    sent_to,
)

ONCE = ["To", "Message-ID", "List-Unsubscribe", "Subject", "Date", "From"]
ONCE += ["List-Unsubscribe-Post", "List-Id", "Feedback-ID", "MIME-Version"]
ONCE += ["Content-Type"]
URL = f"https://letter.example.com/u/{TOKEN}"
texts = st.text(
    st.characters(exclude_categories=["Cs"]), max_size=60
) | st.sampled_from(
    [
        ".",
        "..",
        "=",
        "=3D",
        "From ",
        "Zoë 🪑",
        "\t",
        " ",
        "x" * 300,
        "\n.\n",
        "אבג\u200f",
    ]
)
pieces = st.lists(texts, min_size=1, max_size=8).map("".join)
named = MergeField("first_name", "there")


def merged(literals: list[str]) -> MergeText:
    return MergeText(tuple(literals), tuple(n % 2 for n in range(len(literals) - 1)))


def unix(text: str) -> str:
    """Line ends as a parsed mail has them."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def whole(text: MergeText, values: list[str]) -> str:
    """A text with its values as a parsed mail has it; a line ends within one part."""
    literals = tuple(map(unix, text.literals))
    return MergeText(literals, text.slots).join([*map(unix, values)])


def sound(mime: bytes) -> bool:
    """CRLF only, and no line that is too long for a server or for a reader."""
    bare = mime.replace(b"\r\n", b"")
    head, _, body = mime.partition(b"\r\n\r\n")
    return (
        mime.isascii()
        and b"\r" not in bare
        and b"\n" not in bare
        and max(map(len, head.split(b"\r\n"))) <= 998
        and max(map(len, body.split(b"\r\n"))) <= 78
    )


@settings(max_examples=120, deadline=None)
@given(
    st.lists(pieces, min_size=1, max_size=5),
    st.lists(pieces, min_size=1, max_size=5),
    pieces,
)
@example(["a ", " "], ["<p>.", "."], ".")
@example(["\n", "\n"], ["\n", "\n"], "\n")
@example(["é" * 90, "é" * 90], ["=" * 200], "=" * 200)
@example(["a\rb\r\n", "c"], ["d"], "e\r\nf\r")
@example(["", "\r", ""], ["", "\r", ""], "\n")
def test_decoded_parts_are_the_frozen_texts(
    text: list[str], html: list[str], value: str
) -> None:
    frozen = a_frozen_email(merged(text), merged(html))

    mime = sent_to(frozen, first_name=value)
    message = parsed(mime)
    values = [URL, value or "there"]
    assert sound(mime)
    assert message.text == whole(frozen.text, values)
    assert message.html == whole(frozen.html, [escape(item) for item in values])


@settings(max_examples=100, deadline=None)
@given(pieces)
def test_every_field_stands_once_whatever_a_subscriber_is_called(value: str) -> None:
    subject = MergeText(("dear ", ", hi"), (1,))

    message = parsed(sent_to(a_frozen_email(subject=subject), first_name=value))
    assert Counter(message.message.keys()) == Counter(ONCE)
    assert Counter(message.old.keys()) == Counter(ONCE)
    assert message.message.defects == []


@pytest.mark.parametrize("bad", ["\r\n", "\n", "\r", "\0", "\x85", "\u2028", "\u202e"])
def test_a_value_in_the_subject_cannot_add_a_header(bad: str) -> None:
    subject = MergeText(("dear ", ""), (1,))

    mime = sent_to(
        a_frozen_email(subject=subject), first_name=f"a{bad}Bcc: b@c.example"
    )
    message = parsed(mime)
    assert "Bcc" not in message.message
    assert re.fullmatch(r"dear a ?Bcc: b@c\.example", message.message["Subject"])


def test_all_that_receivers_ask_for_is_there() -> None:
    frozen = a_frozen_email(
        reply_to="answers@letter.example.com",
        unsubscribe_mailto="leave@letter.example.com",
        list_name="der zweite Stühl",
    )
    message = parsed(sent_to(frozen, number=7)).message

    assert message["To"] == "reader7@example.org"
    assert message["From"] == "mo <mo@letter.example.com>"
    assert message["Reply-To"] == "answers@letter.example.com"
    assert message["Date"] == "Fri, 20 Nov 2026 07:30:00 +0000"
    assert re.fullmatch(
        rf"<{UID}-[0-9a-f]{{20}}@letter\.example\.com>", message["Message-ID"]
    )
    assert message["List-Unsubscribe"] == (
        f"<{URL}>, <mailto:leave@letter.example.com?subject=unsubscribe-{TOKEN}>"
    )
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert str(make_header(decode_header(str(message["List-Id"])))) == (
        "der zweite Stühl <the-second-chair.letter.example.com>"
    )
    assert message["Feedback-ID"] == f"{UID}:newsletter:issue:letterexampleco"
    assert message["MIME-Version"] == "1.0"


@pytest.mark.parametrize("length", [10, 70, 400, 900])
def test_the_unsubscribe_address_is_whole_and_on_one_line(length: int) -> None:
    frozen = a_frozen_email(base_url="https://" + "a" * length + ".example")

    lines = sent_to(frozen).split(b"\r\n")
    [line] = [line for line in lines if line.startswith(b"List-Unsubscribe:")]
    assert re.fullmatch(rb"List-Unsubscribe: <https://a+\.example/u/\S+>", line)


def test_the_plain_text_comes_first_and_both_say_what_they_are() -> None:
    message = parsed(sent_to(a_frozen_email())).message

    assert message.get_content_type() == "multipart/alternative"
    assert [
        (
            part.get_content_type(),
            part.get_content_charset(),
            part["Content-Transfer-Encoding"],
        )
        for part in message.iter_parts()
    ] == [
        ("text/plain", "utf-8", "quoted-printable"),
        ("text/html", "utf-8", "quoted-printable"),
    ]


def test_the_boundary_cannot_stand_in_a_text() -> None:
    boundary = f"--=_{UID}"

    mime = sent_to(a_frozen_email(MergeText((f"{boundary}\n{boundary}--",))))
    assert mime.count(boundary.encode()) == 3
    assert parsed(mime).text.startswith(boundary)


def test_equal_input_gives_equal_bytes_and_each_recipient_an_id_of_their_own() -> None:
    builder = MessageBuilder(a_frozen_email(), UID)

    one, again, other = (
        builder.build(a_recipient(a_frozen_email(), n), MOMENT) for n in (1, 1, 2)
    )
    assert one == again
    assert parsed(one).message["Message-ID"] != parsed(other).message["Message-ID"]
    assert parsed(other).message["To"] == "reader2@example.org"
    assert delivery_id(UID, 2) in str(parsed(other).message["Message-ID"])
    assert delivery_id("another", 1) != delivery_id(UID, 1)


def test_a_message_has_nothing_of_another_recipient() -> None:
    email = rendered(
        "{{ first_name }} {{ company }} {{ email }}", subject="for {{ name }}"
    )
    frozen = FrozenEmail.freeze(email, sample())
    builder = MessageBuilder(frozen, UID)

    canaries = {
        number: {
            key: f"{key}-{number:03}."
            for key in ("first_name", "company", "email", "name")
        }
        for number in range(200)
    }
    for number, values in canaries.items():
        delivery = a_recipient(frozen, number, **values)
        mime = builder.build(delivery, MOMENT)
        found = set(re.findall(rb"(?:first_name|company|email|name)-\d{3}\.", mime))
        assert found == {value.encode() for value in values.values()}
        assert mime.count(b"@example.org") == 1


def test_without_merge_tags_nothing_depends_on_the_recipient() -> None:
    plain = MergeText(("words",))
    frozen = a_frozen_email(plain, plain, fields=(MergeField(UNSUBSCRIBE), named))

    bodies = {sent_to(frozen, n).partition(b"\r\n\r\n")[2] for n in range(3)}
    assert len(bodies) == 1


def test_a_long_name_of_a_list_is_left_out_and_its_identifier_kept() -> None:
    message = parsed(sent_to(a_frozen_email(list_name="é" * 150))).message

    assert message["List-Id"] == "<the-second-chair.letter.example.com>"


@settings(max_examples=150, deadline=None)
@given(pieces)
@example("x" * 75 + " \n")
@example("x" * 74 + "\t\nx")
def test_quoted_printable_leaves_room_for_a_soft_line_break(text: str) -> None:
    lines = quoted_printable(text).split(b"\r\n")

    assert max(map(len, lines)) <= 76
    assert len(lines[-1]) < 76
    assert b"." not in lines
