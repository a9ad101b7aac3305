"""Markdown as plain text: nothing lost, links numbered, columns straight, 72 wide."""

import re
from collections import Counter
from textwrap import dedent

import pytest
from hypothesis import given, settings

from newsletter.render.merge import MergeTags
from newsletter.render.plain_text import LinkList, TextRenderer
from newsletter.render.text_width import WIDTH, columns, headline, wrap
from newsletter.render.tree import parse
from tests.render.making import FILE, KNOWN, findings
from tests.render.markdown import document, noise, oracle


def text_of(markdown: str, *, trusted: bool = False) -> str:
    links = LinkList()
    renderer = TextRenderer(links, findings().address, trusted=trusted)
    text = renderer.render(parse(markdown, MergeTags(FILE, KNOWN), smart=False))
    return f"{text}\n\n{links.render()}" if links.numbers else text


def letters(text: str) -> str:
    return "".join(re.findall(r"[^\W\d_]", text))


@settings(max_examples=120, deadline=None)
@given(document)
def test_no_word_of_a_document_is_lost_or_glued_to_another(markdown: str) -> None:
    text = text_of(markdown).partition("\n\n[1] ")[0]

    # A table that is too wide repeats the words of its head.
    shown = Counter(re.findall(r"[^\W\d_]+", re.sub(r"[*_~]", "", text)))
    expected = Counter(re.findall(r"[^\W\d_]+", oracle(markdown)))
    assert expected - shown == Counter()
    assert shown.keys() == expected.keys()


@settings(max_examples=120, deadline=None)
@given(noise.filter(lambda text: "!" not in text))
def test_no_letter_is_lost_in_any_mixture_of_marks(markdown: str) -> None:
    text = text_of(markdown).partition("\n\n[1] ")[0]

    assert letters(text) == letters(oracle(markdown))


@settings(max_examples=60, deadline=None)
@given(document)
def test_no_line_is_wider_than_a_mail_reads_well(markdown: str) -> None:
    for line in text_of(markdown).split("\n"):
        longest = max(map(len, line.split()), default=0)
        assert columns(line) <= WIDTH or "    " in line or longest > 20


def test_addresses_are_never_broken() -> None:
    url = "https://a.example/" + "long-" * 30
    text = text_of(f"word {'word ' * 14}{url} [word]({url} 'x') end")

    assert text.count(url) == 2
    assert all(len(line) <= WIDTH or url in line for line in text.split("\n"))


def test_no_break_spaces_are_kept_together() -> None:
    assert "12\xa0Harbour\xa0Row" in text_of("w " * 30 + "12\xa0Harbour\xa0Row")


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        (
            "[a](https://a.example) [b](https://b.example) [c](https://a.example)",
            "a [1] b [2] c [1]\n\n[1] https://a.example\n[2] https://b.example",
        ),
        ("<https://a.example> <mo@a.example>", "https://a.example mo@a.example"),
        ("**[a](https://a.example)**", "a [1]\n\n[1] https://a.example"),
        ("**a** _b_ ~~c~~ `d`", "*a* _b_ ~c~ d"),
        ("## a title", "a title\n-------"),
        ("- a\n- b", "- a\n- b"),
        ("- a\n\n- b", "- a\n\n- b"),
        ("- a\n  - b\n    - c\n- d", "- a\n  - b\n    - c\n- d"),
        ("9. a\n10. b\n    - c", "9. a\n10. b\n    - c"),
        ("- [x] a\n- [ ] b\n- c", "[x] a\n[ ] b\n- c"),
        ("- [ ] a\n\n  b\n\n- [x] c", "[ ] a\n\n    b\n\n[x] c"),
        ("7. [x] a\n8. [ ] b", "7. [x] a\n8. [ ] b"),
        ("- a\n\n  b\n\n      c", "- a\n\n  b\n\n      c"),
        ("> a\n>\n> b", "> a\n>\n> b"),
        ("> > a", "> > a"),
        ("> a\n> — b", "> a\n> — b"),
        ("> a\n>\n> -- b", "> a\n> — b"),
        ("> - a\n> - b", "> - a\n> - b"),
        ("a\\\nb  \nc\nd", "a\nb\nc d"),
        ("    a\n      b", "    a\n      b"),
        ("---", "* * *".center(WIDTH).rstrip()),
        (
            "![two chairs](chairs.jpg 'by a window')",
            "[image: two chairs – by a window]",
        ),
        ("![](chairs.jpg)", ""),
        ("![a](chairs.jpg)\n![b](chairs.jpg)", "[image: a]\n[image: b]"),
        ("- ![](chairs.jpg)\n\n  a", "- a"),
        ("a[^x]\n\n[^x]: b\n\n    c", "a (1)\n\n(1) b\n\n    c"),
        ("a[^x]", "a[^x]"),
        ("<b>a</b>", "<b>a</b>"),
        ("<div>\na\n</div>", "<div>\na\n</div>"),
    ],
)
def test_each_mark_reads_as_if_typed_by_hand(markdown: str, text: str) -> None:
    assert text_of(markdown) == text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("a <b>b</b> &amp;<br>c", "a b &\nc"),
        ("<p>a &lt; b</p><p>c <em>d</em></p>", "a < b\nc d"),
        ("<script>alert(1)</script>", ""),
        ("| a<br>b | c |\n|-|-|\n| d | e |", "a b  c\n---  -\nd    e"),
    ],
)
def test_trusted_html_is_read_without_its_tags(markdown: str, text: str) -> None:
    assert text_of(markdown, trusted=True) == text


