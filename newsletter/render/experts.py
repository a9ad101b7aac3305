"""Who is who over all roundtables: one person, one address, whatever their role."""

import hashlib
import unicodedata
from collections.abc import Iterable

from newsletter.model.text import letters_slug, slugify

# Latin letters that do not come apart into a letter and an accent.
_LATIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe"}
    | {"Ł": "L", "Ø": "O", "Đ": "D", "Ð": "D", "Þ": "Th", "Æ": "Ae", "Œ": "Oe"}
    | {"ı": "i", "ħ": "h", "Ħ": "H"}
)


def name_slug(name: str) -> str:
    """A person's name for an address; empty when nothing in it is Latin."""
    return slugify(name.translate(_LATIN))


def expert_key(name: str) -> str:
    """What tells people apart: the name, however it is cased, spaced or encoded."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def expert_slugs(names: Iterable[str]) -> dict[str, str]:
    """The part of the address of everybody's page, by `expert_key`.

    `index` and a slug that somebody before them has in the order of the keys get
    letters that are made of the name, so that no two pages are one.
    """
    slugs: dict[str, str] = {}
    taken = {"index"}
    for key in sorted({expert_key(name) for name in names}):
        slug = name_slug(key) or letters_slug(key) or "expert"
        if slug in taken or slug == "expert":
            slug = f"{slug[: 70 if slug.isascii() else 55]}-{_digest(key)}"
        taken.add(slug)
        slugs[key] = slug
    return slugs


def former_slug(key: str, slug: str) -> str:
    """The slug that older versions made, where an expert has `slug` now; or none."""
    return "" if slug.isascii() else f"expert-{_digest(key)}"


def _digest(key: str) -> str:
    return hashlib.blake2b(key.encode(), digest_size=4).hexdigest()
