"""Answers for one address: what became of it, or which rule left it out."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from newsletter.model.campaign import Campaign, DeliveryRecord, DeliveryState
from newsletter.model.subscriber import Subscriber, SubscriberStatus, Suppression
from newsletter.sending import old_ledgers
from newsletter.sending.reached import in_parts
from newsletter.sending.when import on_clocks
from newsletter.store import (
    campaigns,
    events,
    history,
    ledger_csv,
    ledger_files,
    lifecycle,
    notices,
    subscribers,
    suppressions,
)
from newsletter.store.engine import Store
from newsletter.store.events import EventRecord
from newsletter.store.notices import NoticeRecord

_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Archived:
    """A campaign that is in a file: what it says, None where it is not here."""

    campaign: Campaign
    path: Path
    record: DeliveryRecord | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """All that the ledger knows of an address.

    `scheduled` are the campaigns that it will get when their time comes, as it stands;
    `notices` the mails that asked it to confirm, or welcomed it; `archived` are the
    campaigns that have left the ledger for a file.
    """

    address: str
    subscriber: Subscriber | None
    suppression: Suppression | None
    deliveries: Sequence[DeliveryRecord]
    events: Sequence[EventRecord] = ()
    scheduled: Sequence[Campaign] = ()
    notices: Sequence[NoticeRecord] = ()
    archived: Sequence[Archived] = ()

    @property
    def subscribed(self) -> bool:
        """Whether it would get what is sent now."""
        active = self.subscriber and self.subscriber.status is SubscriberStatus.ACTIVE
        return bool(active) and self.suppression is None

    @property
    def known(self) -> bool:
        """Whether the address is subscribed or suppressed."""
        return self.subscriber is not None or self.suppression is not None

    def lines(self, zone: ZoneInfo = _UTC) -> Iterator[str]:
        """The answer for a person; what is to come is told on the clocks of `zone`."""
        if not self.known:
            yield f"{self.address}: unknown: never imported, and nothing was sent"
            return
        yield f"{self.address}: {standing(self.subscriber, self.suppression)}"
        for campaign in self.scheduled:
            yield f"  {campaign.issue}: {_to_come(campaign, zone)}"
        for record in self.deliveries:
            yield from self._told(record)
        for away in self.archived:
            yield from self._told_of(away)
        for notice in self.notices:
            yield from _mail(notice)
        if not self.deliveries and not self.notices and not self.archived:
            yield "  nothing was sent to it yet"

    def _told(self, record: DeliveryRecord) -> Iterator[str]:
        campaign = record.campaign
        part = f" (part {campaign.part})" if campaign.part > 1 else ""
        yield f"  {campaign.issue}{part}: {self._outcome(record)}"
        if record.state not in (DeliveryState.SKIPPED, DeliveryState.PENDING):
            id = record.provider_message_id
            tries = f", {record.attempts} attempts" if record.attempts > 1 else ""
            yield (
                f"    email {campaign.email_hash[:12]} through {campaign.provider}"
                + (f", id {id}" if id else "")
                + tries
            )
        for event in self.events:
            if event.campaign_id == campaign.id:
                kind = f"{event.kind}, {event.bounce}" if event.bounce else event.kind
                reason = f": {event.reason}" if event.reason else ""
                yield f"    {_second(event.at)} {kind}{reason}"

    def _told_of(self, away: Archived) -> Iterator[str]:
        if away.record is None:
            yield f"  {away.campaign.issue}: in {away.path}, which is not here"
            return
        yield from self._told(away.record)
        yield f"    archived in {away.path}"

    def as_data(self) -> dict[str, Any]:
        """The answer for a program."""
        suppression = self.suppression
        return {
            "address": self.address,
            "known": self.known,
            "status": self.subscriber.status if self.subscriber else None,
            "suppressed": suppression.reason if suppression else None,
            "suppressed_since": suppression.since if suppression else None,
            "scheduled": [
                {"issue": each.issue, "scheduled_for": each.not_before}
                for each in self.scheduled
            ],
            "deliveries": [self._delivery(each) for each in self.deliveries],
            "archived": [
                {
                    "issue": each.campaign.issue,
                    "file": str(each.path),
                    "delivery": each.record and self._delivery(each.record),
                }
                for each in self.archived
            ],
            "notices": [asdict(each) for each in self.notices],
        }

    def _delivery(self, record: DeliveryRecord) -> dict[str, Any]:
        return {
            "issue": record.campaign.issue,
            "segment": record.campaign.segment,
            "part": record.campaign.part,
            "provider": record.campaign.provider,
            "address": record.address,
            "state": record.state,
            "reason": record.reason,
            "provider_message_id": record.provider_message_id,
            "email_hash": record.campaign.email_hash,
            "attempts": record.attempts,
            "updated_at": record.updated_at,
            "events": [
                {
                    "kind": event.kind,
                    "bounce": event.bounce,
                    "at": event.at,
                    "reason": event.reason,
                }
                for event in self.events
                if event.campaign_id == record.campaign.id
            ],
        }

    @staticmethod
    def _outcome(record: DeliveryRecord) -> str:
        reason = f", {record.reason}" if record.reason else ""
        return f"{record.state}{reason} at {_second(record.updated_at)}"


def standing(subscriber: Subscriber | None, suppression: Suppression | None) -> str:
    """How somebody stands, for a person: why they are not mailed, if they are not."""
    if suppression:
        note = f" ({suppression.note})" if suppression.note else ""
        return f"suppressed since {_day(suppression.since)}: {suppression.reason}{note}"
    if subscriber and subscriber.status is SubscriberStatus.ACTIVE:
        return f"subscribed since {_day(subscriber.created_at)}"
    return str(subscriber.status) if subscriber else "unknown"


def explain(store: Store, address_key: str) -> Answer:
    """Gather the answer for the normalised address."""
    with store.read() as connection:
        person = subscribers.by_address_key(connection, address_key)
        answer = Answer(
            address=address_key,
            subscriber=person,
            suppression=suppressions.get(connection, address_key),
            deliveries=[
                replace(record, campaign=in_parts(connection, record.campaign))
                for record in history.history(connection, address_key)
            ],
            events=events.of_subscriber(connection, person.id) if person else (),
            notices=notices.of_address(connection, address_key),
            archived=list(_archived(connection, person)) if person else (),
        )
        if not answer.subscribed:
            return answer
        to_come = [each for each, _ in lifecycle.scheduled(connection)]
        return replace(answer, scheduled=to_come)


def _archived(connection: Any, person: Subscriber) -> Iterator[Archived]:
    """What the files say of somebody, and which files are not here; newest first."""
    for file in reversed(ledger_files.every(connection)):
        campaign = campaigns.get(connection, file.campaign_id)
        assert campaign is not None  # noqa: S101  its file refers to it
        if not file.path.is_file():
            yield Archived(campaign, file.path, None)
        elif row := ledger_csv.find(file.path, person.id):
            record = old_ledgers.record(in_parts(connection, campaign), row)
            yield Archived(campaign, file.path, record)


def _mail(notice: NoticeRecord) -> Iterator[str]:
    reason = f", {notice.reason}" if notice.reason else ""
    yield (
        f"  {notice.kind} mail of {_second(notice.planned_at)}: {notice.state}{reason} "
        f"at {_second(notice.updated_at)}"
    )
    id = notice.provider_message_id
    yield f"    through {notice.provider}" + (f", id {id}" if id else "")


def _to_come(campaign: Campaign, zone: ZoneInfo) -> str:
    assert campaign.not_before  # noqa: S101  it is scheduled
    when = on_clocks(campaign.not_before, zone)
    return f"scheduled for {when}; who gets it is decided then"


def _second(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")


def _day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d")
