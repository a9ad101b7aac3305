"""What the rules look at: the texts of one file, its links, images and headings."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from newsletter.check.code import by_line, without
from newsletter.check.facts import Facts
from newsletter.check.prose import Place, Prose, front_matter, masked, without_code
from newsletter.model.email import Email, Heading, Image, Link
from newsletter.model.issue import Issue, IssueStatus
from newsletter.model.page import Page
from newsletter.model.problem import Problem, Severity
from newsletter.model.publication import Publication
from newsletter.model.roundtable import Roundtable
from newsletter.model.text import clean_line

LONGEST = 400
"""Characters of a message: it may quote what an author wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """An issue or a roundtable as a reader meets it, each part with its place.

    `addresses` are the web addresses of the front matter, `page` is its own place in
    the archive, such as `say-the-number/`; `ignored` are the codes that its author does
    not want to hear of. A `draft` cannot be sent. `merged` are the texts into which
    values are merged, without their code; `shared` is one text for all readers, into
    which none is. `names` are what people and things are called: words of others, of
    which no style is asked. `leads_to` is the page of the roundtable that a private
    issue features: it does not come out with it.
    """

    file: str
    places: dict[str, Place]
    publication: Publication
    facts: Facts
    prose: tuple[Prose, ...]
    links: tuple[Link, ...]
    addresses: tuple[Link, ...]
    images: tuple[Image, ...]
    merged: tuple[Prose, ...] = ()
    names: tuple[Prose, ...] = ()
    headings: tuple[Heading, ...] = ()
    body_line: int = 1
    date: datetime.date | None = None
    page: str = ""
    leads_to: str = ""
    ignored: tuple[str, ...] = ()
    draft: bool = False
    shared: bool = False
    lines: Sequence[str] = field(default=(), repr=False)

    def at(self, *keys: str) -> Place:
        """Where the value of the first of these keys begins that is given."""
        return next((self.places[key] for key in keys if key in self.places), (1, 1))

    def problem(
        self,
        code: str,
        message: str,
        hint: str,
        place: Place,
        severity: Severity = Severity.WARNING,
    ) -> Problem:
        """A problem of this file; its message is one line, however long a text was."""
        line, column = place
        if len(message) > LONGEST:
            message = f"{message[:LONGEST]}…"
        return Problem(
            code=code,
            message=clean_line(message),
            hint=hint,
            severity=severity,
            file=self.file,
            line=line,
            column=column,
        )

    @property
    def english(self) -> bool:
        """Whether it is written in the language whose phrases the rules know."""
        return self.publication.language.split("-")[0] == "en"


def of_issue(
    issue: Issue, email: Email, publication: Publication, facts: Facts
) -> Writing:
    """What there is to see in an issue and its email."""
    lines = issue.source.split("\n") if issue.source else ()
    places = _places(issue)
    music, picture = issue.music, issue.image
    addresses = {
        "canonical_url": issue.canonical_url,
        "music.url" if "music.url" in places else "music": music.url if music else "",
        "image": picture if picture.startswith(("http://", "https://")) else "",
    }
    featured = issue.roundtable.slug if issue.private and issue.roundtable else ""
    front = tuple(_issue_lines(issue, places, lines))
    code = by_line(email.code)
    merged = [without(code, text) for text in _issue_texts(issue, lines)]
    return Writing(
        file=issue.file,
        places=places,
        publication=publication,
        facts=facts,
        prose=(*front, *map(_masked, merged)),
        merged=(*map(_spoken, front), *merged),
        names=tuple(_issue_names(issue, places, lines)),
        links=email.links,
        addresses=_addresses(addresses, places),
        images=email.images,
        headings=email.headings,
        body_line=issue.body_line,
        date=issue.date,
        page=f"{issue.slug}/",
        leads_to=f"roundtables/{featured}/" if featured else "",
        ignored=issue.check.ignore,
        draft=issue.status is IssueStatus.DRAFT,
        lines=lines,
    )


