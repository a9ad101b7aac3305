"""Renders the public pages, in the archive's design and the publication's words."""

import hashlib
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from newsletter.content.images import ImageFolder
from newsletter.model.publication import Publication
from newsletter.render.address import ABOUT, ISSUES, ROUNDTABLES
from newsletter.render.page import STYLES, Head, Site, logo, render_style
from newsletter.render.site_menu import site_menu
from newsletter.render.templates import render_template

STYLE = "public.css"

POLICY = (
    "default-src 'none'; img-src 'self' https:; style-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

# An element cannot say who may frame the page.
_IN_PAGE = POLICY.replace(" frame-ancestors 'none';", "")


class Pages:
    """Renders pages that are nobody's but the reader's: they are in no archive."""

    def __init__(self, publication: Publication, *, with_roundtables: bool) -> None:
        """Prepare words and style sheet; raises RenderError for a broken template."""
        self._publication = publication
        menu = {ISSUES, ABOUT} | ({ROUNDTABLES} if with_roundtables else set())
        words = publication.service.words.model_dump()
        self.words = {
            key: text.replace("{publication}", publication.name)
            for key, text in words.items()
        }
        styles = [render_style(publication, name) for name in STYLES]
        styles.append(render_template(publication.root, "public/style.css"))
        self.style = "".join(styles).encode()
        self._site = Site(
            publication=publication,
            images_beside=ImageFolder(publication.root).beside,
            style_version=hashlib.blake2b(self.style, digest_size=4).hexdigest(),
            menu=site_menu(publication.labels, menu),
        )
        # As a 404 it may be seen at any address, so that its links start at the root.
        self._place = replace(
            self._site.place("404.html"),
            abroad=publication.service_url != publication.base_url,
        )

    def render(
        self, template: str, title: str, address: str = "", **values: Any
    ) -> str:
        """A page from templates/public; `title` is one of the words.

        `{address}` in the words becomes `address`.
        """
        words = {
            key: text.replace("{address}", address) for key, text in self.words.items()
        }
        publication = self._publication
        return render_template(
            publication.root,
            f"public/{template}",
            publication=publication,
            labels=publication.labels,
            site=self._site,
            place=self._place,
            door=urlsplit(publication.service_url).path,
            head=Head(title=f"{words[title]} · {publication.name}", hidden=True),
            policy=_IN_PAGE,
            logo=logo(self._site, self._place),
            words=words,
            title=title,
            **values,
        )
