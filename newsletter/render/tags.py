"""Tags as pages have them: one address for a tag, however it is spelled."""

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from newsletter.model.text import slugify
from newsletter.render.page import Entry


class Tag(NamedTuple):
    """A tag, as its newest issue spells it, and its issues, newest first."""

    name: str
    slug: str
    entries: Sequence[Entry]


@lru_cache(maxsize=4096)
def tag_slug(tag: str) -> str:
    """The part of an address that names a tag; it depends on nothing but the tag.

    Two spellings that differ in case, blanks and hyphens are one tag. One that its slug
    does not tell whole, such as C++ or 面接, gets letters made of it. A blank tag has
    none.
    """
    key = " ".join(unicodedata.normalize("NFKC", tag).casefold().split())
    slug = slugify(key)
    if slug == key.replace(" ", "-"):
        return slug
    digest = hashlib.blake2b(key.encode(), digest_size=3).hexdigest()
    return f"{slug}-{digest}".lstrip("-")


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
    tags = [Tag(names[slug], slug, items) for slug, items in found.items()]
    return sorted(tags, key=lambda tag: (tag.name.casefold(), tag.slug))
