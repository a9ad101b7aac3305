"""Makes a publication of 100 issues and 20 roundtables out of the sample one."""

import re
import shutil
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[1]
ISSUES = 100
ROUNDTABLES = 20
_LAST = date(2026, 11, 20)


def make(home: Path, issues: int = ISSUES) -> Path:
    """Write the publication into the folder `home`, which it returns.

    Every issue is one of the sample's, with a title, a date, a number and paragraphs in
    an order of its own; every roundtable is one of the sample's under another slug.
    """
    (home / "issues" / "roundtables").mkdir(parents=True)
    shutil.copy(ROOT / "newsletter.yaml", home)
    for images in ("issues/images", "issues/roundtables/images"):
        shutil.copytree(ROOT / images, home / images)
    tables = sorted((ROOT / "issues" / "roundtables").glob("*.md"))
    for number in range(ROUNDTABLES):
        table = tables[number % len(tables)]
        shutil.copy(table, home / "issues" / "roundtables" / f"{_table(number)}.md")
    samples = sorted((ROOT / "issues").glob("*.md"))
    for number in range(1, issues + 1):
        text = _issue(samples[number % len(samples)].read_text("utf-8"), number, issues)
        day = _day(number, issues)
        (home / "issues" / f"{day}-issue-{number}.md").write_text(text, "utf-8")
    return home


def _table(number: int) -> str:
    return f"roundtable-{number + 1}"


def _day(number: int, issues: int) -> date:
    return _LAST - timedelta(weeks=issues - number)


def _issue(sample: str, number: int, issues: int) -> str:
    _, front, body = re.split(r"^---\n", sample, maxsplit=2, flags=re.MULTILINE)
    changes = {
        "^number: .*\n": "",
        '^title: "': f'title: "{number}: ',
        "^date: .*": f"date: {_day(number, issues)}\nnumber: {number}",
        "^roundtable: .*": f"roundtable: {_table(number % ROUNDTABLES)}",
    }
    for pattern, text in changes.items():
        front = re.sub(pattern, text, front, flags=re.MULTILINE)
    return f"---\n{front}---\n{_shuffled(body, number)}"


def _shuffled(body: str, number: int) -> str:
    """The body with the paragraphs of each section turned round by some places."""
    sections = re.split(r"(?=^## )", body, flags=re.MULTILINE)
    turned = []
    for section in sections:
        head, *rest = section.strip("\n").split("\n\n")
        at = number % len(rest) if rest else 0
        turned.append("\n\n".join([head, *rest[at:], *rest[:at]]))
    return "\n" + "\n\n".join(turned) + "\n"
