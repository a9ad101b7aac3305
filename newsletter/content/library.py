"""All issues and roundtables of a publication, read and held against each other."""

import difflib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from newsletter.config.validate import did_you_mean
from newsletter.content.issue import read_issue, undated
from newsletter.content.listing import ENDINGS, ISSUES, ROUNDTABLES, texts_in
from newsletter.content.roundtable import read_roundtable
from newsletter.errors import SourceError, UsageError
from newsletter.model.issue import FeaturedRoundtable, Issue
from newsletter.model.problem import Problem
from newsletter.model.roundtable import Roundtable

RESERVED = frozenset(
    [
        "404",
        "about",
        "experts",
        "images",
        "index",
        "issues",
        "music",
        "roundtables",
        "search",
        "share",
        "style",
        "tags",
        "confirm",
        "preferences",
        "subscribe",
        "u",
        "view",
    ]
)
"""Names that the archive, or the service beside it, uses at the top of the site."""


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
    library, problems = read_library(root)
    if problems:
        raise SourceError(problems)
    return library


def read_library(root: Path) -> tuple[Library, list[Problem]]:
    """Read what can be read of the publication in `root`, and the mistakes of the rest.

    The mistakes are sorted by file and place.
    """
    roundtables, problems = _roundtables(root)
    issues: list[Issue] = []
    for path in issue_files(root):
        try:
            issues.append(read_issue(path, root))
        except SourceError as error:
            problems += _problems(error)
    read = {item.path for item in roundtables}
    unread = [str(path) for path in roundtable_files(root) if path not in read]
    problems += problems_between(issues, roundtables, unread)
    problems.sort(key=lambda p: (p.file, p.line, p.column))
    issues.sort(key=lambda issue: (issue.date, issue.slug), reverse=True)
    return Library(tuple(issues), {item.slug: item for item in roundtables}), problems


