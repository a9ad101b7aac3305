"""A problem: one thing that is wrong or doubtful in a file, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from newsletter.model.text import Line, clean_line


class Severity(StrEnum):
    """How much a problem matters; only an error stops a send."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class CheckSettings(BaseModel):
    """What a file asks of `newsletter check` in its front matter.

    `ignore` are the codes that the author has seen and does not want to hear of.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    ignore: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong, where, what to do. Line and column are 1-based, 0 if unknown.

    Message and hint are one printable line each, whatever of a file they quote.
    """

    code: str
    message: str
    file: str
    line: int = 0
    column: int = 0
    hint: str = ""
    severity: Severity = Severity.ERROR

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", clean_line(self.message))
        object.__setattr__(self, "hint", clean_line(self.hint))

    @property
    def place(self) -> str:
        """`file:line:column`, as editors and terminals make it clickable."""
        parts = [clean_line(self.file)]
        if self.line:
            parts.append(str(self.line))
            if self.column:
                parts.append(str(self.column))
        return ":".join(parts)

    def __str__(self) -> str:
        advice = f"; {self.hint}" if self.hint else ""
        return f"{self.place}: {self.severity}: {self.message}{advice} [{self.code}]"
