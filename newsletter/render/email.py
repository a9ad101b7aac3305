"""Renders an issue as an email: subject, preheader, HTML and plain text."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from newsletter.model.email import Email, ImageFile, ImageResolver, MergeText
from newsletter.model.issue import Issue
from newsletter.model.problem import Problem, Severity
from newsletter.model.publication import Publication
from newsletter.model.roundtable import Roundtable
from newsletter.render.dates import long_date, reading_minutes
from newsletter.render.email_html import EmailHtml
from newsletter.render.findings import Findings
from newsletter.render.merge import BUILT_IN, SYSTEM, MergeTags, free_of_marks
from newsletter.render.music import service
from newsletter.render.plain_text import LinkList, TextRenderer
from newsletter.render.roundtable_card import RoundtableCard, roundtable_card
from newsletter.render.shell import Shell, slot
from newsletter.render.templates import render_template, template_source
from newsletter.render.tree import Document, Node, parse

SHELL = "email/shell.mjml"

FONTS = {
    "serif": "Georgia, 'Iowan Old Style', 'Times New Roman', serif",
    "sans": "-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif",
    "mono": "ui-monospace, Menlo, Consolas, monospace",
}

ImagesBeside = Callable[[Path], ImageResolver]
"""Gives the resolver for the images that the file at a path refers to."""


def issue_url(publication: Publication, issue: Issue) -> str:
    """The address of an issue's page in the archive."""
    return f"{publication.base_url}/{issue.slug}/"


def label(text: str, issue: Issue, publication: Publication) -> str:
    """A label with the weekday and the publication's name filled in."""
    return text.replace("{weekday}", issue.weekday).replace(
        "{publication}", publication.name
    )


def render_email(
    issue: Issue,
    publication: Publication,
    roundtable: Roundtable | None,
    images_beside: ImagesBeside,
) -> Email:
    """Render `issue`, with the roundtable it features, for the inbox.

    What is wrong in the texts comes back as the email's problems. Raises RenderError
    for a template that cannot be rendered, SourceError for a text nested too deep.
    """
    return _Rendering.start(
        free_of_marks(issue),
        free_of_marks(publication),
        roundtable and free_of_marks(roundtable),
        images_beside,
    ).email()


