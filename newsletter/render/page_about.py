"""Renders what a publication says of itself."""

from markupsafe import Markup

from newsletter.model.issue import Issue
from newsletter.model.page import Page
from newsletter.render.address import ABOUT
from newsletter.render.page import Head, Site, render_frame
from newsletter.render.page_text import public_tags
from newsletter.render.tree import parse
from newsletter.render.web_html import WebHtml


def render_about_page(site: Site, about: Issue | None = None) -> Page:
    """Render about.md, or the description and who writes it where there is none.

    What is wrong in the text comes back as the page's problems.
    """
    publication = site.publication
    place = site.place(ABOUT)
    title = site.line(about.title) if about else publication.labels.about
    found = site.findings(about.file, about.path, place) if about else None
    body = Markup()
    if about and found:
        html = WebHtml(
            found,
            trusted=publication.trusted_html,
            notes=publication.labels.footnotes,
            taken=("content",),
        )
        tags = public_tags(about.file, publication)
        document = parse(about.body, tags, line=about.body_line, smart=site.smart)
        # Safe: WebHtml escapes all text and checks every address.
        body = Markup(html.render(document))  # noqa: S704
        found.problems += tags.problems
    head = Head(
        title=f"{title} · {publication.name}",
        description=site.line(about.description) if about else publication.description,
        canonical=place.url,
    )
    shown = render_frame(
        site, place, "about.html", head, heading=title, body=body, about=about
    )
    return Page(
        path=ABOUT,
        html=shown,
        picture=found.picture if found else None,
        links=tuple(found.links) if found else (),
        images=tuple(found.images) if found else (),
        problems=tuple(found.problems) if found else (),
    )
