"""Which addresses are taken, which are refused, and which belong together."""

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsletter.audience.address import AddressRefused, normalise


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ana@example.com", "ana@example.com"),
        ("  Ana@EXAMPLE.com\t", "ana@example.com"),
        ("jose+friday@example.com", "jose+friday@example.com"),
        ("MARIA.O'NEILL+Jobs@x.example", "maria.o'neill+jobs@x.example"),
        ("noel%weekly@example.com", "noel%weekly@example.com"),
        ("a@b.test", "a@b.test"),
        ("user@münchen.de", "user@xn--mnchen-3ya.de"),
        ("user@MÜNCHEN.de", "user@xn--mnchen-3ya.de"),
        ("user@XN--MNCHEN-3YA.de", "user@xn--mnchen-3ya.de"),
        ("user@例え.jp", "user@xn--r8jz45g.jp"),
        ("user@example。com", "user@example.com"),
        ("user@\u212aelvin.com", "user@kelvin.com"),
        ("'ana@example.com", "ana@example.com"),
        ("'+ana@example.com", "+ana@example.com"),
        ("' 'ana@example.com", "ana@example.com"),
        ("x" * 64 + "@example.com", "x" * 64 + "@example.com"),
    ],
)
def test_spellings_of_one_mailbox_have_one_key(text: str, key: str) -> None:
    assert normalise(text).key == key


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" Ana@EXAMPLE.com ", "Ana@EXAMPLE.com"),
        ("User@Münche\u006e.de", "User@xn--mnchen-3ya.de"),
        ("user@mu\u0308nchen.de", "user@xn--mnchen-3ya.de"),
        ("user@XN--MNCHEN-3YA.de", "user@XN--MNCHEN-3YA.de"),
    ],
)
def test_an_address_is_kept_as_typed_where_all_servers_take_that(
    text: str, address: str
) -> None:
    assert normalise(text).address == address


@pytest.mark.parametrize(
    ("text", "reason", "hint"),
    [
        ("", "it is blank", "write it as name@example.com"),
        ("'", "it is blank", "write it as name@example.com"),
        ("ana", "an email address must have an @-sign", "name@example.com"),
        ("ana＠example.com", "full-width", "name@example.com"),
        ("ana@", "there must be something after the @-sign", "name@example.com"),
        ("@example.com", "there must be something before the @-sign", "name@"),
        ("ana@example", "it should have a period", "name@example.com"),
        ("ana@example.com.", "cannot end with a period", "name@example.com"),
        ("ana..b@example.com", "two periods in a row", "name@example.com"),
        ("ana@b@example.com", "invalid characters", "name@example.com"),
        ("<@a.com:b@example.com>", "more than the address", "name@example.com"),
        ("ana@example.com, bo@example.com", "`,` in it", "a line of its own"),
        ("ana@example.com;bo@example.com", "`;` in it", "a line of its own"),
        ("Ana <ana@example.com>", "more than the address", "only ana@example.com"),
        ('"Ana" <ana@example.com>', "more than the address", "only ana@example.com"),
        ("<ana@example.com>", "more than the address", "only ana@example.com"),
        ("mailto:ana@example.com", "it is a link", "write only ana@example.com"),
        ("ana @example.com", "a blank in it", "name@example.com"),
        ('"a b"@example.com', "a blank in it", "name@example.com"),
        ('"ab"@example.com', "quoting", "name@example.com"),
        ("a(comment)@example.com", "invalid characters", "name@example.com"),
        ("ana@[127.0.0.1]", "bracketed IP address", "name@example.com"),
        ("ana@127.0.0.1", "top-level domain", "name@example.com"),
        ("ana@localhost.localdomain\0", "a NUL in it", "delete it"),
        ("ana@example.com\r\nBcc: bo@example.com", "a carriage return in it", "delete"),
        ("ana\x1b[2J@example.com", "the control character U+001B in it", "delete"),
        ("ana\u202e@example.com", "the control character U+202E in it", "delete"),
        ("ana@exam\u200bple.com", "the invisible character U+200B in it", "delete"),
        ("ana\udcff@example.com", "the control character U+DCFF in it", "delete"),
        ("-rf@example.com", "it starts with `-`", "take that for an option"),
        ("ñandú@example.com", "`ñú` before the @", "ask for another"),
        ("\u212aana@example.com", "`\u212a` before the @", "ask for another"),
        ("x" * 65 + "@example.com", "more than 64 characters before the @", "name@"),
        ("x" * 60 + "@" + "y." * 98 + "com", "more than 254 characters", "name@"),
        ("ana@x.invalid", "special-use or reserved", "name@example.com"),
        ("ana@printer.local", "special-use or reserved", "name@example.com"),
        ("ana@xn--zzzzzzzz.com", "not valid IDNA", "name@example.com"),
    ],
)
def test_what_cannot_be_mailed_is_refused_with_a_reason_and_a_hint(
    text: str, reason: str, hint: str
) -> None:
    with pytest.raises(AddressRefused) as refused:
        normalise(text)

    assert reason.lower() in refused.value.reason.lower()
    assert hint in refused.value.hint
    assert refused.value.reason in str(refused.value)


def test_a_long_text_is_not_repeated_in_the_message() -> None:
    with pytest.raises(AddressRefused) as refused:
        normalise("x" * 100_000)

    assert len(str(refused.value)) < 200


LOCAL = st.text("aZ09.+-_'!%`{", min_size=1, max_size=66)
DOMAIN = st.one_of(
    st.text("aZ09.-", min_size=1, max_size=70),
    st.lists(st.text("aX0-n", min_size=1, max_size=8), min_size=1, max_size=4).map(
        ".".join
    ),
)
END = st.sampled_from(
    [
        "",
        ".com",
        ".COM",
        ".c",
        ".local",
        ".Invalid",
        ".test",
        ".onion",
        ".c0m",
        ".xn--a",
    ]
)


@settings(deadline=None)
@given(LOCAL, DOMAIN, END)
@example("a", "xn--mnchen-3ya", ".de")
@example("a", "ab--c", ".com")
@example("a", "test", "")
@example("a", ".".join(["x" * 63] * 4), "")
def test_the_fast_way_agrees_with_the_validator(
    local: str, domain: str, end: str
) -> None:
    text = f"{local}@{domain}{end}"
    try:
        found = validate_email(
            text, check_deliverability=False, test_environment=True, strict=True
        )
        expected = (found.ascii_email or "").lower()
    except EmailNotValidError:
        expected = ""
    if local.startswith(("-", "'")):
        return  # refused, or taken for a spreadsheet's mark, on purpose

    try:
        key = normalise(text).key
    except AddressRefused:
        key = ""

    assert key == expected


@settings(deadline=None)
@given(
    st.text() | st.emails() | st.from_regex(r"['\s]*\S+@\S+\.\S+\s*", fullmatch=True)
)
def test_what_is_taken_is_safe_in_a_header_and_stays_the_same(text: str) -> None:
    try:
        found = normalise(text)
    except AddressRefused:
        return

    assert found.key.isascii()
    assert found.address.isascii()
    assert found.address.lower() == found.key
    assert found.key.isprintable()
    assert found.key == found.key.lower()
    assert not set(found.key) & set(' ,;<>"()[]\\:')
    assert found.key.count("@") == 1
    assert normalise(found.address) == found
    assert normalise(found.key).key == found.key
