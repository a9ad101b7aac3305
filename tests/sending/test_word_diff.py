"""Words that changed: found in their paragraphs, as a person would tell of them."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.sending.diff import word_diff as module
from newsletter.sending.diff.word_diff import Op, word_diff

MARKS = {Op.SAME: "{}", Op.REMOVED: "[-{}-]", Op.ADDED: "{{+{}+}}"}
word = st.text("ab日", min_size=1, max_size=3)
paragraph = st.lists(word, min_size=1, max_size=4).map(" ".join)
texts = st.lists(paragraph, max_size=5)


def told(before: list[str], after: list[str]) -> list[str]:
    """Each change as a line, its heading in front."""
    return [
        change.heading
        + "|"
        + " ".join(MARKS[piece.op].format(piece.text) for piece in change.pieces)
        for change in word_diff(before, after)
    ]


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        (["a b c"], ["a b c"], []),
        (["a b c"], ["a x c"], ["|a [-b-] {+x+} c"]),
        (["a b"], ["a b", "c"], ["|{+c+}"]),
        (["a b", "c"], ["a b"], ["|[-c-]"]),
        ([], ["a"], ["|{+a+}"]),
        (["a"], [], ["|[-a-]"]),
        ([""], ["a b"], ["|{+a b+}"]),
        # A paragraph in between is new as a whole, even beside others that changed.
        (
            ["a b c", "d e"],
            ["a b x", "new words", "d e f"],
            ["|a b [-c-] {+x+}", "|{+new words+}", "|d e {+f+}"],
        ),
        # Cut in two, and joined.
        (["a b c d"], ["a b", "c d"], ["|a b {+¶+}"]),
        (["a b", "c d"], ["a b c d"], ["|a b [-¶-]"]),
        # Headings tell where a change is, in the text as it is now.
        (
            ["# one", "a", "# two", "b"],
            ["# one", "a", "# three", "c"],
            ["one|# [-two-] {+three+}", "three|[-b-] {+c+}"],
        ),
        (
            ["# one", "a", "b", "c", "d"],
            ["# one", "a", "x", "c", "y"],
            ["one|[-b-] {+x+}", "one|[-d-] {+y+}"],
        ),
        # Paragraphs stay paragraphs, however little they have in common.
        (
            ["a b c d", "e f g h"],
            ["i j k l", "m n o p"],
            ["|[-a b c d-] {+i j k l+}", "|[-e f g h-] {+m n o p+}"],
        ),
        # What is another sentence is not told word by word.
        (
            ["we met the old king of the hill"],
            ["you saw the new queen in the vale"],
            ["|[-we met the old king of-] {+you saw the new queen in+} the "
             "[-hill-] {+vale+}"],
        ),
        (["日本語の文章"], ["日本語の文"], ["|日本語の文 [-章-]"]),
    ],
)  # fmt: skip
def test_a_change_is_told_as_a_person_would(
    before: list[str], after: list[str], lines: list[str]
) -> None:
    assert told(before, after) == lines


@given(texts, texts)
def test_what_was_added_and_removed_is_all_that_differs(
    before: list[str], after: list[str]
) -> None:
    changes = word_diff(before, after)

    def words(op: Op) -> Counter[str]:
        pieces = (piece for each in changes for piece in each.pieces)
        return Counter(
            word for piece in pieces if piece.op is op for word in piece.words
        )

    def of(paragraphs: list[str]) -> Counter[str]:
        return Counter("".join(paragraphs).replace(" ", ""))

    added, removed = words(Op.ADDED), words(Op.REMOVED)
    added.pop("¶", 0)
    removed.pop("¶", 0)
    gained = of(list(added.elements()))
    gained.subtract(of(list(removed.elements())))
    expected = of(after)
    expected.subtract(of(before))
    assert gained == expected
    assert sum(change.count(Op.ADDED) for change in changes) == added.total()
    assert (changes == ()) == (before == after)


def test_what_would_take_too_long_to_compare_is_replaced_as_a_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MAX_STEPS", 3)

    assert told(["a a b"], ["a a c"]) == ["|[-a a b-]", "|{+a a c+}"]
    assert told(["a b c"], ["a b d"]) == ["|a b [-c-] {+d+}"]
