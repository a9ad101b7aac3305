"""A small publication on disk without a single problem, and what is made of it."""

import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from newsletter.check.facts import Sent
from newsletter.config.publication import load_publication
from newsletter.errors import SourceError
from newsletter.model.problem import Problem
from newsletter.sending.preflight import Checked, preflight
from tests.conftest import ROOT

ISSUE = "issues/2026-11-20-letter.md"
TABLE = "issues/roundtables/table.md"

BODY = """\
hello {{ first_name | default("there") }},

this morning somebody moved the two chairs to the window, and for once both of them
looked out at the same street. we talked for an hour, about nothing that was on the
list, and then about the one thing that was. write to me and tell me how you would have
begun.
"""
REMARKS = "## One\n\n**Ana:** she asked first.\n\n**Bo:** and she waited.\n"


def config(**changes: Any) -> dict[str, Any]:
    """A newsletter.yaml."""
    return {
        "name": "the window",
        "base_url": "https://letter.example.com",
        "from": {"name": "mo", "address": "mo@letter.example.com"},
        "postal_address": "the window, 14 Harbour Row, Bristol",
        **changes,
    }


def keys(**changes: Any) -> dict[str, Any]:
    """The front matter of an issue."""
    return {
        "title": "two chairs by the window",
        "preheader": "what became of an hour that nobody had planned for",
        "date": "2026-11-20",
        **changes,
    }


def panel(**changes: Any) -> dict[str, Any]:
    """The front matter of a roundtable."""
    people = [
        {"name": "Ana Lima", "hire": "she asked first", "concern": "one story only"},
        {"name": "Bo Chen", "hire": "she waited", "concern": "she waited long"},
    ]
    given = {"title": "The Chair She Moved", "date": "2026-11-01", "panel": people}
    return given | {"consensus": "Both would hire her."} | changes


def write(path: Path, front: dict[str, Any], body: str) -> None:
    """Write a text with front matter."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(front, sort_keys=False, allow_unicode=True)
    path.write_text(f"---\n{text}---\n{body}", "utf-8")


def make(
    home: Path,
    body: str = BODY,
    *,
    settings: dict[str, Any] | None = None,
    issue: dict[str, Any] | None = None,
    table: dict[str, Any] | None = None,
    remarks: str = REMARKS,
) -> Path:
    """Write the publication with other values, text or remarks."""
    home.mkdir(exist_ok=True)
    made = yaml.safe_dump(config(**(settings or {})), sort_keys=False)
    (home / "newsletter.yaml").write_text(made, "utf-8")
    write(home / ISSUE, keys(**(issue or {})), body)
    write(home / TABLE, panel(**(table or {})), remarks)
    images = home / "issues" / "images"
    images.mkdir(exist_ok=True)
    shutil.copy(ROOT / "issues" / "images" / "two-chairs.jpg", images / "chairs.jpg")
    return home


def checked(home: Path, *names: str, sent: Iterable[Sent] = ()) -> Checked:
    """Check it, or some of its files."""
    return preflight(load_publication(home, {}), names, sent)


def problems(home: Path, *names: str, sent: Iterable[Sent] = ()) -> list[Problem]:
    """What is found in it, mistakes in newsletter.yaml among it."""
    try:
        return list(checked(home, *names, sent=sent).problems)
    except SourceError as error:
        return [item for item in error.problems if isinstance(item, Problem)]


def codes(home: Path, *names: str, sent: Iterable[Sent] = ()) -> Counter[str]:
    """How often each code is found in it."""
    return Counter(item.code for item in problems(home, *names, sent=sent))
