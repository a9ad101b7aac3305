"""What an issue is compared with: the email that was sent, or one of a revision."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from newsletter.config.publication import load_publication
from newsletter.content.library import find_issue
from newsletter.errors import RenderError, SourceError, UsageError
from newsletter.model.campaign import Campaign
from newsletter.model.frozen import FrozenEmail
from newsletter.model.issue import Issue
from newsletter.model.problem import Problem
from newsletter.sending.compose import compose
from newsletter.sending.diff.revision import Revision, checked_out, name_at
from newsletter.sending.reached import (
    cancelled_in_time,
    in_parts,
    reached_anybody,
    sent_at,
)
from newsletter.sending.when import on_clocks
from newsletter.store import campaigns
from newsletter.store.engine import Store


@dataclass(frozen=True, slots=True)
class Baseline:
    """An earlier email of an issue; None where the issue did not exist.

    `label` completes "what changed since …", `origin` says the same to a program.
    """

    label: str
    origin: dict[str, Any]
    email: FrozenEmail | None


def last_sent(store: Store, slug: str, zone: ZoneInfo) -> Baseline | None:
    """The email that was sent last of the issue with this slug; None if none was.

    One that is frozen for a later time is it too. `zone` is that in which the times of
    campaigns are told.
    """
    with store.read() as connection:
        for campaign in reversed(campaigns.find(connection, slug)):
            if not cancelled_in_time(connection, campaign):
                return _of_campaign(connection, campaign, zone)
    return None


def _of_campaign(connection: Any, campaign: Campaign, zone: ZoneInfo) -> Baseline:
    email = FrozenEmail.from_json(campaigns.email(connection, campaign.id))
    waits = campaign.not_before and not reached_anybody(
        campaigns.totals(connection, campaign.id)
    )
    origin = {
        "kind": "scheduled" if waits else "sent",
        "segment": campaign.segment,
        "part": in_parts(connection, campaign).part,
        "planned_at": campaign.planned_at,
        "scheduled_for": campaign.not_before,
        "email_hash": campaign.email_hash,
    }
    to = f"to `{campaign.segment}`"
    if campaign.not_before and waits:
        when = on_clocks(campaign.not_before, zone)
        return Baseline(f"it was frozen, to be sent {to} {when}", origin, email)
    day = sent_at(connection, campaign).strftime("%Y-%m-%d %H:%M UTC")
    return Baseline(f"it was sent {to} on {day}", origin, email)


def at_revision(root: Path, issue: Issue, name: str) -> Baseline:
    """The email of `issue` as the git revision `name` has it.

    Roundtables, images, templates and settings are those of the revision too. Raises
    UsageError where there is no such revision, SourceError and RenderError for mistakes
    in its files, which are then named `REVISION:FILE`.
    """
    with checked_out(root, name) as revision:
        origin = {"kind": "revision", "name": name, "commit": revision.commit}
        path = _path_at(root, issue, revision)
        if path is None:
            label = f"{revision.label}, where it did not exist"
            return Baseline(label, origin | {"file": None}, None)
        origin["file"] = path.relative_to(revision.root).as_posix()
        return Baseline(revision.label, origin, _frozen(revision, path))


def _path_at(root: Path, issue: Issue, revision: Revision) -> Path | None:
    """The issue's file at a revision, whatever its name was then."""
    path = revision.root / name_at(root, revision, issue.file)
    if path.is_file():
        return path
    try:
        return find_issue(revision.root, issue.slug)
    except UsageError:
        return None


def _frozen(revision: Revision, path: Path) -> FrozenEmail:
    try:
        publication = load_publication(revision.root)
        composed = compose(publication, str(path), pages=False)
    except SourceError as error:
        raise SourceError(
            [
                replace(problem, file=f"{revision.name}:{problem.file}")
                for problem in error.problems
                if isinstance(problem, Problem)
            ]
        ) from None
    except RenderError as error:
        # Nobody can mend it there: it was written for an older version of ours.
        message = f"{revision.name}:{error.message}"
        raise RenderError(message, hint="name a later revision") from None
    return FrozenEmail.freeze(composed.email, publication)
