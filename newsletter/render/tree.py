"""Markdown as a tree, made once per text from pyromark's events; renderers walk it."""

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, NoReturn

import pyromark

from newsletter.errors import SourceError
from newsletter.model.email import Heading
from newsletter.model.problem import Problem
from newsletter.render.merge import MergeTags, has_mark

MAX_DEPTH = 100
"""Quotes in lists in quotes: nobody writes so many, and walking them is recursive."""

_EXTENSIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_HEADING_ATTRIBUTES
)
_PLAIN = pyromark.Markdown(options=_EXTENSIONS)
_SMART = pyromark.Markdown(
    options=_EXTENSIONS | pyromark.Options.ENABLE_SMART_PUNCTUATION
)
_BARE_URL = re.compile(
    r"(?<![\w/])https?://[^\s<>\"“”.,;:!?'’()\[\]{}*_~…–—][^\s<>\"“”]*"
)
_TRAILING = frozenset(".,;:!?'’]}*_~…–—،؛؟。，、；：！？）」")
# `{width=96px}` right after an image; the quotes may have been made typographic.
_WIDTH = re.compile(r"\{ *width *= *[\"'“”‘’]?(\d{1,4})(?:px)?[\"'“”‘’]? *\}")
# What smart punctuation makes of a web address, and what its author typed.
_TYPED = str.maketrans({"–": "--", "—": "---", "…": "...", "’": "'", "‘": "'"})

_Place = tuple[int, int]
"""A line and a column."""

# One for all that have none: most nodes are words.
_NO_ATTRIBUTES: Mapping[str, Any] = MappingProxyType({})
# What may begin with an image's width, or be nothing.
_UNUSUAL = frozenset({"", "{"})
_MARKS = frozenset({"FootnoteReference", "TaskListMarker"})
_SEPARATE = frozenset(
    {"SoftBreak", "HardBreak", "Paragraph", "Item", "CodeBlock", "TableCell"}
)


@dataclass(slots=True)
class Node:
    """One element. `text` is its own text (leaves), `line` its 1-based source line.

    `column` is 1-based too; both are 0 where they are not known.
    """

    kind: str
    text: str = ""
    line: int = 0
    attributes: Mapping[str, Any] = field(default_factory=dict)
    # Most nodes are words: without a list of its own each is half as much to collect.
    children: Sequence["Node"] = ()
    column: int = 0

    def walk(self) -> Iterator["Node"]:
        """This node and all below it, in the order of the text."""
        left = [self]
        while left:
            node = left.pop()
            yield node
            if node.children:
                left += reversed(node.children)

    def plain(self) -> str:
        """The text of this node and all below it, without markup."""
        if self.kind in _MARKS:
            return ""
        inside = "".join(child.plain() for child in self.children)
        return f"{self.text}{inside}{' ' if self.kind in _SEPARATE else ''}"


@dataclass
class Document:
    """A parsed text: its blocks, and its footnotes by label in the order of use.

    `unused` are the footnotes that nothing refers to; no reader sees them.
    """

    blocks: list[Node]
    footnotes: dict[str, Node]
    unused: list[Node]

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every node, the footnotes' last."""
        found: list[Node] = []
        left = [*self.footnotes.values()][::-1] + self.blocks[::-1]
        while left:
            node = left.pop()
            found.append(node)
            if node.children:
                left += reversed(node.children)
        return tuple(found)

    @property
    def headings(self) -> tuple[Heading, ...]:
        """The headings in the order of the text, at their authors' levels."""
        return tuple(
            Heading(
                int(node.attributes["level"][1]), node.plain(), node.line, node.column
            )
            for node in self.nodes
            if node.kind == "Heading"
        )

    @property
    def words(self) -> int:
        """The number of words a reader reads."""
        read = ("Text", "Code", "CodeBlock")
        return sum([len(node.text.split()) for node in self.nodes if node.kind in read])


