"""A publication as a value: addresses, colours, language, where the store is."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from newsletter.model.publication import Publication

ROOT = Path("/home/mo/letter")


def publication(**values: Any) -> Publication:
    known: dict[str, Any] = {
        "name": "n",
        "base_url": "https://x.test",
        "from": {"name": "mo", "address": "mo@Mail.X.test"},
        "root": ROOT,
    }
    return Publication.model_validate(known | values)


def refused(**values: Any) -> tuple[str, str]:
    with pytest.raises(ValidationError) as caught:
        publication(**values)
    error = caught.value.errors()[0]
    return error["msg"], error.get("ctx", {}).get("hint", "")


@pytest.mark.parametrize(
    "address",
    [
        "a@x.test",
        "first.last+tag@sub.x.test",
        "o'hara@x-y.test",
        "a@" + "b" * 63 + ".test",
        "x@xn--bcher-kva.example",
    ],
)
def test_an_address_to_send_from_is_taken(address: str) -> None:
    found = publication(reply_to=address, unsubscribe_mailto=address)

    assert (found.reply_to, found.unsubscribe_mailto) == (address, address)


@pytest.mark.parametrize(
    "address",
    [
        *("a", "a@", "@x.test", "a@b@x.test", "a@localhost", "a@x.test.", "a@.test"),
        *(
            "a@x..test",
            "a@-x.test",
            "a@x-.test",
            ".a@x.test",
            "a.@x.test",
            "a..b@x.test",
        ),
        *("a@x.test\r\nBcc: b@x.test", "a@x.test\n", "a\0@x.test", "a@x.test\u2028"),
        *("a,b@x.test", "a b@x.test", '"a"@x.test', "<a@x.test>", "a@[127.0.0.1]"),
        *("ä@x.test", "a@ä.test", "a" * 250 + "@x.test", "a@" + "b" * 64 + ".test"),
    ],
)
def test_no_other_address_is_sent_from(address: str) -> None:
    for values in (
        {"reply_to": address},
        {"unsubscribe_mailto": address},
        {"from": {"name": "mo", "address": address}},
    ):
        message, hint = refused(**values)
        assert "is not an email address we can send from" in message
        assert hint == "write it as name@example.com"


def test_the_name_of_the_sender_is_one_line() -> None:
    assert (
        "a line break"
        in refused(**{"from": {"name": "a\nb", "address": "a@x.test"}})[0]
    )


def test_the_domain_is_that_of_the_sender() -> None:
    assert publication().domain == "mail.x.test"


def test_the_address_of_the_archive_ends_without_a_slash() -> None:
    assert publication(base_url="https://x.test/letter//").base_url == (
        "https://x.test/letter"
    )
    assert refused(base_url="x.test")[1] == "it must start with https:// or http://"


@pytest.mark.parametrize("colour", ["#fff", "red", "#12345g", "123456", "#1234567", ""])
def test_a_colour_is_six_digits(colour: str) -> None:
    assert publication(colours={"ink": "#A8432C"}).colours.ink == "#a8432c"
    assert refused(colours={"ink": colour})[0] == f"`{colour}` is not a colour"


@pytest.mark.parametrize(
    ("language", "direction"),
    [("en", "ltr"), ("pt-BR", "ltr"), ("no", "ltr"), ("he", "rtl"), ("ar-EG", "rtl")],
)
def test_a_language_has_a_direction(language: str, direction: str) -> None:
    assert publication(language=language).direction == direction


@pytest.mark.parametrize("language", ["English", "EN", "e", "en_GB", "en-", "", "en\n"])
def test_a_language_is_a_tag(language: str) -> None:
    message, hint = refused(language=language)

    assert message == f"`{language}` is not a language tag"
    assert hint == "write it as `en` or `pt-BR`"


@pytest.mark.parametrize(
    "name", ["", "First", "first name", "1st", "a-b", "x" * 41, "a\n"]
)
def test_a_merge_field_is_a_plain_name(name: str) -> None:
    assert publication(merge_fields=["company"]).merge_fields == ("company",)
    assert refused(merge_fields=["company", name])[0].endswith(
        "cannot be a merge field"
    )


@pytest.mark.parametrize(
    ("store", "path"),
    [
        ("sqlite:///.newsletter/n.db", ROOT / ".newsletter/n.db"),
        ("sqlite:////var/n.db", Path("/var/n.db")),
        ("sqlite:///", None),
        ("sqlite://", None),
        ("sqlite:///:memory:", None),
        ("postgresql://host/db", None),
    ],
)
def test_a_store_is_a_file_seen_from_newsletter_yaml_or_a_server(
    store: str, path: Path | None
) -> None:
    assert publication(store=store).store_path == path


def test_a_name_is_not_empty_and_an_address_by_post_not_endless() -> None:
    assert refused(name=" ")[0] == "String should have at least 1 character"
    assert "400" in refused(postal_address="x" * 401)[0]
    assert publication(postal_address="14 Row\nBristol").postal_address
    assert refused(postal_address="14 Row\0")[0] == "a NUL in the text"
