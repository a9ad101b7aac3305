"""Personalisation: the tiny language of `{{ name | default("…") }}` and nothing else.

A tag is swapped for one private-use character before Markdown is parsed and found again
in whatever was rendered, so that no stage in between can change it. In code it is put
back as it was written.
"""

import re
from dataclasses import dataclass, field

from newsletter.config.validate import did_you_mean
from newsletter.model.email import MergeField, MergeText
from newsletter.model.problem import Problem

BUILT_IN = ("first_name", "last_name", "name", "email")
SYSTEM = ("unsubscribe_url",)

_FIRST = 0xF0000
_LAST = 0xFFFFD
_TAG = re.compile(r"\{\{([^{}\n]*)\}\}")
_INNER = re.compile(
    r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*"
    r"(?:\|\s*default\(\s*(?:\"([^\"]*)\"|'([^']*)'|“([^”]*)”)\s*\)\s*)?\Z"
)
_MARK = re.compile(f"([{chr(_FIRST)}-{chr(_LAST)}])")
_PADDED = re.compile(f"([{chr(_FIRST)}-{chr(_LAST)}])\x1a*")


@dataclass(frozen=True, slots=True)
class _Tag:
    raw: str
    line: int
    column: int


@dataclass(slots=True)
class MergeTags:
    """The tags of one email, over all its texts, and the fields they stand for."""

    file: str
    known: tuple[str, ...]
    fields: list[MergeField] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _tags: list[_Tag] = field(default_factory=list)
    _slots: dict[int, int | None] = field(default_factory=dict)

    def protect(self, text: str, *, line: int = 0) -> str:
        """Swap the tags of `text`, which starts on `line` of the file, for marks.

        A mark is as many bytes long as its tag, so that every place in the text stays
        where it was.
        """
        if _MARK.search(text):
            text = _MARK.sub("\ufffd", text)
        if "{{" not in text:
            return text
        return _TAG.sub(lambda match: self._mark(match, text, line), text)

    def _mark(self, match: re.Match[str], text: str, line: int) -> str:
        if len(self._tags) > _LAST - _FIRST:
            return match.group()
        before = text[: match.start()]
        start = before.rfind("\n") + 1
        first = line + before.count("\n") if line else 0
        tag = _Tag(match.group(), first, len(before) - start + 1 if line else 0)
        self._tags.append(tag)
        mark = chr(_FIRST + len(self._tags) - 1)
        return mark + "\x1a" * (len(tag.raw.encode()) - 4)

    def in_text(self, text: str) -> str:
        """Shrink the marks in a text to the one character that is looked for later."""
        return _PADDED.sub(r"\1", text) if "\x1a" in text or _has_mark(text) else text

    def in_code(self, text: str) -> str:
        """Put the tags in code back as they were written."""
        if not _has_mark(text):
            return text
        return _PADDED.sub(
            lambda match: self._tags[ord(match.group(1)) - _FIRST].raw, text
        )

    def system(self, name: str) -> str:
        """A mark for a value of ours, such as the unsubscribe URL."""
        raw = "{{" + name + "}}"
        self._tags.append(_Tag(raw, 0, 0))
        index = len(self._tags) - 1
        self._slots[index] = self._field(MergeField(name))
        return chr(_FIRST + index)

    def compile(self, rendered: str) -> MergeText:
        """Cut a rendered text at its marks."""
        literals = [""]
        slots: list[int] = []
        for index, part in enumerate(_MARK.split(rendered)):
            if index % 2 == 0:
                literals[-1] += part
                continue
            number = ord(part) - _FIRST
            slot = self._slot(number)
            if slot is None:
                literals[-1] += self._tags[number].raw
            else:
                slots.append(slot)
                literals.append("")
        return MergeText(tuple(literals), tuple(slots))

    def compile_line(self, text: str, *, line: int = 0) -> MergeText:
        """Compile a text that is not Markdown: subject, preheader."""
        return self.compile(self.in_text(self.protect(text, line=line)))

    def _slot(self, number: int) -> int | None:
        if number not in self._slots:
            self._slots[number] = self._read(self._tags[number])
        return self._slots[number]

    def _read(self, tag: _Tag) -> int | None:
        """The field a tag stands for; None, with a problem, where it is not one."""
        inner = _INNER.match(tag.raw[2:-2])
        if not inner:
            self._problem(
                tag,
                f"`{tag.raw}` is not a merge tag",
                'write {{ first_name }} or {{ first_name | default("there") }}',
            )
            return None
        name = inner.group(1)
        if name not in self.known:
            hint = did_you_mean(name, self.known) or f"known: {', '.join(self.known)}"
            self._problem(tag, f"unknown merge field `{name}`", hint)
            return None
        default = next((part for part in inner.groups()[1:] if part is not None), "")
        return self._field(MergeField(name, default))

    def _field(self, wanted: MergeField) -> int:
        if wanted not in self.fields:
            self.fields.append(wanted)
        return self.fields.index(wanted)

    def _problem(self, tag: _Tag, message: str, hint: str) -> None:
        self.problems.append(
            Problem(
                code="merge-tag",
                message=message,
                hint=hint,
                file=self.file,
                line=tag.line,
                column=tag.column,
            )
        )


def _has_mark(text: str) -> bool:
    return not text.isascii() and bool(_MARK.search(text))