def parse(
    text: str,
    tags: MergeTags,
    *,
    line: int = 1,
    column: int = 1,
    indent: int = 0,
    smart: bool = True,
) -> Document:
    """Parse Markdown that starts in `line` and `column` of its file.

    Its other lines are indented by `indent`; without a `line` no place is known.
    `smart` makes English typography of quotes, dashes and dots. Raises SourceError for
    a text that is nested too deep.
    """
    if not text:
        return Document([], {}, [])
    protected = tags.protect(text, line=line, column=column, indent=indent)
    blocks: list[Node] = []
    place_of = _place_finder(protected, line, column, indent)
    # A mark may also be written as a number, such as &#xF0000;.
    marked = "&#" in protected or has_mark(protected)
    builder = _Builder(tags, protected, place_of, [Node("Root")], [blocks], marked)
    parser = _SMART if smart else _PLAIN
    builder.build(parser.events_with_range(protected, merge_text=True))
    return _document(blocks, builder.footnotes)


def _place_finder(
    text: str, first: int, column: int, indent: int
) -> Callable[[int], _Place]:
    """Make a function from a UTF-8 byte offset to a line and a column."""
    if not first:
        return lambda _: (0, 0)
    data = text.encode()
    ascii_only = len(data) == len(text)
    starts = [0, *(match.end() for match in re.finditer(b"\n", data))]
    # The last place: a long line is not decoded from its start for each of its nodes.
    last, characters = 0, 0

    def place(offset: int) -> _Place:
        nonlocal last, characters
        row = bisect_right(starts, offset) - 1
        start = starts[row]
        before = indent if row else column - 1
        # Not decoded where it need not be: this is done for every node.
        if ascii_only:
            return first + row, before + offset - start + 1
        if not start <= last <= offset:
            last, characters = start, 0
        characters += len(data[last:offset].decode(errors="ignore"))
        last = offset
        return first + row, before + characters + 1

    return place


