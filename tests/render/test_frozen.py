"""The frozen email: the same text after any number of trips through the ledger."""

import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.model.email import MergeField, MergeText
from newsletter.model.frozen import UNSUBSCRIBE, FrozenEmail
from newsletter.model.service import ServiceSettings
from tests.render.making import a_publication, rendered, sample
from tests.render.sending import a_frozen_email

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
merged = st.lists(texts, min_size=1, max_size=4).map(
    lambda parts: MergeText(tuple(parts), (0,) * (len(parts) - 1))
)


@given(merged, merged, st.lists(st.builds(MergeField, texts, texts), max_size=3), texts)
def test_a_frozen_email_comes_back_as_it_was(
    subject: MergeText, html: MergeText, fields: list[MergeField], name: str
) -> None:
    frozen = a_frozen_email(
        html=html, subject=subject, fields=tuple(fields), from_name=name
    )

    again = FrozenEmail.from_json(frozen.to_json())
    assert again == frozen
    assert again.to_json() == frozen.to_json()
    assert again.hash() == frozen.hash()


def test_the_hash_is_that_of_the_text_and_of_every_detail_in_it() -> None:
    frozen = a_frozen_email()

    assert frozen.hash() == sha256(frozen.to_json().encode()).hexdigest()
    data = json.loads(frozen.to_json())
    assert list(data) == sorted(data)
    for key, value in data.items():
        other = value + "x" if isinstance(value, str) else value
        if other != value:
            changed = FrozenEmail.from_json(json.dumps(data | {key: other}))
            assert changed.hash() != frozen.hash(), key
    assert a_frozen_email(MergeText(("other",))).hash() != frozen.hash()


def test_freezing_takes_all_that_headers_need_from_the_publication() -> None:
    frozen = FrozenEmail.freeze(rendered("hi {{ first_name }}"), sample())

    assert frozen.from_name == "mo from the second chair"
    assert frozen.domain == "letter.example.com"
    assert frozen.list_id == "the-second-chair.letter.example.com"
    assert frozen.base_url == "https://letter.example.com"
    assert frozen.unsubscribe_url("abc") == "https://letter.example.com/u/abc"


def test_links_of_the_service_lead_to_where_it_answers() -> None:
    elsewhere = ServiceSettings(url="https://elsewhere.example.org")
    frozen = FrozenEmail.freeze(rendered(), a_publication(service=elsewhere))

    links = frozen.own_links("abc").values()

    assert set(links) >= {"https://elsewhere.example.org/u/abc"}
    assert all(link.startswith("https://elsewhere.example.org/") for link in links)
    assert "<https://elsewhere.example.org/u/abc>" in frozen.list_unsubscribe("abc")


def test_a_publication_whose_name_is_not_latin_has_a_list_id_too() -> None:
    frozen = FrozenEmail.freeze(rendered(), a_publication(name="二つ目の椅子"))

    assert frozen.list_id == "newsletter.letter.example.com"


@pytest.mark.parametrize(
    ("known", "values"),
    [({}, "there"), ({"first_name": "Zoë\nX", UNSUBSCRIBE: "x"}, "Zoë X")],
)
def test_each_field_has_one_value_and_nobody_names_the_unsubscribe_address(
    known: dict[str, str], values: str
) -> None:
    frozen = a_frozen_email()
    assert frozen.values(known, "t") == ["https://letter.example.com/u/t", values]


def test_rendering_twice_gives_the_same_frozen_email() -> None:
    one, two = (
        FrozenEmail.freeze(rendered("a *b* {{ name }}[^1]\n\n[^1]: c"), sample())
        for _ in range(2)
    )

    assert one == two
    assert one.hash() == two.hash()
