"""An issue's whole text as HTML for feed readers: every address in it is absolute."""

from markupsafe import Markup

from newsletter.model.email import ImageFile
from newsletter.model.issue import Issue
from newsletter.model.roundtable import Roundtable
from newsletter.render.html import HtmlRenderer
from newsletter.render.music import service
from newsletter.render.page import Site
from newsletter.render.page_place import issue_path, public_url, roundtable_path
from newsletter.render.page_text import PageFindings, public_tags, without_private
from newsletter.render.roundtable_card import brief
from newsletter.render.templates import render_template
from newsletter.render.tree import parse


class FeedHtml(HtmlRenderer):
    """Renders for readers that drop classes and ids."""

    def picture(self, url: str, alt: str, file: ImageFile | None, caption: str) -> str:
        """An image, its caption below."""
        size = f' width="{file.width}" height="{file.height}"' if file else ""
        image = f'<img src="{url}" alt="{alt}"{size}>'
        return f"{image}<br><em>{caption}</em>" if caption else image


def render_feed_content(
    issue: Issue, site: Site, roundtable: Roundtable | None = None
) -> str:
    """Render the content of an issue's entry; its problems are those of its page."""
    publication = site.publication
    base_url = publication.base_url
    findings = PageFindings(
        issue.file,
        base_url,
        public_url(base_url, issue_path(issue)),
        site.images_beside(issue.path),
    )
    html = FeedHtml(
        findings,
        trusted=publication.trusted_html,
        notes=publication.labels.footnotes,
    )
    tags = public_tags(issue.file, publication)
    smart = publication.language.startswith("en")
    labels = publication.labels
    same = issue.my_2_cents == issue.title
    content = render_template(
        publication.root,
        "web/feed_content.html",
        site=site,
        labels=labels,
        music=issue.music,
        service=service(issue.music.url) if issue.music else "",
        opinion_label=site.label(labels.my_2_cents, issue) if issue.my_2_cents else "",
        headline="" if same else site.line(issue.my_2_cents),
        tldr_label=site.label(labels.tldr, issue),
        music_label=site.label(labels.music, issue),
        # Safe: FeedHtml escapes all text and checks every address.
        body=Markup(html.render(parse(issue.body, tags, smart=smart))),  # noqa: S704
        tldr=Markup(html.render(parse(issue.tldr, tags, smart=smart))),  # noqa: S704
        roundtable=roundtable,
        consensus=brief(roundtable.consensus) if roundtable else "",
        roundtable_url=public_url(base_url, roundtable_path(roundtable))
        if roundtable
        else "",
    )
    return without_private(content)