@dataclass(slots=True)
class _Rendering:
    """One email in the making: the parsed texts and all that was found in them."""

    issue: Issue
    publication: Publication
    tags: MergeTags
    findings: Findings
    body: Document
    tldr: Document
    words: int
    card: RoundtableCard | None
    unsubscribe: str

    @classmethod
    def start(
        cls,
        issue: Issue,
        publication: Publication,
        roundtable: Roundtable | None,
        images_beside: ImagesBeside,
    ) -> "_Rendering":
        known = (*BUILT_IN, *publication.merge_fields, *SYSTEM)
        tags = MergeTags(issue.file, known)
        smart = publication.language.startswith("en")
        card = None
        if roundtable and issue.roundtable:
            card = roundtable_card(
                roundtable,
                issue.roundtable.teaser,
                publication,
                images_beside(roundtable.path),
            )
        body = parse(issue.body, tags, line=issue.body_line, smart=smart)
        tldr = parse(issue.tldr, tags, line=issue.tldr_line, smart=smart)
        return cls(
            issue=issue,
            publication=publication,
            tags=tags,
            findings=Findings(
                issue.file,
                publication.base_url,
                issue_url(publication, issue),
                images_beside(issue.path),
                written=tags.written,
            ),
            body=body,
            tldr=tldr,
            words=body.words + tldr.words,
            card=card,
            unsubscribe=tags.system("unsubscribe_url"),
        )

    def email(self) -> Email:
        html = self._html()
        text = self._text()
        # Compiled last: a merge tag has a problem only where it is really used.
        compiled = {
            "subject": self._compiled(self.issue.subject_line),
            "preheader": self._compiled(self.issue.preheader_line),
            "html": self.tags.compile(html),
            "text": self.tags.compile(text),
        }
        problems = [
            *self.findings.problems,
            *self.tags.problems,
            *self._unused_notes(),
            *self._shown_as_text(),
            *(self.card.problems if self.card else ()),
        ]
        return Email(
            **compiled,
            fields=tuple(self.tags.fields),
            field_lines=tuple(self.tags.lines),
            words=self.words,
            links=tuple(self.findings.links),
            images=tuple(self.findings.images),
            problems=tuple(dict.fromkeys(problems)),
        )

    def _unused_notes(self) -> Iterator[Problem]:
        for note in (*self.body.unused, *self.tldr.unused):
            yield Problem(
                code="footnote",
                message=f"nothing refers to the footnote [^{note.attributes['value']}]",
                hint="readers do not see it; refer to it, or take it out",
                severity=Severity.WARNING,
                file=self.issue.file,
                line=note.line,
                column=1,
            )

    def _shown_as_text(self) -> Iterator[Problem]:
        """HTML and notes that readers will see as they were written."""
        trusted = self.publication.trusted_html
        for node in (*self.body.walk(), *self.tldr.walk()):
            if node.kind in ("Html", "InlineHtml") and not trusted:
                hint = "use Markdown, or set `trusted_html: true`"
                shown = f"readers see `{node.text.strip()}`"
                yield self._seen("html", shown, hint, node)
            elif node.kind == "Text":
                for note in re.findall(r"\[\^[\w-]+\]", node.text):
                    hint = f"define it: {note}: the note"
                    yield self._seen("footnote", f"there is no note {note}", hint, node)

    def _seen(self, code: str, message: str, hint: str, node: Node) -> Problem:
        return Problem(
            code=code,
            message=message,
            hint=hint,
            severity=Severity.WARNING,
            file=self.issue.file,
            line=node.line,
            column=1 if node.line else 0,
        )

    def _line(self, text: str) -> str:
        """A text of one line, its merge tags found."""
        line = self.issue.line_of_text(text)
        return self.tags.in_text(self.tags.protect(text, line=line, columns=False))

    def _compiled(self, text: str) -> MergeText:
        return self.tags.compile_line(text, line=self.issue.line_of_text(text))

    def _label(self, text: str) -> str:
        return label(text, self.issue, self.publication)

    @property
    def _dateline(self) -> str:
        number = f"#{self.issue.number} · " if self.issue.number is not None else ""
        return number + long_date(self.issue.date)

    @property
    def _byline(self) -> str:
        minutes = str(reading_minutes(self.words))
        read = self.publication.labels.minutes.replace("{minutes}", minutes)
        author = self.issue.author or self.publication.author
        return f"{author} · {read}" if author else read

    def _html(self) -> str:
        style = render_template(
            self.publication.root,
            "email/style.css",
            colours=self.publication.colours,
            fonts=FONTS,
        )
        mjml = render_template(
            self.publication.root,
            SHELL,
            publication=self.publication,
            colours=self.publication.colours,
            fonts=FONTS,
            style=style,
            logo=self._logo(),
            dateline=self._dateline,
            has={
                "deck": bool(self.issue.description),
                "opinion": bool(self.issue.my_2_cents),
                "headline": bool(self._headline),
                "tldr": bool(self.issue.tldr.strip()),
                "roundtable": self.card is not None,
                "music": self.issue.music is not None,
            },
            slot=slot,
        )
        source = partial(template_source, self.publication.root, SHELL)
        return Shell(mjml, SHELL, source).compile(self._slots())

    @property
    def _headline(self) -> str:
        """The opinion column's headline, unless it only repeats the title."""
        headline = self.issue.my_2_cents
        return "" if headline == self.issue.title else headline

    def _logo(self) -> dict[str, Any] | None:
        if not self.publication.logo:
            return None
        found = self.findings.resolve_image("/" + self.publication.logo)
        if not isinstance(found, ImageFile):
            message = f"the logo `{self.publication.logo}` {found.message}"
            problem = Problem(
                code="image", message=message, hint=found.hint, file="newsletter.yaml"
            )
            self.findings.problems.append(problem)
            return None
        url = f"{self.publication.base_url}/images/{found.name}"
        return {"url": url, "width": min(200, found.width)}

    def _slots(self) -> dict[str, str]:
        """The HTML of every text of the issue and of the frame, by its token."""
        html = EmailHtml(
            self.findings,
            trusted=self.publication.trusted_html,
            notes=self.publication.labels.footnotes,
        )
        labels = self.publication.labels
        lines = {
            "TITLE": self.issue.title,
            "NAME": self.publication.name,
            "PREHEADER": self.issue.preheader_line,
            "DECK": self.issue.description,
            "BYLINE": self._byline,
            "OPINION_LABEL": self._label(labels.my_2_cents),
            "OPINION": self._headline,
            "TLDR_LABEL": self._label(labels.tldr),
        }
        return {
            **{name: escape(self._line(text)) for name, text in lines.items()},
            "BODY": html.render(self.body),
            "TLDR": html.render(self.tldr),
            "ROUNDTABLE": self._part("roundtable", **self.card.values)
            if self.card
            else "",
            "MUSIC": self._music(),
            "REPLY": self._part(
                "reply",
                reply_to=self.publication.reply_to or self.publication.from_.address,
                reply_subject=quote(f"re: {self._plain_title}"),
            ),
            "FOOTER": self._part(
                "footer",
                why=self._label(labels.why),
                page_url=self.findings.page_url,
                unsubscribe_url=self.unsubscribe,
            ),
        }

    @property
    def _plain_title(self) -> str:
        """The title for everybody: with the defaults of its merge tags."""
        title = self._compiled(self.issue.title)
        return title.join([field.default for field in self.tags.fields])

    def _music(self) -> str:
        music = self.issue.music
        if music is None:
            return ""
        heading = self._label(self.publication.labels.music)
        return self._part(
            "music", music=music, label=heading, service=service(music.url)
        )

    def _part(self, name: str, **values: Any) -> str:
        """A part of the frame, from its own template."""
        return render_template(
            self.publication.root,
            f"email/{name}.html",
            publication=self.publication,
            labels=self.publication.labels,
            **values,
        )

    def _text(self) -> str:
        links = LinkList()
        text = TextRenderer(
            links, self.findings.address, trusted=self.publication.trusted_html
        )
        labels = self.publication.labels
        body, tldr = text.render(self.body), text.render(self.tldr)
        values: dict[str, Any] = self.card.values if self.card else {"roundtable": None}
        return (
            render_template(
                self.publication.root,
                "email/plain.txt",
                publication=self.publication,
                labels=labels.model_copy(
                    update={
                        "tldr": self._label(labels.tldr),
                        "my_2_cents": self._label(labels.my_2_cents),
                    }
                ),
                rule="* * *".center(72).rstrip(),
                title=self._line(self.issue.title),
                deck=self._line(self.issue.description),
                has_opinion=bool(self.issue.my_2_cents),
                opinion=self._line(self._headline),
                dateline=self._dateline,
                body=body,
                tldr=tldr,
                music=self.issue.music,
                music_label=self._label(labels.music),
                links=links.render(),
                why=self._label(labels.why),
                page_url=self.findings.page_url,
                unsubscribe_url=self.unsubscribe,
                **values,
            ).strip("\n")
            + "\n"
        )
