"""`newsletter report`: one campaign, from the first call to the last event."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import typer

from newsletter.cli.context import Context, open_store
from newsletter.cli.options import AsJson, IssueOf
from newsletter.cli.outcome import say_outcomes
from newsletter.cli.output import say, say_json

if TYPE_CHECKING:
    from newsletter.sending.report import Report


def report(context: typer.Context, issue: IssueOf, as_json: AsJson = False) -> None:
    """Tell what was sent of an issue, when, and what came back."""
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
        _say(each, ZoneInfo(publication.timezone))


def _say(found: "Report", zone: ZoneInfo) -> None:
    for line in found.lines(zone):
        say(line)
    say_outcomes(found.status)
    for line in found.events_told():
        say(f"  {line}")
