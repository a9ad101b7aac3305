"""Leaving: a reader who asks for no more mail gets none from this moment on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from newsletter.model.consent import Consent, ConsentKind
from newsletter.model.subscriber import NewSuppression, SuppressionReason
from newsletter.store import campaigns, consents, staying, suppressions
from newsletter.store.engine import Store
from newsletter.store.staying import Staying


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """A subscriber who leaves, and the campaign whose mail brought it about, or 0."""

    uid: int
    campaign_id: int = 0
    ip: str = ""
    user_agent: str = ""
    source: str = ""


def leave(store: Store, leaving: Sequence[Leaving]) -> None:
    """Unsubscribe and suppress all of them in one transaction.

    Who has left before, or is not known any more, changes nothing: leaving twice is
    leaving. Nothing here can bring anybody back.
    """
    by_uid = {each.uid: each for each in leaving}
    with store.write() as connection:
        gone = staying.by_links(connection, [*by_uid])
        if not gone:
            return
        issues = _issues(connection, leaving)
        staying.leave(connection, [person.id for person in gone])
        notes = {
            person.id: issues.get(by_uid[person.uid].campaign_id, "") for person in gone
        }
        suppressions.add_many(
            connection,
            [
                NewSuppression(
                    address_key=person.address_key,
                    reason=SuppressionReason.UNSUBSCRIBE,
                    note=notes[person.id],
                )
                for person in gone
            ],
        )
        now = datetime.now(UTC)
        consents.add_many(
            connection,
            [
                (
                    person.id,
                    _withdrawn(person, by_uid[person.uid], notes[person.id], now),
                )
                for person in gone
            ],
        )


def _withdrawn(
    person: Staying, leaving: Leaving, note: str, moment: datetime
) -> Consent:
    return Consent(
        kind=ConsentKind.WITHDRAWN,
        at=moment,
        address=person.address,
        ip=leaving.ip,
        user_agent=leaving.user_agent,
        source=leaving.source,
        note=note,
    )


def _issues(connection: Any, leaving: Sequence[Leaving]) -> dict[int, str]:
    """What the campaigns that people left from are called."""
    numbers = {each.campaign_id for each in leaving if each.campaign_id}
    found = (campaigns.get(connection, number) for number in numbers)
    return {each.id: f"from {each.issue}" for each in found if each}
