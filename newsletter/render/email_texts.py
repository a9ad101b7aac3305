"""The texts of one email before they are HTML or plain text: parsed, tags found."""

from dataclasses import dataclass

from newsletter.model.issue import Issue
from newsletter.model.publication import Publication
from newsletter.model.roundtable import Roundtable
from newsletter.render.address import INDEX, issue_path, public_url
from newsletter.render.dates import long_date, reading_minutes
from newsletter.render.findings import Findings, ImagesBeside
from newsletter.render.labels import label
from newsletter.render.merge import BUILT_IN, SYSTEM, MergeTags
from newsletter.render.roundtable_card import RoundtableCard, roundtable_card
from newsletter.render.tree import Document, parse


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailTexts:
    """What HTML and plain text are both made of, and all that was found in it."""

    issue: Issue
    publication: Publication
    tags: MergeTags
    findings: Findings
    body: Document
    tldr: Document
    words: int
    card: RoundtableCard | None
    unsubscribe_url: str
    preferences_url: str
    view_url: str

    @property
    def page_url(self) -> str:
        """The issue's page in the archive."""
        return self.findings.page_url

    @property
    def home(self) -> str:
        """The front page of the archive."""
        return public_url(self.publication.base_url, INDEX)

    @property
    def headline(self) -> str:
        """The opinion column's headline, unless it only repeats the title."""
        headline = self.issue.my_2_cents
        return "" if headline == self.issue.title else headline

    @property
    def dateline(self) -> str:
        """The issue's number, if it has one, and its date."""
        issue, publication = self.issue, self.publication
        day = long_date(issue.date, publication.language)
        if issue.number is None:
            return day
        number = publication.labels.issue.replace("{number}", str(issue.number))
        return f"{number} · {day}"

    @property
    def byline(self) -> str:
        """Who wrote it and how long it takes to read."""
        minutes = str(reading_minutes(self.words))
        read = self.publication.labels.minutes.replace("{minutes}", minutes)
        author = self.issue.author or self.publication.author
        return f"{author} · {read}" if author else read

    @property
    def plain_title(self) -> str:
        """The title for everybody: with the defaults of its merge tags."""
        title = self.tags.compile_line(
            self.issue.title, line=self.issue.line_of_text(self.issue.title)
        )
        return title.join([field.default for field in self.tags.fields])

    def line(self, text: str) -> str:
        """A text of one line, its merge tags found."""
        line = self.issue.line_of_text(text)
        return self.tags.in_text(self.tags.protect(text, line=line, columns=False))

    def label(self, text: str) -> str:
        """A label with the weekday and the publication's name filled in."""
        return label(text, self.issue, self.publication)


def read_texts(
    issue: Issue,
    publication: Publication,
    roundtable: Roundtable | None,
    images_beside: ImagesBeside,
) -> EmailTexts:
    """Parse the texts of an issue and of the roundtable that it features."""
    tags = MergeTags(issue.file, (*BUILT_IN, *publication.merge_fields, *SYSTEM))
    smart = publication.smart
    body = parse(issue.body, tags, line=issue.body_line, smart=smart)
    tldr = parse(
        issue.tldr,
        tags,
        line=issue.tldr_line,
        column=issue.tldr_column,
        indent=issue.tldr_indent,
        smart=smart,
    )
    page_url = public_url(publication.base_url, issue_path(issue))
    return EmailTexts(
        issue=issue,
        publication=publication,
        tags=tags,
        findings=Findings(
            issue.file,
            publication.base_url,
            page_url,
            images_beside(issue.path),
            written=tags.written,
        ),
        body=body,
        tldr=tldr,
        words=body.words + tldr.words,
        card=_card(issue, publication, roundtable, images_beside),
        unsubscribe_url=tags.system("unsubscribe_url"),
        preferences_url=tags.system("preferences_url"),
        # A private issue has no page but its reader's own.
        view_url=tags.system("view_url") if issue.private else page_url,
    )


def _card(
    issue: Issue,
    publication: Publication,
    roundtable: Roundtable | None,
    images_beside: ImagesBeside,
) -> RoundtableCard | None:
    if roundtable is None or issue.roundtable is None:
        return None
    images = images_beside(roundtable.path)
    return roundtable_card(roundtable, issue.roundtable.teaser, publication, images)
