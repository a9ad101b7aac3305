"""A publication: the newsletter as a whole, as newsletter.yaml describes it."""

import re
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from newsletter.model.provider_settings import Providers
from newsletter.model.text import Line, Text, WebUrl

RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})

_SQLITE = re.compile(r"sqlite(?:\+\w+)?:///(.*)\Z", re.DOTALL)
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(
    rf"(?=.{{1,254}}\Z){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+\Z"
)
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\Z")
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")


def _mail_address(text: str) -> str:
    if not _ADDRESS.match(text):
        raise PydanticCustomError(
            "value_error",
            "`{text}` is not an email address we can send from",
            {"text": text[:60], "hint": "write it as name@example.com"},
        )
    return text


def _field_name(text: str) -> str:
    if not _FIELD.match(text):
        raise PydanticCustomError(
            "value_error",
            "`{name}` cannot be a merge field",
            {"name": text[:40], "hint": "use a–z, 0–9 and _, such as `company`"},
        )
    return text


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Sender(_Section):
    """Who the mail is from."""

    name: Line = Field(description="The name an inbox shows.")
    address: str = Field(description="The address the mail is sent from.")

    _check = field_validator("address")(_mail_address)


class Labels(_Section):
    """The words around an issue. `{weekday}` becomes the issue's weekday."""

    my_2_cents: Line = Field("my 2 cents", description="Opinion column.")
    tldr: Line = Field("TLDR: synopsis", description="Summary box.")
    music: Line = Field("music for your {weekday}", description="Music pick.")
    roundtable: Line = Field("expert roundtable", description="Featured roundtable.")
    read_roundtable: Line = Field(
        "read the roundtable", description="Link to its page."
    )
    watch_interview: Line = Field("watch the full interview", description="Link.")
    consensus: Line = Field("Panel consensus", description="The panel's consensus.")
    signals: Line = Field("Hiring signals from the loop", description="Signals.")
    hire: Line = Field("Reason to hire", description="An expert's reason to hire.")
    concern: Line = Field("Concern", description="An expert's concern.")
    reply: Line = Field(
        "hit reply and tell me what you think. i read every one.",
        description="The line that asks for an answer.",
    )
    unsubscribe: Line = Field("unsubscribe", description="Footer link.")
    view_in_browser: Line = Field("read it in your browser", description="Footer link.")
    why: Line = Field(
        "you get this because you signed up for {publication}.",
        description="Why the reader gets this mail.",
    )
    minutes: Line = Field("{minutes} min read", description="Reading time.")
    all_issues: Line = Field("all issues", description="Archive heading.")
    footnotes: Line = Field("notes", description="Heading over footnotes.")


class Colours(_Section):
    """The palette of email and archive, as `#rrggbb`."""

    paper: str = Field("#fbf8f2", description="Behind everything.")
    card: str = Field("#ffffff", description="Behind the text.")
    ink: str = Field("#23272e", description="Text.")
    quiet: str = Field("#5d6470", description="Dates, captions, footers.")
    accent: str = Field("#a8432c", description="Links and buttons.")
    line: str = Field("#e4ddd0", description="Rules and borders.")
    tint: str = Field("#f4ede1", description="Behind boxes: TLDR, music, roundtable.")

    @field_validator("*")
    @classmethod
    def _is_a_colour(cls, value: str) -> str:
        if not _COLOUR.match(value):
            raise PydanticCustomError(
                "value_error",
                "`{value}` is not a colour",
                {"value": value[:20], "hint": "write it as #a8432c, in quotes"},
            )
        return value.lower()


class Publication(_Section):
    """The newsletter as a whole: what newsletter.yaml says."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    name: Line = Field(description="The newsletter's name.", min_length=1)
    base_url: WebUrl = Field(description="Where the archive is published.")
    from_: Sender = Field(alias="from", description="Who the mail is from.")
    description: Line = Field("", description="What it is, in a sentence.")
    author: Line = Field("", description="Who writes it.")
    language: str = Field("en", description="BCP 47 tag, such as `en` or `pt-BR`.")
    reply_to: str = Field("", description="Where answers go, when not to the sender.")
    postal_address: Text = Field(
        "",
        description="Required by law in every mail (CAN-SPAM, CASL).",
        max_length=400,
    )
    unsubscribe_mailto: str = Field(
        "", description="Also takes unsubscribe requests, by mail."
    )
    merge_fields: tuple[Annotated[str, AfterValidator(_field_name)], ...] = Field(
        (),
        description="Subscriber attributes an issue may use, beside first_name, "
        "last_name, name and email.",
    )
    labels: Labels = Field(Labels(), description="The words around an issue.")
    colours: Colours = Field(Colours(), description="The palette.")
    logo: Line = Field("", description="An image file instead of the name.")
    trusted_html: bool = Field(
        False, description="Let HTML in Markdown through (still sanitised)."
    )
    provider: Line = Field("outbox", description="Who delivers the mail.")
    providers: Providers = Field(Providers(), description="Settings of each provider.")
    timezone: str = Field(
        "UTC", description="Where times are meant, such as `Europe/London`."
    )
    grace_hours: float = Field(
        6, gt=0, description="How late a scheduled issue may still be sent."
    )
    require_approval: bool = Field(
        False, description="Send only what `newsletter approve` was said of."
    )
    store: Text = Field(
        "sqlite:///.newsletter/newsletter.db", description="The database's URL."
    )
    root: Path = Field(Path(), exclude=True, description="Folder of newsletter.yaml.")

    @field_validator("reply_to", "unsubscribe_mailto")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        return _mail_address(value) if value else value

    @field_validator("language")
    @classmethod
    def _is_a_language(cls, value: str) -> str:
        if not _LANGUAGE.match(value):
            raise PydanticCustomError(
                "value_error",
                "`{value}` is not a language tag",
                {"value": value[:40], "hint": "write it as `en` or `pt-BR`"},
            )
        return value

    @field_validator("timezone")
    @classmethod
    def _is_a_time_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ValueError, OSError):
            raise PydanticCustomError(
                "value_error",
                "`{value}` is not a time zone",
                {"value": value[:40], "hint": "write it as `Europe/London`"},
            ) from None
        return value

    @field_validator("base_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @property
    def direction(self) -> str:
        """`rtl` for languages written from right to left, else `ltr`."""
        return "rtl" if self.language.split("-")[0] in RIGHT_TO_LEFT else "ltr"

    @property
    def store_path(self) -> Path | None:
        """The SQLite file, seen from newsletter.yaml; None for a server."""
        found = _SQLITE.match(self.store)
        name = found.group(1) if found else ""
        if name in ("", ":memory:"):
            return None
        return self.root / name

    @property
    def domain(self) -> str:
        """The sending domain: Message-ID and List-Id are made on it."""
        return self.from_.address.rpartition("@")[2].lower()
