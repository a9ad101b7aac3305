"""The HTML of an email: the frame around its texts, and each text in its slot."""

import re
from collections.abc import Hashable
from functools import partial
from html import escape
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from newsletter.model.email import ImageFile
from newsletter.model.problem import Problem
from newsletter.render.address import image_path, public_url
from newsletter.render.email_html import MAIL_WIDTH, EmailHtml
from newsletter.render.email_texts import EmailTexts
from newsletter.render.html import Picture
from newsletter.render.music import cover, service
from newsletter.render.roundtable_card import RoundtableCard
from newsletter.render.shell import Shell, slot
from newsletter.render.templates import (
    has_template,
    render_once,
    render_template,
    template_source,
)

SHELL = "email/shell.mjml"
FOOTER = "footer.html"

LOGO = 200
"""Pixels that a logo is wide at most."""

_BRACKETS = re.compile(r"(.*?)\[([^\[\]]+)\](.*)")


def render_html(texts: EmailTexts, shell: str = SHELL, footer: str = FOOTER) -> str:
    """The HTML part, with marks where merge tags were.

    Raises RenderError for a template that cannot be rendered.
    """
    frame = _Frame(texts, shell, footer)
    source = partial(template_source, texts.publication.root, shell)
    return Shell(frame.mjml(), shell, source, frame.style()).compile(frame.slots())


