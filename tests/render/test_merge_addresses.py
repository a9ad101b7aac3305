"""A merge value in an address is percent-encoded, and decides on no scheme or host."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.model.email import Email, MergeField
from newsletter.model.frozen import PREFERENCES, FrozenEmail
from newsletter.model.text import clean_line
from newsletter.providers.substitution import substitute
from newsletter.render.findings import Findings
from newsletter.render.page_text import public_tags
from newsletter.render.tree import parse
from newsletter.render.web_html import WebHtml
from tests.render.making import (
    BASE,
    FILE,
    PAGE,
    a_publication,
    html_for,
    images,
    rendered,
    text_for,
)
from tests.render.sending import a_frozen_email, a_recipient

NAME = "Zoë & Co/?#=\"<'\u200f😀 100%\r\nB"
ENCODED = "Zo%C3%AB%20%26%20Co%2F%3F%23%3D%22%3C%27"
URL = "https://a.example/?n={{ name }}&m=1"

names = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cf"]))


def queries(text: str) -> set[tuple[tuple[str, str], ...]]:
    """The parameters of every address of a.example in a text."""
    found = re.findall(r"https://a\.example/[^\s<>\"'\])]*", text)
    return {
        tuple(parse_qsl(urlsplit(url.replace("&amp;", "&")).query)) for url in found
    }


@pytest.mark.parametrize(
    "markdown",
    [
        f"[a]({URL.replace(' ', '')})",
        f"[a](<{URL}>)",
        f"<{URL.replace(' ', '')}>",
        f"so: {URL}",
        f"[a][b] [b]\n\n[b]: {URL}",
        f"**[a]({URL})**",
        f"[![](chairs.jpg)]({URL})",
        f"> - [a]({URL})\n",
        f"a[^1]\n\n[^1]: [b]({URL})",
    ],
)
def test_a_value_is_one_parameter_in_html_and_text(markdown: str) -> None:
    email = rendered(markdown)

    parameters = (("n", "Zoë & Co"), ("m", "1"))
    for whole in (html_for, text_for):
        made = whole(email, name="Zoë & Co")
        assert queries(made) == {parameters}
        assert "n=Zo%C3%AB%20%26%20Co" in made
        assert ENCODED in whole(email, name=NAME)
    assert email.problems == ()


def test_what_is_no_address_is_escaped_only() -> None:
    email = rendered('[{{ name }}](https://a.example/{{ name }} "{{ name }}")')

    assert [item.in_address for item in email.fields].count(True) == 1
    shown = html_for(email, name="Zoë <3")
    assert 'href="https://a.example/Zo%C3%AB%20%3C3" title="Zoë &lt;3">Zoë &lt;3' in (
        shown
    )


@pytest.mark.parametrize("mark", ['"', "'", ""])
def test_a_value_in_the_address_of_an_author_s_html_is_encoded_too(mark: str) -> None:
    tag = "{{name}}"
    html = f"<p>{tag} <a href={mark}https://a.example/?n={tag}{mark}>x</a></p>"
    email = rendered(html, publication=a_publication(trusted_html=True))

    shown = html_for(email, name="Zoë & Co")
    assert queries(shown) == {(("n", "Zoë & Co"),)}
    assert ">Zoë &amp; Co <a" in shown


def test_a_default_in_an_address_is_encoded_on_the_page_too() -> None:
    publication = a_publication()
    text = 'to [a](https://a.example/?n={{ name | default("a & b") }})'
    document = parse(text, public_tags(FILE, publication))
    web = WebHtml(Findings(FILE, BASE, PAGE, images), trusted=False, notes="notes")

    assert 'href="https://a.example/?n=a%20%26%20b"' in web.render(document)


def test_an_address_of_ours_stays_one_where_it_is_all_of_a_link() -> None:
    email = rendered(
        "[leave]({{ unsubscribe_url }}) [a](https://a.example/?u={{ preferences_url }})"
    )

    inside = MergeField(PREFERENCES, in_address=True)
    assert inside in email.fields
    frozen = FrozenEmail.freeze(email, a_publication())
    html = html_for_token(frozen, email)
    assert f'<a href="{BASE}/u/TOKEN"' in html
    assert queries(html) == {(("u", f"{BASE}/preferences/TOKEN"),)}
    assert "?u=https%3A%2F%2Fletter.example.com%2Fpreferences%2FTOKEN" in html


def html_for_token(frozen: FrozenEmail, email: Email) -> str:
    """The HTML for the subscriber whose links are signed by TOKEN."""
    html = email.html.join(frozen.values({}, "TOKEN"))
    return html.replace(a_publication().base_url, BASE)


def test_a_provider_s_variable_is_another_in_an_address() -> None:
    email = rendered(f"{{{{ name }}}} [a]({URL})")
    frozen = a_frozen_email(text=email.text, html=email.html, fields=email.fields)
    texts = substitute(frozen, lambda name: f"%{name}%", re.compile("%"))

    values = texts.values(a_recipient(frozen, name="Zoë & Co"))
    for whole in (texts.html, texts.text):
        # As the provider does it: one swap for each variable.
        for name, value in {**values, **texts.constants}.items():
            whole = whole.replace(f"%{name}%", value)  # noqa: PLW2901
        assert queries(whole) == {(("n", "Zoë & Co"), ("m", "1"))}
    assert {"Zoë & Co", "Zoë &amp; Co", "Zo%C3%AB%20%26%20Co"} <= set(values.values())


@given(names.filter(str.strip))
def test_any_value_comes_back_whole(name: str) -> None:
    field = MergeField("name", "there", in_address=True)

    query = urlsplit(f"https://a.example/?n={field.value({'name': name})}&m=1").query
    assert parse_qsl(query) == [("n", clean_line(name or "there")), ("m", "1")]


@pytest.mark.parametrize(
    "address",
    [
        "https://{{ name }}.a.example/",
        "https://{{ name }}",
        "https://a.example{{ name }}/",
        "https://a.example:{{ name }}/",
        "https://{{ name }}@a.example/",
        "HTTPS:\\\\\\\\{{ name }}",
        "https:{{ name }}",
        "java{{ name }}:alert(1)",
        "mail{{ name }}:a@b.example",
    ],
)
@pytest.mark.parametrize("link", ["[a](<{}>)", "![a](<{}>)", '<a href="{}">a</a>'])
def test_no_value_decides_where_an_address_leads(address: str, link: str) -> None:
    trusted = a_publication(trusted_html=True)
    email = rendered(f"words\n\nso {link.format(address)}", publication=trusted)

    (problem,) = email.problems
    assert "would lead wherever a subscriber's value says" in problem.message
    assert (problem.line, problem.column) == (12, 4)
    assert not any(item.name == "name" for item in email.fields) or "<a" in link


@pytest.mark.parametrize(
    "address",
    [
        "https://a.example?{{ name }}",
        "https://a.example/{{ name }}",
        "https://a.example#{{ name }}",
        "/a/{{ name }}:b",
        "mailto:{{ name }}",
        "tel:{{ name }}",
    ],
)
def test_a_tag_after_the_host_is_welcome(address: str) -> None:
    assert rendered(f"[a](<{address}>)").problems == ()
