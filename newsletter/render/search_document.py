"""What the search of the archive knows of an issue, a roundtable, an expert."""

import json
from collections.abc import Iterable
from typing import NamedTuple

from newsletter.model.issue import Issue
from newsletter.model.roundtable import Roundtable
from newsletter.render.page import Entry, Site
from newsletter.render.page_expert import ExpertEntry
from newsletter.render.page_text import PublicTags, public_tags, without_private
from newsletter.render.roundtable_entry import RoundtableEntry
from newsletter.render.tree import Document, parse

_WORDS = frozenset({"Text", "Code", "CodeBlock"})
_RAW = frozenset({"Html", "InlineHtml"})
_APART = frozenset(
    {"SoftBreak", "HardBreak", "Paragraph", "Heading", "Item", "TableCell", "Rule"}
)
# JSON that stands in a script: nothing in it may end the script or a line of it.
_ESCAPES = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}
    | {"\u2028": "\\u2028", "\u2029": "\\u2029"}
)


class SearchDocument(NamedTuple):
    """Something that can be found: where it is, what is shown of it, all its words.

    `over` stands above the title in the results, such as a date.
    """

    path: str
    over: str
    title: str
    about: str
    people: str
    tags: str
    text: str


def issue_document(issue: Issue, entry: Entry, site: Site) -> SearchDocument:
    """An issue; everything in it that everybody may read."""
    tags = public_tags(issue.file, site.publication)
    texts = [_words(text, tags, site) for text in (issue.body, issue.tldr) if text]
    lines = [site.line(issue.my_2_cents)]
    if entry.music:
        lines += [entry.music.title, entry.music.artist, entry.music.note]
    over = [entry.number, entry.long_day]
    return SearchDocument(
        path=entry.path,
        over=" · ".join(filter(None, over)),
        title=entry.title,
        about=entry.deck,
        people=site.line(issue.author),
        tags=", ".join(entry.tags),
        text=" ".join(filter(None, [*texts, *lines])),
    )


def roundtable_document(
    roundtable: Roundtable, entry: RoundtableEntry, site: Site
) -> SearchDocument:
    """A roundtable with all remarks, signals and the consensus."""
    tags = public_tags(roundtable.file, site.publication)
    texts = [remark.text for item in roundtable.rounds for remark in item.remarks]
    texts.append(roundtable.consensus)
    texts += [text for each in roundtable.panel for text in (each.hire, each.concern)]
    over = [site.publication.labels.roundtable, entry.competency, entry.long_day]
    return SearchDocument(
        path=entry.path,
        over=" · ".join(filter(None, over)),
        title=entry.title,
        about=entry.deck,
        people=", ".join(person.name for person in entry.panel),
        tags=", ".join(map(site.line, roundtable.tags)),
        text=" ".join(_words(text, tags, site) for text in texts if text),
    )


def expert_document(expert: ExpertEntry, site: Site) -> SearchDocument:
    """An expert, by name and role."""
    person = expert.person
    return SearchDocument(
        path=expert.path,
        over=site.publication.labels.experts,
        title=person.name,
        about=person.role,
        people="",
        tags="",
        text="",
    )


def search_script(documents: Iterable[SearchDocument]) -> str:
    """Documents as a script that adds them to those that are there already.

    A script, not JSON: a page that was opened from the disk may load scripts, and may
    fetch nothing.
    """
    lines = (
        json.dumps(document._asdict(), ensure_ascii=False).translate(_ESCAPES)
        for document in documents
    )
    everything = ",\n".join(lines)
    return f"(globalThis.searchDocuments ??= []).push(\n{everything}\n);\n"


def _words(text: str, tags: PublicTags, site: Site) -> str:
    document = parse(text, tags, smart=site.smart)
    shown = _plain(document, raw=not site.publication.trusted_html)
    return " ".join(without_private(shown).split())


def _plain(document: Document, *, raw: bool) -> str:
    """The words of a text; HTML is text too where it is shown as it was typed."""
    kinds = _WORDS | _RAW if raw else _WORDS
    return "".join(
        node.text if node.kind in kinds else " " * (node.kind in _APART)
        for node in document.nodes
    )