def test_a_table_has_straight_columns_whatever_is_in_it() -> None:
    table = dedent("""\
        | who | n | mid |
        |-----|--:|:---:|
        | 日本 | 1 | a |
        | Zoe\u0308 | 10 | bcd |
        | bo |
    """)

    assert text_of(table).split("\n") == [
        "who    n  mid",
        "----  --  ---",
        "日本   1   a",
        "Zoe\u0308   10  bcd",
        "bo",
    ]


def test_a_table_that_is_a_little_too_wide_has_its_cells_wrapped() -> None:
    what, why = (
        "some words in a cell of their own",
        "and more of them than there is room",
    )
    text = text_of(
        f"| what | n | why |\n|-|-:|-|\n| {what} | 12 | {why} |\n| a | 3 | b |"
    )

    assert text.split("\n") == [
        "what                                n  why",
        "---------------------------------  --  ---------------------------------",
        "some words in a cell of their own  12  and more of them than there is",
        "                                       room",
        "",
        "a                                   3  b",
    ]


def test_a_table_that_is_too_wide_is_read_row_by_row() -> None:
    long = "word " * 20 + "w" * 70
    text = text_of(f"| what | | why |\n|-|-|-|\n| a | b | {long}|\n| c | | d |")

    assert text.split("\n") == [
        "what: a",
        "b",
        f"why: {'word ' * 12}word",
        f"  {'word ' * 6}word",
        f"  {'w' * 70}",
        "",
        "what: c",
        "why: d",
    ]


def test_a_table_without_rows_keeps_its_head() -> None:
    assert text_of(f"| {'a' * 50} | {'b' * 50} |\n|-|-|").startswith("a" * 50)


@pytest.mark.parametrize(
    ("text", "width"),
    [("abc", 3), ("日本", 4), ("é", 1), ("e\u0301", 1), ("🪑", 2), ("a\u200bb", 2)],
)
def test_a_text_is_as_wide_as_it_looks(text: str, width: int) -> None:
    assert columns(text) == width


def test_a_headline_is_underlined_as_far_as_it_goes() -> None:
    assert headline("日本") == "日本\n===="
    assert headline("a") == "a\n==="
    assert headline("word " * 20).split("\n")[-1] == "=" * 69


def test_wide_letters_are_wrapped_by_their_width() -> None:
    assert [columns(line) for line in wrap("日本 " * 20).split("\n")] == [69, 29]


def test_chinese_and_japanese_are_parted_where_a_line_is_full() -> None:
    words = "これは長い文章です。改行が必要です、と書きました。" * 6
    lines = wrap(f"a {words} b").split("\n")

    assert all(columns(line) <= WIDTH for line in lines)
    assert columns(lines[1]) >= WIDTH - 4
    assert "".join(lines).replace(" ", "") == f"a{words}b"
    assert not any(line[0] in "。、" for line in lines)


def test_an_address_among_ideographs_is_not_broken() -> None:
    url = "https://a.example/" + "x" * 80
    assert url in wrap(f"{'日' * 30}{url}{'本' * 30}").split("\n")


def test_a_text_for_a_label_has_no_line_ends() -> None:
    renderer = TextRenderer(LinkList(), findings().address, trusted=False)
    document = parse("one *two*\nthree\n\nfour", MergeTags(FILE, KNOWN))

    assert renderer.line(document) == "one _two_ three four"


def test_the_width_of_an_image_is_not_read_out() -> None:
    assert text_of("![two chairs](chairs.jpg){width=96px} a") == "[image: two chairs] a"


def test_a_table_of_too_many_columns_is_read_row_by_row() -> None:
    heads = " | ".join(f"column{number}" for number in range(9))
    row = " | ".join(f"value{number}" for number in range(9))
    text = text_of(f"| {heads} |\n{'|---' * 9}|\n| {row} |\n| {row} |")

    first, second = text.split("\n\n")
    assert first == second
    assert first.split("\n")[8] == "column8: value8"
