"""What a page says to search engines about itself, as JSON-LD in words of schema.org.

Which properties are expected: Google's documents on Article, DiscussionForumPosting,
ProfilePage and BreadcrumbList.
"""

import datetime
import json
from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup

from newsletter.model.roundtable import Roundtable
from newsletter.render.address import (
    EXPERTS,
    INDEX,
    ROUNDTABLES,
    public_url,
    roundtable_path,
    share_path,
)
from newsletter.render.page import Site
from newsletter.render.page_conversation import ShownRemark, ShownRound
from newsletter.render.page_people import Person

Thing = dict[str, Any]

# No text can end the script element or, read as a script, a line of it.
_SAFE = str.maketrans(
    {
        "<": "\\u003c",
        ">": "\\u003e",
        "&": "\\u0026",
        "\u2028": "\\u2028",
        "\u2029": "\\u2029",
    }
)


def json_ld(*things: Thing) -> Markup:
    """The things as the text of a script element; what they do not say is left out."""
    graph = {"@context": "https://schema.org", "@graph": [_said(it) for it in things]}
    text = json.dumps(graph, ensure_ascii=False, separators=(",", ":"))
    # Safe: neither an element nor an entity can stand in it.
    return Markup(text.translate(_SAFE))  # noqa: S704


def website(site: Site) -> Thing:
    """The publication, on its front page."""
    publication = site.publication
    return _in_site(site) | {
        "name": publication.name,
        "description": publication.description,
        "inLanguage": publication.language,
        "publisher": _publisher(site),
    }


def issue_posting(
    site: Site,
    *,
    title: str,
    description: str,
    url: str,
    published: datetime.date,
    author: str,
    picture: str = "",
    tags: Iterable[str] = (),
    words: int = 0,
) -> Thing:
    """An issue, on its page; `url` is its canonical address."""
    return {
        "@type": "BlogPosting",
        "@id": f"{url}#issue",
        "headline": title,
        "description": description,
        "url": url,
        "mainEntityOfPage": url,
        "datePublished": published.isoformat(),
        "author": _author(site, author),
        "publisher": _publisher(site),
        "image": picture,
        "keywords": [*tags],
        "wordCount": words,
        "inLanguage": site.publication.language,
        "isPartOf": _in_site(site),
    }


def discussion(
    roundtable: Roundtable,
    site: Site,
    url: str,
    rounds: Sequence[ShownRound],
    pages: dict[str, str],
) -> Thing:
    """A roundtable with its remarks; `pages` are the places of the experts' pages."""
    remarks = [remark for item in rounds for remark in item.remarks]
    day = roundtable.date.isoformat() if roundtable.date else ""
    interview = str(roundtable.interview_url or "")
    return {
        "@type": "DiscussionForumPosting",
        "@id": f"{url}#roundtable",
        "headline": site.line(roundtable.title),
        "image": shared_picture(site, roundtable_path(roundtable)),
        "text": site.line(roundtable.discussing) or site.brief(roundtable.consensus),
        "url": url,
        "mainEntityOfPage": url,
        "datePublished": day,
        "author": _author(site, site.publication.author),
        "publisher": _publisher(site),
        "about": site.line(roundtable.competency),
        "keywords": [site.line(tag) for tag in roundtable.tags],
        "sharedContent": {"@type": "WebPage", "url": interview} if interview else {},
        "commentCount": len(remarks),
        "comment": [_comment(item, site, url, day, pages) for item in remarks],
        "inLanguage": site.publication.language,
        "isPartOf": _in_site(site),
    }


def shared_picture(site: Site, page: str) -> str:
    """The address of the picture that the build makes for a page; empty for none."""
    return _url(site, share_path(page)) if site.pictures else ""


def profile(site: Site, url: str, person: Person, website: str = "") -> Thing:
    """An expert's page; `website` is the address they have elsewhere."""
    thing = _person(person, url) | {"@id": f"{url}#expert", "sameAs": website}
    return {"@type": "ProfilePage", "url": url, "mainEntity": thing} | {
        "isPartOf": _in_site(site)
    }


def roundtable_trail(site: Site, title: str, url: str) -> Thing:
    """The way from the front page to a roundtable."""
    labels = site.publication.labels
    return _trail(site, (labels.roundtables, _url(site, ROUNDTABLES)), (title, url))


def expert_trail(site: Site, name: str, url: str) -> Thing:
    """The way from the front page to an expert."""
    labels = site.publication.labels
    return _trail(site, (labels.experts, _url(site, EXPERTS)), (name, url))


def _trail(site: Site, *steps: tuple[str, str]) -> Thing:
    every = ((site.publication.name, _url(site, INDEX)), *steps)
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": url}
            for number, (name, url) in enumerate(every, 1)
        ],
    }


def _comment(
    remark: ShownRemark, site: Site, url: str, day: str, pages: dict[str, str]
) -> Thing:
    page = pages.get(remark.person.name, "")
    answered = remark.replies[0].anchor if remark.replies else ""
    return {
        "@type": "Comment",
        "@id": f"{url}#{remark.anchor}",
        "url": f"{url}#{remark.anchor}",
        "text": remark.html.striptags(),
        "datePublished": day,
        "author": _person(remark.person, _url(site, page) if page else ""),
        "parentItem": {"@id": f"{url}#{answered}"} if answered else {},
    }


def _person(person: Person, url: str) -> Thing:
    return {
        "@type": "Person",
        "name": person.name,
        "jobTitle": person.role,
        "image": person.photo_url,
        "url": url or person.url,
    }


def _author(site: Site, name: str) -> Thing:
    if not name:
        return _publisher(site)
    return {"@type": "Person", "name": name, "url": _url(site, INDEX)}


def _publisher(site: Site) -> Thing:
    return {
        "@type": "Organization",
        "name": site.publication.name,
        "url": _url(site, INDEX),
    }


def _in_site(site: Site) -> Thing:
    url = _url(site, INDEX)
    return {"@type": "WebSite", "@id": f"{url}#site", "url": url}


def _url(site: Site, path: str) -> str:
    return public_url(site.publication.base_url, path)


def _said(value: Any) -> Any:
    """The value without what is empty in it, at any depth."""
    if isinstance(value, dict):
        said = ((key, _said(item)) for key, item in value.items())
        return {key: item for key, item in said if item}
    if isinstance(value, list):
        return [_said(item) for item in value]
    return value
