"""Renders an issue as a page of the archive."""

from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from newsletter.model.email import ImageFile, ImageTrouble
from newsletter.model.issue import Issue
from newsletter.model.page import Page
from newsletter.model.problem import Problem
from newsletter.model.roundtable import Roundtable
from newsletter.model.text import elsewhere
from newsletter.render.address import (
    issue_path,
    roundtable_path,
    share_path,
    tag_path,
)
from newsletter.render.dates import long_date, reading_minutes
from newsletter.render.html import Picture
from newsletter.render.json_ld import issue_posting, json_ld, shared_picture
from newsletter.render.music import cover, service
from newsletter.render.music_player import Player, player
from newsletter.render.page import Entry, Head, Site, excerpt, render_frame
from newsletter.render.page_contents import LONG, contents_of
from newsletter.render.page_people import people, photo_problems
from newsletter.render.page_place import Place
from newsletter.render.page_text import (
    PageFindings,
    PublicTags,
    public_tags,
    without_private,
)
from newsletter.render.tags import tag_slug
from newsletter.render.tree import Document, parse
from newsletter.render.web_html import WebHtml


def render_issue_page(
    issue: Issue,
    site: Site,
    roundtable: Roundtable | None = None,
    *,
    older: Entry | None = None,
    newer: Entry | None = None,
) -> Page:
    """Render `issue`, with the roundtable it features, for the web.

    `older` and `newer` are its neighbours in the archive. Merge tags are shown as
    their defaults. What is wrong in the texts comes back as the page's problems. Raises
    RenderError for a template that cannot be rendered.
    """
    rendering = _Rendering.start(issue, site, roundtable if issue.roundtable else None)
    return rendering.page({"older": older, "newer": newer})


def issue_picture(issue: Issue, site: Site) -> ImageFile | None:
    """The picture that stands for an issue: the one it names, or its text's first."""
    rendering = _Rendering.start(issue, site, None)
    rendering.texts()
    return rendering.picture


