"""`newsletter diff`: what readers would see change."""

from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.context import Context, open_store
from newsletter.cli.options import AsJson, IssueName
from newsletter.cli.output import say_json

if TYPE_CHECKING:
    from newsletter.model.issue import Issue
    from newsletter.model.publication import Publication
    from newsletter.sending.diff.baseline import Baseline

DIFFERENT = 1
"""The exit code of `--exit-code` where something differs, as git has it."""


def diff(
    context: typer.Context,
    issue: IssueName,
    revision: Annotated[
        str,
        typer.Argument(metavar="REV", help="A git revision, such as HEAD~3."),
    ] = "",
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="End with 1 when something differs.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what readers would see change.

    Words, links, images, subject, sender and size of the email that the files make now,
    against the email that was sent, or is frozen to be sent; if there is none, or REV
    is given, against that of the git revision (else HEAD), with its roundtable, images
    and templates.
    """
    from newsletter.cli.difference import show
    from newsletter.model.frozen import FrozenEmail
    from newsletter.sending.compose import compose
    from newsletter.sending.diff.compare import compare

    options: Context = context.obj
    publication = options.publication()
    composed = compose(publication, issue, pages=False)
    before = _baseline(publication, composed.issue, revision)
    now = FrozenEmail.freeze(composed.email, publication)
    difference = compare(before.email, now)
    if as_json:
        slug = composed.issue.slug
        say_json({"issue": slug, "since": before.origin, **difference.as_data()})
    else:
        show(composed.issue.slug, before.label, difference)
    if exit_code and not difference.same:
        raise typer.Exit(DIFFERENT)


def _baseline(publication: "Publication", issue: "Issue", revision: str) -> "Baseline":
    from zoneinfo import ZoneInfo

    from newsletter.sending.diff.baseline import at_revision, last_sent

    path = publication.store_path
    # To look is not to make a database.
    if not revision and (path is None or path.exists()):
        with open_store(publication) as store:
            if sent := last_sent(store, issue.slug, ZoneInfo(publication.timezone)):
                return sent
    return at_revision(publication.root, issue, revision or "HEAD")
