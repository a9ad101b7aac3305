"""`newsletter check`: finds what an author would regret after sending."""

from dataclasses import asdict
from typing import Annotated

import typer

from newsletter.cli.context import Context
from newsletter.cli.options import AsJson
from newsletter.cli.output import plural, say, say_json, say_problems
from newsletter.errors import CheckFailed, SourceError


def check(
    context: typer.Context,
    issues: Annotated[
        list[str] | None, typer.Argument(help="Paths or slugs; else every issue.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find what you would regret after sending.

    Every problem comes with its file, its line and what to do. Ends with exit code 4
    when there are errors, which would stop a send; 3 when a file cannot be read at all.
    """
    from newsletter.model.problem import Problem, Severity
    from newsletter.sending.compose import compose_all

    options: Context = context.obj
    try:
        composed = compose_all(options.publication(), issues or [])
    except SourceError as error:
        if as_json:
            say_json([asdict(p) for p in error.problems if isinstance(p, Problem)])
        raise
    problems = list(dict.fromkeys(p for item in composed for p in item.problems))
    if as_json:
        say_json([asdict(problem) for problem in problems])
    else:
        say_problems(problems)
        errors = sum(p.severity is Severity.ERROR for p in problems)
        warnings = sum(p.severity is Severity.WARNING for p in problems)
        say(
            f"checked {plural(len(composed), 'issue')}: {plural(errors, 'error')}, "
            f"{plural(warnings, 'warning')}"
        )
    if any(item.has_errors for item in composed):
        raise typer.Exit(CheckFailed.exit_code)
