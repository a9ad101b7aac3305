"""Renders a roundtable as a page: panel, conversation, consensus, hiring signals."""

from collections.abc import Mapping, Sequence
from typing import Any

from newsletter.model.page import Page
from newsletter.model.roundtable import Roundtable
from newsletter.render.address import (
    expert_path,
    remark_path,
    roundtable_path,
    share_path,
)
from newsletter.render.dates import long_date
from newsletter.render.experts import expert_key
from newsletter.render.json_ld import discussion, json_ld, roundtable_trail
from newsletter.render.page import Entry, Head, Site, render_frame
from newsletter.render.page_conversation import (
    ShownRound,
    anchors,
    answers,
    conversation,
)
from newsletter.render.page_graph import answer_graph
from newsletter.render.page_people import Person, people, photo_problems
from newsletter.render.page_place import Place
from newsletter.render.roundtable_entry import RoundtableEntry, competency_anchor
from newsletter.render.roundtable_texts import (
    RoundtableTexts,
    roundtable_texts,
)

_IDS = (
    *("content", "panel", "consensus", "signals", "signals-cards", "signals-table"),
    *("answers", "answers-title", "answers-text", "featured"),
)
"""The ids of the template; a heading in a remark may not take them."""


def render_roundtable_page(
    roundtable: Roundtable,
    site: Site,
    featured_by: Sequence[Entry] = (),
    *,
    older: RoundtableEntry | None = None,
    newer: RoundtableEntry | None = None,
    experts: Mapping[str, str] | None = None,
) -> Page:
    """Render `roundtable` for the web; `featured_by` are the issues that lead to it.

    `older` and `newer` are on the same competency; `experts` are the slugs of the
    experts' pages by `expert_key`. What is wrong in the texts comes back in the page.
    """
    place = site.place(roundtable_path(roundtable))
    persons = people(roundtable, site)
    texts = _texts(roundtable, site, place, persons)
    rounds = conversation(roundtable, persons, texts.remark)
    pages = _expert_pages(roundtable, experts or {})
    html = render_frame(
        site,
        place,
        "roundtable.html",
        _head(roundtable, site, place, rounds, pages),
        **_opening(roundtable, site),
        **_conversation(roundtable, rounds),
        **_closing(roundtable, site, persons, rounds, texts),
        pages=pages,
        featured_by=featured_by,
        older=older,
        newer=newer,
    )
    return Page(
        path=place.path,
        html=html,
        links=tuple(texts.findings.links),
        images=tuple(texts.findings.images),
        code=tuple(texts.code),
        problems=(*texts.problems(), *photo_problems(roundtable, site)),
    )


def _texts(
    roundtable: Roundtable, site: Site, place: Place, persons: Mapping[str, Person]
) -> RoundtableTexts:
    taken = (*_IDS, *anchors(roundtable, persons))
    return roundtable_texts(roundtable, site, place, taken)


def _opening(roundtable: Roundtable, site: Site) -> dict[str, Any]:
    """What stands over the conversation, as everybody may read it."""
    labels, day = site.publication.labels, roundtable.date
    competency = site.line(roundtable.competency)
    return {
        "title": site.line(roundtable.title),
        "deck": site.line(roundtable.discussing),
        "competency": competency,
        "competency_anchor": competency_anchor(competency),
        "interview_url": roundtable.interview_url,
        "date": day,
        "long_day": long_date(day, site.publication.language) if day else "",
        "more_label": labels.more_roundtables.replace("{competency}", competency),
        "panel_label": labels.panel.replace("{count}", str(len(roundtable.panel))),
    }


def _conversation(
    roundtable: Roundtable, rounds: Sequence[ShownRound]
) -> dict[str, Any]:
    """The rounds, and the place of the page that shares each remark."""
    remarks = (remark for item in rounds for remark in item.remarks)
    share = {it.anchor: remark_path(roundtable.slug, it.anchor) for it in remarks}
    return {"rounds": rounds, "share": share}


def _closing(
    roundtable: Roundtable,
    site: Site,
    persons: Mapping[str, Person],
    rounds: Sequence[ShownRound],
    texts: RoundtableTexts,
) -> dict[str, Any]:
    """The panel, and what comes of what it says."""
    panel = tuple(persons.values())
    mirrored = site.publication.direction == "rtl"
    signals = (texts.signal(item, persons[item.name]) for item in roundtable.panel)
    return {
        "panel": panel,
        "graph": answer_graph(panel, answers(rounds), mirrored=mirrored),
        "consensus": texts.front_matter(roundtable.consensus),
        "signals": [signal for signal in signals if signal],
    }


def _head(
    roundtable: Roundtable,
    site: Site,
    place: Place,
    rounds: Sequence[ShownRound],
    pages: dict[str, str],
) -> Head:
    title = site.line(roundtable.title)
    return Head(
        title=title,
        description=site.line(roundtable.discussing)
        or site.brief(roundtable.consensus),
        kind="article",
        canonical=place.url,
        published=roundtable.date,
        tags=roundtable.tags,
        share=share_path(place.path),
        json_ld=json_ld(
            discussion(roundtable, site, place.url, rounds, pages),
            roundtable_trail(site, title, place.url),
        ),
    )


def _expert_pages(roundtable: Roundtable, experts: Mapping[str, str]) -> dict[str, str]:
    """The places of the experts' pages, by name."""
    found = {}
    for expert in roundtable.panel:
        slug = experts.get(expert_key(expert.name))
        if slug:
            found[expert.name] = expert_path(slug)
    return found
