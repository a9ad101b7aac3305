"""Renders a roundtable as a page: panel, conversation, consensus, hiring signals."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from markupsafe import Markup

from newsletter.model.email import Code
from newsletter.model.issue import Issue
from newsletter.model.page import Page
from newsletter.model.problem import Problem
from newsletter.model.roundtable import Remark, Roundtable
from newsletter.render.address import roundtable_path
from newsletter.render.code import code_in
from newsletter.render.dates import long_date
from newsletter.render.page import Head, Site, entry, render_frame
from newsletter.render.page_conversation import anchors, conversation
from newsletter.render.page_people import Person, people, photo_problems
from newsletter.render.page_place import Place
from newsletter.render.page_text import PageFindings, PublicTags, public_tags
from newsletter.render.tree import parse
from newsletter.render.web_html import WebHtml

_IDS = ("content", "consensus", "signals")
"""The ids of the template; a heading in a remark may not take them."""


@dataclass(frozen=True, slots=True)
class Signal:
    """An expert's reason to hire and concern as the page shows them."""

    person: Person
    hire: Markup
    concern: Markup


def render_roundtable_page(
    roundtable: Roundtable, site: Site, featured_by: Sequence[Issue] = ()
) -> Page:
    """Render `roundtable` for the web; `featured_by` are the issues that lead to it.

    What is wrong in the texts comes back as the page's problems. Raises RenderError for
    a template that cannot be rendered.
    """
    place = site.place(roundtable_path(roundtable))
    persons = people(roundtable, site, place)
    texts = _texts(roundtable, site, place, anchors(roundtable, persons))
    html = render_frame(
        site,
        place,
        "roundtable.html",
        _head(roundtable, site, place),
        roundtable=roundtable,
        long_day=long_date(roundtable.date, site.publication.language)
        if roundtable.date
        else "",
        panel=[*persons.values()],
        rounds=conversation(roundtable, persons, texts.remark),
        consensus=texts.front_matter(roundtable.consensus),
        signals=_signals(roundtable, persons, texts),
        featured_by=[entry(issue, site) for issue in featured_by],
    )
    return Page(
        path=place.path,
        html=html,
        links=tuple(texts.findings.links),
        images=tuple(texts.findings.images),
        code=tuple(texts.code),
        problems=(*texts.problems(), *photo_problems(roundtable, site)),
    )


def _head(roundtable: Roundtable, site: Site, place: Place) -> Head:
    return Head(
        title=site.line(roundtable.title),
        description=site.line(roundtable.discussing)
        or site.brief(roundtable.consensus),
        kind="article",
        canonical=place.url,
        published=roundtable.date,
        tags=roundtable.tags,
    )


def _signals(
    roundtable: Roundtable, persons: dict[str, Person], texts: "_Texts"
) -> list[Signal]:
    return [
        Signal(
            persons[expert.name],
            texts.front_matter(expert.hire, inline=True),
            texts.front_matter(expert.concern, inline=True),
        )
        for expert in roundtable.panel
        if expert.hire or expert.concern
    ]


@dataclass(slots=True)
class _Texts:
    """Renders the texts of one roundtable and gathers what is wrong with them."""

    findings: PageFindings
    tags: PublicTags
    html: WebHtml
    smart: bool
    unplaced: list[Problem] = field(default_factory=list)
    code: list[Code] = field(default_factory=list)

    def remark(self, remark: Remark) -> Markup:
        """A remark's paragraphs."""
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
        before = len(self.findings.problems)
        document = parse(text, self.tags, line=0, smart=self.smart)
        render = self.html.inline if inline else self.html.render
        html = Markup(render(document))  # noqa: S704
        found = self.findings.problems[before:]
        del self.findings.problems[before:]
        self.unplaced += [replace(problem, line=0, column=0) for problem in found]
        return html

    def problems(self) -> list[Problem]:
        """All that was found."""
        return [*self.findings.problems, *self.tags.problems, *self.unplaced]


def _texts(
    roundtable: Roundtable, site: Site, place: Place, taken: Sequence[str]
) -> _Texts:
    publication = site.publication
    findings = site.findings(roundtable.file, roundtable.path, place)
    html = WebHtml(
        findings,
        trusted=publication.trusted_html,
        notes=publication.labels.footnotes,
        taken=(*_IDS, *taken),
    )
    tags = public_tags(roundtable.file, publication)
    return _Texts(findings, tags, html, site.smart)
