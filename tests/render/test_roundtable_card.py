"""The card of a featured roundtable: who sits there, and what they agree on."""

from typing import Any

import pytest

from newsletter.model.problem import Problem
from newsletter.model.roundtable import Expert, Roundtable
from newsletter.render.roundtable_card import (
    BRIEF,
    RoundtableCard,
    brief,
    photo,
    roundtable_card,
)
from tests.render.making import (
    BASE,
    CHAIRS,
    html_for,
    images,
    rendered,
    sample,
    text_for,
    words,
)


def a_roundtable(*panel: Expert, **values: Any) -> Roundtable:
    """A roundtable of these experts."""
    given: dict[str, Any] = {"title": "The Launch", "slug": "launch", "file": "r.md"}
    return Roundtable(panel=panel or (Expert(name="Ann Lee"),), **(given | values))


def a_card(*panel: Expert, teaser: str = "", **more: Any) -> RoundtableCard:
    return roundtable_card(a_roundtable(*panel, **more), teaser, sample(), images)


def signals(*panel: Expert) -> list[tuple[str, bool]]:
    """Who gives a signal on the card, and whether it is a doubt."""
    return [(item.name, item.doubt) for item in a_card(*panel).signals]


def test_the_card_shows_two_voices_where_there_are_two() -> None:
    ann = Expert(name="Ann", hire="calm", concern="late")
    bo = Expert(name="Bo", concern="luck")

    assert signals(ann, bo) == [("Ann", False), ("Bo", True)]
    # Ann has both, and only she has a concern: somebody else speaks for hiring.
    cy = Expert(name="Cy", hire="kind")
    assert signals(ann, cy) == [("Cy", False), ("Ann", True)]
    assert signals(ann) == [("Ann", False), ("Ann", True)]


def test_the_card_does_without_signals() -> None:
    assert signals(Expert(name="Ann")) == []
    assert signals(Expert(name="Ann", hire="calm")) == [("Ann", False)]
    assert signals(Expert(name="Ann", concern="late")) == [("Ann", True)]


def test_signals_are_markdown_of_a_sentence() -> None:
    ann = Expert(
        name="Ann", hire="*calm*, see [it](https://a.example)", concern="a <b>\n\nb"
    )
    email = rendered(featured=a_roundtable(ann))

    html = html_for(email)
    assert '<p><em>calm</em>, see <a href="https://a.example">it</a></p>' in html
    assert "<p>a &lt;b&gt;</p>" in html
    text = text_for(email)
    assert "reason to hire (Ann): _calm_, see it [1]" in text
    assert "concern (Ann): a <b> b" in text
    assert "[1] https://a.example" in text


def test_what_is_wrong_with_a_link_of_a_signal_is_said_of_the_roundtable() -> None:
    ann = Expert(name="Ann", hire="[it](javascript:alert(1))")
    email = rendered(featured=a_roundtable(ann))

    assert "javascript" not in html_for(email)
    assert [(item.code, item.file) for item in email.problems] == [("link", "r.md")]


def test_the_issue_s_teaser_comes_before_the_roundtable_s_own() -> None:
    said = a_card(discussing="a launch", teaser="look here")

    assert said.values["teaser"] == "look here"
    assert a_card(discussing="a launch").values["teaser"] == "a launch"


@pytest.mark.parametrize(
    ("given", "url", "trouble"),
    [
        ("", "", ""),
        ("chairs.jpg", f"{BASE}/images/{CHAIRS.name}", ""),
        ("https://a.example/b.jpg", "https://a.example/b.jpg", ""),
        ("gone.jpg", "", "`gone.jpg` is not there"),
        ("javascript:alert(1)", "", "`javascript:alert(1)` is not there"),
    ],
)
def test_an_expert_has_a_photo_or_initials(given: str, url: str, trouble: str) -> None:
    expert = Expert(name="Ann Lee", photo=given)
    card = roundtable_card(a_roundtable(expert), "", sample(), images)

    found = photo(expert, a_roundtable(expert), sample(), images)
    assert isinstance(found, Problem) if trouble else found == url
    assert card.values["panel"][0]["photo_url"] == url
    assert card.values["panel"][0]["initials"] == "AL"
    assert [item.message for item in card.findings.problems] == (
        [f"the photo of Ann Lee: {trouble}"] if trouble else []
    )


def test_what_is_wrong_with_a_photo_is_a_problem_of_the_email() -> None:
    experts = Expert(name="Bo"), Expert(name="Ann", photo="gone.jpg")
    table = a_roundtable(*experts, places={"panel.1.photo": (7, 12)})
    [problem] = rendered(featured=table).problems

    assert problem.place == "r.md:7:12"
    assert problem.code == "image"


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("", ""),
        (
            "They *all* said **yes**.\n\nAnd [more](https://a.example).",
            "They all said yes. And more.",
        ),
        ("- one\n- two[^1]\n\n[^1]: three", "one two"),
        ("dear {{ first_name }}", "dear {{ first_name }}"),
    ],
)
def test_a_consensus_in_brief_is_plain_text(markdown: str, text: str) -> None:
    assert brief(markdown) == text


def test_html_in_brief_is_its_words_where_it_is_trusted() -> None:
    html = "they <b>all</b> said *yes*.\n\n<div>and <i>more</i></div>\n\n<br>"

    assert brief(html, trusted=True) == "they all said yes. and more"
    assert brief("a <b>b</b>") == "a <b>b</b>"


def test_a_long_consensus_ends_with_a_sentence() -> None:
    sentence = "Eleven words stand in this sentence of the long, long consensus."
    shown = brief(" ".join([sentence] * 20))

    assert shown == " ".join([sentence] * 4)
    assert len(shown) < BRIEF


def test_a_long_sentence_ends_with_a_word() -> None:
    assert brief("word " * 200) == " ".join(["word"] * 52) + "…"


def test_a_sentence_a_little_too_long_is_kept_whole() -> None:
    sentence = "word " * 70 + "end."

    assert brief(f"{sentence} More.") == sentence


def test_the_card_is_in_both_parts_and_merge_tags_in_it_are_text() -> None:
    table = a_roundtable(
        Expert(name="Ann Lee", role="Lead & more", hire="calm", concern="late"),
        competency="Ownership",
        consensus="Hire {{ first_name }}.",
        interview_url="https://video.example/1",
    )
    email = rendered("hi {{ first_name }}", featured=table)

    html, text = (
        words(html_for(email, first_name="Zoë")),
        text_for(email, first_name="Zoë"),
    )
    for shown in (
        "expert roundtable · Ownership",
        "Lead & more",
        "panel consensus: Hire {{ first_name }}.",
    ):
        assert shown in html
        assert shown in text
    assert "reason to hire calm Ann Lee concern late Ann Lee" in html
    assert "reason to hire (Ann Lee): calm\n\nconcern (Ann Lee): late" in text
    assert "- Ann Lee, Lead & more" in text
    assert "https://video.example/1" in text
    assert email.problems == ()