def of_roundtable(
    roundtable: Roundtable, page: Page, publication: Publication, facts: Facts
) -> Writing:
    """What there is to see in a roundtable and its page."""
    lines = roundtable.source.split("\n") if roundtable.source else ()
    places = _places(roundtable)
    code = by_line(page.code)
    merged = (
        *map(_spoken, _roundtable_lines(roundtable, places, lines)),
        *(without(code, remark) for remark in _remarks(roundtable, lines)),
    )
    addresses = {"interview_url": roundtable.interview_url}
    for number, expert in enumerate(roundtable.panel):
        addresses[f"panel.{number}.url"] = expert.url
    return Writing(
        file=roundtable.file,
        places=places,
        publication=publication,
        facts=facts,
        prose=tuple(map(_masked, merged)),
        merged=merged,
        names=tuple(_roundtable_names(roundtable, places, lines)),
        shared=True,
        links=page.links,
        addresses=_addresses(addresses, places),
        images=page.images,
        body_line=roundtable.body_line,
        date=roundtable.date,
        page=f"roundtables/{roundtable.slug}/",
        ignored=roundtable.check.ignore,
        lines=lines,
    )


def _masked(prose: Prose) -> Prose:
    return replace(prose, text=masked(prose.text))


def _spoken(prose: Prose) -> Prose:
    return replace(prose, text=without_code(prose.text))


def _places(item: Issue | Roundtable) -> dict[str, Place]:
    """Where the values stand; of one that was not read from a file, its line."""
    return item.places or {key: (line, 1) for key, line in item.key_lines.items()}


def _addresses(
    given: dict[str, str | None], places: dict[str, Place]
) -> tuple[Link, ...]:
    return tuple(
        Link(url, "", *places.get(key, (1, 1))) for key, url in given.items() if url
    )


def _issue_texts(issue: Issue, lines: Sequence[str]) -> tuple[Prose, Prose]:
    """What is Markdown of many lines: the TLDR and the body."""
    line, column, indent = issue.tldr_line or 1, issue.tldr_column, issue.tldr_indent
    tldr = Prose("tldr", issue.tldr, line, column, indent, lines)
    return tldr, Prose("body", issue.body, issue.body_line, lines=lines)


def _issue_lines(
    issue: Issue, places: dict[str, Place], lines: Sequence[str]
) -> Iterator[Prose]:
    keys = ("title", "subject", "preheader", "description", "my_2_cents", "image_alt")
    for key in keys:
        if text := getattr(issue, key):
            yield front_matter(key, text, places.get(key), lines)
    if issue.music and issue.music.note:
        yield _line("music.note", issue.music.note, places, lines)
    if issue.roundtable and issue.roundtable.teaser:
        yield _line("roundtable.teaser", issue.roundtable.teaser, places, lines)


def _issue_names(
    issue: Issue, places: dict[str, Place], lines: Sequence[str]
) -> Iterator[Prose]:
    given = {"author": issue.author}
    if issue.music:
        given |= {"music.title": issue.music.title, "music.artist": issue.music.artist}
    for key, text in given.items():
        if text:
            yield _line(key, text, places, lines)


def _line(key: str, text: str, places: dict[str, Place], lines: Sequence[str]) -> Prose:
    return front_matter(key, text, places.get(key), lines)


def _roundtable_lines(
    roundtable: Roundtable, places: dict[str, Place], lines: Sequence[str]
) -> Iterator[Prose]:
    for key in ("title", "competency", "discussing", "consensus"):
        if text := getattr(roundtable, key):
            yield _line(key, text, places, lines)
    for number, expert in enumerate(roundtable.panel):
        for key in ("role", "hire", "concern"):
            if text := getattr(expert, key):
                yield _line(f"panel.{number}.{key}", text, places, lines)


def _roundtable_names(
    roundtable: Roundtable, places: dict[str, Place], lines: Sequence[str]
) -> Iterator[Prose]:
    for number, expert in enumerate(roundtable.panel):
        yield _line(f"panel.{number}.name", expert.name, places, lines)
    heads = {turn.title.strip("# ") for turn in roundtable.rounds}
    for number, line in enumerate(lines, 1):
        in_body = number >= roundtable.body_line and line.startswith("##")
        # Not every line with these marks is one: it may stand in code.
        if in_body and line.strip("# \t") in heads:
            yield Prose("body", line, number, lines=lines)


def _remarks(roundtable: Roundtable, lines: Sequence[str]) -> Iterator[Prose]:
    for turn in roundtable.rounds:
        for item in turn.remarks:
            yield Prose("body", item.text, item.line, item.column, 0, lines)
