"""Renders an issue as an email: subject, preheader, HTML and plain text."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from newsletter.model.email import Email
from newsletter.model.issue import Issue
from newsletter.model.problem import Problem
from newsletter.model.publication import Publication
from newsletter.model.roundtable import Roundtable
from newsletter.render.code import code_in
from newsletter.render.email_frame import FOOTER, SHELL, render_html
from newsletter.render.email_problems import text_problems
from newsletter.render.email_text import PLAIN, render_text
from newsletter.render.email_texts import EmailTexts, read_texts
from newsletter.render.findings import ImagesBeside
from newsletter.render.merge import free_of_marks


@dataclass(frozen=True, slots=True)
class Look:
    """The templates that a mail is put into."""

    shell: str = SHELL
    footer: str = FOOTER
    plain: str = PLAIN


LETTER = Look()


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
    issue = free_of_marks(issue)
    texts = read_texts(
        issue,
        free_of_marks(publication),
        roundtable and free_of_marks(roundtable),
        images_beside,
    )
    return _email(texts, LETTER)


def render_notice(
    issue: Issue, publication: Publication, images_beside: ImagesBeside, look: Look
) -> Email:
    """Render a mail to one person, which is no issue: title, text, and a footer.

    It comes as an issue that is in no archive, for it has all that an issue has. Raises
    as `render_email` does.
    """
    texts = read_texts(
        free_of_marks(issue), free_of_marks(publication), None, images_beside
    )
    return _email(texts, look)


def _email(texts: EmailTexts, look: Look) -> Email:
    issue, tags, findings = texts.issue, texts.tags, texts.findings
    html = render_html(texts, look.shell, look.footer)
    text = render_text(texts, look.plain)
    # Compiled last: a merge tag has a problem only where it is really used.
    subject, preheader = (
        tags.compile_line(line, line=issue.line_of_text(line))
        for line in (issue.subject_line, issue.preheader_line)
    )
    return Email(
        subject=subject,
        preheader=preheader,
        html=tags.compile(html, escape),
        text=tags.compile(text),
        fields=tuple(tags.fields),
        field_lines=tuple(tags.lines),
        words=texts.words,
        links=tuple(findings.links),
        images=tuple(findings.images),
        headings=(*texts.body.headings, *texts.tldr.headings, *findings.headings),
        code=(*code_in(texts.body), *code_in(texts.tldr)),
        problems=tuple(dict.fromkeys(_problems(texts))),
    )


def _problems(texts: EmailTexts) -> Iterator[Problem]:
    yield from texts.findings.problems
    yield from texts.tags.problems
    yield from text_problems(texts)
    if texts.card:
        yield from texts.card.findings.problems
