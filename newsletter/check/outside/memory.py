"""Remembers for some days which links were fine, so that nobody is asked twice."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkstemp
from typing import Any

from newsletter.check.outside.answer import Answer, Outcome

KEPT: Mapping[Outcome, timedelta] = {
    Outcome.FINE: timedelta(days=7),
    Outcome.REFUSED: timedelta(days=1),
}
"""How long an answer holds; all others are asked for again."""


@dataclass(slots=True)
class Memory:
    """The answers of before, in a file that may be deleted at any time."""

    path: Path
    now: datetime
    _answers: dict[str, tuple[datetime, Answer]] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path, now: datetime) -> "Memory":
        """Read the file; one that is missing or makes no sense is an empty one."""
        memory = cls(path, now)
        with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            for url, item in json.loads(path.read_text("utf-8")).items():
                answer = Answer(Outcome(item["outcome"]), item["detail"], item["moved"])
                at = datetime.fromisoformat(item["at"])
                if now - KEPT[answer.outcome] <= at.astimezone(UTC) <= now:
                    memory._answers[url] = (at, answer)
        return memory

    def get(self, url: str) -> Answer | None:
        """The answer of before, if it still holds."""
        found = self._answers.get(url)
        return found[1] if found else None

    def keep(self, answers: Mapping[str, Answer]) -> None:
        """Remember what may be remembered; a file that cannot be written is let be."""
        for url, answer in answers.items():
            if answer.outcome in KEPT and url not in self._answers:
                self._answers[url] = (self.now, answer)
        with suppress(OSError):
            self._write()

    def _write(self) -> None:
        data: dict[str, Any] = {
            url: {
                "at": at.isoformat(),
                "outcome": answer.outcome.value,
                "detail": answer.detail,
                "moved": answer.moved,
            }
            for url, (at, answer) in sorted(self._answers.items())
        }
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = mkstemp(dir=self.path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(data, file, indent=1)
        Path(temporary).replace(self.path)
