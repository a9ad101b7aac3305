"""A template that would run for hours is refused at once, at its line."""

from pathlib import Path

import pytest

from newsletter.errors import RenderError
from newsletter.render.template_limits import MAX_NUMBER, MAX_SIZE, MAX_STEPS
from newsletter.render.templates import render_template

LOOP = "{% for a in range(90000) %}"

TWICE = (
    "{{% set ns = namespace(x=33) %}}\n{{% for i in range(40) %}}{{% set ns.x = {} %}}"
    "{{% endfor %}}{{{{ ns.x }}}}"
)


def render(home: Path, source: str) -> str:
    folder = home / "templates/email"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "x.txt").write_text(source, encoding="utf-8")
    return render_template(home, "email/x.txt", text="abc")


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (f"a\n{LOOP}\n{LOOP}{{% endfor %}}{{% endfor %}}", 3),
        (f"{LOOP}\n{{{{ range(90000) | sum }}}}{{% endfor %}}", 2),
        ("{% set t = text * 9000 %}\n{% for a in t %}\n{% for b in t %}x\n"
         "{% endfor %}{% endfor %}", 3),
        ("{% set t = text * 9000 %}\n{% for a in t %}\n{% for b in t if b == 1 %}x\n"
         "{% endfor %}{% endfor %}", 2),
        ("a\n{% macro m(n) %}\n{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}\n"
         "{% endmacro %}{{ m(90) }}", 2),
        ("{% macro m() %}{{ caller(9) }}{{ caller(9) }}{% endmacro %}\n"
         + "{% call(a) m() %}" * 40 + "{% endcall %}" * 40, 2),
        ("{% set n = namespace(left=60) %}\n{% block b %}{% if n.left %}\n"
         "{% set n.left = n.left - 1 %}{{ self.b() }}{{ self.b() }}{{ self.b() }}"
         "{% set n.left = n.left + 1 %}{% endif %}{% endblock %}", 2),
        ("{{ 'a' * 999999999 }}", 1),
        ("a\n{{ 999999999 * [1] }}", 2),
        ("a\n{{ 9 ** 999999999 }}", 2),
        ("{% set t = text * 9000 %}\n{{ t * 9000 }}", 2),
        ("a\n{{ 9 ** 90000 }}", 2),
        ("{% set n = 9 ** 9 %}\n{{ n ** 90000 }}", 2),
        (f"{TWICE.format('ns.x * ns.x')}", 2),
        (f"{TWICE.format('[ns.x, ns.x]')}", 2),
        (f"{TWICE.format('(ns.x, ns.x)')}", 2),
        (f"{TWICE.format('{1: ns.x, 2: ns.x}')}", 2),
        (f"{TWICE.format('dict(a=ns.x, b=ns.x)')}", 2),
        (f"{TWICE.format('ns.x ~ ns.x')}", 2),
        (f"{TWICE.format('ns.x | string | replace(3, 333333)')}", 2),
        (f"{TWICE.format('(ns.x | string).replace(text, text * 2) ~ text')}", 2),
        ("{% set t = text * 90000 %}\n{% for i in range(9999) %}{% set s = t + 'a' %}\n"
         "{% endfor %}", 2),
        ("{{ text | center(10 ** 9) }}", 1),
        ("{{ text | indent(10 ** 9) }}", 1),
        ("{{ (text * 1000) | replace('a', 'b' * 90000) }}", 1),
        ("{{ text.ljust(2 * 10 ** 9) }}", 1),
        ("{{ ('\t' * 9999).expandtabs(9999) }}", 1),
        ("{{ '%1000000000d' % 1 }}", 1),
        ("{{ '%*d' % (10 ** 9, 1) }}", 1),
        ("{{ '%.1000000000f' | format(1) }}", 1),
        ("{{ '{:1000000000}'.format(1) }}", 1),
        ("{{ '{:{w}}'.format(1, w=10 ** 9) }}", 1),
        ("{{ range(9999) | join(text * 9999) }}", 1),
        ("{{ (text * 9999).join(['a'] * 9999) }}", 1),
        ("{{ range(9999) | map('string') | join(text * 9999) }}", 1),
        ("{{ [1] | batch(10 ** 9, 0) | list }}", 1),
        ("{{ 1.5 | round(10 ** 9, 'ceil') }}", 1),
    ],
)  # fmt: skip
def test_what_never_ends_is_refused_at_its_line(
    tmp_path: Path, source: str, line: int
) -> None:
    with pytest.raises(RenderError) as refused:
        render(tmp_path, source)

    message = refused.value.message
    assert message.startswith(f"templates/email/x.txt:{line}: ")
    limits = (
        f"{MAX_STEPS:,} steps",
        f"{MAX_SIZE:,} at most",
        f"{MAX_NUMBER:,} at most",
    )
    assert any(limit in message for limit in limits)
    assert refused.value.hint


def test_a_template_that_includes_another_too_often_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "templates/email"
    folder.mkdir(parents=True)
    for number in range(30):
        twice = f"{{% include 'email/{number + 1}.txt' %}}" * 2
        (folder / f"{number}.txt").write_text(twice)
    (folder / "30.txt").write_text("x")

    with pytest.raises(RenderError, match=r"templates/email/\d+\.txt:1: it takes more"):
        render_template(tmp_path, "email/0.txt")


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("{% for a in [0, 1] %}{{ a }}{{ ',' if not loop.last }}{% endfor %}", "0,1"),
        ("{% for a in range(4) if a % 2 %}{{ a }}{{ loop.length }},{% endfor %}",
         "12,32,"),
        ("{{ 3 * 2.5 }} {{ '-' * 3 }} {{ 20000 * 20000 }} {{ 2 ** 0.5 < 2 }}",
         "7.5 --- 400000000 True"),
        ("{% macro m(a) %}<{{ a }}>{% endmacro %}{{ m(1) }}{{ m(2) }}", "<1><2>"),
        ("{% block b %}x{% endblock %}{{ self.b() }}", "xx"),
        ("{% for a, b in [(1, 2)] %}{{ {a: b} }}{{ a ~ b ~ text }}{% endfor %}",
         "{1: 2}12abc"),
        ("{{ '%5d|%s' % (1, 99999999) }} {{ '{:>4}'.format(99999999) }}",
         "    1|99999999 99999999"),
        ("{{ text | center(5) }}{{ text.ljust(5) }}{{ 99999999 | default(9999999) }}",
         " abc abc  99999999"),
        ("{{ (text ~ '\n' ~ text) | indent(2) }} {{ [1, 2] | join(', ') }}",
         "abc\n  abc 1, 2"),
        ("{{ text.replace('b', '--') }}{{ '-'.join(['a', 'b']) }}{{ '-'.join(text) }}",
         "a--ca-ba-b-c"),
        ("{{ {'a': [1]} | tojson(indent=2) | length }}", "22"),
    ],
)  # fmt: skip
def test_counting_changes_nothing_else(tmp_path: Path, source: str, shown: str) -> None:
    assert render(tmp_path, source) == shown


def test_every_rendering_has_its_own_steps(tmp_path: Path) -> None:
    most = "{% for a in range(99000) %}{% for b in [1, 2, 3] %}{% endfor %}{% endfor %}"
    for _ in range(3):
        assert render(tmp_path, most) == ""
