"""The plain-text part of an email, as if it had been typed."""

from typing import Any

from newsletter.render.email_texts import EmailTexts
from newsletter.render.music import service
from newsletter.render.plain_text import RULE, LinkList, TextRenderer
from newsletter.render.roundtable_card import RoundtableCard
from newsletter.render.templates import render_template

PLAIN = "email/plain.txt"


def render_text(texts: EmailTexts, template: str = PLAIN) -> str:
    """The text part, with marks where merge tags were; lines end in LF.

    Raises RenderError for a template that cannot be rendered.
    """
    publication = texts.publication
    labels = publication.labels
    links = LinkList()
    text = TextRenderer(
        links,
        texts.findings.address,
        trusted=publication.trusted_html,
        notes=labels.footnotes,
        is_ours=texts.tags.is_system,
    )
    # In the order of the mail, for the links are numbered as they are met.
    body, tldr = text.render(texts.body), text.render(texts.tldr)
    rendered = render_template(
        publication.root,
        template,
        publication=publication,
        labels=labels,
        rule=RULE,
        **_opening(texts),
        body=body,
        tldr_label=texts.label(labels.tldr),
        tldr=tldr,
        **_roundtable(texts.card, links),
        **_music(texts),
        reply=labels.reply.replace("[", "").replace("]", ""),
        links=links.render(),
        why=texts.label(labels.why),
        page_url=texts.page_url,
        view_url=texts.view_url,
        private=texts.issue.private,
        home=texts.home,
        preferences_url=texts.preferences_url,
        unsubscribe_url=texts.unsubscribe_url,
    )
    return rendered.strip("\n") + "\n"


def _opening(texts: EmailTexts) -> dict[str, Any]:
    issue, labels = texts.issue, texts.publication.labels
    return {
        "dateline": texts.dateline,
        "title": texts.line(issue.title),
        "deck": texts.line(issue.description),
        "byline": texts.byline,
        "has_opinion": bool(issue.my_2_cents),
        "opinion_label": texts.label(labels.my_2_cents),
        "opinion": texts.line(texts.headline),
    }


def _roundtable(card: RoundtableCard | None, links: LinkList) -> dict[str, Any]:
    if card is None:
        return {"roundtable": None}
    text = TextRenderer(links, card.findings.address, trusted=False)
    signals = [
        {"label": item.label, "name": item.name, "text": text.line(item.text)}
        for item in card.signals
    ]
    return {"signals": signals, **card.values}


def _music(texts: EmailTexts) -> dict[str, Any]:
    music, labels = texts.issue.music, texts.publication.labels
    if music is None:
        return {"music": None}
    return {
        "music": {
            "label": texts.label(labels.music),
            "title": texts.line(music.title),
            "artist": texts.line(music.artist),
            "note": texts.line(music.note),
            "listen": labels.listen.replace("{service}", service(music.url)),
            "url": music.url,
        }
    }
