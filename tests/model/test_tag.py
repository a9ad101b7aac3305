"""Tags: what can be one, and how it is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.model.erasure import Eraser, is_erased_key
from newsletter.model.segment import Tagged
from newsletter.model.segment_parser import parse
from newsletter.model.tag import MAX_TAG, as_tag


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("VIP", "vip"),
        ("  Hiring   Managers ", "hiring managers"),
        ("Cafe\u0301", "café"),
        ("x" * MAX_TAG, "x" * MAX_TAG),
        ("x" * (MAX_TAG + 1), ""),
        ("a,b", ""),
        ('"a"', ""),
        ("a\u202eb", ""),
        ("a\nb", ""),
        ("", ""),
    ],
)
def test_a_tag_is_kept_in_one_spelling(text: str, tag: str) -> None:
    assert as_tag(text) == tag


@given(st.text(max_size=70))
def test_every_tag_is_itself_and_can_be_asked_for(text: str) -> None:
    tag = as_tag(text)

    assert as_tag(tag) == tag
    assert not tag or parse(f'tag:"{tag}"').rule == Tagged(tag)


@given(st.emails())
def test_a_hash_is_told_from_an_address(address: str) -> None:
    eraser = Eraser(b"one secret of the tests", (b"one older secret of them",))

    first, second = eraser.keys(address)

    assert eraser.key(address) == first != second
    assert is_erased_key(first)
    assert eraser.knows(first)
    assert eraser.knows(second)
    assert not Eraser(b"some other secret of them").knows(first)
    assert not is_erased_key(address)
    assert address not in first
