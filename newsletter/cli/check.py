"""`newsletter check`: finds what an author would regret after sending."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.context import Context
from newsletter.cli.options import AsJson
from newsletter.cli.output import plural, say, say_json, say_problems, warn
from newsletter.errors import CheckFailed, SourceError, StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsletter.check.facts import Sent
    from newsletter.model.problem import Problem
    from newsletter.model.publication import Publication


class Format(StrEnum):
    """How problems are printed."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


def check(
    context: typer.Context,
    texts: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ISSUE]...",
            help="Paths or slugs of issues or roundtables; else all.",
        ),
    ] = None,
    as_json: AsJson = False,
    form: Annotated[
        Format, typer.Option("--format", help="`github` annotates a pull request.")
    ] = Format.TEXT,
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail for warnings, too.")
    ] = False,
    links: Annotated[
        bool, typer.Option("--links", help="Try the links that lead elsewhere, too.")
    ] = False,
    explain: Annotated[
        str, typer.Option("--explain", metavar="CODE", help="Say more about a code.")
    ] = "",
) -> None:
    """Find what you would regret after sending.

    Every problem comes with its file, its line and what to do. Ends with exit code 4
    when there are errors, which would stop a send, with `--strict` for warnings, too;
    with 3 when a file cannot be read at all.
    """
    if explain:
        from newsletter.check.explaining import explanation

        say(explanation(explain))
        return
    options: Context = context.obj
    _check(options, texts or [], Format.JSON if as_json else form, strict, links)


def _check(
    options: Context, names: "Sequence[str]", form: Format, strict: bool, links: bool
) -> None:
    from newsletter.model.problem import Problem, Severity
    from newsletter.sending.preflight import preflight

    try:
        publication = options.publication()
        checked = preflight(publication, names, _sent(publication), keep=links)
    except SourceError as error:
        found = [item for item in error.problems if isinstance(item, Problem)]
        if form is not Format.TEXT:
            _print(found, form, issues=0, roundtables=0)
        raise
    problems = list(checked.problems)
    if links:
        from newsletter.check.check import in_order
        from newsletter.check.outside.links import try_links

        problems = in_order(
            [*problems, *try_links(checked.writings, publication, options.now)]
        )
    _print(problems, form, issues=checked.issues, roundtables=checked.roundtables)
    if checked.unread:
        raise typer.Exit(SourceError.exit_code)
    failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    if any(problem.severity in failing for problem in problems):
        raise typer.Exit(CheckFailed.exit_code)


def _sent(publication: "Publication") -> "tuple[Sent, ...]":
    """What the ledger knows, if there is one; nothing is created for the asking."""
    from newsletter.sending.sent_before import sent_before

    try:
        return sent_before(publication)
    except StoreError as error:
        warn(f"the ledger was not asked what was sent: {error.message}")
        return ()


def _print(
    problems: "Sequence[Problem]", form: Format, *, issues: int, roundtables: int
) -> None:
    from newsletter.check.reporting import as_data, as_github

    if form is Format.JSON:
        say_json(as_data(problems, issues=issues, roundtables=roundtables))
    elif form is Format.GITHUB:
        for problem in problems:
            say(as_github(problem))
    else:
        say_problems(problems)
        say(_summary(problems, issues, roundtables))


def _summary(problems: "Sequence[Problem]", issues: int, roundtables: int) -> str:
    count: dict[str, int] = {}
    for problem in problems:
        count[problem.severity] = count.get(problem.severity, 0) + 1
    what = [plural(issues, "issue")] if issues or not roundtables else []
    what += [plural(roundtables, "roundtable")] if roundtables else []
    found = [plural(count.get("error", 0), "error")]
    found += [plural(count.get("warning", 0), "warning")]
    found += [plural(count["info"], "remark")] if "info" in count else []
    return f"checked {' and '.join(what)}: {', '.join(found)}"
