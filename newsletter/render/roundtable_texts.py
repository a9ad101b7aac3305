"""Renders the texts of one roundtable for a page and gathers what is wrong in them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from markupsafe import Markup

from newsletter.model.email import Code
from newsletter.model.problem import Problem
from newsletter.model.roundtable import Expert, Remark, Roundtable
from newsletter.render.code import code_in
from newsletter.render.page import Site
from newsletter.render.page_people import Person
from newsletter.render.page_place import Place
from newsletter.render.page_text import PageFindings, PublicTags, public_tags
from newsletter.render.tree import parse
from newsletter.render.web_html import WebHtml


class Signal(NamedTuple):
    """An expert's reason to hire and concern as pages show them."""

    person: Person
    hire: Markup
    concern: Markup


@dataclass(slots=True)
class RoundtableTexts:
    """The texts of one roundtable on one page."""

    findings: PageFindings
    tags: PublicTags
    html: WebHtml
    smart: bool
    unplaced: list[Problem] = field(default_factory=list)
    code: list[Code] = field(default_factory=list)

    def remark(self, remark: Remark) -> Markup:
        """A remark's paragraphs."""
        self.html.findings = self.findings
        document = parse(
            remark.text,
            self.tags,
            line=remark.line,
            column=remark.column,
            smart=self.smart,
        )
        self.code += code_in(document)
        # Safe: WebHtml escapes all text and checks every address.
        return Markup(self.html.render(document))  # noqa: S704

    def front_matter(self, text: str, *, inline: bool = False) -> Markup:
        """A text of the front matter; what is wrong with it has no line."""
        self.html.findings = self.findings
        before = len(self.findings.problems)
        document = parse(text, self.tags, line=0, smart=self.smart)
        render = self.html.inline if inline else self.html.render
        html = Markup(render(document))  # noqa: S704
        found = self.findings.problems[before:]
        del self.findings.problems[before:]
        self.unplaced += [replace(problem, line=0, column=0) for problem in found]
        return html

    def signal(self, expert: Expert, person: Person) -> Signal | None:
        """What an expert would hire for, and what worries them; None for neither."""
        if not (expert.hire or expert.concern):
            return None
        return Signal(
            person,
            self.front_matter(expert.hire, inline=True),
            self.front_matter(expert.concern, inline=True),
        )

    def problems(self) -> list[Problem]:
        """All that was found."""
        return [*self.findings.problems, *self.tags.problems, *self.unplaced]


def page_html(site: Site, findings: PageFindings, taken: Iterable[str]) -> WebHtml:
    """What renders all texts of a page, so that no id is given twice.

    `taken` are the ids that the page itself uses.
    """
    publication = site.publication
    return WebHtml(
        findings,
        trusted=publication.trusted_html,
        notes=publication.labels.footnotes,
        taken=taken,
    )


def roundtable_texts(
    roundtable: Roundtable, site: Site, place: Place, taken: Iterable[str]
) -> RoundtableTexts:
    """The texts of a roundtable on a page of its own."""
    findings = site.findings(roundtable.file, roundtable.path, place)
    tags = public_tags(roundtable.file, site.publication)
    html = page_html(site, findings, taken)
    return RoundtableTexts(findings, tags, html, site.smart)


def more_texts(
    roundtable: Roundtable, site: Site, place: Place, html: WebHtml
) -> RoundtableTexts:
    """The texts of a roundtable on a page that shows others too, rendered by `html`."""
    findings = site.findings(roundtable.file, roundtable.path, place)
    tags = public_tags(roundtable.file, site.publication)
    return RoundtableTexts(findings, tags, html, site.smart)
