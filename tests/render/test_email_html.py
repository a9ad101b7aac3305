"""Markdown for mail programs: widths as attributes, tables for layout, few ids."""

import pytest

from newsletter.errors import SourceError
from newsletter.render.email_html import GAP, MAIL_WIDTH, MAX_DEPTH
from tests.render.making import BASE, CHAIRS, findings, fragment

URL = f"{BASE}/images/{CHAIRS.name}"
ALT = f'src="{URL}" alt="two chairs"'
IMAGE = f'<img class="wide" {ALT} width="{MAIL_WIDTH}" height="400">'


def test_an_image_is_never_wider_than_the_mail_and_keeps_its_shape() -> None:
    assert fragment("![two chairs](chairs.jpg)") == (
        f'<div class="images">{IMAGE}</div>\n'
    )


def test_an_image_from_elsewhere_has_a_width_too() -> None:
    shown = fragment("![](https://b.example/c.png)")

    assert f'alt="" width="{MAIL_WIDTH}">' in shown


def test_the_title_of_an_image_is_its_caption() -> None:
    shown = fragment('![two chairs](chairs.jpg "same <height>")')

    assert f'{IMAGE}<span class="caption">same &lt;height&gt;</span>' in shown


def test_images_in_a_sentence_stay_in_their_paragraph() -> None:
    assert fragment("a ![two chairs](chairs.jpg)") == f"<p>a {IMAGE}</p>\n"


def test_an_image_that_is_a_link_is_an_image_all_the_same() -> None:
    assert fragment("[![two chairs](chairs.jpg)](https://b.example)") == (
        f'<div class="images"><a href="https://b.example">{IMAGE}</a></div>\n'
    )


@pytest.mark.parametrize(
    ("count", "rows"),
    [
        (2, [2]),
        (3, [3]),
        (4, [2, 2]),
        (5, [3, 2]),
        (7, [3, 3, 1]),
        (40, [3] * 13 + [1]),
    ],
)
def test_several_images_alone_stand_in_rows_of_the_same_width(
    count: int, rows: list[int]
) -> None:
    shown = fragment("![two chairs](chairs.jpg)\n" * count)

    across = max(rows)
    width = (MAIL_WIDTH - GAP * (across - 1)) // across
    assert [row.count('class="cell"') for row in shown.split("<tr>")[1:]] == rows
    assert shown.startswith('<table role="presentation"')
    assert shown.count(f'<td class="cell" valign="top" width="{width}">') == count
    assert (
        shown.count(f'{ALT} width="{width}" height="{round(800 * width / 1200)}"')
        == count
    )
    for row in shown.split("<tr>")[1:]:
        assert row.count(f'<td class="gap" width="{GAP}">') == across - 1
        assert row.count(f'valign="top" width="{width}"') == across


def test_an_image_has_the_width_that_its_author_says() -> None:
    shown = fragment("![two chairs](chairs.jpg){width=96px}")

    assert shown == (f'<div class="images"><img {ALT} width="96" height="64"></div>\n')
    assert 'width="300">' in fragment("![](https://b.example/c.png){width=300}")


def test_no_author_makes_an_image_wider_than_the_mail() -> None:
    assert IMAGE in fragment("![two chairs](chairs.jpg){width=2000px}")


def test_a_text_stands_beside_an_image_with_a_width() -> None:
    shown = fragment("![two chairs](chairs.jpg){width=96px} **Ann** leads.\nShe said.")

    assert f'<td class="small" valign="top" width="96"><img {ALT} width="96"' in shown
    assert "<p><strong>Ann</strong> leads. She said.</p>" in shown


def test_a_paragraph_that_is_only_a_bold_link_is_a_button() -> None:
    button = fragment("**[grab *a* slot](https://b.example/?c&d)**")

    assert button.startswith('<table role="presentation"')
    assert '<a href="https://b.example/?c&amp;d">grab <em>a</em> slot</a>' in button


@pytest.mark.parametrize(
    "text", ["**[a](https://b.example)** c", "[a](https://b.example)", "**a**"]
)
def test_any_other_bold_or_link_is_no_button(text: str) -> None:
    assert "<table" not in fragment(text)


def test_lines_of_a_paragraph_are_joined_with_a_blank() -> None:
    assert fragment("*a*\n*b*") == "<p><em>a</em> <em>b</em></p>\n"


@pytest.mark.parametrize(
    ("markdown", "kind"),
    [
        ("- who?\n- why?", "questions"),
        ("1. who? \n2. *why?*", "questions"),
        ("- מי?\n- למה؟", "questions"),
        ('- "who?"\n- “why?”', "questions"),
        ("- who?\n- because.", ""),
        ("- only one?", ""),
        ("- ", ""),
    ],
)
def test_a_list_of_questions_has_its_own_look(markdown: str, kind: str) -> None:
    assert ('class="questions"' in fragment(markdown)) == bool(kind)