class Named(Protocol):
    """What has an address of its own in the archive: its slug, its file."""

    @property
    def slug(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def key_lines(self) -> dict[str, int]: ...


class Featuring(Named, Protocol):
    """What may feature a roundtable."""

    @property
    def roundtable(self) -> FeaturedRoundtable | str | None: ...


def problems_between(
    issues: Sequence[Featuring], roundtables: Sequence[Named], unread: Iterable[str]
) -> list[Problem]:
    """What is wrong between files that are right each by itself.

    `unread` are the files of roundtables that are not: their names may be meant.
    """
    problems = _twins(issues) + _twins(roundtables) + _reserved(issues)
    slugs = [item.slug for item in roundtables]
    slugs += [Path(file).stem for file in unread]
    for issue in issues:
        problems += _unknown_roundtable(issue, slugs)
    return problems


def load_issue(root: Path, name: str) -> tuple[Issue, Roundtable | None]:
    """Read one issue, by path or slug, and the roundtable it features.

    Only these files are read, and the names of the others, so that it is quick. Raises
    UsageError when there is no such issue, SourceError for mistakes in the files.
    """
    return load_issue_file(root, find_issue(root, name))


def load_issue_file(
    root: Path, path: Path, unsaved: bytes | None = None
) -> tuple[Issue, Roundtable | None]:
    """Read the issue at `path`, and its roundtable, as `load_issue` does.

    `unsaved` as in `read_text`.
    """
    issue = read_issue(path, root, unsaved=unsaved)
    if problems := _reserved([issue]):
        raise SourceError(problems)
    if issue.roundtable is None:
        return issue, None
    slug = issue.roundtable.slug
    for candidate in roundtable_files(root):
        if candidate.stem == slug:
            roundtable = read_roundtable(candidate, root)
            if roundtable.slug == slug:
                return issue, roundtable
    # A slug given in front matter: read them all before saying there is none.
    found, problems = _roundtables(root)
    for roundtable in found:
        if roundtable.slug == slug:
            return issue, roundtable
    slugs = [item.slug for item in found]
    raise SourceError(_unknown_roundtable(issue, slugs) + problems)


def find_issue(root: Path, name: str) -> Path:
    """The file of the issue called `name`: a path, a file name, or a slug.

    Raises UsageError when there is none, or more than one.
    """
    given = Path(name)
    files = [path for path in (given, root / given) if _is_file(path)]
    home = (root / ISSUES).resolve()
    for path in files:
        if path.suffix.lower() in ENDINGS and path.parent.resolve() == home:
            return path
    found = _called(name, root)
    if len(found) > 1:
        which = ", ".join(path.name for path in found)
        raise UsageError(f"{name} may be any of {which}", hint="give the file's name")
    if found:
        return found[0]
    if files:
        raise UsageError(f"{name} is not an issue", hint=f"issues are in {ISSUES}/")
    names = [undated(path.stem) for path in issue_files(root)]
    close = difflib.get_close_matches(undated(given.stem), names, n=1, cutoff=0.5)
    hint = f"did you mean {close[0]}?" if close else f"see `ls {ISSUES}`"
    raise UsageError(f"there is no issue {name}", hint=hint)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long, a folder that may not be searched
        return False


def _called(name: str, root: Path) -> list[Path]:
    """The issues that a name may mean; a slug in front matter outweighs file names."""
    files = issue_files(root)
    named = [path for path in files if undated(path.stem) == name]
    whole = [path for path in files if name in (path.name, path.stem)]
    if whole and whole != named:
        return whole
    if len(named) == 1 and _slug(named[0], root) in (name, None):
        return named
    return [path for path in files if _slug(path, root) == name] or named


def _slug(path: Path, root: Path) -> str | None:
    """An issue's slug; None for a file with mistakes."""
    try:
        return read_issue(path, root).slug
    except SourceError:
        return None


def issue_slug(root: Path, name: str, sent: Collection[str]) -> str:
    """The slug of the issue called `name`.

    One of those `sent` whose file is gone is still known by its slug. Raises UsageError
    for a name that is neither.
    """
    try:
        return read_issue(find_issue(root, name), root).slug
    except UsageError:
        if name in sent:
            return name
        raise


def issue_files(root: Path) -> list[Path]:
    """The issues' files in the order of their names; `_x.md` and `.x.md` are notes."""
    return _markdown_files(root / ISSUES)


def roundtable_files(root: Path) -> list[Path]:
    """The roundtables' files in the order of their names."""
    return _markdown_files(root / ROUNDTABLES)


def _markdown_files(folder: Path) -> list[Path]:
    return sorted(Path(item.path) for item in texts_in(folder))


def _roundtables(root: Path) -> tuple[list[Roundtable], list[Problem]]:
    found, problems = [], []
    for path in roundtable_files(root):
        try:
            found.append(read_roundtable(path, root))
        except SourceError as error:
            problems += _problems(error)
    return found, problems


def _problems(error: SourceError) -> list[Problem]:
    return [item for item in error.problems if isinstance(item, Problem)]


def _twins(items: Sequence[Named]) -> list[Problem]:
    first: dict[str, str] = {}
    problems = []
    for item in items:
        if item.slug in first:
            problems.append(twin(item, first[item.slug]))
        first.setdefault(item.slug, item.file)
    return problems


def twin(item: Named, other: str) -> Problem:
    """That the file `other` has the same slug."""
    message = f"the slug `{item.slug}` is also that of {other}"
    return _problem(item, "slug", message, "give one of them another `slug:`", "slug")


def _reserved(issues: Iterable[Named]) -> list[Problem]:
    return [
        _problem(
            issue,
            "slug",
            f"the archive itself uses the name `{issue.slug}`",
            "give the issue another `slug:`",
            "slug",
        )
        for issue in issues
        if issue.slug in RESERVED
    ]


def _unknown_roundtable(issue: Featuring, slugs: Sequence[str]) -> list[Problem]:
    featured = issue.roundtable
    slug = featured.slug if isinstance(featured, FeaturedRoundtable) else featured
    if not slug or slug in slugs:
        return []
    known = ", ".join(slugs) or "none"
    hint = did_you_mean(slug, slugs) or f"there are: {known}"
    message = f"there is no roundtable `{slug}`"
    return [_problem(issue, "unknown-roundtable", message, hint, "roundtable")]


def _problem(item: Named, code: str, message: str, hint: str, key: str) -> Problem:
    return Problem(
        code=code,
        message=message,
        hint=hint,
        file=item.file,
        line=item.key_lines.get(key, 1),
        column=1,
    )
