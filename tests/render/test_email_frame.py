"""What is around the texts of a mail: masthead, music, reply, share, footer."""

import re
from urllib.parse import unquote

import pytest

from newsletter.config.publication import load_publication
from newsletter.model.labels import Labels
from newsletter.sending.compose import compose
from tests.conftest import ROOT
from tests.render.making import (
    BASE,
    CHAIRS,
    a_publication,
    html_for,
    rendered,
    text_for,
    words,
)

YOURS = {
    "unsubscribe_url": f"{BASE}/u/token",
    "preferences_url": f"{BASE}/preferences/token",
}


def test_links_of_the_frame_lead_home_and_out() -> None:
    html, text = html_for(rendered(), **YOURS), text_for(rendered(), **YOURS)

    for url in (f"{BASE}/a/", f"{BASE}/", *YOURS.values()):
        assert f'href="{url}"' in html
        assert f" {url}\n" in text or f"\n{url}\n" in text


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("[hit reply] and tell me.", '<p><a href="{}">hit reply</a> and tell me.</p>'),
        ("so, [write back]", '<p>so, <a href="{}">write back</a></p>'),
        ("write:", '<p>write: <a href="{}">mo@letter.example.com</a></p>'),
        ("[a] or [b]", '<p><a href="{}">a</a> or [b]</p>'),
        ("[<b>]", '<p><a href="{}">&lt;b&gt;</a></p>'),
    ],
)
def test_a_few_words_of_the_reply_line_are_its_link(label: str, shown: str) -> None:
    publication = a_publication(labels=Labels(reply=label))
    html = html_for(rendered(title="hi", publication=publication))

    assert shown.format("mailto:mo@letter.example.com?subject=re%3A%20hi") in html


def test_a_reply_and_a_forward_have_a_subject_that_everybody_may_see() -> None:
    email = rendered(title='{{ first_name | default("friend") }}, hi & bye')
    html = html_for(email, first_name="Zoë")

    links = [unquote(link) for link in re.findall(r'href="mailto:([^"]+)"', html)]
    assert links == [
        "mo@letter.example.com?subject=re: friend, hi & bye",
        f"?subject=friend, hi & bye&amp;body={BASE}/a/",
    ]


def test_the_text_part_says_the_reply_line_without_brackets() -> None:
    assert "\nhit reply and tell me what you think." in text_for(rendered())


def test_an_issue_that_is_not_numbered_has_a_date_only() -> None:
    assert "</a> 20 November 2026 A title" in (
        html_for(rendered()).replace("</td>", " ").replace("\n", "")
    ) or "20 November 2026" in words(html_for(rendered()))
    assert "issue" not in text_for(rendered()).partition("=====")[0]
    assert text_for(rendered(number=0)).startswith(
        "the second chair · issue 0 · 20 November 2026\n"
    )


def test_the_frame_speaks_the_publication_s_language() -> None:
    labels = Labels(music="Musik für {Weekday}, den {weekday}", issue="Nr. {number}")
    email = rendered(
        publication=a_publication(language="de", labels=labels),
        number=3,
        music="https://youtu.be/x",
    )

    for part in (words(html_for(email)), text_for(email)):
        assert "Nr. 3 · 20. November 2026" in part
        assert "Musik für Freitag, den freitag" in part


def test_a_logo_stands_for_the_name() -> None:
    images = "issues/images/two-chairs.jpg"
    publication = load_publication(ROOT, {}).model_copy(update={"logo": images})

    html = html_for(compose(publication, "pull-up-the-second-chair").email)
    size = 'width="200" height="133"'
    assert re.search(rf'<img src="[^"]+" {size} alt="the second chair"', html)


def test_a_logo_that_is_not_there_is_a_problem_and_the_name_stays() -> None:
    email = rendered(publication=a_publication(logo="gone.png"))

    [problem] = email.problems
    assert str(problem).startswith(
        "newsletter.yaml: error: the logo `gone.png` is not there; check the name"
    )
    assert ">the second chair</a>" in html_for(email)


@pytest.mark.parametrize(
    ("cover", "size"),
    [
        ("chairs.jpg", 'width="96" height="64"'),
        ("https://a.example/c.jpg", 'width="96"'),
    ],
)
def test_music_has_a_cover_where_there_is_one(cover: str, size: str) -> None:
    music = {"url": "https://youtu.be/x", "title": "Song", "cover": cover}
    email = rendered(music=music)

    url = f"{BASE}/images/{CHAIRS.name}" if cover == "chairs.jpg" else cover
    assert f'<img src="{url}" alt="" {size}>' in html_for(email)
    assert email.problems == ()


def test_music_does_without_title_and_cover() -> None:
    html = html_for(rendered(music="https://lantern.bandcamp.com/x"))

    assert '<a href="https://lantern.bandcamp.com/x">listen on Bandcamp</a>' in html
    assert 'class="cover"' not in html
    assert 'class="title"' not in html


@pytest.mark.parametrize("cover", ["gone.jpg", "javascript:alert(1)", "data:image/png"])
def test_a_cover_that_cannot_be_used_is_a_problem(cover: str) -> None:
    email = rendered(
        music={"url": "https://youtu.be/x", "cover": cover},
        places={"music.cover": (7, 10)},
    )

    [problem] = email.problems
    assert problem.message == f"the music's cover `{cover}` is not there"
    assert (problem.place, problem.code) == ("issues/a.md:7:10", "image")
    assert cover not in html_for(email)


def test_what_an_author_says_of_music_may_be_for_one_reader() -> None:
    music = {"url": "https://youtu.be/x", "note": "for {{ first_name }}"}
    email = rendered(music=music)

    assert "for &lt;Zoë&gt;" in html_for(email, first_name="<Zoë>")
    assert "for <Zoë>" in text_for(email, first_name="<Zoë>")


def test_the_tldr_has_notes_of_its_own() -> None:
    email = rendered("a[^x]\n\n[^x]: body", tldr="b[^x]\n\n[^x]: box")

    html = html_for(email)
    ids = re.findall(r' id="([^"]+)"', html)
    assert sorted(ids) == ["note-1-1", "note-2-1", "ref-1-1", "ref-2-1"]
    assert {f'href="#{each}"' in html for each in ids} == {True}
    assert html.count('aria-label="back to the text"') == 2
