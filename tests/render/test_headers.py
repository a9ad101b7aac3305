"""Header fields: what is decoded is what was written, folded by the book."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import SMTP
from email.utils import parseaddr

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsletter.render.headers import (
    date_field,
    encode_text,
    field,
    fields,
    mailbox_field,
    phrase,
    text_field,
)

CONTROLS = [chr(code) for code in (*range(32), *range(0x7F, 0xA0), 0x2028, 0x2029)]
printable = st.characters(
    exclude_categories=["Cc", "Cs", "Zl", "Zp"],
    exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
)
scripts = st.sampled_from(
    [
        "the second chair ",
        "café “naïve” ",
        "日本語の題名",
        "עברית ",
        "🪑👩🏽‍💻",
        "e\u0301",
        "=?utf-8?q?x?= ",
    ]
)
subjects = st.text(printable, max_size=200) | st.lists(scripts, max_size=30).map(
    "".join
)


def decoded(header: bytes) -> tuple[str, str]:
    """What Python's new and old parser read in a message's only field."""
    name = header.partition(b":")[0].decode()
    new = message_from_bytes(header + b"\r\n", policy=SMTP)[name]
    old = message_from_bytes(header + b"\r\n")[name]
    parts = decode_header(re.sub(r"\r\n", "", old))
    return str(new), str(make_header(parts))


@settings(max_examples=200, deadline=None)
@given(subjects)
@example("a" * 200)
@example("word " * 39 + "word")
@example("é" * 200)
@example("a  b")
@example(" lead and trail ")
@example("=?utf-8?q?already?=")
@example("")
def test_a_subject_decodes_to_what_was_written(subject: str) -> None:
    header = text_field("Subject", subject)

    assert header.isascii()
    assert decoded(header)[1] == subject
    lines = header.removesuffix(b"\r\n").split(b"\r\n")
    assert max(map(len, lines)) <= 76
    assert all(line.startswith(b" ") for line in lines[1:])
    assert b"\r" not in header.replace(b"\r\n", b"")
    assert b"\n" not in header.replace(b"\r\n", b"")


@settings(max_examples=100, deadline=None)
@given(subjects)
def test_encoded_words_are_short_and_split_no_character(subject: str) -> None:
    header = text_field("Subject", subject).decode()

    for word in re.findall(r"=\?utf-8\?b\?[^?]*\?=", header):
        assert len(word) <= 75
        ((data, charset),) = decode_header(word)
        assert isinstance(data, bytes)
        assert data.decode(charset or "ascii")


@pytest.mark.parametrize("subject", ["the second chair", "50% off: a, b & c?"])
def test_a_plain_subject_is_not_encoded(subject: str) -> None:
    assert text_field("Subject", subject) == f"Subject: {subject}\r\n".encode()


@pytest.mark.parametrize("character", CONTROLS)
def test_no_control_character_gets_into_a_header(character: str) -> None:
    text = f"a{character}Bcc: victim@b.example"

    writes: list[Callable[[], bytes]] = [
        lambda: text_field("Subject", text),
        lambda: field("List-Id", text),
        lambda: fields(("To", "a@b.example"), ("X", text)),
        lambda: mailbox_field("From", "mo", text),
    ]
    for write in writes:
        with pytest.raises(ValueError, match=r"in a header"):
            write()


@pytest.mark.parametrize("character", "\u202e\u2066")
def test_a_subject_cannot_be_turned_around(character: str) -> None:
    with pytest.raises(ValueError, match=r"the control character U\+20"):
        encode_text(f"invoice{character}exe", 9)


@settings(max_examples=200, deadline=None)
@given(st.text(printable, min_size=1, max_size=100).filter(lambda name: name.strip()))
@example("mo, from the chair")
@example('mo "the chair" ellery')
@example("back\\slash")
@example("Mo Ellery <x@evil.example>")
@example("Zoë Öztürk")
@example("=?utf-8?q?x?=")
@example("日本語" * 40)
def test_a_display_name_cannot_become_an_address(name: str) -> None:
    header = mailbox_field("From", name, "mo@letter.example.com")

    assert header.isascii()
    message = message_from_bytes(header + b"\r\n", policy=SMTP)
    [address] = message["From"].addresses
    assert address.addr_spec == "mo@letter.example.com"
    # Python's new parser puts blanks between encoded-words; its old one does not.
    words, old_address = parseaddr(header[6:].decode().replace("\r\n", ""))
    assert old_address == "mo@letter.example.com"
    assert str(make_header(decode_header(words))).split() == name.split()


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("mo", "mo"),
        ("Mo O'Ellery", "Mo O'Ellery"),
        ("mo, chair", '"mo, chair"'),
        ('a "b" \\c', '"a \\"b\\" \\\\c"'),
        ("St. Mo", '"St. Mo"'),
        ("é", "=?utf-8?b?w6k=?="),
    ],
)
def test_a_phrase_is_written_as_simply_as_it_can_be(name: str, written: str) -> None:
    assert phrase(name) == written


def test_a_long_name_is_folded_before_the_address() -> None:
    lines = mailbox_field("From", "é" * 60, "mo@letter.example.com").split(b"\r\n")

    assert max(map(len, lines)) <= 76
    assert lines[-2].endswith(b"<mo@letter.example.com>")


def test_without_a_name_there_is_only_the_address() -> None:
    assert mailbox_field("From", "", "mo@a.example") == b"From: mo@a.example\r\n"


@pytest.mark.parametrize("value", ["é", "日本"])
def test_raw_utf_8_is_never_written(value: str) -> None:
    with pytest.raises(ValueError, match="not printable ASCII"):
        field("List-Id", value)


def test_a_line_that_no_server_takes_is_refused_and_a_shorter_one_is_not_folded() -> (
    None
):
    url = "<https://a.example/" + "b" * 900 + ">"

    assert field("List-Unsubscribe", url) == f"List-Unsubscribe: {url}\r\n".encode()
    with pytest.raises(ValueError, match="more than 998"):
        field("List-Unsubscribe", "b" * 990)
    assert fields(("A", "b" * 600), ("C", "d" * 600)).count(b"\r\n") == 2


def test_the_date_is_written_in_utc() -> None:
    east = timezone(timedelta(hours=9))

    assert date_field(datetime(2026, 11, 21, 1, 30, tzinfo=east)) == (
        b"Date: Fri, 20 Nov 2026 16:30:00 +0000\r\n"
    )
    assert date_field(datetime(2026, 11, 20, tzinfo=UTC)).startswith(
        b"Date: Fri, 20 Nov"
    )
