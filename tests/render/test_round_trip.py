"""The message on the wire: two parsers read of it what was put into it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.model.email import MergeText
from newsletter.model.frozen import FrozenEmail
from newsletter.model.text import clean_line
from tests.render.making import rendered, sample
from tests.render.samples import Sample, write_samples
from tests.render.sending import a_frozen_email, parsed, sent_to
from tests.rig import mime

VALUES = {
    "quotes": '"it\'s" `Zoë` «q»',
    "markup": "<b onclick='x'>&amp;</b> <!-- ]]>",
    "lines": "one\r\nBcc: all@example.com\r\n\r\n<p>two\rthree\nfour",
    "separators": "a\u2028b\u2029c\x0bd\x0ce\x85f\x00g",
    "length": "x" * 300,
    "many words": "word é " * 43,
    "emoji": "👩🏽‍🚀 🏳️‍🌈 🪑",
    "right to left": "\u202eevil\u202c \u200fשלום\u200f \u2067مرحبا\u2069",
    "encoded": "=?utf-8?q?=0D=0ABcc=3A?= =3D =\r\n",
    "dots": ".\r\n.\r\n..",
    "tags": "{{ email }} %%BODY%% %recipient.m0% ${x}",
    "blanks": "  \t a \t  ",
    "nothing": "",
}


def same(text: str) -> str:
    """A text with the line ends of one machine; a parser may add one at its end."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")


def test_both_parsers_read_every_sample_as_it_was_written(
    samples: list[Sample],
) -> None:
    others = mime.read([item.message for item in samples])

    for item, other in zip(samples, others, strict=True):
        ours = parsed(item.message)
        text, html = item.text("email.txt"), item.text("email.html")
        assert same(ours.text) == same(other["text"]) == same(text), item
        assert same(ours.html) == same(other["html"]) == same(html), item
        assert ours.message["Subject"] == other["subject"], item
        assert ours.message.defects == [], item


def test_no_line_of_a_message_is_too_long_for_any_server(samples: list[Sample]) -> None:
    # RFC 5322 §2.1.1: 998 octets without the CRLF, and no CR or LF alone.
    for item in samples:
        lines = item.message.split(b"\r\n")
        assert max(map(len, lines)) <= 998, item
        assert not any(b"\r" in line or b"\n" in line for line in lines), item


def test_the_same_input_gives_the_same_bytes(
    samples: list[Sample], tmp_path_factory: pytest.TempPathFactory
) -> None:
    again = write_samples(tmp_path_factory.mktemp("again"), samples[0].theme)

    for first, second in zip(samples, again, strict=False):
        for name in ("email.html", "email.txt", "email.eml", "preview.html"):
            assert first.text(name) == second.text(name), (first.slug, name)


def test_whatever_a_subscriber_is_called_the_message_is_whole() -> None:
    email = rendered(
        "a {{ first_name }} b [x](https://a.example/?n={{ first_name }})",
        title="to {{ first_name }}!",
    )
    frozen = FrozenEmail.freeze(email, sample())
    plain = parsed(sent_to(frozen, first_name="Ana"))

    messages = [sent_to(frozen, first_name=value) for value in VALUES.values()]
    for value, mail, other in zip(
        VALUES.values(), messages, mime.read(messages), strict=True
    ):
        ours = parsed(mail)
        assert ours.message.keys() == plain.message.keys()
        assert ours.message["To"] == other["to"][0]["address"] == "reader1@example.org"
        expected = " ".join(clean_line(f"to {value}!").split())
        assert " ".join(ours.message["Subject"].split()) == expected
        assert " ".join(other["subject"].split()) == expected
        assert same(ours.text) == same(other["text"])
        assert same(ours.html) == same(other["html"])
        assert same(f"a {value} b") in same(ours.text)
        assert ours.html.count("<a ") == plain.html.count("<a ")
        assert max(map(len, mail.split(b"\r\n"))) <= 998


names = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
texts = st.lists(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    min_size=2,
    max_size=2,
).map(lambda parts: MergeText(tuple(parts), (1,)))


@given(texts, names)
def test_any_text_comes_out_of_python_s_parser_as_it_went_in(
    text: MergeText, name: str
) -> None:
    read = parsed(sent_to(a_frozen_email(text=text), first_name=name)).text

    assert same(read) == same(text.join(["", name or "there"]))
