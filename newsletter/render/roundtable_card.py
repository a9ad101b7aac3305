"""The card by which an email features a roundtable."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from newsletter.model.email import ImageFile, ImageResolver
from newsletter.model.problem import Problem
from newsletter.model.publication import Publication
from newsletter.model.roundtable import Expert, Roundtable
from newsletter.render.address import (
    image_path,
    public_url,
    roundtable_path,
    web_address,
)
from newsletter.render.findings import Findings
from newsletter.render.merge import NoTags
from newsletter.render.own_text import OwnText
from newsletter.render.quote_marks import unclosed
from newsletter.render.tree import Document, Node, parse

BRIEF = 260
"""Characters of the consensus that a card shows, to the end of a sentence."""

FACE = 48
"""Pixels of a face on the web, the largest that is shown; faces are cut square."""


@dataclass(frozen=True, slots=True)
class Signal:
    """An expert's reason to hire, or a concern, as the card shows it."""

    label: str
    name: str
    text: Document
    doubt: bool = False


@dataclass(slots=True)
class RoundtableCard:
    """What the card's template needs; `findings` gathers what is wrong with it."""

    findings: Findings
    signals: list[Signal]
    values: dict[str, Any] = field(default_factory=dict)


def roundtable_card(
    roundtable: Roundtable,
    teaser: str,
    publication: Publication,
    images: ImageResolver,
) -> RoundtableCard:
    """Make the card: panel, consensus in brief, a reason to hire and a concern."""
    url = public_url(publication.base_url, roundtable_path(roundtable))
    findings = Findings(roundtable.file, publication.base_url, url, images)
    card = RoundtableCard(findings, _signals(roundtable, publication))
    card.values = {
        "roundtable": roundtable,
        "teaser": teaser or roundtable.discussing,
        "panel": [
            _person(expert, roundtable, publication, findings)
            for expert in roundtable.panel
        ],
        "consensus": brief(
            roundtable.consensus,
            file=roundtable.file,
            trusted=publication.trusted_html,
        ),
        "url": url,
    }
    return card


def _signals(roundtable: Roundtable, publication: Publication) -> list[Signal]:
    """A reason to hire and a concern, of two experts wherever there are two."""
    labels = publication.labels

    def read(text: str) -> Document:
        return parse(text, NoTags(roundtable.file, ()), line=0, smart=publication.smart)

    hire, doubt = _voices(roundtable.panel)
    signals = []
    if hire:
        signals.append(Signal(labels.hire, hire.name, read(hire.hire)))
    if doubt:
        text = read(doubt.concern)
        signals.append(Signal(labels.concern, doubt.name, text, doubt=True))
    return signals


def _voices(panel: Sequence[Expert]) -> tuple[Expert | None, Expert | None]:
    """Who speaks for hiring and who has a doubt; the first two that are not the same.

    The same expert has both only where nobody else has the one or the other.
    """
    hiring: list[Expert | None] = [item for item in panel if item.hire]
    worried: list[Expert | None] = [item for item in panel if item.concern]
    pairs = list(product(hiring or [None], worried or [None]))
    return next((pair for pair in pairs if pair[0] is not pair[1]), pairs[0])


def brief(markdown: str, *, file: str = "", trusted: bool = False) -> str:
    """The first sentences of a text as plain text, about BRIEF characters of it.

    A quotation that is open where the text is cut is closed there. Of HTML that is
    `trusted` there are the words; any other is text as it was typed.
    """
    blocks = parse(markdown, NoTags(file, ())).blocks
    if trusted:
        for block in blocks:
            _read_html(block)
    plain = " ".join(" ".join(block.plain() for block in blocks).split())
    if len(plain) <= BRIEF:
        return plain
    sentences = re.split(r"(?<=[.!?])\s+", plain)
    kept = sentences[0]
    for sentence in sentences[1:]:
        if len(kept) + len(sentence) >= BRIEF:
            break
        kept += f" {sentence}"
    if len(kept) > 2 * BRIEF:
        kept = kept[:BRIEF].rsplit(" ", 1)[0] + "…"
    return kept + unclosed(kept)


def _read_html(block: Node) -> None:
    """Put the words of an author's own HTML into its place."""
    for node in block.walk():
        if node.kind == "HtmlBlock":
            html = "".join(part.text for part in node.children)
            node.children = [Node("Text", OwnText(lambda _: "").read(html))]
        elif node.children:
            node.children = [one for one in node.children if one.kind != "InlineHtml"]


def photo(
    expert: Expert,
    roundtable: Roundtable,
    publication: Publication,
    images: ImageResolver,
) -> str | Problem:
    """The address of an expert's photo, if there is one, or what is wrong with it."""
    if not expert.photo or web_address(expert.photo):
        return expert.photo
    found = images(expert.photo, width=FACE, square=True)
    if isinstance(found, ImageFile):
        return public_url(publication.base_url, image_path(found))
    key = f"panel.{roundtable.panel.index(expert)}.photo"
    line, column = roundtable.places.get(key, (0, 0))
    return Problem(
        code="image",
        message=f"the photo of {expert.name}: `{expert.photo}` {found.message}",
        hint=f"{found.hint}, or leave `photo` out to show initials",
        file=roundtable.file,
        line=line,
        column=column,
    )


def _person(
    expert: Expert, roundtable: Roundtable, publication: Publication, findings: Findings
) -> dict[str, str]:
    url = photo(expert, roundtable, publication, findings.resolve_image)
    if isinstance(url, Problem):
        findings.problems.append(url)
        url = ""
    return {
        "name": expert.name,
        "role": expert.role,
        "initials": expert.initials,
        "photo_url": url,
    }
