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
    take_extra,
)
from newsletter.content.front_matter import SourceFile, split
from newsletter.errors import SourceError
from newsletter.model.problem import Problem
from newsletter.model.roundtable import Remark, Round, Roundtable
from newsletter.model.text import slugify

MAX_BYTES = 1024 * 1024

_OURS = frozenset({"rounds", "file", "path", "extra"})
KEYS = tuple(name for name in Roundtable.model_fields if name not in _OURS)
_HEADING = re.compile(r"##[ \t]+(.*?)[ \t#]*\Z")
_SPEAKER = re.compile(
    r"\*\*([^*\n]{1,200}?):\*\*[ \t]*|\*\*([^*\n]{1,200}?)\*\*:[ \t]*"
)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


def read_roundtable(path: Path, root: Path) -> Roundtable:
    """Read the roundtable at `path` in the publication at `root`.

    Raises SourceError with every mistake of the file, located: a name before a remark
    that is not on the panel among them.
    """
    file = display_name(path, root)
    source = split(read_text(path, root, MAX_BYTES), file=file)
    problems = apply_aliases(source.document, ROUNDTABLE_ALIASES)
    extra, unknown = take_extra(source.document, KEYS)
    problems += unknown
    if source.document.data.get("slug") is None:
        source.document.data["slug"] = slugify(path.stem) or path.stem
    ours: dict[str, Any] = {"file": file, "path": path, "extra": extra}
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
    text: str


def _paragraphs(body: str, first_line: int) -> Iterator[_Paragraph]:
    """Split at blank lines outside of fenced code; a heading stands alone."""
    lines: list[str] = []
    start = first_line
    fence = ""
    for number, line in enumerate(body.split("\n"), first_line):
        mark = _FENCE.match(line)
        if mark and (not fence or line.strip().startswith(fence)):
            fence = "" if fence else mark.group(1)
        heading = not fence and line.startswith("#")
        if (not line.strip() and not fence) or heading:
            if lines:
                yield _Paragraph(start, "\n".join(lines))
            lines = []
            if heading:
                yield _Paragraph(number, line)
            continue
        if not lines:
            start = number
        lines.append(line)
    if lines:
        yield _Paragraph(start, "\n".join(lines))


@dataclass(slots=True)
class _Body:
    """Reads rounds and remarks; gathers what is wrong with them."""

    roundtable: Roundtable
    source: SourceFile
    problems: list[Problem] = field(default_factory=list)
    _rounds: list[Round] = field(default_factory=list)
    _title: str = ""
    _remarks: list[Remark] = field(default_factory=list)

    def read(self) -> tuple[Round, ...]:
        for paragraph in _paragraphs(self.source.body, self.source.body_line):
            heading = _HEADING.match(paragraph.text)
            if heading:
                self._close()
                self._title = heading.group(1)
            else:
                self._paragraph(paragraph)
        self._close()
        if not self._rounds and not self.problems:
            self._problem(
                self.source.body_line,
                "no remarks",
                "write `## Round one`, then `**Name:** what they say`",
            )
        return tuple(self._rounds)

    def _close(self) -> None:
        if self._remarks or self._title:
            title = self._title or f"Round {len(self._rounds) + 1}"
            self._rounds.append(Round(title=title, remarks=tuple(self._remarks)))
        self._title, self._remarks = "", []

    def _paragraph(self, paragraph: _Paragraph) -> None:
        speaker = _SPEAKER.match(paragraph.text)
        if speaker:
            name = speaker.group(1) or speaker.group(2)
            self._remark(name, paragraph, paragraph.text[speaker.end() :])
        elif self._remarks:
            last = self._remarks[-1]
            text = f"{last.text}\n\n{paragraph.text}"
            self._remarks[-1] = last.model_copy(update={"text": text})
        else:
            self._problem(
                paragraph.line,
                "text before the first remark of a round",
                "open it with `**Name:**`",
            )

    def _remark(self, name: str, paragraph: _Paragraph, text: str) -> None:
        expert = self.roundtable.expert(name)
        if expert is None:
            panel = [item.name for item in self.roundtable.panel]
            close = did_you_mean(name, panel + [item.split()[0] for item in panel])
            message = f"`{name}` is not on the panel"
            if sum(item.split()[0] == name for item in panel) > 1:
                message, close = f"two experts are called {name}", "use the full name"
            self._problem(
                paragraph.line, message, close or f"it has {', '.join(panel)}"
            )
            return
        if not text.strip():
            self._problem(paragraph.line, f"{name} says nothing", "write the remark")
            return
        self._remarks.append(Remark(expert=expert.name, text=text, line=paragraph.line))

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
