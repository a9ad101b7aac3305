"""The kinds of values an author writes: what a line, a slug, a day may contain."""

import datetime
import re
import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Strict, StringConstraints
from pydantic_core import PydanticCustomError

MAX_LINE = 200

# C0 and C1 controls and the two Unicode separators: each has been used to smuggle a
# header into a message (RFC 5322 §2.2 allows none of them in a field body). A surrogate
# is what Python makes of a byte that is not UTF-8; it cannot be written to any file.
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# Bidirectional overrides can make a subject or a name read as something else.
_OVERRIDES = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?\Z")
_NO_SLUG = re.compile(r"[^a-z0-9]+")
_NOT_IN_URLS = re.compile(r"""[ "<>\\^`|]""")
_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[Tt ].*)?\Z")


def forbidden_character(text: str) -> str:
    """Name the first character that may not stand in a header, or return ''."""
    found = _FORBIDDEN.search(text) or _OVERRIDES.search(text)
    if not found:
        return ""
    character = found.group()
    names = {
        "\r": "a carriage return",
        "\n": "a line break",
        "\0": "a NUL",
        "\t": "a tab",
    }
    return names.get(character) or f"the control character U+{ord(character):04X}"


def _line(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    bad = forbidden_character(text)
    if bad:
        raise PydanticCustomError(
            "value_error",
            "{bad} in a text of one line",
            {"bad": bad, "hint": "remove it"},
        )
    if len(text) > MAX_LINE:
        raise PydanticCustomError(
            "value_error",
            "{length} characters in a text of one line",
            {"length": len(text), "hint": f"use at most {MAX_LINE}"},
        )
    return text


def _text(text: str) -> str:
    bad = forbidden_character(text.replace("\n", " ").replace("\t", " "))
    if bad:
        raise PydanticCustomError(
            "value_error", "{bad} in the text", {"bad": bad, "hint": "remove it"}
        )
    return text


def _day(value: Any) -> Any:
    found = _DAY.match(value.strip()) if isinstance(value, str) else None
    if found is None:
        return value
    year, month, day = map(int, found.groups())
    try:
        return datetime.date(year, month, day)
    except ValueError:
        raise PydanticCustomError("no_such_day", "no such day") from None


def _slug(text: str) -> str:
    if not _SLUG.match(text):
        raise PydanticCustomError(
            "value_error",
            "`{text}` cannot be a slug",
            {
                "text": text[:60],
                "hint": "use 1 to 80 of a–z, 0–9 and -, such as `who-done-it`",
            },
        )
    return text


def _web_url(text: str) -> str:
    text = text.strip()
    if not re.match(r"https?://[^\s/]+", text) or forbidden_character(text):
        raise PydanticCustomError(
            "value_error",
            "`{text}` is not a web address",
            {"text": text[:60], "hint": "it must start with https:// or http://"},
        )
    return text


def _encoded(url: str) -> str:
    """Percent-encode what no address has (RFC 3986 §2) but one that is copied may have.

    An address with a merge tag is left alone.
    """
    if "{{" in url:
        return url
    return _NOT_IN_URLS.sub(lambda found: f"%{ord(found.group()):02X}", url)


def _site_url(text: str) -> str:
    # Addresses of pages are made by putting their paths behind it.
    if re.search(r"[?#\s]|//[^/]*@", text):
        raise PydanticCustomError(
            "value_error",
            "`{text}` is not the address of a site",
            {"text": text[:60], "hint": "leave out `?`, `#`, blanks and passwords"},
        )
    return text.rstrip("/")


Line = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_line)]
"""One line of at most 200 characters, without control characters, in NFC."""

Text = Annotated[str, AfterValidator(_text)]
"""Any number of lines, without control characters other than line break and tab."""

Day = Annotated[datetime.date, Strict(), BeforeValidator(_day)]
"""A day as written; the time that Hugo and Jekyll let follow it is left out."""

Slug = Annotated[str, AfterValidator(_slug)]
"""The part of a URL that names an issue; also a file name, so nothing else passes."""

WebUrl = Annotated[str, AfterValidator(_web_url), AfterValidator(_encoded)]
"""An absolute http or https address."""

SiteUrl = Annotated[str, AfterValidator(_web_url), AfterValidator(_site_url)]
"""Where a site is: an address to which paths can be added, without a `/` at its end."""


def printable_ascii(text: str) -> bool:
    """Whether a text can stand in a header as it is."""
    return text.isascii() and text.isprintable()


def clean_line(text: str) -> str:
    """A subscriber's value as one line: control characters become blanks."""
    if text.isprintable():
        return text
    return " ".join(_OVERRIDES.sub("", _FORBIDDEN.sub(" ", text)).split())


def clean_lines(texts: list[str]) -> list[str]:
    """`clean_line` of each; of all at once where nothing is to be done."""
    if "".join(texts).isprintable():
        return texts
    return [clean_line(each) for each in texts]


def slugify(text: str) -> str:
    """Make a slug of a title; may be empty when nothing in it is Latin."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _NO_SLUG.sub("-", text.lower()).strip("-")[:80].rstrip("-")


def letters_slug(text: str) -> str:
    """A slug that keeps the letters of every script; empty where there are none.

    For addresses that are made and never typed, such as those of tags. At most 60
    letters: a file's name has 255 bytes, and a letter up to four.
    """
    text = unicodedata.normalize("NFC", text.casefold())
    kept = (it if unicodedata.category(it)[0] in "LMN" else " " for it in text)
    return "-".join("".join(kept).split())[:60].rstrip("-")


def elsewhere(source: str, base_url: str) -> bool:
    """Whether a file has a web address, and not one of the site at `base_url`."""
    is_address = source.lower().startswith(("https://", "http://"))
    return is_address and not source.startswith(f"{base_url}/")
