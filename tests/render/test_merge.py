"""Merge tags: found everywhere but in code, named when wrong, compiled once."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.model.email import MergeField, MergeText
from newsletter.model.issue import Issue
from newsletter.model.roundtable import Expert, Roundtable
from newsletter.render.merge import SYSTEM, MergeTags, free_of_marks
from tests.render.making import (
    FILE,
    KNOWN,
    a_publication,
    an_issue,
    fragment,
    html_for,
    rendered,
    text_for,
    words,
)

TAG = '{{ first_name | default("there") }}'

texts = st.text(st.characters(exclude_categories=["Cs", "Co"], exclude_characters="{}"))


def compiled(text: str) -> tuple[MergeText, MergeTags]:
    tags = MergeTags(FILE, KNOWN)
    return tags.compile_line(text, line=3), tags


@pytest.mark.parametrize(
    "tag",
    [
        "{{ first_name }}",
        "{{first_name}}",
        '{{ first_name | default("there") }}',
        "{{ first_name | default('there') }}",
        "{{ first_name | default(“there”) }}",
        "{{ first_name | default(‘there’) }}",
        '{{ first_name|default( "there" ) }}',
    ],
)
def test_a_tag_is_read_however_it_is_quoted(tag: str) -> None:
    text, tags = compiled(f"hi {tag}!")

    assert text == MergeText(("hi ", "!"), (0,))
    assert tags.fields == [MergeField("first_name", "there" if "there" in tag else "")]
    assert tags.problems == []


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        (f"a {TAG} b", "<p>a there b</p>"),
        (f"## {TAG}", "<h2>there</h2>"),
        (f"**{TAG}** _{TAG}_", "<p><strong>there</strong> <em>there</em></p>"),
        (f"| {TAG} | b |\n|-|-|\n| c | {TAG} |", '<th scope="col">there</th>'),
        (f"[a](https://a.example/{TAG})", 'href="https://a.example/there"'),
        (f"[a](https://a.example/?q={TAG}&r=s)", "?q=there&amp;r=s"),
        (f"<https://a.example/{TAG}>", ">https://a.example/there</a>"),
        (f"https://a.example/{TAG}, b", ">https://a.example/there</a>, b"),
        (f'[a](https://a.example "for {TAG}")', 'title="for there"'),
        (f"![{TAG}](chairs.jpg)", 'alt="there"'),
        (f"[a]\n\n[a]: https://a.example/{TAG}", 'href="https://a.example/there"'),
        (f"> - {TAG}", "<li>there</li>"),
        (f"a[^1]\n\n[^1]: {TAG}", "<p>there&nbsp;<a class"),
    ],
)
def test_a_tag_works_wherever_a_text_can_stand(place: str, shown: str) -> None:
    email = rendered(place)

    assert shown in html_for(email)
    given = (
        "%3CZo%C3%AB%3E" if "a.example/" in shown or "?q=" in shown else "&lt;Zoë&gt;"
    )
    assert shown.replace("there", given) in html_for(email, first_name="<Zoë>")
    assert email.problems == ()


def test_a_tag_works_in_html_that_is_trusted() -> None:
    email = rendered(
        '<a href="https://a.example/?q={{ name }}" title="{{ name }}">{{ name }}</a>',
        publication=a_publication(trusted_html=True),
    )

    shown = html_for(email, name='"Zoë"')
    assert 'q=%22Zo%C3%AB%22" title="&quot;Zoë&quot;">&quot;Zoë&quot;</a>' in shown
    assert '\n"Zoë" [1]\n' in text_for(email, name='"Zoë"')


@pytest.mark.parametrize("key", ["title", "subject", "preheader", "tldr", "my_2_cents"])
def test_a_tag_works_in_every_text_around_the_body(key: str) -> None:
    texts: dict[str, Any] = {key: f"dear {TAG}, hi"}
    email = rendered("body", **texts)

    known = {"first_name": "Zoë"}
    whole = [email.subject, email.preheader, email.html, email.text]
    values = [item.value(known) for item in email.fields]
    assert any("dear Zoë, hi" in text.join(values) for text in whole)
    assert not any("{{" in text.join(values) for text in whole)


@pytest.mark.parametrize("code", [f"`{TAG}`", f"    {TAG}", f"```\n{TAG}\n```"])
def test_a_tag_in_code_is_shown_as_it_is_written(code: str) -> None:
    email = rendered(code)

    assert TAG in words(html_for(email))
    assert TAG in text_for(email)
    assert email.problems == ()
    # `view_url` is a private letter's.
    assert {item.name for item in email.fields} == {*SYSTEM} - {"view_url"}


@pytest.mark.parametrize(
    ("tag", "message", "hint"),
    [
        ("{{ frist_name }}", "unknown merge field `frist_name`", "`first_name`?"),
        ("{{ salary }}", "unknown merge field `salary`", "known: first_name"),
        ("{{ name.upper() }}", "`{{ name.upper() }}` is not a merge tag", "write {{"),
        ("{{ name | upper }}", "`{{ name | upper }}` is not a merge tag", "write {{"),
        ("{{ name.x }}", "`{{ name.x }}` is not a merge tag", "write {{"),
        ("{{ 7*7 }}", "`{{ 7*7 }}` is not a merge tag", "write {{"),
        ("{{ }}", "`{{ }}` is not a merge tag", "write {{"),
    ],
)
def test_what_is_no_tag_is_printed_and_named_with_its_place(
    tag: str, message: str, hint: str
) -> None:
    email = rendered(f"one\ntwo ñ {tag} three")

    assert f"two ñ {tag} three" in words(html_for(email))
    assert f"two ñ {tag} three" in " ".join(text_for(email).split())
    [problem] = email.problems
    assert problem.message == message
    assert hint in problem.hint
    assert problem.place == f"{FILE}:11:7"


def test_a_tag_with_other_letters_in_it_leaves_later_places_right() -> None:
    text = 'a {{ name | default("Zoë 🪑 何") }} b {{ bad }}\n  c {{ worse }}'
    tags = MergeTags(FILE, KNOWN)
    tags.compile(tags.in_text(tags.protect(text, line=3)))

    column = text.index("{{ bad") + 1
    assert [(item.line, item.column) for item in tags.problems] == [(3, column), (4, 5)]


def test_equal_tags_share_a_field_and_the_line_of_the_first_is_known() -> None:
    email = rendered(
        f"a\n\n{TAG} {TAG}\n\n{{{{ first_name }}}}", subject="for {{ name }}"
    )

    found = dict(zip(email.fields, email.field_lines, strict=True))
    assert found == {
        MergeField("unsubscribe_url"): 0,
        MergeField("preferences_url"): 0,
        MergeField("name"): 0,
        MergeField("first_name", "there"): 12,
        MergeField("first_name"): 14,
    }


@pytest.mark.parametrize("blank", ["", None])
def test_a_blank_value_gives_the_default(blank: str | None) -> None:
    values = {} if blank is None else {"first_name": blank}

    assert MergeField("first_name", "there").value(values) == "there"


@given(st.lists(st.sampled_from([TAG, "{{ company }}", "{{ name }}"]) | texts))
def test_joining_is_the_same_as_substituting_and_replacing_afterwards(
    parts: list[str],
) -> None:
    text, tags = compiled("".join(parts))
    values = [f"<{item.name}>" for item in tags.fields]

    written = text.substitute(lambda slot: f"\x02{slot}\x03")
    for slot, value in enumerate(values):
        written = written.replace(f"\x02{slot}\x03", value)
    assert written == text.join(values)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([TAG, "{{ é何 }}", "*", "[", "](/", ")", "`"]) | texts))
def test_a_tag_is_found_or_printed_but_never_lost(parts: list[str]) -> None:
    source = "".join(parts)
    tags = MergeTags(FILE, KNOWN)

    protected = tags.protect(source)
    assert len(protected.encode()) == len(source.encode())
    assert tags.in_code(protected) == source
    assert tags.written(tags.in_text(protected)) == source


@pytest.mark.parametrize("icon", ["\U000f0000", "\U000f0001", "\U000ffffd"])
@pytest.mark.parametrize("key", ["title", "description", "tldr", "my_2_cents"])
def test_an_icon_from_the_private_planes_is_never_taken_for_a_tag(
    icon: str, key: str
) -> None:
    texts: dict[str, Any] = {key: f"an {icon} icon"}
    email = rendered(f"{icon} {TAG} &#{ord(icon)};", **texts)

    shown = html_for(email, first_name="Zoë")
    assert shown.count("Zoë") == 1
    assert icon not in shown
    assert "� Zoë �" in shown


def test_private_characters_are_taken_from_every_text_of_a_model() -> None:
    icon = "\U000f0001"
    issue = an_issue(
        icon, tags=(icon,), music={"url": "https://a.example", "note": icon}
    )
    expert = Expert(name="A", role=icon)
    table = Roundtable(title="T", slug="t", panel=(expert,), consensus=icon)

    clean: Issue = free_of_marks(issue)
    assert (clean.body, clean.tags) == ("�", ("�",))
    assert clean.music is not None
    assert clean.music.note == "�"
    assert clean.path == issue.path
    assert free_of_marks(table).panel[0].role == "�"


def test_more_tags_than_marks_stay_text() -> None:
    text, tags = compiled("{{ name }}" * 65_600)

    assert len(text.slots) == 0xFFFFD - 0xF0000 + 1
    assert text.literals[-1].startswith("{{ name }}")
    assert tags.fields == [MergeField("name")]


def test_a_link_may_be_the_unsubscribe_address_and_no_other_tag() -> None:
    email = rendered("[leave]({{ unsubscribe_url }})")
    bad = rendered("[site]({{ company }})")

    url = "https://letter.example.com/u/t"
    assert f'<a href="{url}"' in html_for(email, unsubscribe_url=url)
    assert f"[1] {url}" in text_for(email, unsubscribe_url=url)
    assert [problem.message for problem in bad.problems] == [
        "`{{ company }}` begins with what a subscriber gave"
    ]
    assert "https://letter.example.com/https" not in html_for(bad, company=url)


def test_literals_and_slots_must_fit_together() -> None:
    with pytest.raises(ValueError, match="1 literals for 1 slots"):
        MergeText(("a",), (0,))


def test_a_fragment_without_tags_is_as_it_was() -> None:
    assert fragment("a { b } {{} {{}} c") == "<p>a { b } {{} {{}} c</p>\n"
