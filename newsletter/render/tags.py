"""Tags as pages have them: one address for a tag, however it is spelled."""

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from newsletter.model.text import letters_slug, slugify
from newsletter.render.page import Entry


class Tag(NamedTuple):
    """A tag, as its newest issue spells it, and its issues, newest first.

    `former` is the slug that older versions made of it, where that is another.
    """

    name: str
    slug: str
    entries: Sequence[Entry]
    former: str = ""


@lru_cache(maxsize=4096)
def tag_slug(tag: str) -> str:
    """The part of an address that names a tag; it depends on nothing but the tag.

    Two spellings that differ in case, blanks and hyphens are one tag. Letters of every
    script are kept. A tag that its slug does not tell whole, such as C++ or 🪑, gets
    letters made of it. A blank tag has none.
    """
    key = _key(tag)
    slug = letters_slug(key)
    whole = unicodedata.normalize("NFC", key).replace(" ", "-")
    return slug if slug == whole else _latin_slug(key)


def _key(tag: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", tag).casefold().split())


def _latin_slug(key: str) -> str:
    slug = slugify(key)
    if slug == key.replace(" ", "-"):
        return slug
    digest = hashlib.blake2b(key.encode(), digest_size=3).hexdigest()
    return f"{slug}-{digest}".lstrip("-")


def _former(tag: str, slug: str) -> str:
    latin = _latin_slug(_key(tag))
    return "" if latin == slug else latin


def by_tag(entries: Iterable[Entry]) -> list[Tag]:
    """All tags in the alphabet; `entries` are newest first."""
    names: dict[str, str] = {}
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        # An issue that spells a tag twice is listed once.
        for slug, name in {tag_slug(tag): tag for tag in entry.tags[::-1]}.items():
            if slug:
                names.setdefault(slug, name)
                found.setdefault(slug, []).append(entry)
    tags = [
        Tag(names[slug], slug, items, _former(names[slug], slug))
        for slug, items in found.items()
    ]
    return sorted(tags, key=lambda tag: (tag.name.casefold(), tag.slug))
