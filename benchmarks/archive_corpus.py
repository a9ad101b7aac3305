"""Writes one made-up publication three times: in our form, for Hugo, and for Pelican.

The words, titles, tags and dates are the same; each tool has templates that make pages,
each with the issues before and after it, paged lists, tag pages, a feed of 20 issues.
"""

import random
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

WORDS = 910
PAGED = 20
_TAGS = 40
_VOCABULARY = 6000
_FIRST = date(1990, 1, 5)
_SYLLABLES = re.findall("..", "bacedifoguhajekilomunapequrosutavewixozu")


class Written(NamedTuple):
    """An issue, before any tool's form: day, slug, title, deck, tags, Markdown."""

    day: date
    slug: str
    title: str
    deck: str
    tags: list[str]
    body: str


def written(issues: int) -> Iterator[Written]:
    """The same issues each time, the oldest first, a week apart."""
    dice = random.Random(4)
    words = [_word(dice) for _ in range(_VOCABULARY)]
    weights = [1 / (rank + 1) for rank in range(_VOCABULARY)]
    tags = [f"{words[number]} {words[-number - 1]}" for number in range(_TAGS)]
    for number in range(issues):
        said = iter(dice.choices(words, weights, k=WORDS + 60))
        title = " ".join(next(said) for _ in range(5)).capitalize()
        yield Written(
            day=_FIRST + timedelta(days=number * 2),
            slug=f"issue-{number + 1}",
            title=f"{title} {number + 1}",
            deck=" ".join(next(said) for _ in range(12)).capitalize(),
            tags=dice.sample(tags, dice.randint(2, 4)),
            body=_body(said),
        )


def _word(dice: random.Random) -> str:
    return "".join(dice.choice(_SYLLABLES) for _ in range(dice.randint(1, 4)))


def _body(said: Iterator[str]) -> str:
    """Six parts with a heading, two paragraphs, and a list, a quote or a link."""
    parts = []
    for number in range(6):
        parts.append("## " + " ".join(next(said) for _ in range(4)))
        parts += [_paragraph(said, 76), _paragraph(said, 55)]
        if number % 3 == 0:
            parts.append("\n".join(f"- {_sentence(said, 7)}" for _ in range(5)))
        elif number % 3 == 1:
            parts.append(f"> {_sentence(said, 22)}")
        else:
            parts.append(f"[{_sentence(said, 6)}](https://example.com/{number}) x.")
    return "\n\n".join(parts) + "\n"


