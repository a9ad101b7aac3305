"""The card by which an email features a roundtable."""

import re
from dataclasses import dataclass, field
from typing import Any

from newsletter.model.email import ImageFile, ImageResolver
from newsletter.model.problem import Problem
from newsletter.model.publication import Publication
from newsletter.model.roundtable import Expert, Roundtable
from newsletter.render.merge import MergeTags
from newsletter.render.tree import parse

BRIEF = 260
"""Characters of the consensus that a card shows, to the end of a sentence."""


@dataclass(slots=True)
class RoundtableCard:
    """What the card's template needs, and what is wrong with the panel's photos."""

    values: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)


def roundtable_card(
    roundtable: Roundtable,
    teaser: str,
    publication: Publication,
    images: ImageResolver,
) -> RoundtableCard:
    """Make the card: panel, consensus in brief, a reason to hire and a concern."""
    card = RoundtableCard({})
    signal = next((item for item in roundtable.panel if item.hire), None)
    card.values = {
        "roundtable": roundtable,
        "teaser": teaser or roundtable.discussing,
        "panel": [
            _person(expert, roundtable, publication, images, card)
            for expert in roundtable.panel
        ],
        "consensus": brief(roundtable.consensus, file=roundtable.file),
        "signal": signal,
        # The doubt is another expert's, so that the card shows two voices.
        "doubt": next(
            (item for item in roundtable.panel if item.concern and item is not signal),
            signal if signal and signal.concern else None,
        ),
        "url": f"{publication.base_url}/roundtables/{roundtable.slug}/",
        "roundtable_url": f"{publication.base_url}/roundtables/{roundtable.slug}/",
    }
    return card


def brief(markdown: str, *, file: str = "") -> str:
    """The first sentences of a text as plain text, about BRIEF characters of it."""
    tags = MergeTags(file, ())
    blocks = parse(markdown, tags).blocks
    plain = " ".join(" ".join(tags.written(block.plain()).split()) for block in blocks)
    if len(plain) <= BRIEF:
        return plain
    sentences = re.split(r"(?<=[.!?])\s+", plain)
    kept = sentences[0]
    for sentence in sentences[1:]:
        if len(kept) + len(sentence) >= BRIEF:
            break
        kept += f" {sentence}"
    return kept if len(kept) <= 2 * BRIEF else kept[:BRIEF].rsplit(" ", 1)[0] + "…"


def photo(
    expert: Expert, publication: Publication, images: ImageResolver
) -> tuple[str, str]:
    """The address of an expert's photo and what is wrong with it; both may be empty."""
    if not expert.photo:
        return "", ""
    if expert.photo.startswith(("https://", "http://")):
        return expert.photo, ""
    found = images(expert.photo)
    if isinstance(found, ImageFile):
        return f"{publication.base_url}/images/{found.name}", ""
    return "", f"`{expert.photo}` {found.message}"


def _person(
    expert: Expert,
    roundtable: Roundtable,
    publication: Publication,
    images: ImageResolver,
    card: RoundtableCard,
) -> dict[str, str]:
    url, trouble = photo(expert, publication, images)
    if trouble:
        card.problems.append(
            Problem(
                code="image",
                message=f"the photo of {expert.name}: {trouble}",
                hint="mend the path, or leave `photo` out to show initials",
                file=roundtable.file,
            )
        )
    return {
        "name": expert.name,
        "role": expert.role,
        "initials": expert.initials,
        "photo_url": url,
    }
