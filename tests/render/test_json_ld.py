"""What pages say to search engines: whole, true, and never more than data."""

import datetime
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.issue import read_issue
from newsletter.render.experts import expert_slugs
from newsletter.render.json_ld import issue_posting, json_ld
from newsletter.render.page_expert import render_expert_page
from newsletter.render.page_front import render_front_page
from newsletter.render.page_issue import render_issue_page
from newsletter.render.page_roundtable import render_roundtable_page
from tests.render.roundtables import read, site_of, written

URL = "https://letter.example.com/roundtables/the-launch-she-stopped/"


def graph(html: str) -> list[dict[str, Any]]:
    """The things that a page names."""
    (text,) = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL
    )
    data = json.loads(text)
    assert data["@context"] == "https://schema.org"
    return list(data["@graph"])


@given(st.text())
def test_no_text_gets_out_of_the_script(text: str) -> None:
    made = json_ld({"name": text})

    assert not set(made) & set("<>&\u2028\u2029")
    (thing,) = json.loads(made)["@graph"]
    assert thing.get("name", "") == text


def test_what_is_empty_is_not_said() -> None:
    made = json_ld({"a": "", "b": {"c": []}, "d": [{"e": "", "f": "g"}], "h": 0})

    assert json.loads(made)["@graph"] == [{"d": [{"f": "g"}]}]


def test_a_roundtable_is_a_discussion_with_a_comment_for_each_remark(
    publication: Path,
) -> None:
    table = read(publication, "the-launch-she-stopped")
    page = render_roundtable_page(
        table, site_of(publication), experts=expert_slugs(["Priya Raman"])
    )

    discussion, trail = graph(page.html)
    assert discussion["@type"] == "DiscussionForumPosting"
    assert discussion["headline"] == table.title
    assert discussion["url"] == URL
    assert discussion["datePublished"] == "2026-11-18"
    assert discussion["author"]["name"] == "mo ellery"
    comments = discussion["comment"]
    assert len(comments) == discussion["commentCount"] == 9
    assert comments[0]["author"] == {
        "@type": "Person",
        "name": "Priya Raman",
        "jobTitle": "Director of Engineering",
        "image": comments[0]["author"]["image"],
        "url": "https://letter.example.com/experts/priya-raman/",
    }
    assert comments[0]["text"].startswith("What I wrote down first was the order")
    assert comments[3]["parentItem"] == {"@id": f"{URL}#round-1-tomas-ibarra"}
    assert {item["@id"] for item in comments} >= {comments[3]["parentItem"]["@id"]}
    assert [item["name"] for item in trail["itemListElement"]] == [
        "the second chair",
        "roundtables",
        table.title,
    ]


def test_an_issue_is_a_posting(publication: Path) -> None:
    path = publication / "issues" / "2026-11-20-pull-up-the-second-chair.md"

    (posting,) = graph(
        render_issue_page(read_issue(path, publication), site_of(publication)).html
    )

    assert posting["@type"] == "BlogPosting"
    assert posting["author"]["name"] == "mo ellery"
    assert posting["datePublished"] == "2026-11-20"
    assert posting["wordCount"] > 100
    assert posting["publisher"]["name"] == "the second chair"


def test_the_picture_of_the_build_is_named_when_it_is_made(publication: Path) -> None:
    table = read(publication, "the-launch-she-stopped")
    path = publication / "issues" / "2026-11-13-fourteen-bullets.md"
    issue = read_issue(path, publication)
    site = site_of(publication)
    drawn = replace(site, pictures=True)

    assert "image" not in graph(render_roundtable_page(table, site).html)[0]
    discussion = graph(render_roundtable_page(table, drawn).html)[0]
    posting = graph(render_issue_page(issue, drawn).html)[0]
    assert (
        discussion["image"] == URL.replace(".com/", ".com/share/").rstrip("/") + ".png"
    )
    assert posting["image"] == "https://letter.example.com/share/fourteen-bullets.png"


def test_the_front_page_is_the_website(publication: Path) -> None:
    (thing,) = graph(render_front_page(site_of(publication), [], []).html)

    assert thing["@type"] == "WebSite"
    assert thing["name"] == "the second chair"
    assert thing["url"] == "https://letter.example.com/"


def test_an_expert_is_a_person_with_a_profile(publication: Path) -> None:
    table = read(publication, "the-launch-she-stopped")
    page = render_expert_page(
        "priya-raman", "priya raman", [table], site_of(publication)
    )

    profile, trail = graph(page.html)

    assert profile["@type"] == "ProfilePage"
    person = profile["mainEntity"]
    assert person["@type"] == "Person"
    assert person["sameAs"] == "https://priya-raman.example.com"
    assert person["url"] == "https://letter.example.com/experts/priya-raman/"
    assert trail["itemListElement"][-1]["name"] == "Priya Raman"


def test_without_an_author_the_publication_is_the_author(publication: Path) -> None:
    thing = issue_posting(
        site_of(publication, author=""),
        title="t",
        description="",
        url="https://letter.example.com/t/",
        published=datetime.date(2026, 1, 2),
        author="",
    )

    assert thing["author"]["@type"] == "Organization"


@pytest.mark.parametrize("words", ["</script><script>alert(1)</script>", "&lt;\u2028"])
def test_hostile_words_are_data(publication: Path, words: str) -> None:
    table = written(
        publication,
        f"## One\n\n**Ann:** {words}",
        f"title: {json.dumps(words.replace(chr(0x2028), ''))}\n"
        f"competency: {json.dumps(words.replace(chr(0x2028), ''))}\n"
        "panel: [{name: Ann, role: '</script>'}]",
    )

    html = render_roundtable_page(table, site_of(publication)).html

    discussion, _ = graph(html)
    assert discussion["headline"] == words.replace("\u2028", "")
    assert html.count("<script") == 1
