"""Who is spoken to in a text, and who is only spoken of."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.model.addressing import spoken_to

NAMES = {
    "Marcus": "M",
    "Marcus Johnson": "M",
    "Sarah": "S",
    "Jordan": "J",
    "李小龙": "L",
    "Hạnh": "H",
    "ليلى": "Y",
}


@pytest.mark.parametrize(
    ("text", "called"),
    [
        # At the beginning of a sentence, alone or with others.
        ("Sarah, I agree with your emphasis on ownership.", "S"),
        ("That is so. Jordan, you're right that it hints at more.", "J"),
        ("Marcus and Sarah, I love how you're both right.", "MS"),
        ("We all agreed. Sarah and Jordan, your points reinforce this.", "JS"),
        ("Sarah, Jordan, and Marcus: thank you.", "JMS"),
        ("Sarah, Marcus is right.", "S"),
        ("Marcus Johnson, well said.", "M"),
        ("But Sarah, no. And Jordan – yes!", "JS"),
        ("Sarah – exactly.", "S"),
        ("Sarah: exactly.", "S"),
        ("**Sarah**, exactly what *I* think.", "S"),
        ("First this.\n\nJordan, then that.", "J"),
        ("My answer: Sarah, no.", "S"),
        ("“Marcus, no”, I would say.", "M"),
        ("李小龙，我同意。", "L"),
        ("ليلى، أتفق معك", "Y"),
        (unicodedata.normalize("NFC", "Hạnh, on the corridor I agree."), "H"),
        # At the end, and between commas where somebody is meant.
        ("Exactly, Sarah!", "S"),
        ("Well put, Sarah and Jordan.", "JS"),
        ("That's fair, Marcus, but you said it for her.", "M"),
        ("@Jordan see above", "J"),
        # Only spoken of.
        ("While Marcus emphasizes the customer, Sarah defends systems.", ""),
        ("I like Sarah's point, and Jordan’s.", ""),
        ("Sarah is right, and so is Jordan", ""),
        ("As Sarah said, it is late.", ""),
        ("With Sarah, I think so.", ""),
        ("I agree with Sarah and Jordan.", ""),
        ("My boss, Marcus, said no.", ""),
        ("Sarah, who knows it better, disagrees.", ""),
        ("Sarah, Jordan and Marcus disagree.", ""),
        ("Three of us, Sarah, Jordan and Marcus, you know.", ""),
        ("Grace, Sarahs, sarah, no.", ""),
        ("sarah, no", ""),
        ("> Sarah, this is quoted.\n\nI would not say so.", ""),
        ("", ""),
    ],
)
def test_a_name_is_called_or_only_named(text: str, called: str) -> None:
    assert "".join(sorted(spoken_to(text, NAMES))) == called


def test_nobody_is_called_where_nobody_has_a_name() -> None:
    assert spoken_to("Sarah, no.", {}) == set()


@given(
    st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=8),
    st.text(max_size=200),
)
def test_any_names_in_any_text_are_no_trouble(names: list[str], text: str) -> None:
    given_names = {name: name for name in names}

    assert spoken_to(text, given_names) <= set(names)


@pytest.mark.parametrize(
    "text",
    [
        "Sarah, " * 20_000,
        "Sarah and " * 20_000,
        "," * 100_000,
        "Sarah" + " " * 100_000,
        "you, " + "Sarah, " * 20_000,
        "- " * 50_000,
    ],
)
def test_a_text_made_to_be_slow_ends(text: str) -> None:
    assert spoken_to(text, NAMES) <= {"S"}
