"""What the ledger says of issues: sent, scheduled, and what came back."""

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from newsletter.errors import CampaignError
from newsletter.model.campaign import CampaignState
from newsletter.model.publication import Publication
from newsletter.sending.report import Report, reports
from newsletter.store import campaigns
from newsletter.store.engine import Store
from newsletter.store.peek import peek

_MOST = 100_000

_WORDS = {
    CampaignState.DONE: "sent",
    CampaignState.SENDING: "sending",
    CampaignState.PAUSED: "paused",
    CampaignState.SCHEDULED: "scheduled",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One campaign of an issue: the lines that `newsletter report` prints."""

    title: str
    lines: tuple[str, ...]
    outcomes: tuple[tuple[str, int, str], ...]
    events: tuple[str, ...]


def look_into(publication: Publication) -> Store | None:
    """The ledger, to be read only; None where there is none yet.

    Raises StoreError for one that cannot be read, or is of another version.
    """
    return peek(publication.store_path or publication.store, strict=True)


def standings(publication: Publication) -> dict[str, str]:
    """How the issues stand that were sent or are about to be, by their slugs.

    Empty where there is no database. Raises StoreError as `look_into` does.
    """
    store = look_into(publication)
    if store is None:
        return {}
    with store, store.read() as connection:
        newest_last = campaigns.latest(connection, _MOST)[::-1]
    return {
        each.issue: _WORDS[each.state] for each in newest_last if each.state in _WORDS
    }


def told(publication: Publication, slug: str) -> Iterator[Told]:
    """What became of an issue, as `newsletter report` tells it; newest first.

    Nothing of what was never sent. Raises StoreError as `look_into` does.
    """
    store = look_into(publication)
    if store is None:
        return
    try:
        with store:
            found = reports(store, slug)
    except CampaignError:
        return
    zone = ZoneInfo(publication.timezone)
    for each in found:
        yield _told(each, zone)


def _told(found: Report, zone: ZoneInfo) -> Told:
    title, *lines = found.lines(zone)
    return Told(
        title=title,
        lines=tuple(line.strip() for line in lines),
        outcomes=tuple(found.status.outcomes()),
        events=tuple(found.events_told()),
    )
