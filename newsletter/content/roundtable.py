"""Reads one roundtable: panel and signals in front matter, remarks in the body."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from newsletter.config.files import display_name, read_text
from newsletter.config.validate import did_you_mean, validate
from newsletter.content.aliases import (
    ROUNDTABLE_ALIASES,
    apply_aliases,
    refuse_draft,
    take_extra,
)
from newsletter.content.front_matter import SourceFile, split
from newsletter.content.issue import set_slug
from newsletter.errors import SourceError
from newsletter.model.problem import Problem
from newsletter.model.roundtable import Remark, Round, Roundtable
from newsletter.model.text import slugify

MAX_BYTES = 1024 * 1024

_OURS = frozenset(
    {
        "rounds",
        "body_line",
        "key_lines",
        "places",
        "source",
        "file",
        "path",
        "extra",
    }
)
KEYS = tuple(name for name in Roundtable.model_fields if name not in _OURS)
_SPEAKER = re.compile(
    r"\*\*([^*\n]{1,200}?):\*\*[ \t]*|\*\*([^*\n]{1,200}?)\*\*:[ \t]*"
)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_HEADING = re.compile(r"#{1,6}(?:[ \t]|\Z)")


def read_roundtable(path: Path, root: Path, unsaved: bytes | None = None) -> Roundtable:
    """Read the roundtable at `path` in the publication at `root`.

    `unsaved` as in `read_text`. Raises SourceError with every mistake of the file,
    located: a name before a remark that is not on the panel among them.
    """
    file = display_name(path, root)
    text = read_text(path, root, MAX_BYTES, unsaved)
    source = split(text, file=file)
    problems = apply_aliases(source.document, ROUNDTABLE_ALIASES)
    problems += refuse_draft(source.document)
    extra, unknown = take_extra(source.document, KEYS, ROUNDTABLE_ALIASES)
    problems += unknown
    if source.document.data.get("slug") is None:
        set_slug(source.document.data, slugify(path.stem))
    ours: dict[str, Any] = {
        "body_line": source.body_line,
        "key_lines": source.document.key_lines(),
        "places": source.document.places(),
        "source": text,
        "file": file,
        "path": path,
        "extra": extra,
    }
    try:
        roundtable = validate(Roundtable, source.document, extra=ours)
    except SourceError as error:
        found = [item for item in error.problems if isinstance(item, Problem)]
        raise SourceError(_sorted(problems + found)) from None
    body = _Body(roundtable, source)
    rounds = body.read()
    problems += _panel_problems(roundtable, source) + body.problems
    if problems:
        raise SourceError(_sorted(problems))
    return roundtable.model_copy(update={"rounds": rounds})


def _sorted(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda item: (item.line, item.column))


def _panel_problems(roundtable: Roundtable, source: SourceFile) -> list[Problem]:
    seen: set[str] = set()
    problems = []
    for index, expert in enumerate(roundtable.panel):
        if expert.name.casefold() in seen:
            place = source.document.place(("panel", index, "name"))
            problems.append(
                Problem(
                    code="panel",
                    message=f"{expert.name} is on the panel twice",
                    hint="give each expert once",
                    file=roundtable.file,
                    line=place.line,
                    column=place.column,
                )
            )
        seen.add(expert.name.casefold())
    return problems


@dataclass(slots=True)
class _Paragraph:
    line: int
    lines: list[str]


def _paragraphs(body: str, first_line: int) -> Iterator[_Paragraph]:
    """Split at blank lines outside of fenced code; a heading stands alone."""
    current = _Paragraph(first_line, [])
    fence = ""
    for number, line in enumerate(body.split("\n"), first_line):
        heading = not fence and bool(_HEADING.match(line))
        fence = _fence_after(line, fence)
        if heading or not (fence or line.strip()):
            if current.lines:
                yield current
            if heading:
                yield _Paragraph(number, [line])
            current = _Paragraph(number + 1, [])
        else:
            current.lines.append(line)
    if current.lines:
        yield current


def _fence_after(line: str, fence: str) -> str:
    """The fence that is open after `line`, when `fence` was before it."""
    mark = _FENCE.match(line)
    if mark is None:
        return fence
    if not fence:
        return mark.group(1)
    closes = mark.group(1).startswith(fence) and not mark.group(2).strip()
    return "" if closes else fence


def _round_title(line: str) -> str | None:
    """The text of a `##` heading, without the `##` that may also close it."""
    if not re.match(r"##[ \t]", line):
        return None
    title = line[2:].strip()
    bare = title.rstrip("#")
    return bare.rstrip() if not bare or bare[-1] in " \t" else title


@dataclass(slots=True)
class _Remark:
    """A remark whose further paragraphs are still to come."""

    expert: str
    line: int
    column: int
    lines: list[str]

    def add(self, paragraph: _Paragraph) -> None:
        """Keep the distance, so that a line of the remark is a line of the file."""
        gap = paragraph.line - self.line - len(self.lines)
        self.lines += [""] * gap + paragraph.lines

    def done(self) -> Remark:
        text = "\n".join(self.lines)
        return Remark(expert=self.expert, text=text, line=self.line, column=self.column)


@dataclass(slots=True)
class _Body:
    """Reads rounds and remarks; gathers what is wrong with them."""

    roundtable: Roundtable
    source: SourceFile
    problems: list[Problem] = field(default_factory=list)
    _rounds: list[Round] = field(default_factory=list)
    _title: str = ""
    _line: int = 0
    _remarks: list[_Remark] = field(default_factory=list)
    _lost: bool = False
    """Whether the last remark was not understood: what follows it belongs to it."""

    def read(self) -> tuple[Round, ...]:
        for paragraph in _paragraphs(self.source.body, self.source.body_line):
            title = _round_title(paragraph.lines[0])
            if title is None:
                self._paragraph(paragraph)
            else:
                self._close()
                self._title, self._line = title, paragraph.line
        self._close()
        if not self._rounds and not self.problems:
            self._problem(
                self.source.body_line,
                "no remarks",
                "write `## Round one`, then `**Name:** what they say`",
            )
        return tuple(self._rounds)

    def _close(self) -> None:
        if self._remarks:
            title = self._title or f"Round {len(self._rounds) + 1}"
            remarks = tuple(remark.done() for remark in self._remarks)
            self._rounds.append(Round(title=title, remarks=remarks))
        elif self._line and not self._lost:
            message = "nobody says anything in this round"
            self._problem(self._line, message, "write `**Name:** what they say`")
        self._title, self._line, self._remarks, self._lost = "", 0, [], False

    def _paragraph(self, paragraph: _Paragraph) -> None:
        speaker = _SPEAKER.match(paragraph.lines[0])
        if speaker:
            name = speaker.group(1) or speaker.group(2)
            paragraph.lines[0] = paragraph.lines[0][speaker.end() :]
            self._lost = not self._remark(name, paragraph, speaker.end() + 1)
        elif self._lost:
            return
        elif self._remarks:
            self._remarks[-1].add(paragraph)
        else:
            self._lost = True
            self._problem(
                paragraph.line,
                "text before the first remark of a round",
                "open it with `**Name:**`",
            )

    def _remark(self, name: str, paragraph: _Paragraph, column: int) -> bool:
        """Begin a remark, whose text starts in `column`; tells whether it could be."""
        experts = self.roundtable.experts(name)
        if len(experts) != 1:
            self._problem(paragraph.line, *self._who(name, len(experts)))
        elif not any(line.strip() for line in paragraph.lines):
            hint = "start the remark on the line of the name"
            self._problem(paragraph.line, f"{name} says nothing", hint)
        else:
            expert, line = experts[0].name, paragraph.line
            self._remarks.append(_Remark(expert, line, column, paragraph.lines))
            return True
        return False

    def _who(self, name: str, found: int) -> tuple[str, str]:
        """Why a name names nobody, and what to do."""
        if found:
            return f"{found} experts are called {name}", "use the full name"
        panel = [item.name for item in self.roundtable.panel]
        parts = [part for item in panel for part in item.split()]
        close = did_you_mean(name, panel + parts)
        return f"`{name}` is not on the panel", close or f"it has {', '.join(panel)}"

    def _problem(self, line: int, message: str, hint: str) -> None:
        self.problems.append(
            Problem(
                code="roundtable",
                message=message,
                hint=hint,
                file=self.roundtable.file,
                line=line,
                column=1,
            )
        )
