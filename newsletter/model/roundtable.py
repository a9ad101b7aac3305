"""A roundtable: experts discussing one interview answer, in rounds."""

import unicodedata
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from newsletter.model.addressing import spoken_to
from newsletter.model.names import called
from newsletter.model.problem import CheckSettings
from newsletter.model.text import Day, Line, Slug, Text, WebUrl


class Expert(BaseModel):
    """A member of the panel, with their hiring signal."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    name: Line = Field(min_length=1)
    role: Line = ""
    photo: Line = ""
    url: WebUrl | None = None
    hire: Text = ""
    concern: Text = ""

    @property
    def initials(self) -> str:
        """Shown where there is no photo: first letters of the first and last name.

        Of `Dr. Ana Lima, PhD` and of `Ana Lima (she/her)` they are `AL`.
        """
        parts = [word for word in called(self.name) if word[0].isalnum()]
        parts = parts or [self.name]
        letters = parts[0][:1] + (parts[-1][:1] if len(parts) > 1 else "")
        return letters.upper()


class Remark(BaseModel):
    """One thing an expert says in one round, as Markdown; where its text starts."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    expert: str
    text: str
    line: int
    column: int = 1


class Round(BaseModel):
    """One turn around the table."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    title: str
    remarks: tuple[Remark, ...]


class Roundtable(BaseModel):
    """One Markdown file: interview, panel, remarks in rounds, consensus, signals."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    title: Line = Field(min_length=1, description="The interview, as the headline.")
    slug: Slug = Field(
        description="Its name in addresses, and what an issue features it by; "
        "else from the name of the file.",
    )
    interview_url: WebUrl | None = Field(
        None, description="Where the interview can be watched; becomes a button."
    )
    competency: Line = Field(
        "",
        description="What the interview is about, in a word or two, such as "
        "Ownership; shown above the title.",
    )
    discussing: Line = Field(
        "", description="What the panel looks at, in one line below the title."
    )
    date: Day | None = Field(
        None,
        description="Its page is out from this day on, or with the first issue "
        "that features it.",
    )
    panel: tuple[Expert, ...] = Field(
        min_length=1, description="The experts, each with the keys below."
    )
    consensus: Text = Field(
        "",
        description="What the panel agrees on, in Markdown; an issue shows its "
        "first sentences.",
    )
    tags: tuple[Line, ...] = Field(
        (), description="Words that its page is filed under."
    )
    check: CheckSettings = Field(
        CheckSettings(),
        description="`ignore:` lists the codes of `newsletter check` that you "
        "know better.",
    )
    rounds: tuple[Round, ...] = ()
    body_line: int = 1
    file: str = ""
    path: Path = Path()
    key_lines: dict[str, int] = Field(default_factory=dict)
    places: dict[str, tuple[int, int]] = Field(default_factory=dict)
    source: str = ""
    extra: dict[str, Any] = Field(default_factory=dict)

    def expert(self, name: str) -> Expert | None:
        """Find an expert by full name, or by a part of it that only one has."""
        found = self.experts(name)
        return found[0] if len(found) == 1 else None

    def experts(self, name: str) -> list[Expert]:
        """Everybody who goes by a name: a full name, else a part of one."""
        wanted = unicodedata.normalize("NFC", " ".join(name.split())).casefold()
        whole = [
            item
            for item in self.panel
            if " ".join(item.name.casefold().split()) == wanted
        ]
        part = [
            item
            for item in self.panel
            if wanted in item.name.casefold().split()
            or wanted in " ".join(called(item.name)).casefold().split()
        ]
        return whole or part

    def addressed(self, remark: Remark) -> tuple[Expert, ...]:
        """The other experts that a remark speaks to, by a name only one of them has.

        Any part of a name will do: who is called Nguyễn Thị Hạnh is addressed as Hạnh.
        Who is only spoken of is not addressed; see newsletter.model.addressing.
        """
        text = unicodedata.normalize("NFC", remark.text)
        called = spoken_to(text, self._forms)
        return tuple(
            expert
            for expert in self.panel
            if expert.name in called and expert.name != remark.expert
        )

    @cached_property
    def _forms(self) -> dict[str, str]:
        """Whose name each form is, as it stands in a text: whole, or the part of it."""
        forms: dict[str, str] = {}
        for expert in self.panel:
            for form in (expert.name, *called(expert.name)):
                if self.expert(form) is expert:
                    forms[form[0].upper() + form[1:]] = expert.name
        return forms
