"""Texts as everybody may read them: no subscriber's name, no link to unsubscribe."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from newsletter.model.email import ImageFile, MergeField, MergeText
from newsletter.model.publication import Publication
from newsletter.render.findings import Findings
from newsletter.render.merge import BUILT_IN, SYSTEM, MergeTags, has_mark
from newsletter.render.tree import Node

_FOR_ONE = "\U000ffffe"
"""Stands for what only a mail can hold; a noncharacter, so no text has it."""


@dataclass(slots=True)
class PublicTags(MergeTags):
    """Merge tags on the web: each becomes its default as soon as it is read.

    After that it is text like any other, escaped and checked as such.
    """

    def in_text(self, text: str) -> str:
        """The text with its tags' defaults in their places."""
        return self._filled(MergeTags.in_text(self, text))

    def in_address(self, text: str) -> str:
        """The address with the defaults of its tags, percent-encoded."""
        text = MergeTags.in_text(self, text)
        self._encode(text)
        return self._filled(text)

    def _filled(self, text: str) -> str:
        if not has_mark(text):
            return text
        return _fill(self.compile(text), self.fields)


def public_tags(file: str, publication: Publication) -> PublicTags:
    """The tags of one file, with the fields that the publication knows."""
    return PublicTags(file, (*BUILT_IN, *publication.merge_fields, *SYSTEM))


def without_private(rendered: str) -> str:
    """A rendered text without the places of what only a mail can hold."""
    return rendered.replace(_FOR_ONE, "")


def _fill(text: MergeText, fields: Sequence[MergeField]) -> str:
    parts = [text.literals[0]]
    for slot, literal in zip(text.slots, text.literals[1:], strict=True):
        wanted = fields[slot]
        value = _FOR_ONE if wanted.name in SYSTEM else wanted.value({})
        # `hello {{ first_name }},` reads `hello,` and not `hello ,`.
        if not value and parts[-1].endswith(" ") and literal[:1] in " ,.;:!?":
            parts[-1] = parts[-1][:-1]
        parts += [value, literal]
    return "".join(parts)


@dataclass(slots=True)
class PageFindings(Findings):
    """Links and images as a page has them: `seen` turns an absolute address into its.

    `picture` is the first image of the text that is a file of ours.
    """

    seen: Callable[[str], str] = str
    picture: ImageFile | None = None

    def link(self, node: Node) -> str:
        """The safe address of a link; empty where there is none on the web."""
        if _FOR_ONE in node.attributes["dest_url"]:
            return ""
        return self.seen(Findings.link(self, node))

    def image(self, node: Node) -> tuple[str, ImageFile | None]:
        """The address of an image and, where the file is ours, its size."""
        url, file = Findings.image(self, node)
        self.picture = self.picture or file
        return self.seen(url), file
