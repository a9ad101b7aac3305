"""An issue: one piece of writing, one Markdown file."""

import datetime
import hashlib
import re
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from newsletter.model.problem import CheckSettings
from newsletter.model.text import Day, Line, Slug, Text, WebUrl

_PLAYER = re.compile(
    r"https://bandcamp\.com/EmbeddedPlayer/"
    r"(?:[a-z_]+=[A-Za-z0-9]+/)*(?:album|track)=[0-9]{1,20}(?:/[a-z_]+=[A-Za-z0-9]+)*/?\Z"
)
_PLAYER_HINT = "it begins with https://bandcamp.com/EmbeddedPlayer/track=… or album=…"


class IssueStatus(StrEnum):
    """What the author says of an issue; whether it was sent is the ledger's to say."""

    DRAFT = "draft"
    READY = "ready"
    SCHEDULED = "scheduled"
    SENT = "sent"
    ARCHIVED = "archived"


class Music(BaseModel):
    """The music pick."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    url: WebUrl
    title: Line = ""
    artist: Line = ""
    note: Line = ""
    cover: Line = ""
    embed: Line = ""

    @field_validator("embed")
    @classmethod
    def _is_bandcamp(cls, value: str) -> str:
        """Only Bandcamp's addresses do not say which player is meant."""
        if value and not _PLAYER.match(value):
            raise PydanticCustomError(
                "value_error",
                "`{text}` is not the address of a player of Bandcamp",
                {"text": value[:60], "hint": _PLAYER_HINT},
            )
        return value


class FeaturedRoundtable(BaseModel):
    """The roundtable an issue features, and the line that leads to it."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    slug: Slug
    teaser: Line = ""


class Issue(BaseModel):
    """One Markdown file: its front matter, its body, and where the body starts.

    A `private` issue is sent and in no archive. `places` are line and column of every
    value of the front matter by its keys, such as `music.note`; `source` is the whole
    text of the file. The TLDR's lines stand `tldr_indent` columns to the right, the
    first one from `tldr_column` on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    title: Line = Field(
        min_length=1, description="The headline, and the subject where there is none."
    )
    subject: Line = Field(
        "", description="The subject that inboxes show, when not the title."
    )
    preheader: Line = Field(
        "",
        description="The line that inboxes show after the subject; else the "
        "description.",
    )
    description: Line = Field(
        "",
        description="A line below the title, in the mail and the archive, and for "
        "search engines.",
    )
    date: Day = Field(
        description="The day of the letter, such as 2026-11-20; its page is out "
        "from then on, and only then it can be sent.",
    )
    publish_date: Day | None = Field(
        None,
        description="From when its page is out and it can be sent, when not from "
        "`date`.",
    )
    slug: Slug = Field(
        description="Its name in addresses and commands; else from the name of "
        "the file.",
    )
    number: int | None = Field(
        None, ge=0, description="Shown beside the date, as `issue 24`."
    )
    my_2_cents: Line = Field(
        "",
        description="A headline of your own above the text, under the label "
        "`my_2_cents`.",
    )
    tldr: Text = Field(
        "",
        description="The letter in a few sentences of Markdown, in a box below "
        "the text.",
    )
    music: Music | None = Field(
        None,
        description="A music pick in a box of its own: an address, or the keys below.",
    )
    roundtable: FeaturedRoundtable | None = Field(
        None,
        description="The slug of a roundtable to feature; or `slug` and `teaser`, "
        "the line that leads to it.",
    )
    tags: tuple[Line, ...] = Field(
        (),
        description="Words that the page and the feed file it under: `[bees, soil]`.",
    )
    image: Line = Field(
        "",
        description="The picture that is shown where the page is shared: a file "
        "beside the issue, or an address.",
    )
    image_alt: Line = Field(
        "", description="What that picture shows, for those who do not see it."
    )
    author: Line = Field(
        "", description="Who wrote it, when not the author of newsletter.yaml."
    )
    canonical_url: WebUrl | None = Field(
        None,
        description="Where it first came out, when elsewhere: search engines are "
        "sent there.",
    )
    aliases: tuple[Line, ...] = Field(
        (),
        description="Addresses that its page had before, such as `/old-name/`: they "
        "lead on to it.",
    )
    status: IssueStatus = Field(
        IssueStatus.READY,
        description="`draft`: neither published nor sent. `ready`, as without the "
        "key: both. `scheduled`, `sent`, `archived`: published, not "
        "sent.",
    )
    private: bool = Field(
        default=False,
        description="Sent, and in no archive: its page is for its readers alone.",
    )
    segment: Line = Field(
        "all",
        description="Who gets it: a name of `segments` in newsletter.yaml, or `all`.",
    )
    provider: Line = Field(
        "",
        description="Who delivers this issue, when not the provider of "
        "newsletter.yaml.",
    )
    check: CheckSettings = Field(
        CheckSettings(),
        description="`ignore:` lists the codes of `newsletter check` that you "
        "know better.",
    )
    body: str
    body_line: int = 1
    tldr_line: int = 0
    tldr_column: int = 1
    tldr_indent: int = 0
    key_lines: dict[str, int] = Field(default_factory=dict)
    places: dict[str, tuple[int, int]] = Field(default_factory=dict)
    source: str = ""
    file: str = ""
    path: Path = Path()
    extra: dict[str, Any] = Field(default_factory=dict)

    @field_validator("roundtable", mode="before")
    @classmethod
    def _slug_alone(cls, value: Any) -> Any:
        return {"slug": value} if isinstance(value, str) else value

    @field_validator("music", mode="before")
    @classmethod
    def _url_alone(cls, value: Any) -> Any:
        return {"url": value} if isinstance(value, str) else value

    @field_validator("tags", mode="before")
    @classmethod
    def _tags_in_a_line(cls, value: Any) -> Any:
        """Jekyll lets tags be one text: split at commas, else at blanks."""
        if isinstance(value, str):
            parts = value.split(",") if "," in value else value.split()
            return [part.strip() for part in parts if part.strip()]
        return value

    @property
    def subject_line(self) -> str:
        """What the inbox shows: `subject`, or the title."""
        return self.subject or self.title

    @property
    def preheader_line(self) -> str:
        """The line after the subject: `preheader`, or the description."""
        return self.preheader or self.description

    def line_of(self, *keys: str) -> int:
        """The line of the first of these front-matter keys that is given, else 1."""
        return next((self.key_lines[key] for key in keys if key in self.key_lines), 1)

    def line_of_text(self, text: str) -> int:
        """The line of the front-matter key with this text; 0 where there is none."""
        for key in ("subject", "title", "preheader", "description", "my_2_cents"):
            if text and getattr(self, key) == text:
                return self.key_lines.get(key, 0)
        return 0

    @property
    def published_on(self) -> datetime.date:
        """The day from which the issue may be seen in public."""
        return self.publish_date or self.date

    @property
    def text_hash(self) -> str:
        """Names the writing itself, whatever its file and slug are called."""
        parts = (self.title, self.my_2_cents, self.tldr, self.body)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()
