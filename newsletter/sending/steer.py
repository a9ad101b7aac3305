"""What a person does to a campaign: pause, cancel, try again, settle doubts."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from newsletter.config.secret import load_secret
from newsletter.errors import CampaignError, ProviderRefused, SenderBusy
from newsletter.model.campaign import (
    Campaign,
    CampaignState,
    ClaimedBatch,
    DeliveryResult,
    DeliveryState,
)
from newsletter.model.frozen import FrozenEmail
from newsletter.model.publication import Publication
from newsletter.model.subscriber import SubscriberStatus
from newsletter.model.token import Signer
from newsletter.providers.protocol import Provider
from newsletter.providers.registry import open_provider
from newsletter.sending.calling import Caller
from newsletter.sending.lock import sender_lock
from newsletter.sending.pace import portion
from newsletter.sending.recovery import (
    fingerprint,
    key_is_honoured,
    recover_cancelled,
)
from newsletter.store import (
    batches,
    campaigns,
    lifecycle,
    subscribers,
    suppressions,
)
from newsletter.store.engine import Store

_OPEN = (CampaignState.PAUSED, CampaignState.DONE, CampaignState.CANCELLED)
_OVER = (CampaignState.DONE, CampaignState.CANCELLED)
BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class Settled:
    """What `reconcile` found: who had it, who did not, and who stays uncertain.

    `notes` say why for those who stay.
    """

    found: int = 0
    missing: int = 0
    uncertain: int = 0
    notes: tuple[str, ...] = ()


def of_issue(store: Store, issue: str, state: DeliveryState | None = None) -> Campaign:
    """The newest campaign of an issue, or the newest with a delivery in `state`.

    Raises CampaignError when there is none.
    """
    with store.read() as connection:
        every = campaigns.find(connection, issue)
        # Of several parts the one is meant that is not over.
        every.sort(key=lambda each: (each.state not in _OVER, each.id))
        for found in reversed(every):
            if state is None or campaigns.totals(connection, found.id).states[state]:
                return found
    what = f"has no delivery that is {state}" if state else "was not sent yet"
    raise CampaignError(f"{issue} {what}", hint="`newsletter status` shows what was")


def pause(store: Store, campaign: Campaign) -> None:
    """Let a campaign stand still; who is sending it stops after the calls in hand."""
    among = [CampaignState.SENDING, CampaignState.SCHEDULED]
    with store.write() as connection:
        to = CampaignState.PAUSED
        if lifecycle.move(connection, campaign.id, to, among=among, reason=BY_HAND):
            return
    raise _wrong_state(campaign, "and cannot be paused")


def cancel(store: Store, campaign: Campaign, database: Path | None = None) -> None:
    """End a campaign: who did not get it yet will not.

    When nobody is sending from the SQLite file `database`, a call that is still under
    way is that of a process that died, and its recipients are uncertain.
    """
    with store.write() as connection:
        if not lifecycle.cancel(connection, campaign.id):
            again = campaign.state is CampaignState.CANCELLED
            what = "already" if again else "and cannot be cancelled"
            raise _wrong_state(campaign, what)
    if database:
        with suppress(SenderBusy), sender_lock(database):
            recover_cancelled(store, campaign, everything=True)


def assume_sent(store: Store, campaign: Campaign) -> int:
    """Call every uncertain delivery accepted; gives how many there were."""
    with store.write() as connection:
        return batches.assume_sent(connection, campaign.id)


def send_again(
    store: Store, publication: Publication, campaign: Campaign, state: DeliveryState
) -> int:
    """Make all deliveries in a state pending again, for `resume`; gives how many.

    Of rejected ones nothing arrived; an uncertain one may arrive twice. The batches are
    new ones with new keys.
    """
    provider = open_provider(campaign.provider, publication)
    size = portion(provider.capabilities.batch_size, campaign.per_hour)
    provider.close()
    with store.write() as connection:
        number = batches.send_again(connection, campaign.id, state, size)
        if number:
            _open_again(connection, campaign)
    return number


def reconcile(store: Store, publication: Publication, campaign: Campaign) -> Settled:
    """Ask the provider's own records about every batch in doubt.

    Who is in them has it. Who is not, where the records are complete, does not, and is
    pending again. All others stay uncertain. Raises ProviderError when it cannot be
    asked, SenderBusy while somebody is sending.
    """
    database = publication.store_path
    free: AbstractContextManager[None] = nullcontext()
    with sender_lock(database) if database else free:
        parts = _ask_all(store, publication, campaign)
    return Settled(
        sum(part.found for part in parts),
        sum(part.missing for part in parts),
        sum(part.uncertain for part in parts),
        tuple(dict.fromkeys(note for part in parts for note in part.notes)),
    )


def _ask_all(
    store: Store, publication: Publication, campaign: Campaign
) -> list[Settled]:
    with store.read() as connection:
        doubtful = batches.in_doubt(connection, campaign.id)
        frozen = FrozenEmail.from_json(campaigns.email(connection, campaign.id))
    provider = open_provider(campaign.provider, publication)
    signer = Signer(load_secret(publication.root, make=not store.is_shared))
    caller = Caller(campaign, frozen, provider, signer)
    try:
        return [_ask(store, campaign, provider, caller, each) for each in doubtful]
    finally:
        provider.close()


def _ask(
    store: Store,
    campaign: Campaign,
    provider: Provider,
    caller: Caller,
    claimed: ClaimedBatch,
) -> Settled:
    reason = _no_use(provider, claimed)
    if not reason and provider.capabilities.search == "key":
        reason = _would_send(store, campaign, claimed)
    if reason:
        return Settled(uncertain=len(claimed.deliveries), notes=(reason,))
    try:
        results = caller.find(claimed)
    except ProviderRefused as error:
        return Settled(uncertain=len(claimed.deliveries), notes=(error.message,))
    known = {result.subscriber_id for result in results}
    asked = [delivery.subscriber_id for delivery in claimed.deliveries]
    absent = [each for each in asked if each not in known]
    complete = provider.capabilities.search == "records"
    with store.write() as connection:
        batches.tell(connection, campaign.id, results)
        # Somebody, or an event, may have settled some while the provider was asked.
        due = batches.uncertain_of(connection, campaign.id, claimed.number)
        absent = [each for each in absent if each in due]
        if absent and complete:
            _put_back(connection, campaign, absent)
    missing = len(absent) if complete else 0
    return Settled(len(_accepted(results)), missing, len(absent) - missing)


def _put_back(connection: Any, campaign: Campaign, absent: Sequence[int]) -> None:
    """Let those who do not have it be sent to; of a cancelled campaign nobody is."""
    if campaign.state is CampaignState.CANCELLED:
        skipped = DeliveryState.SKIPPED
        never = [DeliveryResult(id, skipped, reason="cancelled") for id in absent]
        batches.tell(connection, campaign.id, never)
        return
    among = DeliveryState.UNCERTAIN
    batches.regroup(connection, campaign.id, absent, among=among)
    _open_again(connection, campaign)


def _no_use(provider: Provider, claimed: ClaimedBatch) -> str:
    """Why asking would tell nothing, or would be a second send."""
    age = timedelta(seconds=claimed.age_seconds)
    capabilities = provider.capabilities
    if capabilities.search is None:
        return f"{provider.name} has no records to search; its events may still tell"
    # Not since the first attempt: the last one may have been the one that arrived.
    quiet = timedelta(seconds=claimed.quiet_seconds)
    if quiet < capabilities.search_delay:
        minutes = (capabilities.search_delay - quiet).total_seconds() / 60
        return f"the records are complete in {minutes:.0f} minutes; ask again then"
    if capabilities.search == "key" and (
        not key_is_honoured(capabilities, age)
        or fingerprint(claimed) != claimed.payload_hash
    ):
        return f"{provider.name} no longer recognises the call"
    return ""


def _would_send(store: Store, campaign: Campaign, claimed: ClaimedBatch) -> str:
    """Why repeating the call must not be: it would reach somebody who has left."""
    if campaign.state is CampaignState.CANCELLED:
        return "it is cancelled, and to ask would be to send"
    with store.read() as connection:
        for delivery in claimed.deliveries:
            person = subscribers.get(connection, delivery.subscriber_id)
            if (
                person is None
                or person.status is not SubscriberStatus.ACTIVE
                or suppressions.get(connection, person.address_key)
            ):
                return "somebody has left since, and to ask would be to send"
    return ""


def _accepted(results: Sequence[DeliveryResult]) -> list[DeliveryResult]:
    return [each for each in results if each.state is DeliveryState.ACCEPTED]


def _open_again(connection: Any, campaign: Campaign) -> None:
    """A campaign that was done has something left again."""
    lifecycle.move(
        connection,
        campaign.id,
        CampaignState.PAUSED,
        among=_OPEN,
        reason="deliveries were put back to be sent again",
    )


def _wrong_state(campaign: Campaign, what: str) -> CampaignError:
    return CampaignError(
        f"{campaign.issue} is {campaign.state} {what}",
        hint="`newsletter status` shows how far it got",
    )