@dataclass(slots=True)
class _Rendering:
    """One page in the making: the parsed texts and all that was found in them."""

    issue: Issue
    site: Site
    roundtable: Roundtable | None
    place: Place
    tags: PublicTags
    findings: PageFindings
    body: Document
    tldr: Document
    words: int
    player: Player | None
    named_picture: ImageFile | ImageTrouble | None

    @classmethod
    def start(
        cls, issue: Issue, site: Site, roundtable: Roundtable | None
    ) -> "_Rendering":
        place = site.place(issue_path(issue))
        tags = public_tags(issue.file, site.publication)
        findings = site.findings(issue.file, issue.path, place)
        ours = issue.image and not issue.image.startswith(("https://", "http://"))
        body = parse(issue.body, tags, line=issue.body_line, smart=site.smart)
        tldr = parse(
            issue.tldr,
            tags,
            line=issue.tldr_line,
            column=issue.tldr_column,
            indent=issue.tldr_indent,
            smart=site.smart,
        )
        return cls(
            issue=issue,
            site=site,
            roundtable=roundtable,
            place=place,
            tags=tags,
            findings=findings,
            body=body,
            tldr=tldr,
            words=body.words + tldr.words,
            player=player(issue.music) if issue.music else None,
            named_picture=findings.resolve_image(issue.image) if ours else None,
        )

    def page(self, neighbours: dict[str, Any]) -> Page:
        # The texts come first: they find the picture that the head names.
        texts, lines = self.texts(), self._lines()
        html = render_frame(
            self.site,
            self.place,
            "issue.html",
            self._head(lines["title"]),
            **texts,
            **lines,
            **self._labels(),
            **neighbours,
            issue=self.issue,
            roundtable=self._card(),
            tags=self._tags(),
            **self._music(),
        )
        return Page(
            path=self.place.path,
            html=html,
            picture=self.picture,
            words=self.words,
            links=tuple(self.findings.links),
            images=tuple(self.findings.images),
            problems=tuple(self._problems()),
        )

    def texts(self) -> dict[str, Any]:
        """The Markdown of the issue as HTML; what is found in it is found here."""
        publication = self.site.publication
        html = WebHtml(
            self.findings,
            trusted=publication.trusted_html,
            notes=publication.labels.footnotes,
            taken=("content", "contents", "join", "join-here"),
        )
        # Safe: WebHtml escapes all text and checks every address.
        body = Markup(html.render(self.body))  # noqa: S704
        contents = contents_of(html.headings) if self.words >= LONG else []
        tldr = Markup(html.render(self.tldr))  # noqa: S704
        return {"body": body, "tldr": tldr, "contents": contents}

    def _line(self, text: str) -> str:
        """A text that is not Markdown; a wrong merge tag in it is a problem."""
        return without_private(self.tags.in_text(self.tags.protect(text)))

    def _lines(self) -> dict[str, Any]:
        line, issue, publication = self._line, self.issue, self.site.publication
        minutes = str(reading_minutes(self.words))
        same = issue.my_2_cents == issue.title
        return {
            "title": line(issue.title),
            "deck": line(issue.description),
            "headline": "" if same else line(issue.my_2_cents),
            "number": self._number,
            "long_day": long_date(issue.date, publication.language),
            "author": line(issue.author or publication.author),
            "minutes": publication.labels.minutes.replace("{minutes}", minutes),
        }

    @property
    def _number(self) -> str:
        """`issue 4`, where the author counts."""
        number = self.issue.number
        label = self.site.publication.labels.issue
        return "" if number is None else label.replace("{number}", str(number))

    def _labels(self) -> dict[str, str]:
        """The labels over this issue's columns, the weekday filled in."""
        labels = self.site.publication.labels
        return {
            f"{name}_label": self.site.label(getattr(labels, name), self.issue)
            for name in ("my_2_cents", "tldr", "music", "roundtable")
        }

    def _head(self, title: str) -> Head:
        about = excerpt(self.issue, self.site)
        url, picture = str(self.issue.canonical_url or self.place.url), self._shared
        return Head(
            title=title,
            description=about,
            kind="article",
            canonical=url,
            share=share_path(self.place.path),
            json_ld=json_ld(
                issue_posting(
                    self.site,
                    title=title,
                    description=about,
                    url=url,
                    published=self.issue.published_on,
                    author=self._line(
                        self.issue.author or self.site.publication.author
                    ),
                    picture=picture or shared_picture(self.site, self.place.path),
                    tags=[*map(self.site.line, self.issue.tags)],
                    words=self.words,
                )
            ),
            picture=picture,
            picture_alt=self.issue.image_alt,
            published=self.issue.published_on,
            tags=self.issue.tags,
            players=self.player is not None,
        )

    @property
    def _shared(self) -> str:
        """The author's picture for where the page is shared; else the build's own."""
        if self.issue.image.startswith(("https://", "http://")):
            return self.issue.image
        ours = self.issue.image or not self.site.pictures
        return self.site.image_url(self.picture) if ours and self.picture else ""

    @property
    def picture(self) -> ImageFile | None:
        """The image that `image:` names, else the first of the text."""
        if isinstance(self.named_picture, ImageFile):
            return self.named_picture
        return self.findings.picture

    def _card(self) -> dict[str, Any] | None:
        """What the card of the featured roundtable shows."""
        if self.roundtable is None or self.issue.roundtable is None:
            return None
        return {
            "title": self.roundtable.title,
            "competency": self.roundtable.competency,
            "teaser": self.issue.roundtable.teaser or self.roundtable.discussing,
            "panel": [*people(self.roundtable, self.site).values()],
            "consensus": self.site.brief(self.roundtable.consensus),
            "url": self.place.to(roundtable_path(self.roundtable)),
            "interview_url": self.roundtable.interview_url,
        }

    def _tags(self) -> list[tuple[str, str]]:
        """The words of the tags, and the links to their pages."""
        tags = [(self.site.line(tag), tag_slug(tag)) for tag in self.issue.tags]
        return [(word, self.place.to(tag_path(slug))) for word, slug in tags if slug]

    def _music(self) -> dict[str, Any]:
        """What the card of the music pick shows."""
        music = self.issue.music
        if music is None:
            return {}
        return {
            "service": service(music.url),
            "cover": self._cover(),
            "player": self.player,
        }

    def _cover(self) -> Picture | None:
        """The cover of the music pick, as the page links it; the mail shows it too.

        One on another site is left out, as other images are.
        """
        base_url = self.site.publication.base_url
        found = cover(self.issue, base_url, self.findings.resolve_image)
        if isinstance(found, Problem):
            self.findings.problems.append(found)
            return None
        if not found or elsewhere(found.url, base_url):
            return None
        return replace(found, url=self.place.seen(found.url))

    def _problems(self) -> list[Problem]:
        found = [*self.findings.problems, *self.tags.problems]
        if isinstance(self.named_picture, ImageTrouble):
            trouble = self.named_picture
            found.append(
                Problem(
                    code="image",
                    message=f"`image: {self.issue.image}` {trouble.message}",
                    hint=trouble.hint,
                    file=self.issue.file,
                    line=self.issue.line_of("image"),
                )
            )
        if self.roundtable:
            found += photo_problems(self.roundtable, self.site)
        return found
