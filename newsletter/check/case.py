"""One issue as `check` has it before it, and what the rules are made of."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from newsletter.check.markup import Markup, read_markup
from newsletter.check.prose import Place
from newsletter.check.writing import Writing
from newsletter.model.email import Email, MergeText
from newsletter.model.issue import Issue
from newsletter.model.problem import Problem
from newsletter.model.publication import Publication


@dataclass(frozen=True)
class Case:
    """An issue with its email."""

    issue: Issue
    email: Email
    writing: Writing

    @property
    def publication(self) -> Publication:
        """The publication that the issue belongs to."""
        return self.writing.publication

    @cached_property
    def html(self) -> str:
        """The HTML with the defaults of its merge tags."""
        return self.for_everybody(self.email.html)

    @cached_property
    def markup(self) -> Markup:
        """The HTML taken apart."""
        return read_markup(self.html)

    def written(self, words: str) -> tuple[str, Place] | None:
        """The file and the place where an author or a theme of theirs wrote HTML."""
        texts = dict(self.writing.facts.templates)
        if self.publication.trusted_html:
            texts = {self.writing.file: self.issue.source} | texts
        for file, text in texts.items():
            if (at := text.find(words)) >= 0:
                start = text.rfind("\n", 0, at)
                return file, (text.count("\n", 0, at) + 1, at - start)
        return None

    def for_everybody(self, text: MergeText) -> str:
        """A text with the defaults of its merge tags."""
        return text.join([field.default for field in self.email.fields])


WritingRule = Callable[[Writing], Iterator[Problem]]
"""A rule for whatever people read: issues and roundtables alike."""

IssueRule = Callable[[Case], Iterator[Problem]]
"""A rule for an issue and its email."""
