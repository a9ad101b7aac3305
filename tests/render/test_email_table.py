"""Tables in a mail: columns where they fit, else stacked, and no word is broken."""

import re

from newsletter.render.email_html import PHONE
from tests.render.making import fragment, words

WORD = "unquestionably"


def table(columns: int, word: str = WORD, rows: int = 2) -> str:
    """A table whose cells are numbered words."""
    lines = [
        f"| {' | '.join(f'h{n}' for n in range(columns))} |",
        "|---" * columns + "|",
    ]
    lines += [
        f"| {' | '.join(f'{word} {row}{n}' for n in range(columns))} |"
        for row in range(rows)
    ]
    return "\n".join(lines)


def test_a_table_that_fits_a_phone_is_a_table() -> None:
    shown = fragment("| a | b |\n|---|--:|\n| c | d |\n| e |")

    assert shown.startswith('<table class="data"><thead>')
    assert '<th scope="col" align="right">b</th>' in shown
    assert '<td>c</td><td align="right">d</td>' in shown
    assert "presentation" not in shown


def test_a_table_too_wide_for_a_phone_names_the_column_of_each_cell() -> None:
    shown = fragment(table(3))

    assert shown.startswith('<table class="data stack">')
    assert f'<td><span class="head">h1</span> {WORD} 01</td>' in shown
    assert shown.count('class="head"') == 6


def test_a_cell_that_is_empty_is_not_named() -> None:
    shown = fragment(f"| {WORD} | {WORD} | |\n|---|---|---|\n| a | | b |")

    assert shown.count('class="head"') == 1


def test_a_table_too_wide_for_a_mail_is_written_row_by_row() -> None:
    shown = fragment(table(6))

    assert shown.startswith('<table class="data records">')
    assert shown.count('<th scope="row" class="first">h0</th>') == 2
    assert words(shown).startswith(f"h0 {WORD} 00 h1 {WORD} 01 h2")


def test_a_head_keeps_its_markup_once_and_its_words_everywhere() -> None:
    heads = "| *x*[^n] " * 6
    shown = fragment(f"{heads}|\n{'|---' * 6}|\n{f'| {WORD} ' * 6}|\n\n[^n]: note")

    assert shown.count("<em>x</em>") == 6
    ids = re.findall(r' id="([^"]+)"', shown)
    assert len(ids) == len(set(ids))


def test_a_table_without_rows_keeps_its_head() -> None:
    assert words(fragment(table(6, rows=0))) == "h0 h1 h2 h3 h4 h5"


def test_chinese_has_no_long_words() -> None:
    narrow = table(3, "工作" * 40)

    assert fragment(narrow).startswith('<table class="data">')
    assert PHONE < 320
