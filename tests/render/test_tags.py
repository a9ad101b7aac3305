"""Tags have one address each, which depends on nothing but the tag."""

import datetime
import re

from hypothesis import given
from hypothesis import strategies as st

from newsletter.render.page import Entry
from newsletter.render.tags import by_tag, tag_slug


def entry(slug: str, *tags: str) -> Entry:
    day = datetime.date(2026, 1, 1)
    return Entry(slug, "", day, f"{slug}/index.html", "", "", slug, tags=tags)


def test_plain_tags_have_plain_addresses() -> None:
    assert tag_slug("Hiring  Managers") == "hiring-managers"
    assert tag_slug("hiring-managers") == "hiring-managers"


def test_what_an_address_does_not_tell_is_told_by_letters_of_its_own() -> None:
    slugs = [
        tag_slug(tag) for tag in ("c", "C++", "C#", "面接 🪑", "🪑", "e", "a" * 99)
    ]

    assert slugs[0] == "c"
    assert len(set(slugs)) == len(slugs)
    assert all(re.fullmatch(r"[a-z0-9-]{1,90}", slug) for slug in slugs)


def test_letters_of_every_script_are_kept() -> None:
    assert tag_slug("面接") == "面接"
    assert tag_slug("Café  Crème") == tag_slug("cafe\u0301 cre\u0300me") == "café-crème"
    assert tag_slug("हिन्दी") == "हिन्दी"
    assert re.fullmatch("[0-9a-f]{6}", tag_slug("面接 🪑"))
    assert len(tag_slug("面" * 61).encode()) < 200


def test_what_had_another_address_knows_it() -> None:
    found = by_tag([entry("x", "面接", "C++", "plain")])

    former = {tag.name: tag.former for tag in found}
    assert former["C++"] == former["plain"] == ""
    assert re.fullmatch("[0-9a-f]{6}", former["面接"])


def test_a_blank_tag_has_none() -> None:
    assert tag_slug("  ") == tag_slug("") == ""


@given(st.text(max_size=40), st.text(max_size=40))
def test_two_tags_share_an_address_only_if_they_are_one(one: str, two: str) -> None:
    def key(tag: str) -> str:
        return " ".join(tag.casefold().split()).replace("-", " ")

    if one.isascii() and two.isascii() and key(one) != key(two):
        assert tag_slug(one) != tag_slug(two)


def test_the_newest_spelling_is_shown_and_each_issue_once() -> None:
    tags = by_tag([entry("new", "Feedback", "feedback"), entry("old", "feedback", "a")])

    assert [(tag.name, tag.slug) for tag in tags] == [
        ("a", "a"),
        ("Feedback", "feedback"),
    ]
    assert [item.slug for item in tags[1].entries] == ["new", "old"]


def test_tags_without_words_are_left_out() -> None:
    assert by_tag([entry("x", "", " ")]) == []
