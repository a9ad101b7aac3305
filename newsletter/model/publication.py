"""A publication: the newsletter as a whole, as newsletter.yaml describes it."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from newsletter.model.client import DEFAULT_CLIENTS, client_families, is_client
from newsletter.model.labels import Labels
from newsletter.model.provider_settings import Providers
from newsletter.model.segment import RESERVED, Deed, Segment
from newsletter.model.segment_parser import SegmentMistake, parse
from newsletter.model.service import ServiceSettings
from newsletter.model.text import Line, SiteUrl, Slug, Text
from newsletter.model.theme import Colours, Fonts, Look

RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})

_SQLITE = re.compile(r"sqlite(?:\+\w+)?:///(.*)\Z", re.DOTALL)
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(
    rf"(?=.{{1,254}}\Z){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+\Z"
)
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\Z")
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_SEGMENT = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?\Z")


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


def _segment_name(text: str) -> str:
    if text in RESERVED or not _SEGMENT.match(text):
        wrong = "means something already" if text in RESERVED else "cannot be a name"
        raise PydanticCustomError(
            "segment_name",
            "`{name}` {wrong}: call the segment otherwise",
            {
                "name": text[:40],
                "wrong": wrong,
                "hint": "use 1 to 40 of a–z, 0–9 and -, such as `candidates`",
            },
        )
    return text


def _segment(written: object, info: ValidationInfo) -> Segment:
    if not isinstance(written, str):
        raise PydanticCustomError("string_type", "text")
    try:
        segment = parse(written)
    except SegmentMistake as mistake:
        raise PydanticCustomError(
            "segment",
            "{wrong}",
            {"wrong": mistake.message, "hint": mistake.hint, "offset": mistake.offset},
        ) from None
    told = segment.deeds - {Deed.RECEIVED}
    if told and not info.data.get("keep_opens"):
        raise PydanticCustomError(
            "segment",
            "who {told} an issue is not kept",
            {"told": min(told), "hint": "`keep_opens: true` keeps it from now on"},
        )
    return segment


def _client(text: str) -> str:
    if not is_client(text):
        known = ", ".join(client_families())
        raise PydanticCustomError(
            "value_error",
            "`{name}` is not a mail program that newsletter knows",
            {"name": text[:40], "hint": f"{known}, or one of such: `outlook-windows`"},
        )
    return text


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Sender(_Section):
    """Who the mail is from."""

    name: Line = Field(description="The name an inbox shows.")
    address: str = Field(description="The address the mail is sent from.")

    _check = field_validator("address")(_mail_address)


class Images(StrEnum):
    """How a mail program gets an email's images."""

    LINK = "link"
    CID = "cid"


class Publication(_Section):
    """The newsletter as a whole: what newsletter.yaml says."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, defer_build=True
    )

    name: Line = Field(description="The newsletter's name.", min_length=1)
    base_url: SiteUrl = Field(description="Where the archive is published.")
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
    keep_opens: bool = Field(
        False, description="Keep who opened and clicked which issue."
    )
    segments: dict[
        Annotated[str, AfterValidator(_segment_name)],
        Annotated[Segment, PlainValidator(_segment)],
    ] = Field({}, description="Named filters over the subscribers.")
    labels: Labels = Field(Labels(), description="The words around an issue.")
    theme: Slug = Field(
        "friday", description="The look: `friday`, `plain`, `formal` or your own."
    )
    colours: Colours = Field(Colours(), description="The palette.")
    fonts: Fonts = Field(Fonts(), description="The fonts.")
    look: Look = Field(Look(), description="The measures of the email.")
    logo: Line = Field("", description="An image file instead of the name.")
    images: Images = Field(
        Images.LINK,
        description="How mail shows images: `link` from the archive, `cid` from inside "
        "each message.",
    )
    trusted_html: bool = Field(
        False, description="Let HTML in Markdown through (still sanitised)."
    )
    clients: tuple[Annotated[str, AfterValidator(_client)], ...] = Field(
        DEFAULT_CLIENTS,
        description="The mail programs that `newsletter check` has in mind: families "
        "such as `gmail`, or single ones such as `outlook-windows`.",
    )
    provider: Line = Field("outbox", description="Who delivers the mail.")
    providers: Providers = Field(Providers(), description="Settings of each provider.")
    timezone: str = Field(
        "UTC", description="Where times are meant, such as `Europe/London`."
    )
    grace_hours: float = Field(
        6, gt=0, le=8760, description="How late a scheduled issue may still be sent."
    )
    search: bool = Field(True, description="Whether the archive can be searched.")
    pictures: bool = Field(
        True,
        description="Whether the archive has pictures of its issues, roundtables and "
        "remarks, shown where they are shared.",
    )
    require_approval: bool = Field(
        False, description="Send only what `newsletter approve` was said of."
    )
    service: ServiceSettings = Field(
        ServiceSettings(), description="The public service."
    )
    store: Text = Field(
        "sqlite:///.newsletter/newsletter.db", description="The database's URL."
    )
    root: Path = Field(Path(), exclude=True, description="Folder of newsletter.yaml.")
    places: dict[str, tuple[int, int]] = Field(
        {}, exclude=True, description="Line and column of every value."
    )

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

    def place(self, *keys: str) -> tuple[int, int]:
        """Line and column in newsletter.yaml of the first of these that is given."""
        return next((self.places[key] for key in keys if key in self.places), (1, 1))

    @property
    def direction(self) -> str:
        """`rtl` for languages written from right to left, else `ltr`."""
        return "rtl" if self.language.split("-")[0] in RIGHT_TO_LEFT else "ltr"

    @property
    def smart(self) -> bool:
        """Whether quotes and dashes are set as in English print."""
        return self.language.split("-")[0] == "en"

    @property
    def service_url(self) -> str:
        """Where `newsletter serve` answers: at the archive's, unless it says where."""
        return self.service.url or self.base_url

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