@dataclass(slots=True)
class _Builder:
    """Turns the flat events into a tree.

    The innermost open node is last in `stack`, what is inside it so far in `inside`;
    `marked` says whether any text may have a mark of a merge tag in it.
    """

    tags: MergeTags
    source: str
    place_of: Callable[[int], _Place]
    stack: list[Node]
    inside: list[list[Node]]
    marked: bool
    footnotes: list[Node] = field(default_factory=list)

    def build(self, events: Iterable[tuple[Any, Any]]) -> None:
        """Take in all events; a text has hundreds, most of them plain words."""
        inside, marked = self.inside, self.marked
        for event, span in events:
            if isinstance(event, str):
                self._leaf(event, "", span["start"])
                continue
            ((kind, value),) = event.items()
            if kind == "Text":
                if marked or "://" in value or value[:1] in _UNUSUAL:
                    self._text(value, span["start"])
                else:
                    inside[-1].append(Node("Text", value, 0, _NO_ATTRIBUTES))
            elif kind == "Start":
                self._start(value, span["start"])
            elif kind == "End":
                self._end()
            else:
                self._leaf(kind, self._verbatim(kind, value), span["start"])

    def _leaf(self, kind: str, text: str, offset: int) -> None:
        line, column = self.place_of(offset)
        self.inside[-1].append(Node(kind, text, line, _NO_ATTRIBUTES, (), column))

    def _start(self, value: Any, offset: int) -> None:
        attributes = _NO_ATTRIBUTES
        if isinstance(value, str):
            name = value
        else:
            ((name, content),) = value.items()
            named = content if isinstance(content, dict) else {"value": content}
            attributes = self._read(named)
        line, column = self.place_of(offset)
        inside: list[Node] = []
        node = Node(name, "", line, attributes, inside, column)
        # Their place in the text means nothing: they are shown at its end.
        flow = name != "FootnoteDefinition"
        (self.inside[-1] if flow else self.footnotes).append(node)
        self.stack.append(node)
        self.inside.append(inside)
        if len(self.stack) - 1 > MAX_DEPTH:
            _refuse(self.tags.file, line)

    def _read(self, attributes: Mapping[str, Any]) -> Mapping[str, Any]:
        """The attributes with merge tags found; a link's say whether it is ours."""
        read = dict(attributes)
        if self.marked:
            for name, item in attributes.items():
                read[name] = self._found(name, item) if isinstance(item, str) else item
        if "dest_url" in read:
            url = read["dest_url"]
            if read.get("link_type") == "Email":
                read["dest_url"] = f"mailto:{url}"
            read["ours"] = self.tags.is_system(url)
        return read

    def _found(self, name: str, value: str) -> str:
        in_address = name == "dest_url"
        return self.tags.in_address(value) if in_address else self.tags.in_text(value)

    def _end(self) -> None:
        node = self.stack.pop()
        self.inside.pop()
        if node.kind == "CodeBlock":
            # In code a merge tag is an example, not a tag.
            code = "".join(child.text for child in node.children)
            node.text = self.tags.in_code(code)
            node.children = ()

    def _text(self, text: str, offset: int) -> None:
        if self.stack[-1].kind == "CodeBlock":
            self.inside[-1].append(Node("Text", text))
            return
        if text.startswith("{") and (width := _WIDTH.match(text)):
            text, offset = self._with_width(text, width, offset)
        if "://" in text and not any(
            node.kind in ("Link", "Image") for node in self.stack
        ):
            self._with_links(text, offset)
        else:
            self._plain(text)

    def _with_width(
        self, text: str, width: re.Match[str], offset: int
    ) -> tuple[str, int]:
        """Give the image before a text its width; the rest of the text and its place.

        The image may be all that a link shows.
        """
        before: Sequence[Node] = self.inside[-1][-1:]
        if before and before[0].kind == "Link":
            before = before[0].children
        if len(before) != 1 or before[0].kind != "Image" or width[1] == "0":
            return text, offset
        before[0].attributes = {**before[0].attributes, "width": int(width[1])}
        return text[width.end() :], offset + width.end()

    def _with_links(self, text: str, offset: int) -> None:
        """Make links of bare web addresses, which pulldown-cmark leaves as text."""
        line, column = self.place_of(offset)
        end = 0
        for match in _BARE_URL.finditer(text):
            shown = _without_punctuation(match.group())
            url = self.tags.in_address(self._typed(shown))
            self._plain(text[end : match.start()])
            place = column + match.start()
            attributes = {"dest_url": url, "title": ""}
            shows = (Node("Text", url),)
            self.inside[-1].append(Node("Link", "", line, attributes, shows, place))
            end = match.start() + len(shown)
        self._plain(text[end:])

    def _typed(self, url: str) -> str:
        """Undo the typography of an address: the `--` of `a--b` is no dash."""
        typed = url.translate(_TYPED)
        return typed if typed != url and typed in self.source else url

    def _plain(self, text: str) -> None:
        if text:
            shown = self.tags.in_text(text) if self.marked else text
            self.inside[-1].append(Node("Text", shown, 0, _NO_ATTRIBUTES))

    def _verbatim(self, kind: str, value: Any) -> str:
        text = str(value)
        if kind == "Code":
            return self.tags.in_code(text)
        html = kind in ("Html", "InlineHtml")
        return self.tags.in_html(text) if html else self.tags.in_text(text)


def _without_punctuation(url: str) -> str:
    """An address without the sentence's punctuation; brackets that pair are its own."""
    end = len(url)
    surplus = url.count(")") - url.count("(")
    while url[end - 1] in _TRAILING or (url[end - 1] == ")" and surplus > 0):
        surplus -= url[end - 1] == ")"
        end -= 1
    return url[:end]


def _document(blocks: list[Node], footnotes: list[Node]) -> Document:
    """Find the footnotes that are used, in the order of their first use."""
    if not footnotes:
        return Document(blocks, {}, [])
    definitions: dict[str, Node] = {}
    for note in footnotes:
        definitions.setdefault(note.attributes["value"], note)
    used: dict[str, Node] = {}
    queue = deque(blocks)
    while queue:
        for node in queue.popleft().walk():
            new = node.kind == "FootnoteReference" and node.text not in used
            if new and node.text in definitions:
                used[node.text] = definitions[node.text]
                queue.append(definitions[node.text])
    unused = [
        note for note in footnotes if used.get(note.attributes["value"]) is not note
    ]
    return Document(blocks, used, unused)


def _refuse(file: str, line: int) -> NoReturn:
    problem = Problem(
        code="nesting",
        message=f"the text is nested more than {MAX_DEPTH} deep",
        hint="take some of the `>`, `-` or `*` away",
        file=file,
        line=line,
        column=1,
    )
    raise SourceError([problem])