def _paragraph(said: Iterator[str], words: int) -> str:
    sentences = [_sentence(said, 11) for _ in range(words // 11 - 1)]
    marked = f"**{next(said)}** and *{next(said)}*: {_sentence(said, 9)}"
    return " ".join([*sentences, marked])


def _sentence(said: Iterator[str], words: int) -> str:
    return " ".join(next(said) for _ in range(words)).capitalize() + "."


def make_ours(home: Path, issues: int) -> None:
    """A publication of ours, without pictures and roundtables."""
    (home / "issues").mkdir(parents=True)
    (home / "newsletter.yaml").write_text(
        "name: Benchmark\nauthor: Ann Oldtown\ndescription: A letter of many words.\n"
        "base_url: https://letter.example.com\n"
        "from: {name: Ann, address: ann@letter.example.com}\n"
        "search: false\npictures: false\n",
        "utf-8",
    )
    for item in written(issues):
        (home / "issues" / f"{item.day}-{item.slug}.md").write_text(
            f'---\ntitle: "{item.title}"\ndescription: "{item.deck}"\n'
            f"tags: [{', '.join(item.tags)}]\n---\n\n{item.body}",
            "utf-8",
        )


def make_hugo(home: Path, issues: int) -> None:
    """A site for Hugo with templates of the same pages."""
    (home / "content" / "issues").mkdir(parents=True)
    for name, text in _HUGO.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    for item in written(issues):
        (home / "content" / "issues" / f"{item.slug}.md").write_text(
            f'---\ntitle: "{item.title}"\ndescription: "{item.deck}"\n'
            f"date: {item.day}\nslug: {item.slug}\ntags: [{', '.join(item.tags)}]\n"
            f"---\n\n{item.body}",
            "utf-8",
        )


def make_pelican(home: Path, issues: int) -> None:
    """A site for Pelican in its plainest theme."""
    (home / "content").mkdir(parents=True)
    (home / "pelicanconf.py").write_text(_PELICAN, "utf-8")
    for item in written(issues):
        (home / "content" / f"{item.slug}.md").write_text(
            f"Title: {item.title}\nDate: {item.day}\nSlug: {item.slug}\n"
            f"Tags: {', '.join(item.tags)}\nSummary: {item.deck}\n\n{item.body}",
            "utf-8",
        )


_PELICAN = f"""
AUTHOR = "Ann Oldtown"
SITENAME = "Benchmark"
SITEURL = "https://letter.example.com"
PATH = "content"
TIMEZONE = "UTC"
DEFAULT_LANG = "en"
THEME = "simple"
DEFAULT_PAGINATION = {PAGED}
FEED_ALL_ATOM = "feeds/all.atom.xml"
FEED_MAX_ITEMS = {PAGED}
RSS_FEED_SUMMARY_ONLY = False
CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
CACHE_CONTENT = False
"""

_LIST = """{{ define "main" }}<h1>{{ .Title }}</h1>
<ol>{{ range .Paginator.Pages }}<li><time datetime="{{ .Date.Format "2006-01-02" }}">
{{ .Date.Format "2 January 2006" }}</time>
<a href="{{ .RelPermalink }}">{{ .Title }}</a><p>{{ .Description }}</p></li>{{ end }}
</ol>
{{ with .Paginator }}{{ if .HasPrev }}<a rel="prev" href="{{ .Prev.URL }}">newer</a>
{{ end }}{{ if .HasNext }}<a rel="next" href="{{ .Next.URL }}">older</a>{{ end }}
{{ end }}{{ end }}
"""
_HUGO = {
    "hugo.yaml": f"""baseURL: https://letter.example.com/
title: Benchmark
languageCode: en
pagination: {{pagerSize: {PAGED}}}
taxonomies: {{tag: tags}}
services: {{rss: {{limit: {PAGED}}}}}
outputs: {{home: [html, rss], section: [html], taxonomy: [html], term: [html]}}
""",
    "layouts/_default/baseof.html": """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ .Title }} · {{ site.Title }}</title>
<meta name="description" content="{{ .Description }}">
<link rel="canonical" href="{{ .Permalink }}">
<meta property="og:site_name" content="{{ site.Title }}">
<meta property="og:title" content="{{ .Title }}">
<meta property="og:description" content="{{ .Description }}">
<meta property="og:url" content="{{ .Permalink }}">
<link rel="alternate" type="application/rss+xml" href="{{ "index.xml" | absURL }}">
</head><body><header><a href="/">{{ site.Title }}</a></header>
<main>{{ block "main" . }}{{ end }}</main>
<footer>{{ site.Title }}</footer></body></html>
""",
    "layouts/_default/single.html": """{{ define "main" }}<article>
<h1>{{ .Title }}</h1><p>{{ .Description }}</p>
<p><time datetime="{{ .Date.Format "2006-01-02" }}">{{ .Date.Format "2 January 2006" }}
</time> · {{ .ReadingTime }} minutes</p>
{{ .Content }}
<ul>{{ range .GetTerms "tags" }}<li><a href="{{ .RelPermalink }}">{{ .LinkTitle }}</a>
</li>{{ end }}</ul></article>
<nav>{{ with .PrevInSection }}<a rel="prev" href="{{ .RelPermalink }}">{{ .Title }}</a>
{{ end }}{{ with .NextInSection }}<a rel="next" href="{{ .RelPermalink }}">{{ .Title }}
</a>{{ end }}</nav>{{ end }}
""",
    "layouts/_default/list.html": _LIST,
    "layouts/_default/terms.html": """{{ define "main" }}<h1>{{ .Title }}</h1><ul>
{{ range .Data.Terms.Alphabetical }}<li><a href="{{ .Page.RelPermalink }}">
{{ .Page.Title }}</a> {{ .Count }}</li>{{ end }}</ul>{{ end }}
""",
    "layouts/index.html": _LIST.replace(
        ".Paginator.Pages", "(.Paginate site.RegularPages).Pages"
    ),
    "layouts/index.rss.xml": """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>{{ site.Title }}</title><link>{{ .Permalink }}</link><description/>
{{ range first site.Config.Services.RSS.Limit site.RegularPages }}<item>
<title>{{ .Title }}</title><link>{{ .Permalink }}</link><guid>{{ .Permalink }}</guid>
<pubDate>{{ .Date.Format "Mon, 02 Jan 2006 15:04:05 -0700" }}</pubDate>
<content:encoded>{{ .Content | html }}</content:encoded></item>{{ end }}
</channel></rss>
""",
}
