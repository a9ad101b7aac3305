"""An issue as an email: every text in its place, in both parts, and what is missing."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter.config.publication import load_publication
from newsletter.errors import RenderError
from newsletter.model.email import Email
from newsletter.sending.compose import compose
from tests.conftest import ROOT
from tests.render.making import (
    BASE,
    a_publication,
    html_for,
    rendered,
    sample,
    text_for,
    words,
)

LEAVE = {"unsubscribe_url": f"{BASE}/u/token"}


@pytest.fixture(scope="module")
def issue() -> Email:
    """The sample issue of 20 November 2026."""
    return compose(load_publication(ROOT, {}), "pull-up-the-second-chair").email


def test_the_html_of_the_sample_issue_is_the_reviewed_one(
    issue: Email, golden: Callable[[str, str], None]
) -> None:
    values = [item.value(LEAVE) for item in issue.fields]

    golden("email.html", issue.html.join(values))


def test_the_text_of_the_sample_issue_is_the_reviewed_one(
    issue: Email, golden: Callable[[str, str], None]
) -> None:
    golden("email.txt", text_for(issue, **LEAVE))


def test_the_sample_issue_has_no_problems_and_is_far_from_being_clipped(
    issue: Email,
) -> None:
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
        "Song – Ann",
        "soft",
        "#7 · 20 November 2026",
        "hit reply",
        "you get this because you signed up for the second chair.",
        "14 Harbour Row",
    ):
        assert shown in html, shown
        assert shown in text, shown
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


def test_a_reply_has_a_subject_that_everybody_may_see() -> None:
    email = rendered(title='{{ first_name | default("friend") }}, hi & bye')

    html = html_for(email, first_name="Zoë")
    assert (
        "mailto:mo@letter.example.com?subject=re%3A%20friend%2C%20hi%20%26%20bye"
        in html
    )


def test_links_of_the_frame_lead_home_and_out() -> None:
    html = html_for(rendered(), **LEAVE)
    text = text_for(rendered(), **LEAVE)

    for url in (f"{BASE}/a/", f"{BASE}/u/token"):
        assert f'href="{url}"' in html
        assert url in text
    assert f'href="{BASE}/"' in html


def test_a_logo_stands_for_the_name() -> None:
    images = "issues/images/two-chairs.jpg"
    publication = load_publication(ROOT, {}).model_copy(update={"logo": images})

    html = html_for(compose(publication, "pull-up-the-second-chair").email)
    assert re.search(r'<img src="[^"]+" width="200" alt="the second chair"', html)
    assert "wordmark" not in re.sub(r"<style.*?</style>", "", html, flags=re.DOTALL)


def test_a_logo_that_is_not_there_is_a_problem_and_the_name_stays() -> None:
    email = rendered(publication=a_publication(logo="gone.png"))

    [problem] = email.problems
    assert str(problem).startswith(
        "newsletter.yaml: error: the logo `gone.png` is not there; check the name"
    )
    assert "the second chair</a>" in html_for(email)


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
    assert lines == {"unsubscribe_url": 0, "name": 11, "company": 5}


@pytest.mark.parametrize(
    ("name", "old", "new", "place", "message"),
    [
        ("shell.mjml", "</mj-column>", "", "<mj-column>", "MJML cannot be compiled"),
        (
            "shell.mjml",
            "<mj-wrapper",
            "<mj-wraper",
            "<mj-wrapper",
            "<mj-wraper> is not",
        ),
        ("shell.mjml", '{{ slot("reply") }}', "%%RE%%", "reply", 'no slot "re"'),
        ("shell.mjml", "has.deck", "has.dek", "has.deck", "has no attribute 'dek'"),
        ("style.css", "colours.ink", "colours.i", "colours.ink", "no attribute 'i'"),
        ("footer.html", "{{ why }}", "{{ whi }}", "why", "'whi' is undefined"),
        ("plain.txt", "{{ body }}", "{{ body }", "{{ body", "unexpected '}'"),
        ("music.html", "<p class", "{% include 'x' %}", "<p", "there is no template x"),
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
        rendered(publication=publication, description="d", music="https://a.example")
    line = ours[: ours.index(place)].count("\n") + 1
    assert refused.value.message.startswith(f"templates/email/{name}:{line}: ")
    assert message in refused.value.message
