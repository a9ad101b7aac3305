"""Settings of each provider in newsletter.yaml; keys come from the environment."""

import difflib
import re
from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from newsletter.model.text import Line

_API_URL = re.compile(
    r"(https://[^\s/]+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)(/\S*)?\Z"
)

ENTRY_POINTS = "newsletter.providers"
"""The entry point group by which another package adds a provider."""


def installed_providers() -> Mapping[str, EntryPoint]:
    """The providers that other packages add, by name."""
    return {found.name: found for found in entry_points(group=ENTRY_POINTS)}


class ProviderSettings(BaseModel):
    """What every provider may be told."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    per_second: float | None = Field(
        None, gt=0, description="Most calls in a second; by default what it documents."
    )
    at_once: int | None = Field(
        None, ge=1, le=64, description="Most calls under way at a time."
    )
    price_per_thousand: float | None = Field(
        None, ge=0, description="What 1,000 messages cost, to tell before a send."
    )


def _api_url(text: str) -> str:
    """Refuse an address to which a key would travel in the open."""
    if text and not _API_URL.match(text):
        raise PydanticCustomError(
            "value_error",
            "`{text}` cannot be the address of a provider",
            {"text": text[:60], "hint": "it must start with https://"},
        )
    return text.rstrip("/")


class ApiSettings(ProviderSettings):
    """A provider behind an HTTPS interface."""

    api_url: Annotated[Line, AfterValidator(_api_url)] = Field(
        "", description="Its address, when it is not the usual one."
    )


class OutboxSettings(ProviderSettings):
    """The embedded default provider: one .eml per message in a Maildir."""

    path: Path = Field(
        Path(".newsletter/outbox"),
        description="The Maildir, seen from newsletter.yaml.",
    )


class ResendSettings(ApiSettings):
    """Resend (https://resend.com/docs)."""


class PostmarkSettings(ApiSettings):
    """Postmark (https://postmarkapp.com/developer)."""

    stream: Line = Field("broadcast", description="The message stream to send on.")


class MailgunSettings(ApiSettings):
    """Mailgun (https://documentation.mailgun.com)."""

    domain: Line = Field("", description="The sending domain as Mailgun knows it.")
    region: Literal["us", "eu"] = Field("us", description="Where the account lives.")


class SesSettings(ApiSettings):
    """Amazon SES v2 (https://docs.aws.amazon.com/ses)."""

    region: Line = Field("", description="The AWS region, such as eu-west-1.")
    configuration_set: Line = Field(
        "", description="Publishes events; without one SES tells nothing."
    )
    topic: Line = Field("", description="ARN of the SNS topic that events come from.")


class SendGridSettings(ApiSettings):
    """SendGrid (https://www.twilio.com/docs/sendgrid)."""

    region: Literal["us", "eu"] = Field("us", description="Where the account lives.")


class BrevoSettings(ApiSettings):
    """Brevo (https://developers.brevo.com)."""


class DkimSettings(BaseModel):
    """Signing messages ourselves, for a relay that does not (RFC 6376)."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    selector: Line = Field("", description="The name of the key in the DNS.")
    domain: Line = Field("", description="By default that of the sender's address.")
    key_file: Path | None = Field(
        None, description="The private key in PEM, seen from newsletter.yaml."
    )


class SmtpSettings(ProviderSettings):
    """Any SMTP relay (RFC 5321)."""

    host: Line = Field("", description="The relay's name.")
    port: int = Field(587, ge=1, le=65535, description="Its port.")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        description="How the connection is secured; it never falls back to `none`.",
    )
    dkim: DkimSettings = Field(DkimSettings(), description="Signing by ourselves.")


class OtherSettings(ProviderSettings):
    """A provider that another package adds; what is its own stands in `model_extra`."""

    model_config = ConfigDict(frozen=True, extra="allow", defer_build=True)


class Providers(BaseModel):
    """Settings of each provider, the ones of other packages among them."""

    model_config = ConfigDict(frozen=True, extra="allow", defer_build=True)

    __pydantic_extra__: dict[str, OtherSettings]

    outbox: OutboxSettings = Field(
        OutboxSettings(), description="Writes messages to a folder."
    )
    resend: ResendSettings = Field(ResendSettings(), description="Resend.")
    postmark: PostmarkSettings = Field(PostmarkSettings(), description="Postmark.")
    mailgun: MailgunSettings = Field(MailgunSettings(), description="Mailgun.")
    ses: SesSettings = Field(SesSettings(), description="Amazon SES.")
    sendgrid: SendGridSettings = Field(SendGridSettings(), description="SendGrid.")
    brevo: BrevoSettings = Field(BrevoSettings(), description="Brevo.")
    smtp: SmtpSettings = Field(SmtpSettings(), description="An SMTP relay.")

    @model_validator(mode="before")
    @classmethod
    def _are_installed(cls, data: Any) -> Any:
        """Refuse settings of a provider that nobody installed."""
        names = data if isinstance(data, dict) else {}
        others = [name for name in names if name not in cls.model_fields]
        if others:
            installed = installed_providers()
            known = sorted([*cls.model_fields, *installed])
            errors = [_unknown(name, known) for name in others if name not in installed]
            if errors:
                raise ValidationError.from_exception_data("providers", errors)
        return data

    def of(self, name: str) -> ProviderSettings:
        """The settings of the provider called `name`, whoever wrote it."""
        found: ProviderSettings | None = getattr(self, name, None)
        return found or OtherSettings()


def _unknown(name: str, known: list[str]) -> InitErrorDetails:
    close = difflib.get_close_matches(name, known, n=1)
    all_known = ", ".join(known)
    context: dict[str, Any] = {
        "name": name[:60],
        "hint": f"did you mean `{close[0]}`?" if close else f"known: {all_known}",
    }
    message = "there is no provider `{name}`"
    error = PydanticCustomError("unknown_provider", message, context)
    return {"type": error, "loc": (name,), "input": name}
