"""Finds whose message an event is about; nobody's, unless it can only be that one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from newsletter.errors import StoreError
from newsletter.model.campaign import Campaign
from newsletter.model.event import Event
from newsletter.model.message import campaign_of, delivery_id
from newsletter.store import campaigns, events, ledger_csv, ledger_files, notices
from newsletter.store.notices import Notice


@dataclass(frozen=True, slots=True)
class About:
    """A subscriber's message: of a campaign, whose id is `campaign_id`, or a notice.

    `uid` is the campaign's or the notice's; a notice has no campaign.
    """

    uid: str
    subscriber_id: int
    campaign_id: int = 0

    @property
    def delivery(self) -> tuple[int, int] | None:
        """Campaign and subscriber; None for a notice."""
        return (self.campaign_id, self.subscriber_id) if self.campaign_id else None


class Finder:
    """Looks up the messages of one call's events, and what many share only once."""

    def __init__(self, connection: Any, provider: str, told: Sequence[Event]) -> None:
        """Read whom the addresses in `told` belong to."""
        self._connection = connection
        self._provider = provider
        self._campaigns: dict[str, Campaign | None] = {}
        self._messages: dict[int, dict[str, int]] = {}
        self._away: set[str] = set()
        self._told = told
        self._people = events.people(
            connection, {_key(event.address) for event in told}
        )

    def find(self, event: Event) -> About | None:
        """Whose message it is about; another provider cannot speak for this one."""
        uid = campaign_of(event.delivery_id)
        if not uid:
            return None
        campaign = self._campaign(uid)
        if campaign is None:
            return self._notice(uid, event)
        if campaign.provider != self._provider:
            return None
        person = self._people.get(_key(event.address))
        if person and delivery_id(uid, person) == event.delivery_id:
            return About(uid, person, campaign.id)
        return self._by_message(campaign, event)

    def is_away(self, event: Event) -> bool:
        """Whether only a file could tell whose it is, and that cannot be read here."""
        return campaign_of(event.delivery_id) in self._away

    def _campaign(self, uid: str) -> Campaign | None:
        if uid not in self._campaigns:
            self._campaigns[uid] = campaigns.by_uid(self._connection, uid)
        return self._campaigns[uid]

    def _by_message(self, campaign: Campaign, event: Event) -> About | None:
        """The address was changed since, or the provider has spelt it otherwise."""
        if not event.provider_message_id:
            return None
        if campaign.id not in self._messages:
            self._messages[campaign.id] = self._find_all(campaign)
        found = self._messages[campaign.id].get(event.provider_message_id)
        if found is None or delivery_id(campaign.uid, found) != event.delivery_id:
            return None
        return About(campaign.uid, found, campaign.id)

    def _find_all(self, campaign: Campaign) -> dict[str, int]:
        """The subscribers of messages, from the ledger or the file it is in by now."""
        strangers = self._strangers(campaign.uid)
        file = ledger_files.of_campaign(self._connection, campaign.id)
        if file is None:
            return events.find_deliveries(self._connection, campaign.id, strangers)
        try:
            return ledger_csv.find_messages(file.path, strangers)
        except StoreError:
            self._away.add(campaign.uid)
            return {}

    def _strangers(self, uid: str) -> set[str]:
        """The messages whose addresses do not tell whose they are."""
        return {
            event.provider_message_id
            for event in self._told
            if event.provider_message_id
            and campaign_of(event.delivery_id) == uid
            and not self._is_by_address(uid, event)
        }

    def _is_by_address(self, uid: str, event: Event) -> bool:
        person = self._people.get(_key(event.address))
        return person is not None and delivery_id(uid, person) == event.delivery_id

    def _notice(self, uid: str, event: Event) -> About | None:
        found: Notice | None = notices.by_uid(self._connection, uid)
        if found is None or found.provider != self._provider:
            return None
        if delivery_id(uid, found.subscriber_id) != event.delivery_id:
            return None
        return About(uid, found.subscriber_id)


def _key(address: str) -> str:
    return address.strip().lower()
