"""Personalisation: the tiny language of `{{ name | default("…") }}` and nothing else.

A tag is swapped for one private-use character before Markdown is parsed and found again
in whatever was rendered, so that no stage in between can change it. In code it is put
back as it was written.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from pydantic import BaseModel

from newsletter.config.validate import did_you_mean
from newsletter.model.email import MergeField, MergeText
from newsletter.model.problem import Problem

BUILT_IN = ("first_name", "last_name", "name", "email")
SYSTEM = ("unsubscribe_url", "preferences_url", "view_url")

Model = TypeVar("Model", bound=BaseModel)

_FIRST = 0xF0000
_LAST = 0xFFFFD
_TAG = re.compile(r"\{\{[^{}\n]+\}\}")
_INNER = re.compile(
    r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*"
    r"(?:\|\s*default\(\s*(?:\"([^\"]*)\"|'([^']*)'|“([^”]*)”|‘([^’]*)’)\s*\)\s*)?\Z"
)
_MARK = re.compile(f"([{chr(_FIRST)}-{chr(_LAST)}])")
_ADDRESS = re.compile(
    r"(?i)\b(?:href|src|cite|background)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))"
)
_NOT_A_MARK = "\ufffd"
_NUMBERED = re.compile(
    r"&#(?:x0*([0-9a-f]{1,6})(?![0-9a-f])|0*([0-9]{1,7})(?![0-9]));?", re.IGNORECASE
)
# A letter, since Markdown allows neither blanks nor controls in the address of a link.
_PAD = "x"


@dataclass(frozen=True, slots=True)
class _Tag:
    raw: str
    line: int = 0
    column: int = 0
    in_address: bool = False

    @property
    def padding(self) -> str:
        """What makes its mark of four bytes as long as the tag: never empty."""
        return _PAD * (len(self.raw.encode()) - 4)


@dataclass(slots=True)
class MergeTags:
    """The tags of one email, over all its texts, and the fields they stand for.

    `lines` has for each field the line that uses it first, 0 where that is not known.
    """

    file: str
    known: tuple[str, ...]
    fields: list[MergeField] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _tags: list[_Tag] = field(default_factory=list)
    _slots: dict[int, int | None] = field(default_factory=dict)
    _numbers: dict[MergeField, int] = field(default_factory=dict)

    def protect(
        self,
        text: str,
        *,
        line: int = 0,
        column: int = 1,
        indent: int = 0,
        columns: bool = True,
    ) -> str:
        """Swap the tags of `text`, which starts on `line` of the file, for marks.

        A mark is as many bytes long as its tag, so that every place in the text stays
        where it was. The first line starts in `column`, the others are indented by
        `indent`. Without `columns` only the line is known, as of a value in front
        matter.
        """
        text = _without_marks(text)
        if "{{" not in text:
            return text
        parts: list[str] = []
        row, start, end = line, 0, 0
        for match in _TAG.finditer(text):
            before = text[end : match.start()]
            if "\n" in before:
                row += before.count("\n")
                start = end + before.rfind("\n") + 1
            before_it = indent if start else column - 1
            place = before_it + match.start() - start + 1 if columns else 0
            tag = _Tag(match.group(), row, place) if line else _Tag(match.group())
            parts += [before, self._mark(tag)]
            end = match.end()
        return "".join(parts) + text[end:]

    def _mark(self, tag: _Tag) -> str:
        if len(self._tags) > _LAST - _FIRST:
            return tag.raw
        self._tags.append(tag)
        return chr(_FIRST + len(self._tags) - 1) + tag.padding

    def in_text(self, text: str) -> str:
        """Shrink the marks in a text to the one character that is looked for later."""
        if text.isascii():
            return text
        return self._each_mark(text, lambda mark, _: mark)

    def in_address(self, text: str) -> str:
        """As `in_text`, for where a link leads: the values will be percent-encoded.

        An address of ours that is all of it stays as it is.
        """
        text = self.in_text(text)
        self._encode(text)
        return text

    def in_html(self, text: str) -> str:
        """As `in_text`, for an author's HTML: its addresses are as those of links.

        A mark that is written in numbers (`&#xF0000;`) would be one once it is read.
        """
        text = _NUMBERED.sub(_not_a_mark, self.in_text(text))
        if has_mark(text):
            for address in _ADDRESS.findall(text):
                self._encode("".join(address))
        return text

    def _encode(self, text: str) -> None:
        """Say of the tags in an address that they stand there, and nowhere else."""
        if self.is_system(text):
            return
        for mark in find_marks(text):
            number = ord(mark) - _FIRST
            self._tags[number] = replace(self._tags[number], in_address=True)

    def in_code(self, text: str) -> str:
        """Put the tags in code back as they were written."""
        return self._each_mark(text, lambda _, tag: tag.raw)

    def written(self, text: str) -> str:
        """Put the tags of a text from `in_text` back, to speak of it to its author."""
        return _MARK.sub(lambda match: self._tags[ord(match[1]) - _FIRST].raw, text)

    def _each_mark(self, text: str, shown: Callable[[str, _Tag], str]) -> str:
        if not has_mark(text):
            return text
        parts: list[str] = []
        end = 0
        for match in _MARK.finditer(text):
            number = ord(match.group()) - _FIRST
            tag = self._tags[number] if number < len(self._tags) else None
            parts.append(text[end : match.start()])
            end = match.end()
            # Without its padding it is an author's `&#xF0000;`.
            if tag and text.startswith(tag.padding, end):
                parts.append(shown(match.group(), tag))
                end += len(tag.padding)
            else:
                parts.append(_NOT_A_MARK)
        return "".join(parts) + text[end:]

    def system(self, name: str) -> str:
        """A mark for a value of ours, such as the unsubscribe URL."""
        self._tags.append(_Tag("{{" + name + "}}"))
        index = len(self._tags) - 1
        self._slots[index] = self._field(MergeField(name), 0)
        return chr(_FIRST + index)

    def is_system(self, text: str) -> bool:
        """Whether a text is one tag, for a value of ours: the only whole address."""
        if len(text) != 1 or not has_mark(text):
            return False
        slot = self._slot(ord(text) - _FIRST)
        return slot is not None and self.fields[slot].name in SYSTEM

    def compile(self, rendered: str, escaped: Callable[[str], str] = str) -> MergeText:
        """Cut a rendered text at its marks.

        What is no merge tag is put back as it was written, `escaped` for the text.
        """
        literals = [""]
        slots: list[int] = []
        for index, part in enumerate(_MARK.split(rendered)):
            if index % 2 == 0:
                literals[-1] += part
                continue
            number = ord(part) - _FIRST
            slot = self._slot(number)
            if slot is None:
                literals[-1] += escaped(self._tags[number].raw)
            else:
                slots.append(slot)
                literals.append("")
        return MergeText(tuple(literals), tuple(slots))

    def compile_line(self, text: str, *, line: int = 0) -> MergeText:
        """Compile a text that is not Markdown: subject, preheader."""
        protected = self.protect(text, line=line, columns=False)
        return self.compile(self.in_text(protected))

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
        return self._field(MergeField(name, default, tag.in_address), tag.line)

    def _field(self, wanted: MergeField, line: int) -> int:
        number = self._numbers.setdefault(wanted, len(self.fields))
        if number == len(self.fields):
            self.fields.append(wanted)
            self.lines.append(0)
        self.lines[number] = self.lines[number] or line
        return number

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


@dataclass(slots=True)
class NoTags(MergeTags):
    """What stands for tags in a text that is the same for everybody: it has none."""

    def protect(self, text: str, **_: Any) -> str:
        """The text as it is: `{{ name }}` in it is shown as it was written."""
        return _without_marks(text)


def find_marks(text: str) -> list[str]:
    """The marks of the merge tags in a rendered text."""
    return _MARK.findall(text)


def has_mark(text: str) -> bool:
    """Whether a character stands in the text that could be a mark."""
    return not text.isascii() and bool(_MARK.search(text))


def free_of_marks(model: Model) -> Model:
    """The model, none of its texts with a character that could be taken for a mark.

    It is the model itself, not a copy, where it has none: this is done for every email.
    """
    freed = {name: _free(value) for name, value in model}
    changed = {
        name: new for name, new in freed.items() if new is not getattr(model, name)
    }
    return model.model_copy(update=changed) if changed else model


def _free(value: Any) -> Any:
    if isinstance(value, str):
        return _without_marks(value)
    if isinstance(value, tuple):
        freed = tuple(_free(item) for item in value)
        same = all(new is old for new, old in zip(freed, value, strict=True))
        return value if same else freed
    return free_of_marks(value) if isinstance(value, BaseModel) else value


def _not_a_mark(number: re.Match[str]) -> str:
    """What a numeric character reference becomes: itself, unless it is a mark."""
    code = int(number[1], 16) if number[1] else int(number[2])
    return _NOT_A_MARK if _FIRST <= code <= _LAST else number[0]


def _without_marks(text: str) -> str:
    return _MARK.sub(_NOT_A_MARK, text) if has_mark(text) else text
