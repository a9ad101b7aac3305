"""Renders what is left at the address that a page had before."""

from newsletter.model.page import Page
from newsletter.render.address import public_url
from newsletter.render.page import Site
from newsletter.render.page_text import without_private
from newsletter.render.templates import render_template


def render_moved_page(path: str, title: str, target: str, site: Site) -> Page:
    """Render a page at `path` that leads on to the page at `target` at once.

    A static host sends no redirects of ours; browsers and search engines follow a
    refresh of 0 seconds as they follow one
    (https://developers.google.com/search/docs/crawling-indexing/301-redirects).
    """
    html = render_template(
        site.publication.root,
        "web/moved.html",
        publication=site.publication,
        title=title,
        url=site.place(path).to(target),
        canonical=public_url(site.publication.base_url, target),
    )
    return Page(path=path, html=without_private(html))