class _Frame:
    """Renders the parts of the frame: what all mails share, and what one has alone."""

    def __init__(self, texts: EmailTexts, shell: str, footer: str) -> None:
        self.texts = texts
        self.shell = shell
        self.footer = footer
        publication = texts.publication
        self.root = publication.root
        right = publication.direction == "rtl"
        self.tokens: dict[str, Hashable] = {
            "colours": publication.colours,
            "fonts": publication.fonts,
            "look": publication.look,
            "start": "right" if right else "left",
            "end": "left" if right else "right",
        }

    def part(self, name: str, /, **values: Any) -> str:
        """A part of the frame, from its own template."""
        publication = self.texts.publication
        return render_template(
            self.root,
            f"email/{name}",
            publication=publication,
            labels=publication.labels,
            **values,
        )

    def style(self) -> str:
        """The rules of all mails and those of the theme."""
        style = render_once(self.root, "email/style.css", **self.tokens)
        own = f"themes/{self.texts.publication.theme}/theme.css"
        if not has_template(self.root, own):
            return style
        return style + render_once(self.root, own, **self.tokens)

    def mjml(self) -> str:
        """The MJML of the frame, a token in each slot."""
        issue, publication = self.texts.issue, self.texts.publication
        has = {
            "deck": issue.description,
            "opinion": issue.my_2_cents,
            "headline": self.texts.headline,
            "tldr": issue.tldr.strip(),
            "roundtable": self.texts.card,
            "music": issue.music,
        }
        return render_once(
            self.root,
            self.shell,
            **self.tokens,
            language=publication.language,
            direction=publication.direction,
            has=frozenset(name for name, part in has.items() if part),
            slot=slot,
        )

    def slots(self) -> dict[str, str]:
        """The HTML of every text of the issue and of the frame, by its token."""
        texts = self.texts
        return {
            **{name: escape(texts.line(line)) for name, line in self._lines().items()},
            "STYLES": render_once(self.root, "email/head.html", **self.tokens),
            "MASTHEAD": self.part(
                "masthead.html",
                home=texts.home,
                logo=self._logo(),
                name=texts.publication.name,
            ),
            "BODY": self._html(1).render(texts.body),
            "TLDR": self._tldr(),
            "ROUNDTABLE": self._roundtable(texts.card) if texts.card else "",
            "MUSIC": self._music(),
            "REPLY": self._reply(),
            "FOOTER": self.part(
                self.footer,
                why=texts.label(texts.publication.labels.why),
                page_url=texts.page_url,
                view_url=texts.view_url,
                preferences_url=texts.preferences_url,
                unsubscribe_url=texts.unsubscribe_url,
            ),
        }

    def _lines(self) -> dict[str, str]:
        """What stands in one line as it was written."""
        texts, issue = self.texts, self.texts.issue
        return {
            "TITLE": issue.title,
            "PREHEADER": issue.preheader_line,
            "DATELINE": texts.dateline,
            "DECK": issue.description,
            "BYLINE": texts.byline,
            "OPINION_LABEL": texts.label(texts.publication.labels.my_2_cents),
            "OPINION": texts.headline,
        }

    def _html(self, text: int) -> EmailHtml:
        """What renders the body, which is the first text, and the TLDR in its box."""
        publication = self.texts.publication
        look, labels = publication.look, publication.labels
        beside = look.margin + (look.box if text > 1 else 0)
        return EmailHtml(
            self.texts.findings,
            trusted=publication.trusted_html,
            notes=labels.footnotes,
            back=labels.back,
            width=MAIL_WIDTH - 2 * beside,
            text=text,
        )

    def _logo(self) -> Picture | None:
        publication, findings = self.texts.publication, self.texts.findings
        if not publication.logo:
            return None
        found = findings.resolve_image("/" + publication.logo)
        if not isinstance(found, ImageFile):
            message = f"the logo `{publication.logo}` {found.message}"
            findings.problems.append(
                Problem(
                    code="image",
                    message=message,
                    hint=found.hint,
                    file="newsletter.yaml",
                )
            )
            return None
        url = public_url(publication.base_url, image_path(found))
        width = min(LOGO, found.width)
        return Picture(url, "", "", width, found.height * width // found.width)

    def _tldr(self) -> str:
        if not self.texts.issue.tldr.strip():
            return ""
        # Safe: EmailHtml escapes all text and checks every address.
        text = Markup(self._html(2).render(self.texts.tldr))  # noqa: S704
        label = self.texts.label(self.texts.publication.labels.tldr)
        return self.part("tldr.html", label=label, text=text)

    def _roundtable(self, card: RoundtableCard) -> str:
        labels = self.texts.publication.labels
        # What an author of HTML is trusted with is said of issues, not of signals.
        html = EmailHtml(card.findings, trusted=False, notes=labels.footnotes)
        signals = [
            {
                "label": signal.label,
                "name": signal.name,
                "doubt": signal.doubt,
                "html": Markup(html.render(signal.text)),  # noqa: S704  as above
            }
            for signal in card.signals
        ]
        return self.part("roundtable.html", signals=signals, **card.values)

    def _music(self) -> str:
        music, texts = self.texts.issue.music, self.texts
        if music is None:
            return ""
        labels, findings = texts.publication.labels, texts.findings
        picture = cover(texts.issue, texts.publication.base_url, findings.resolve_image)
        if isinstance(picture, Problem):
            findings.problems.append(picture)
            picture = None
        return self.part(
            "music.html",
            label=texts.label(labels.music),
            title=texts.line(music.title),
            artist=texts.line(music.artist),
            note=texts.line(music.note),
            url=music.url,
            listen=labels.listen.replace("{service}", service(music.url)),
            cover=picture,
        )

    def _reply(self) -> str:
        texts, publication = self.texts, self.texts.publication
        reply_to = publication.reply_to or publication.from_.address
        found = _BRACKETS.fullmatch(publication.labels.reply)
        before, link, after = (
            found.groups() if found else (f"{publication.labels.reply} ", reply_to, "")
        )
        title = texts.plain_title
        return self.part(
            "reply.html",
            before=before,
            link=link,
            after=after,
            reply_to=quote(reply_to, safe="@+"),
            reply_subject=quote(f"re: {title}"),
            share_subject=quote(title),
            share_body=quote(texts.page_url),
            page_url=texts.page_url,
            private=texts.issue.private,
            home=texts.home,
        )
