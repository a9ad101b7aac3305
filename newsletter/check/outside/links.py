"""The rules about links that lead elsewhere: they lead to something."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from newsletter.check.ignoring import without_ignored
from newsletter.check.outside.answer import Answer, Outcome
from newsletter.check.outside.asking import ask
from newsletter.check.outside.memory import Memory
from newsletter.check.writing import Writing
from newsletter.model.email import Link
from newsletter.model.problem import Problem, Severity
from newsletter.model.publication import Publication

Ask = Callable[[Iterable[str]], Mapping[str, Answer]]
"""Tries addresses, and gives each its answer."""

_GONE = (
    "dead-link",
    Severity.ERROR,
    "find its new address, or take the link out",
)
_FAILING = (
    "dead-link",
    Severity.WARNING,
    "try it in a browser; if it fails there, too, link to something else",
)
_NOT_KNOWN = ("unchecked-link", Severity.INFO, "try it in a browser")
_JUDGEMENT: Mapping[Outcome, tuple[str, Severity, str]] = {
    Outcome.GONE: _GONE,
    Outcome.NO_HOST: _GONE,
    Outcome.FAILING: _FAILING,
    Outcome.PRIVATE: (
        "dead-link",
        Severity.WARNING,
        "readers cannot reach it; link to a public address",
    ),
    Outcome.REFUSED: _NOT_KNOWN,
    Outcome.UNTRIED: _NOT_KNOWN,
}


def try_links(
    writings: Sequence[Writing],
    publication: Publication,
    now: datetime,
    ask: Ask = ask,
) -> list[Problem]:
    """Every problem with the links of `writings` that lead out of the publication.

    Those that were fine some days ago are not asked again. Where nothing at all can be
    reached, one remark says so and no link is blamed.
    """
    links = [(item, link) for item in writings for link in outside(item)]
    memory = Memory.load(publication.root / ".newsletter" / "links.json", now)
    urls = list(dict.fromkeys(link.url for _, link in links))
    known = {url: answer for url in urls if (answer := memory.get(url))}
    asked = dict(ask([url for url in urls if url not in known]))
    if asked and all(item.outcome is Outcome.NO_HOST for item in asked.values()):
        writing, link = next(item for item in links if item[1].url in asked)
        return [_offline(writing, link, len(asked))]
    memory.keep(asked)
    answers = known | asked
    found: list[Problem] = []
    for writing in writings:
        problems = _problems(writing, answers)
        found += without_ignored(problems, writing)
    return found


def outside(writing: Writing) -> Iterator[Link]:
    """The links that lead to other sites, none of them a subscriber's own."""
    home = f"{writing.publication.base_url}/"
    for link in (*writing.links, *writing.addresses):
        ours = f"{link.url}/".startswith(home)
        web = link.url.casefold().startswith(("http://", "https://"))
        if web and not ours and "{{" not in link.url:
            yield link


def _problems(writing: Writing, answers: Mapping[str, Answer]) -> Iterator[Problem]:
    for link in outside(writing):
        answer = answers[link.url]
        place = (link.line, link.column)
        if answer.outcome in _JUDGEMENT:
            code, severity, hint = _JUDGEMENT[answer.outcome]
            message = f"`{link.url}`: {answer.detail}"
            yield writing.problem(code, message, hint, place, severity)
        elif answer.moved:
            yield writing.problem(
                "moved-link",
                f"`{link.url}` has moved for good to `{answer.moved}`",
                "link there; the old address may be given up",
                place,
                Severity.INFO,
            )


def _offline(writing: Writing, link: Link, count: int) -> Problem:
    return writing.problem(
        "unchecked-link",
        f"none of {count} links to other sites was checked: no host was found",
        "is this machine online? then run it again",
        (link.line, link.column),
        Severity.INFO,
    )
