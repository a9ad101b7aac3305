"""`newsletter approve`: somebody says yes to the very bytes that would be sent."""

import getpass
import os

import typer

from newsletter.cli.context import Context, open_store
from newsletter.cli.options import AsJson, IssueOf, ProviderName, Segment
from newsletter.cli.output import say, say_json, say_problems

_NO_EFFECT = (
    "  without `require_approval: true` in newsletter.yaml this has no effect: "
    "newsletter send asks for no approval"
)


def approve(
    context: typer.Context,
    issue: IssueOf,
    segment: Segment = "",
    provider: ProviderName = "",
    as_json: AsJson = False,
) -> None:
    """Approve what would be sent of an issue as it is now.

    That is its text, template, sender, segment and provider. With
    `require_approval: true` in newsletter.yaml, `newsletter send` refuses what was not
    approved, and what has changed since.
    """
    from newsletter.cli.send import compose_order
    from newsletter.sending.approval import approve as give

    options: Context = context.obj
    order, through = compose_order(options, issue, segment, provider)
    say_problems(order.composed.problems)
    with open_store(order.publication) as store:
        given = give(store, order, through, _who())
    if as_json:
        say_json(
            {
                "issue": given.issue,
                "segment": given.segment,
                "provider": given.provider,
                "email_hash": given.email_hash,
                "approved_by": given.approved_by,
                "required": order.publication.require_approval,
            }
        )
        return
    say(
        f"{given.issue} is approved for `{given.segment}` through {given.provider}: "
        f"email {given.email_hash[:12]}"
    )
    if not order.publication.require_approval:
        say(_NO_EFFECT)


def _who() -> str:
    """The name of the user; in a container there may be a number alone."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"
