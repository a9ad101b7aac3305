"""The public service: whom it trusts, and the words of its pages and its own mail."""

import ipaddress
import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from newsletter.model.text import Line

_ADDRESS = re.compile(
    r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?(?:/[a-z0-9._~-]+)*/?\Z"
)


def _network(text: str) -> str:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        raise PydanticCustomError(
            "value_error",
            "`{text}` is neither an IP address nor a network",
            {"text": text[:60], "hint": "write it as 10.0.0.7 or 10.0.0.0/8"},
        ) from None
    return text


def _service_address(text: str) -> str:
    # It stands in a Content-Security-Policy, where more could mean more.
    if text and not _ADDRESS.match(text):
        raise PydanticCustomError(
            "value_error",
            "`{text}` is not the address of a service",
            {"text": text[:60], "hint": "write it as https://letter.example.com"},
        )
    return text.rstrip("/")


class ServiceWords(BaseModel):
    """The words of the public pages and of the mail that asks to confirm.

    `{publication}` becomes the publication's name, `{address}` the reader's address
    with most of it hidden.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    join: Line = Field("get {publication} by mail", description="Page to sign up.")
    address: Line = Field("your email address", description="Field.")
    join_button: Line = Field("sign me up", description="Button.")
    agree: Line = Field(
        "you agree to get {publication} by mail. every letter has a link to leave.",
        description="What is agreed to; kept word for word with each consent.",
    )
    leave_blank: Line = Field(
        "leave this field blank", description="A field that only programs fill in."
    )
    bad_address: Line = Field(
        "this does not look like an email address.", description="Mistake."
    )
    once_more: Line = Field(
        "please press the button once more.", description="After a form was too old."
    )
    sent: Line = Field("now look into your inbox", description="Heading.")
    sent_text: Line = Field(
        "a mail with a button is on its way, if you are not signed up already. nothing "
        "there in a few minutes? look among the spam.",
        description="What is said to everybody who signs up.",
    )
    confirm: Line = Field("one click left", description="Page to confirm.")
    confirm_text: Line = Field(
        "press the button, and {publication} comes to {address}.", description="Text."
    )
    name: Line = Field("your name, if you like", description="Field.")
    confirm_button: Line = Field("yes, sign me up", description="Button.")
    confirmed: Line = Field("you are in", description="Heading.")
    confirmed_text: Line = Field(
        "the next letter comes to your inbox. until then, there is this to read.",
        description="Text.",
    )
    expired: Line = Field("this link is too old", description="Heading.")
    expired_text: Line = Field(
        "sign up again, and you get a new one.", description="Text."
    )
    leave: Line = Field("leave {publication}?", description="Page to unsubscribe.")
    leave_text: Line = Field(
        "press the button, and no more letters come to {address}.", description="Text."
    )
    leave_button: Line = Field("unsubscribe me", description="Button.")
    left: Line = Field("you are out", description="Heading.")
    left_text: Line = Field(
        "no more letters come to you. thank you for having read.", description="Text."
    )
    again: Line = Field("sign up again", description="Link.")
    preferences: Line = Field("what you get", description="Page of preferences.")
    preferences_text: Line = Field(
        "this is what we know of {address}.", description="Text."
    )
    topics: Line = Field("what you want to read about", description="Heading.")
    save: Line = Field("save", description="Button.")
    saved: Line = Field("saved.", description="What is said then.")
    bad_link: Line = Field("this link is not whole", description="Heading.")
    bad_link_text: Line = Field(
        "a mail program may have cut it in two. open it from the letter once more.",
        description="Text.",
    )
    busy: Line = Field("one moment, please", description="Heading.")
    busy_text: Line = Field(
        "this is more than we can do at once. try again in a few minutes.",
        description="Text.",
    )
    trouble: Line = Field("that did not work", description="Heading.")
    trouble_text: Line = Field(
        "it is not your fault. try again in a few minutes.", description="Text."
    )
    confirm_subject: Line = Field(
        "please confirm: {publication}", description="Subject of the mail."
    )
    confirm_mail: Line = Field(
        "somebody, we hope you, asked for {publication} at this address. if it was "
        "you, press the button within seven days.",
        description="Text of the mail.",
    )
    confirm_ignore: Line = Field(
        "if it was not you, do nothing, and no letter will come.",
        description="End of the mail.",
    )


class ServiceSettings(BaseModel):
    """What `newsletter serve` is told."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    url: Annotated[str, AfterValidator(_service_address)] = Field(
        "",
        description="Where `newsletter serve` answers, such as "
        "https://letter.example.com: its links then lead there, and pages of the "
        "archive have a form to sign up.",
    )
    trusted_proxies: tuple[Annotated[str, AfterValidator(_network)], ...] = Field(
        ("127.0.0.1", "::1"),
        description="Whose X-Forwarded-For is believed: addresses or networks.",
    )
    topics: dict[Line, Line] = Field(
        {},
        description="What readers may choose on their page: a tag, and its words.",
    )
    words: ServiceWords = Field(ServiceWords(), description="The words of its pages.")

    @property
    def origin(self) -> str:
        """Scheme, host and port of `url`, as a security policy names it."""
        return "/".join(self.url.split("/")[:3])
