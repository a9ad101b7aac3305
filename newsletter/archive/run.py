"""One build: reads and renders what has changed, then writes what differs.

Texts are summed up first; from the summaries follow all files of the site, each with a
key of everything that it shows. Only files whose key is new are rendered, in several
processes where there are many, and staged beside the site; when all are there without
a mistake they are moved to their places.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

from newsletter.archive.cache_file import Glance
from newsletter.archive.crew import Crew, Seen, open_crew
from newsletter.archive.glance import make_glance, outputs_digest
from newsletter.archive.memory import Made, Memory
from newsletter.archive.moved import moves
from newsletter.archive.public import next_change
from newsletter.archive.record import IssueRecord, TableRecord, renewed
from newsletter.archive.report import BuildReport
from newsletter.archive.settings import settings_digest
from newsletter.archive.shots import Shot, keys, recall, stamped
from newsletter.archive.site import make_site
from newsletter.archive.stamps import Inputs, Stamp
from newsletter.archive.texts import Texts, is_roundtable
from newsletter.archive.worker import Result, Summaries, Worker
from newsletter.archive.writing import Writer, Written
from newsletter.content.images import ImageFolder
from newsletter.content.library import problems_between
from newsletter.errors import SourceError
from newsletter.model.problem import Problem
from newsletter.model.publication import Publication
from newsletter.render.templates import unchanging

_SHARE = 100
"""With less work for each, more processes are slower than one."""

_Unread = list[tuple[str, Stamp]]


class Outcome(NamedTuple):
    """What a build did, and what the next one should know."""

    report: BuildReport
    memory: Memory
    glance: Glance


class Run:
    """One build of what `publication` shows on `today`; `known` is the last one's."""

    def __init__(
        self, publication: Publication, today: date, known: Memory, inputs: Inputs
    ) -> None:
        """Look at what there is besides `inputs`."""
        self._begun = time.time_ns()
        self._publication, self._today, self._known = publication, today, known
        self._inputs = inputs
        self._settings = settings_digest(publication)
        self._images = ImageFolder(publication.root)
        self._shots = recall(self._images, known.images, self._begun)
        self._same = frozenset(self._shots)

    def build(self, writer: Writer, processes: int, seen: Seen) -> Outcome:
        """Bring the folder of `writer` up to date.

        Raises SourceError for mistakes in the publication and UsageError for what is
        in the way; then nothing was written.
        """
        with unchanging(self._publication.root):
            return self._build(writer, processes, seen)

    def _build(self, writer: Writer, processes: int, seen: Seen) -> Outcome:
        same = self._known.settings == self._settings
        style = self._known.style if same else ""
        bare = make_site(self._publication, self._images.beside, style)
        texts = Texts(self._publication.root, self._images)
        worker = Worker(bare, self._settings, texts, writer, self._today)
        kept, unread = self._sift()
        with open_crew(size_for(unread, processes), worker.run, seen) as crew:
            summaries = self._read(crew, kept, unread)
            crew.run("learn", [summaries] * crew.size)
            refuse(self._wrong_aliases(worker, summaries))
            self._learn(worker.common)
            fresh = self._fresh(worker)
            stale = [n for n in range(len(worker.jobs)) if n not in fresh]
            if crew.size > 1:
                results = self._make(crew, worker.deal(stale, unread, crew.size))
        if crew.size == 1:
            size = size_for(stale, processes)
            with open_crew(size, worker.run, seen) as crew:
                results = self._make(crew, worker.deal(stale, [], size))
        return self._finish(worker, summaries, fresh, results)

    def _sift(self) -> tuple[Summaries, _Unread]:
        """The summaries that still hold, and the files of which there is none."""
        kept, unread = Summaries({}, {}), []
        files = (*self._inputs.issues.items(), *self._inputs.roundtables.items())
        for file, stamp in files:
            record = self._record(file, stamp)
            if record is None:
                unread.append((file, stamp))
            else:
                part: dict[str, Any] = kept[is_roundtable(file)]
                part[file] = record
        return kept, sorted(unread)

    def _record(self, file: str, stamp: Stamp) -> IssueRecord | TableRecord | None:
        if self._known.settings != self._settings:
            return None
        known: Mapping[str, IssueRecord | TableRecord]
        known = self._known.roundtables if is_roundtable(file) else self._known.issues
        record = known.get(file)
        if record is None or not self._same.issuperset(record.images):
            return None
        return renewed(record, stamp, self._publication.root)

    def _read(self, crew: Crew, kept: Summaries, unread: _Unread) -> Summaries:
        """The summaries of all files; refused together with what is wrong in any."""
        shares = [unread[number :: crew.size] for number in range(crew.size)]
        reads = crew.run("read", shares, len(unread))
        issues, tables = [*kept.issues.values()], [*kept.roundtables.values()]
        problems: list[Problem] = []
        for read in reads:
            issues += read.issues
            tables += read.roundtables
            problems += read.problems
            self._learn(read.shots)
        issues.sort(key=attrgetter("file"))
        tables.sort(key=attrgetter("file"))
        unknown = self._inputs.roundtables.keys() - {item.file for item in tables}
        problems += problems_between(issues, tables, unknown)
        refuse(problems)
        return Summaries(
            {item.file: item for item in issues}, {item.file: item for item in tables}
        )

    def _wrong_aliases(self, worker: Worker, summaries: Summaries) -> Iterator[Problem]:
        base_url = self._publication.base_url
        for move in moves(worker.index, base_url, worker.places):
            if move.trouble:
                file = move.issue.file
                yield Problem(
                    code="slug",
                    message=f"the alias `{move.alias}` {move.trouble}",
                    hint="write it as `/old-name/`, or take it away",
                    file=file,
                    line=summaries.issues[file].key_lines.get("aliases", 1),
                    column=1,
                )

    def _fresh(self, worker: Worker) -> dict[int, Made]:
        """The jobs that need not be done, by their numbers, and what they made."""
        known = [self._known.made.get(job.path) for job in worker.jobs]
        stamps = worker.writer.folder.stamps(job.path for job in worker.jobs)
        return {
            number: made
            for number, (made, stamp) in enumerate(zip(known, stamps, strict=True))
            if made
            and made.stamp == stamp
            and self._same.issuperset(made.images)
            and worker.is_fresh(number, made)
        }

    def _make(self, crew: Crew, numbers: Sequence[Sequence[int]]) -> list[Result]:
        parts = crew.run("make", numbers, sum(map(len, numbers)))
        results = [item for part in parts for item in part]
        refuse(problem for result in results for problem in result.problems)
        for result in results:
            self._learn(result.shots)
        return results

    def _learn(self, shots: Iterable[Shot]) -> None:
        """Know the images that any process found."""
        for shot in shots:
            if shot.name:
                self._images.remember(Path(shot.path), shot.wish, shot.file)
        self._shots.update(stamped(shots, self._begun))

    def _finish(
        self,
        worker: Worker,
        summaries: Summaries,
        fresh: dict[int, Made],
        results: Iterable[Result],
    ) -> Outcome:
        writer = worker.writer
        made = {worker.jobs[number].path: item for number, item in fresh.items()}
        written = [
            Written(path, item.digest, item.stamp) for path, item in made.items()
        ]
        for result in results:
            job, file = worker.jobs[result.number], result.written
            written.append(file)
            images = keys(result.shots)
            key = worker.key(job)
            made[job.path] = Made(key, file.digest, file.stamp, images, result.links)
        used = {key for item in made.values() for key in item.images}
        used |= {*keys(worker.common), *worker.pictured(summaries)}
        shots = {key: self._shots[key] for key in sorted(used)}
        written += self._publish(writer, shots.values(), len(worker.jobs) + 1)
        made |= {
            file.path: Made("", file.digest, file.stamp, (), {})
            for file in written
            if file.path not in made
        }
        changes = writer.finish(written)
        pages = sorted(path for path in made if path.endswith(".html"))
        rendered = [worker.jobs[result.number].path for result in results]
        report = BuildReport(*changes, tuple(pages), tuple(sorted(rendered)))
        style = worker.bare.style_version
        memory = Memory(self._settings, style, *summaries, made, shots)
        return Outcome(report, memory, self._glance(memory, written))

    def _publish(
        self, writer: Writer, shots: Iterable[Shot], number: int
    ) -> Iterator[Written]:
        """The image files of the site; those that are there are not read."""
        named = {f"images/{shot.name}": shot for shot in shots if shot.name}
        stamps = writer.folder.stamps(named)
        for (path, shot), stamp in zip(named.items(), stamps, strict=True):
            made = self._known.made.get(path)
            if made and made.stamp == stamp and made.digest == writer.ours.get(path):
                yield Written(path, made.digest, made.stamp)
                continue
            place = Path(shot.path), shot.wish, shot.name
            data = self._images.published(*place).read_bytes()
            yield writer.offer(number, path, data)
            number += 1

    def _glance(self, memory: Memory, written: Iterable[Written]) -> Glance:
        until = next_change(
            memory.issues.values(), memory.roundtables.values(), self._today
        )
        images = {shot.path for shot in memory.images.values()}
        files = {file.path: (file.digest, file.stamp) for file in written}
        outputs = outputs_digest(files)
        return make_glance(self._inputs, images, outputs, self._today, until)


def size_for(work: Sequence[object], processes: int) -> int:
    """How many processes are worth their while."""
    return max(1, min(processes, len(work) // _SHARE))


def refuse(problems: Iterable[Problem]) -> None:
    """Raise SourceError with all of them, in the order of their places, if any."""
    if found := set(problems):
        place = attrgetter("file", "line", "column", "message")
        raise SourceError(sorted(found, key=place))


def unseen(what: str, done: int, total: int) -> None:
    """Show nobody how much is done."""
