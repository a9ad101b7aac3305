"""All issues and roundtables of a publication, read and held against each other."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from newsletter.config.validate import did_you_mean
from newsletter.content.issue import read_issue
from newsletter.content.roundtable import read_roundtable
from newsletter.errors import SourceError, UsageError
from newsletter.model.issue import Issue
from newsletter.model.problem import Problem
from newsletter.model.roundtable import Roundtable

ISSUES = "issues"
ROUNDTABLES = "issues/roundtables"
ENDINGS = frozenset({".md", ".markdown"})

_RESERVED = frozenset({"images", "roundtables", "u", "index", "style"})
"""Names the archive uses itself at the top of the site."""


@dataclass(frozen=True, slots=True)
class Library:
    """Every issue, newest first, and every roundtable by its slug."""

    issues: tuple[Issue, ...]
    roundtables: dict[str, Roundtable]

    def featured_by(self, issue: Issue) -> Roundtable | None:
        """The roundtable that an issue features."""
        if issue.roundtable is None:
            return None
        return self.roundtables.get(issue.roundtable.slug)


def load_library(root: Path) -> Library:
    """Read the whole publication in `root`.

    Raises SourceError with the mistakes of all files: what is wrong in each, two issues
    with one slug, a featured roundtable that does not exist.
    """
    problems: list[Problem] = []
    issues: list[Issue] = []
    roundtables: list[Roundtable] = []
    for path in issue_files(root):
        try:
            issues.append(read_issue(path, root))
        except SourceError as error:
            problems += _problems(error)
    for path in roundtable_files(root):
        try:
            roundtables.append(read_roundtable(path, root))
        except SourceError as error:
            problems += _problems(error)
    problems += _twins(issues) + _twins(roundtables) + _reserved(issues)
    slugs = [path.stem for path in roundtable_files(root)]
    slugs += [item.slug for item in roundtables]
    for issue in issues:
        problems += _unknown_roundtable(issue, slugs)
    if problems:
        raise SourceError(sorted(problems, key=lambda p: (p.file, p.line, p.column)))
    issues.sort(key=lambda issue: (issue.date, issue.slug), reverse=True)
    return Library(tuple(issues), {item.slug: item for item in roundtables})


def load_issue(root: Path, name: str) -> tuple[Issue, Roundtable | None]:
    """Read one issue, by path or slug, and the roundtable it features.

    Only these files are read, and the names of the others, so that it is quick. Raises
    UsageError when there is no such issue, SourceError for mistakes in the files.
    """
    path = find_issue(root, name)
    issue = read_issue(path, root)
    if issue.roundtable is None:
        return issue, None
    slug = issue.roundtable.slug
    for candidate in roundtable_files(root):
        if candidate.stem == slug:
            return issue, read_roundtable(candidate, root)
    # A slug given in front matter: read them all before saying there is none.
    found = {item.slug: item for item in _readable_roundtables(root)}
    if slug not in found:
        raise SourceError(_unknown_roundtable(issue, [*found]))
    return issue, found[slug]


def find_issue(root: Path, name: str) -> Path:
    """The file of the issue called `name`: a path, a file name, or a slug."""
    files = issue_files(root)
    given = Path(name)
    for path in (given, root / given):
        if path.suffix in ENDINGS and path.is_file():
            return path
    slug = given.stem if given.suffix in ENDINGS else name
    for path in files:
        if slug in (path.stem, path.stem[11:]):
            return path
    for path in files:
        try:
            if read_issue(path, root).slug == slug:
                return path
        except SourceError:
            continue
    stems = [path.stem[11:] or path.stem for path in files]
    close = difflib.get_close_matches(slug, stems, n=1, cutoff=0.5)
    hint = f"did you mean {close[0]}?" if close else "see `ls issues`"
    raise UsageError(f"there is no issue {name}", hint=hint)


def issue_files(root: Path) -> list[Path]:
    """The issues' files in the order of their names; `_x.md` and `.x.md` are notes."""
    return _markdown_files(root / ISSUES)


def roundtable_files(root: Path) -> list[Path]:
    """The roundtables' files in the order of their names."""
    return _markdown_files(root / ROUNDTABLES)


def _markdown_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix in ENDINGS
        and not path.name.startswith((".", "_"))
        and path.name.upper() != "README.MD"
    )


def _readable_roundtables(root: Path) -> Iterable[Roundtable]:
    for path in roundtable_files(root):
        try:
            yield read_roundtable(path, root)
        except SourceError:
            continue


def _problems(error: SourceError) -> list[Problem]:
    return [item for item in error.problems if isinstance(item, Problem)]


def _twins(items: Sequence[Issue] | Sequence[Roundtable]) -> list[Problem]:
    first: dict[str, str] = {}
    problems = []
    for item in items:
        if item.slug in first:
            problems.append(
                _problem(
                    item.file,
                    "slug",
                    f"the slug `{item.slug}` is also that of {first[item.slug]}",
                    "give one of them another `slug:`",
                )
            )
        first.setdefault(item.slug, item.file)
    return problems


def _reserved(issues: Iterable[Issue]) -> list[Problem]:
    return [
        _problem(
            issue.file,
            "slug",
            f"the archive itself uses the name `{issue.slug}`",
            "give the issue another `slug:`",
        )
        for issue in issues
        if issue.slug in _RESERVED
    ]


def _unknown_roundtable(issue: Issue, slugs: Sequence[str]) -> list[Problem]:
    if issue.roundtable is None or issue.roundtable.slug in slugs:
        return []
    known = ", ".join(slugs) or "none"
    hint = did_you_mean(issue.roundtable.slug, slugs) or f"there are: {known}"
    place = _key_line(issue, "roundtable")
    return [
        _problem(
            issue.file,
            "unknown-roundtable",
            f"there is no roundtable `{issue.roundtable.slug}`",
            hint,
            place,
        )
    ]


def _key_line(issue: Issue, key: str) -> int:
    """The line of a front-matter key, found again for a message."""
    lines = issue.path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    for number, line in enumerate(lines[: issue.body_line], 1):
        if line.startswith(f"{key}:"):
            return number
    return 1


def _problem(file: str, code: str, message: str, hint: str, line: int = 1) -> Problem:
    return Problem(
        code=code, message=message, hint=hint, file=file, line=line, column=1
    )
