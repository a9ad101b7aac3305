"""An issue as an email: every text in its place, in both parts, and what is missing."""

import re
from pathlib import Path

import pytest

from newsletter.config.publication import load_publication
from newsletter.errors import RenderError
from newsletter.sending.compose import compose
from tests.conftest import ROOT
from tests.render.making import (
    a_publication,
    html_for,
    rendered,
    sample,
    text_for,
    words,
)


def test_the_sample_issue_has_no_problems_and_is_far_from_being_clipped() -> None:
    issue = compose(load_publication(ROOT, {}), "pull-up-the-second-chair").email

    assert issue.problems == ()
    assert len(issue.html.join(["x" * 200] * len(issue.fields)).encode()) <= 60 * 1024
    assert issue.words > 500


def test_every_text_of_an_issue_is_in_both_parts() -> None:
    email = rendered(
        "the *body*",
        title="the title of it",
        description="the deck of it",
        preheader="the preheader of it",
        my_2_cents="the opinion of it",
        tldr="the **summary**",
        music={
            "url": "https://youtu.be/x",
            "title": "Song",
            "artist": "Ann",
            "note": "soft",
        },
        number=7,
        author="bo",
    )

    html, text = words(html_for(email)), text_for(email)
    for shown in (
        "the title of it",
        "the deck of it",
        "the opinion of it",
        "music for your friday",
        "soft",
        "listen on YouTube",
        "issue 7 · 20 November 2026",
        "hit reply",
        "you get this because you signed up for the second chair.",
        "14 Harbour Row",
    ):
        assert shown in html, shown
        assert shown in text, shown
    assert "Song Ann" in html
    assert "Song – Ann" in text
    assert "bo · 1 min read" in html
    assert "the summary" in html
    assert "the *summary*" in text
    assert html.index("the preheader of it") < html.index("the title of it", 20)
    assert email.subject.join(()) == "the title of it"
    assert email.preheader.join(()) == "the preheader of it"


def test_what_an_issue_does_not_have_leaves_no_trace() -> None:
    email = rendered(publication=a_publication(author="", postal_address=""))

    html, text = html_for(email), text_for(email)
    for label in ("my 2 cents", "TLDR", "music", "roundtable", "deck", "Harbour"):
        assert label not in re.sub(r"<style.*?</style>", "", html, flags=re.DOTALL)
        assert label not in text
    assert ">1 min read<" in html


def test_a_headline_that_repeats_the_title_is_shown_once_and_its_label_stays() -> None:
    email = rendered(title="pull up a chair", my_2_cents="pull up a chair")

    assert words(html_for(email)).count("pull up a chair") == 2  # with <title>
    assert text_for(email).count("pull up a chair") == 1
    assert "my 2 cents" in html_for(email)
    assert "\nmy 2 cents\n" in text_for(email)


def test_the_subject_may_differ_from_the_title() -> None:
    email = rendered(title="long title", subject="short")

    assert email.subject.join(()) == "short"
    assert "long title" in html_for(email)


def test_a_footnote_that_nobody_reads_is_a_problem() -> None:
    email = rendered("a\n\n[^lost]: b", tldr="c\n\n[^x]: d")

    assert [(item.code, item.line, item.severity.value) for item in email.problems] == [
        ("footnote", 12, "warning"),
        ("footnote", 6, "warning"),
    ]
    assert "[^lost]" in email.problems[0].message


@pytest.mark.parametrize(
    ("language", "direction", "quoted"),
    [
        ("en", "ltr", "“a” – b"),
        ("en-GB", "ltr", "“a” – b"),
        ("de", "ltr", '"a" -- b'),
        ("he", "rtl", '"a" -- b'),
    ],
)
def test_language_and_direction_are_said_and_english_gets_its_quotes(
    language: str, direction: str, quoted: str
) -> None:
    email = rendered('"a" -- b', publication=a_publication(language=language))

    assert f'<html lang="{language}" dir="{direction}"' in html_for(email)
    assert quoted in words(html_for(email))


def test_every_field_of_an_email_is_said_with_the_line_of_its_first_use() -> None:
    email = rendered("a\n{{ name }}", tldr="b\nc {{ company }}")

    lines = {
        item.name: line
        for item, line in zip(email.fields, email.field_lines, strict=True)
    }
    assert lines == {
        "unsubscribe_url": 0,
        "preferences_url": 0,
        "name": 11,
        "company": 5,
    }


@pytest.mark.parametrize(
    ("name", "old", "new", "place", "message"),
    [
        ("shell.mjml", "</mj-column>", "", "<mj-column>", "MJML cannot be compiled"),
        (
            "shell.mjml",
            '{{ slot("reply") }}',
            "%%RE%%",
            'slot("reply")',
            'no slot "re"',
        ),
        ("shell.mjml", "in has", "in hass", '"deck"', "'hass' is undefined"),
        ("head.html", "look.title", "look.tit", "look.title", "no attribute 'tit'"),
        ("style.css", "colours.ink", "colours.i", "colours.ink", "no attribute 'i'"),
        ("footer.html", "{{ why }}", "{{ whi }}", "why", "'whi' is undefined"),
        ("plain.txt", "{{ body }}", "{{ body }", "{{ body", "unexpected '}'"),
        ("tldr.html", "<h2", "{% include 'x' %}", "<h2", "there is no template x"),
    ],
)
def test_a_mistake_in_a_template_of_one_s_own_is_named_where_it_is(
    tmp_path: Path, name: str, old: str, new: str, place: str, message: str
) -> None:
    ours = (ROOT / "templates/email" / name).read_text(encoding="utf-8")
    (tmp_path / "templates/email").mkdir(parents=True)
    mine = tmp_path / "templates/email" / name
    mine.write_text(ours.replace(old, new, 1), encoding="utf-8")
    publication = sample().model_copy(update={"root": tmp_path})

    with pytest.raises(RenderError) as refused:
        rendered(publication=publication, description="d", tldr="short")
    line = ours[: ours.index(place)].count("\n") + 1
    assert refused.value.message.startswith(f"templates/email/{name}:{line}: ")
    assert message in refused.value.message
