"""One process's part in a build: reads texts, and makes the pages that show them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from newsletter.archive.cache_file import digest
from newsletter.archive.crew import Tell
from newsletter.archive.index import Index
from newsletter.archive.job import Job
from newsletter.archive.memory import Made
from newsletter.archive.public import public_part
from newsletter.archive.record import IssueRecord, TableRecord
from newsletter.archive.shots import Shot, taken
from newsletter.archive.site import Pages, same_for_all, site_of
from newsletter.archive.stamps import Stamp
from newsletter.archive.text_file import text_bytes
from newsletter.archive.texts import Read, Texts
from newsletter.archive.writing import Writer, Written
from newsletter.errors import SourceError
from newsletter.model.page import Page
from newsletter.model.problem import Problem, Severity
from newsletter.render.page import Site


class Summaries(NamedTuple):
    """The summaries of all files, by their names."""

    issues: dict[str, IssueRecord]
    roundtables: dict[str, TableRecord]


class Result(NamedTuple):
    """What became of a job; what it used of the publication besides what it shows.

    With `problems` nothing was made, and `written` says nothing.
    """

    number: int
    written: Written
    shots: tuple[Shot, ...]
    links: dict[str, bool]
    problems: tuple[Problem, ...]


_NOTHING = Written("", "", (0, 0, 0))


@dataclass(slots=True)
class Worker:
    """Does the work of a build that can be shared; `run` is what a crew is given."""

    bare: Site
    settings: str
    texts: Texts
    writer: Writer
    today: date
    index: Index = field(init=False)
    site: Site = field(init=False)
    jobs: list[Job] = field(init=False)
    places: frozenset[str] = frozenset()
    shared: str = field(init=False)
    common: tuple[Shot, ...] = ()

    def run(self, name: str, argument: Any, tell: Tell) -> Any:
        """Do what is asked for by its name."""
        if name == "read":
            return self.read(argument, tell)
        if name == "learn":
            return self.learn(argument)
        return self.make(argument, tell)

    def read(self, files: Iterable[tuple[str, Stamp]], tell: Tell) -> Read:
        """Sum up some files."""
        return self.texts.read(files, self.bare, tell)

    def learn(self, all_of_them: Summaries) -> None:
        """Know what is public, and so all files of the site."""
        tables = [*all_of_them.roundtables.values()]
        self.index = public_part(all_of_them.issues.values(), tables, self.today)
        self.texts.learn(self.index)
        self.site, jobs, moved = site_of(self.index, self.bare, self.texts)
        self.jobs = [*jobs, *moved]
        self.places = frozenset(job.path for job in jobs)
        self.texts.images.asked.clear()
        self.shared = digest(f"{self.settings} {same_for_all(self.site)}".encode())
        self.common = taken(self.texts.images)

    def key(self, job: Job) -> str:
        """Names everything that a file shows, but images and links."""
        shared = "" if job.alone else self.shared
        return digest(f"{shared} {job.path} {job.shows!r}".encode())

    def is_fresh(self, number: int, made: Made) -> bool:
        """Whether what a job once made is what it would make now."""
        job = self.jobs[number]
        return (
            made.key == self.key(job)
            and made.digest == self.writer.ours.get(job.path)
            and all(self._has(path) is there for path, there in made.links.items())
        )

    def deal(
        self, numbers: Sequence[int], read: Sequence[tuple[str, Stamp]], size: int
    ) -> list[list[int]]:
        """Share jobs out; a process that read an issue is given the issue's page."""
        parts: list[list[int]] = [[] for _ in range(size)]
        owners = {item[0]: place % size for place, item in enumerate(read)}
        pages = {item.entry.path: owners.get(item.file) for item in self.index.issues}
        others = []
        for number in numbers:
            owner = pages.get(self.jobs[number].path)
            if owner is None:
                others.append(number)
            else:
                parts[owner].append(number)
        for place in range(size):
            start, end = (len(others) * at // size for at in (place, place + 1))
            parts[place] += others[start:end]
        return parts

    def pictured(self, summaries: Summaries) -> Iterator[str]:
        """The keys of the images that summaries of what is public show."""
        for item in self.index.issues:
            yield from summaries.issues[item.file].images
        for table in self.index.roundtables:
            yield from summaries.roundtables[table.file].images

    def make(self, numbers: Iterable[int], tell: Tell) -> list[Result]:
        """Do the jobs of these numbers; what they make is staged, not kept."""
        results = []
        for number in numbers:
            results.append(self._make(number, self.jobs[number]))
            tell()
        return results

    def _make(self, number: int, job: Job) -> Result:
        self.texts.images.asked.clear()
        pages = self.site.pages
        if isinstance(pages, Pages):
            pages.asked.clear()
        try:
            made = job.make(self.site)
        except SourceError as error:
            found = tuple(item for item in error.problems if isinstance(item, Problem))
            return Result(number, _NOTHING, (), {}, found)
        problems: tuple[Problem, ...] = ()
        if isinstance(made, Page):
            wrong = (item for item in made.problems if item.severity is Severity.ERROR)
            problems, made = tuple(wrong), made.html
        if problems:
            return Result(number, _NOTHING, (), {}, problems)
        data = made if isinstance(made, bytes) else text_bytes(made)
        written = self.writer.offer(number + 1, job.path, data)
        return Result(number, written, taken(self.texts.images), self._links(), ())

    def _links(self) -> dict[str, bool]:
        pages = self.site.pages
        asked = sorted(pages.asked) if isinstance(pages, Pages) else ()
        return {path: self._has(path) for path in asked}

    def _has(self, path: str) -> bool:
        """Whether the site has a page; nobody is told that it was asked for."""
        return frozenset.__contains__(self.site.pages, path)
