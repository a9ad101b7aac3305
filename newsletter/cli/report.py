"""`newsletter report`: one campaign, from the first call to the last event."""

from typing import TYPE_CHECKING

import typer

from newsletter.cli.context import Context, open_store
from newsletter.cli.options import AsJson, IssueOf
from newsletter.cli.output import say, say_json, say_table

if TYPE_CHECKING:
    from newsletter.sending.report import Report


def report(context: typer.Context, issue: IssueOf, as_json: AsJson = False) -> None:
    """Tell what became of an issue: what was sent, when, and what came back."""
    from newsletter.content.library import issue_slug
    from newsletter.sending.report import reports
    from newsletter.sending.status import issues

    options: Context = context.obj
    publication = options.publication()
    with open_store(publication) as store:
        slug = issue_slug(publication.root, issue, issues(store))
        found = reports(store, slug)
    if as_json:
        say_json([each.as_data() for each in found])
        return
    for each in found:
        _say(each)


def _say(found: "Report") -> None:
    for line in found.lines():
        say(line)
    say_table(("outcome", "number", "why"), found.status.outcomes())
    for line in found.events_told():
        say(f"  {line}")
