"""An issue's whole text as HTML for feed readers: every address in it is absolute."""

from markupsafe import Markup

from newsletter.model.issue import Issue
from newsletter.model.roundtable import Roundtable
from newsletter.render.address import issue_path, public_url, roundtable_path
from newsletter.render.html import HtmlRenderer, Picture
from newsletter.render.music import service
from newsletter.render.page import Site
from newsletter.render.page_text import PageFindings, public_tags, without_private
from newsletter.render.templates import render_template
from newsletter.render.tree import parse


class FeedHtml(HtmlRenderer):
    """Renders for readers that drop classes and ids."""

    def picture(self, picture: Picture) -> str:
        """An image, its caption below."""
        image = f'<img src="{picture.url}" alt="{picture.alt}"{picture.size}>'
        caption = f"<br><em>{picture.caption}</em>" if picture.caption else ""
        return image + caption


def render_feed_content(
    issue: Issue, site: Site, roundtable: Roundtable | None = None
) -> str:
    """Render the content of an issue's entry; its problems are those of its page."""
    labels = site.publication.labels
    same = issue.my_2_cents == issue.title
    content = render_template(
        site.publication.root,
        "web/feed_content.html",
        site=site,
        labels=labels,
        opinion_label=site.label(labels.my_2_cents, issue) if issue.my_2_cents else "",
        headline="" if same else site.line(issue.my_2_cents),
        tldr_label=site.label(labels.tldr, issue),
        music_label=site.label(labels.music, issue),
        music=issue.music,
        service=service(issue.music.url) if issue.music else "",
        **_texts(issue, site),
        **_featured(roundtable, site),
    )
    return without_private(content).strip()


def _texts(issue: Issue, site: Site) -> dict[str, Markup]:
    publication = site.publication
    url = public_url(publication.base_url, issue_path(issue))
    images = site.images_beside(issue.path)
    html = FeedHtml(
        PageFindings(issue.file, publication.base_url, url, images),
        trusted=publication.trusted_html,
        notes=publication.labels.footnotes,
    )
    tags = public_tags(issue.file, publication)
    # Safe: FeedHtml escapes all text and checks every address.
    return {
        name: Markup(html.render(parse(text, tags, smart=site.smart)))  # noqa: S704
        for name, text in (("body", issue.body), ("tldr", issue.tldr))
    }


def _featured(
    roundtable: Roundtable | None, site: Site
) -> dict[str, str | Roundtable | None]:
    if roundtable is None:
        return {"roundtable": None, "roundtable_url": "", "consensus": ""}
    path = roundtable_path(roundtable)
    return {
        "roundtable": roundtable,
        "roundtable_url": public_url(site.publication.base_url, path),
        "consensus": site.brief(roundtable.consensus),
    }
