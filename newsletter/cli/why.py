"""`newsletter why`: what became of an address, and by which rule."""

from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from newsletter.cli.context import Context, open_store
from newsletter.cli.options import AsJson
from newsletter.cli.output import say, say_json

UNKNOWN = 1
"""The exit code for an address that nobody has heard of."""


def why(
    context: typer.Context,
    address: Annotated[str, typer.Argument(help="The address in question.")],
    as_json: AsJson = False,
) -> None:
    """Say why an address was or was not mailed.

    What was sent, when, through whom, which bytes by hash. Ends with exit code 1 for an
    address that is neither subscribed nor suppressed.
    """
    from newsletter.audience.address import normalise
    from newsletter.sending.why import explain

    options: Context = context.obj
    publication = options.publication()
    key = normalise(address).key
    with open_store(publication) as store:
        answer = explain(store, key)
    if as_json:
        say_json(answer.as_data())
    else:
        for line in answer.lines(ZoneInfo(publication.timezone)):
            say(line)
    if not answer.known:
        raise typer.Exit(UNKNOWN)