def test_footnotes_lead_down_and_back() -> None:
    shown = fragment("a[^x] b[^y] c[^x]\n\n[^x]: one\n[^y]: - two\n")

    down = '<a href="#note-1-1" aria-label="notes 1">1</a>'
    back = '<a class="back" href="#ref-1-1" aria-label="">↩</a>'
    assert f'a<sup id="ref-1-1">{down}</sup>' in shown
    assert f"c<sup>{down}</sup>" in shown
    assert '<p class="column">notes</p>' in shown
    assert f'<li id="note-1-1"><p>one&nbsp;{back}</p></li>' in shown
    assert "</ul>&nbsp;<a" in shown


def test_headings_have_no_ids_that_two_texts_of_a_mail_could_share() -> None:
    assert fragment("## one {#one}") == "<h2>one</h2>\n"


def test_html_may_be_nested_as_deep_as_mails_are() -> None:
    markdown = "<table><tr><td>" * 40 + "a"

    assert fragment(markdown, trusted=True).count("<td>") == 40


@pytest.mark.parametrize("tag", ["<div>", "<b>", "<table><tr><td>", "<ul><li>"])
def test_html_nested_beyond_reason_is_refused_and_does_not_end_the_process(
    tag: str,
) -> None:
    with pytest.raises(SourceError, match=f"more than {MAX_DEPTH} deep"):
        fragment(tag * 5_000, trusted=True)


def test_elements_that_hold_nothing_do_not_count_as_nested() -> None:
    assert fragment("a<br>" * 500, trusted=True).count("<br>") == 500


@pytest.mark.parametrize(
    "markdown",
    [
        "![two chairs](chairs.jpg)\n![two chairs](chairs.jpg)",
        "![two chairs](chairs.jpg){width=96px} text",
        "| a | b | c |\n|---|:-:|--:|\n| unquestionably | unquestionably | d |",
        "**[a button](https://b.example)**",
        "> a\n> — b",
        "- a?\n- b?",
        "a[^x]\n\n[^x]: b",
    ],
)
def test_cleaning_an_author_s_html_leaves_ours_as_it_was(markdown: str) -> None:
    assert findings().problems == []
    cleaned = fragment(f"{markdown}\n\n<i>x</i>", trusted=True)
    ours = fragment(f"{markdown}\n\n*x*")

    def bare(html: str) -> list[str]:
        # The sanitiser writes attributes in an order of its own.
        tags = (
            html.replace("<tbody>", "").replace("</tbody>", "").replace("<i>", "<em>")
        )
        return sorted(tags.replace("</i>", "</em>").replace(">", " ").split())

    assert bare(cleaned) == bare(ours)


@pytest.mark.parametrize(
    ("width", "indent", "stacked"),
    [(96, "", False), (120, "", False), (121, "", True), (96, "- ", True)],
)
def test_words_stand_below_an_image_that_leaves_them_no_room_on_a_phone(
    width: int, indent: str, stacked: bool
) -> None:
    shown = fragment(
        f"{indent}![two chairs](chairs.jpg){{width={width}}} words\n\n{indent}a"
    )

    assert ('<td class="small half"' in shown) == stacked
    assert ('<td class="half" valign="top"><p>words' in shown) == stacked


def test_lists_and_quotes_indent_four_times_at_most() -> None:
    lists = "".join(f"{'  ' * depth}- {depth}\n" for depth in range(9))
    shown = fragment(f"{lists}\n{'>' * 9} a\n\n> - > - > b\n\n- c")

    assert shown.count("<ul>") == 4 + 2 + 1
    assert shown.count('<ul class="flat">') == 5
    assert shown.count(' flat">') == 5 + 1


def test_what_is_asked_deep_inside_is_a_list_of_questions_still() -> None:
    deep = "> > > > - who?\n> > > > - why?"

    assert '<ul class="questions flat">' in fragment(deep)


def test_an_item_with_a_box_has_no_bullet_too() -> None:
    shown = fragment("- [x] a\n- b\n\n  [ ] c\n- [ ] d")

    assert shown.count('<li class="task">') == 2
    assert '<li class="task"><p>☑ a' in shown


def test_code_and_addresses_read_from_left_to_right() -> None:
    shown = fragment("`a` <https://b.example> <c@d.example> e@f https://g.example/h")

    assert '<code dir="ltr">a</code>' in shown
    assert 'href="https://b.example" dir="ltr">' in shown
    assert 'href="mailto:c@d.example" dir="ltr">' in shown
    assert 'href="https://g.example/h" dir="ltr">' in shown
    assert 'dir="ltr"' not in fragment("[words](https://b.example)")
    assert fragment("    a\n") == '<pre><code dir="ltr">a\n</code></pre>\n'


def test_a_sentence_s_end_is_not_part_of_an_address() -> None:
    for mark in "،؟。，）":
        assert f'">https://a.example/b</a>{mark} c' in fragment(
            f"https://a.example/b{mark} c"
        )
