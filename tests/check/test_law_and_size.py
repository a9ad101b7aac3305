"""Rules of mailbox providers and of the law, and about size."""

import re
from dataclasses import replace
from typing import Any

import pytest

from newsletter.check.check import check
from newsletter.check.size import LONG_VALUE
from newsletter.model.email import Email, InlineImage, MergeText
from newsletter.model.problem import Problem, Severity
from newsletter.model.publication import Publication
from newsletter.model.service import ServiceSettings
from tests.check.test_content import GOOD, TAG
from tests.render.making import a_publication, an_issue, rendered, sample


def problems(email: Email, publication: Publication | None = None) -> list[Problem]:
    found = check(an_issue(**GOOD), email, publication or sample())
    return [item for item in found if item.code != "word-count"]


def of_size(size: int) -> Email:
    """An email whose HTML has `size` bytes with the longest merge values."""
    email = rendered(**GOOD)
    html = email.html.substitute(lambda _: "x" * LONG_VALUE)
    first, *rest = email.html.literals
    padded = first + "é" * ((size - len(html.encode())) // 2)
    return replace(email, html=MergeText((padded, *rest), email.html.slots))


@pytest.mark.parametrize(
    ("size", "severity"),
    [
        (92_158, None),
        (92_162, Severity.WARNING),
        (102_398, Severity.WARNING),
        (102_402, Severity.ERROR),
    ],
)
def test_html_that_gmail_would_cut_is_found_with_the_longest_values(
    size: int, severity: Severity | None
) -> None:
    found = problems(of_size(size))

    assert [(item.code, item.severity) for item in found] == (
        [("html-size", severity)] if severity else []
    )


def test_every_merge_tag_is_counted_with_the_longest_value() -> None:
    email = rendered(f"{TAG} " * 400, **GOOD)
    plain = sum(len(part.encode()) for part in email.html.literals)

    [found] = [item for item in problems(email) if item.severity is Severity.ERROR]

    assert plain < 60_000
    assert LONG_VALUE == 300
    size = (plain + 300 * len(email.html.slots)) / 1024
    assert found.message.startswith(f"the HTML has {size:.0f} KB")


def without(email: Email, name: str, part: str) -> Email:
    """The email, one part of it without the places of one field."""
    text: MergeText = getattr(email, part)
    filled = text.fill(lambda slot: "x" if email.fields[slot].name == name else "y")
    changes: dict[str, Any] = {part: MergeText((filled,))}
    return replace(email, **changes)


@pytest.mark.parametrize(("part", "name"), [("html", "HTML"), ("text", "text")])
def test_each_part_needs_the_unsubscribe_link(part: str, name: str) -> None:
    [found] = problems(without(rendered(**GOOD), "unsubscribe_url", part))

    assert found.code == "unsubscribe-link"
    assert found.severity is Severity.ERROR
    assert found.message == f"the {name} part has no unsubscribe link"


def test_an_unsubscribe_link_of_the_author_s_own_will_do() -> None:
    assert problems(rendered("[leave]({{ unsubscribe_url }})", **GOOD)) == []


@pytest.mark.parametrize("address", ["", "  ", "\n"])
def test_a_publication_needs_a_postal_address(address: str) -> None:
    publication = a_publication(postal_address=address)

    [found] = problems(rendered(publication=publication, **GOOD), publication)
    assert (found.code, found.place) == ("postal-address", "newsletter.yaml:13:17")
    assert found.severity is Severity.ERROR


@pytest.mark.parametrize(("part", "name"), [("html", "HTML"), ("text", "text")])
def test_a_theme_that_drops_the_postal_address_is_found(part: str, name: str) -> None:
    email = rendered(**GOOD)
    text: MergeText = getattr(email, part)
    cut = tuple(item.replace("Harbour", "") for item in text.literals)

    changes: dict[str, Any] = {part: MergeText(cut, text.slots)}
    [found] = problems(replace(email, **changes))
    assert (found.code, found.message) == (
        "postal-address",
        f"the {name} part has no postal address",
    )


@pytest.mark.parametrize(
    "address",
    [
        'O\'Neill & Söhne <GmbH>, 1 "The Row", Köln',
        "1 Long Road, " * 12 + "London",
        "東京都千代田区 1-1",
    ],
)
def test_a_footer_may_break_and_escape_the_address_as_it_likes(address: str) -> None:
    publication = a_publication(postal_address=address)

    assert problems(rendered(publication=publication, **GOOD), publication) == []


@pytest.mark.parametrize(
    ("url", "codes"),
    [("http://letter.example.com", ["base-url"]), ("https://letter.example.com", [])],
)
def test_one_click_needs_https(url: str, codes: list[str]) -> None:
    publication = a_publication(base_url=url, service=ServiceSettings())

    found = problems(rendered(publication=publication, **GOOD), publication)
    assert [item.code for item in found] == codes
    assert all(item.place == "newsletter.yaml:6:11" for item in found)


@pytest.mark.parametrize(
    ("scheme", "places"), [("http", ["newsletter.yaml:26:8"]), ("https", [])]
)
def test_one_click_needs_https_where_the_service_is(
    scheme: str, places: list[str]
) -> None:
    service = ServiceSettings(url=f"{scheme}://elsewhere.example.org")
    publication = a_publication(service=service)

    found = problems(rendered(publication=publication, **GOOD), publication)

    assert [item.place for item in found] == places
    assert all("`service.url`" in item.message for item in found)


@pytest.mark.parametrize(("size", "codes"), [(16_384, []), (16_385, ["style-size"])])
def test_style_sheets_that_gmail_would_drop_are_found(
    size: int, codes: list[str]
) -> None:
    email = rendered(**GOOD)
    html = "".join(email.html.literals)
    before = sum(
        len(css) for css in re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL)
    )
    first, *rest = email.html.literals
    sheet = "é" * ((size - before) // 2) + "x" * ((size - before) % 2)
    made = MergeText((f"{first}<style>{sheet}</style>", *rest), email.html.slots)

    found = problems(replace(email, html=made))

    assert [item.code for item in found] == codes
    assert all(item.place == "templates/email/head.html:1:1" for item in found)


@pytest.mark.parametrize(("size", "found"), [(7, []), (8, ["message-size"])])
def test_a_message_that_would_be_refused_is_found(size: int, found: list[str]) -> None:
    data = "x" * (size * 4 // 3 * 2**20)
    image = InlineImage(content_id="a", filename="a", media_type="image/png", data=data)

    email = replace(rendered(**GOOD), inline_images=(image,))

    assert [item.code for item in problems(email)] == found
    assert all(item.severity is Severity.ERROR for item in problems(email))


def test_a_text_of_more_than_ten_megabytes_is_found_without_images() -> None:
    email = rendered(**GOOD)
    text = MergeText((*email.text.literals[:-1], "é" * 2 * 2**20), email.text.slots)

    found = {item.code for item in problems(replace(email, text=text))}

    assert "message-size" in found


def test_the_address_of_the_example_is_not_one() -> None:
    publication = a_publication(postal_address="1 Your Street, Your Town")

    [found] = problems(rendered(publication=publication, **GOOD), publication)

    assert (found.code, found.severity) == ("postal-address", Severity.ERROR)
    assert found.place == "newsletter.yaml:13:17"


def test_a_message_is_measured_as_it_is_sent() -> None:
    email = rendered(**GOOD)
    # Plain letters: quoted-printable leaves them as they are.
    text = MergeText((*email.text.literals[:-1], "abc " * 2**20), email.text.slots)

    assert problems(replace(email, text=text)) == []
