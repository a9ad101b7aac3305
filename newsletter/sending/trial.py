"""A test send: the real message through the real provider, to the author alone.

Nothing of it is in the ledger: it counts for nobody, and may be repeated.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from newsletter.errors import OutcomeUnknown, ProviderError
from newsletter.model.campaign import (
    Campaign,
    CampaignState,
    ClaimedBatch,
    DeliveryResult,
    DeliveryState,
    DueDelivery,
)
from newsletter.model.email import MergeText
from newsletter.model.frozen import FrozenEmail
from newsletter.model.publication import Publication
from newsletter.model.text import clean_line
from newsletter.model.token import Signer
from newsletter.providers.protocol import Provider
from newsletter.sending.calling import Caller
from newsletter.sending.compose import Composed

NOBODY = '{"name": "", "attributes": {}}'
"""The merge values of an address that is not a subscriber's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What to send as a test, and when it was asked for."""

    composed: Composed
    publication: Publication
    moment: datetime


def send_trial(
    trial: Trial, provider: Provider, addresses: Sequence[str], merge: Mapping[str, str]
) -> list[tuple[str, DeliveryResult | None]]:
    """Send a test to each address; what the provider said of each, None for nothing.

    `merge` has the merge values of those who are subscribers, by address. The subject
    says that it is a test, and when, so that mail programs put no two of them into one
    thread. Those of a call that broke off are uncertain. Raises any other ProviderError
    of the first call: then nothing was sent. Of a later one it is told as rejected,
    with all that would have come after it.
    """
    frozen = _marked(trial)
    # Its links are signed for nobody: to follow one unsubscribes nobody.
    caller = Caller(_campaign(trial, frozen), frozen, provider, Signer(b"test" * 8))
    people = list(dict.fromkeys(addresses))
    told: list[tuple[str, DeliveryResult | None]] = []
    size = provider.capabilities.batch_size
    for start in range(0, len(people), size):
        some = people[start : start + size]
        try:
            results = _said(caller, _claimed(trial, start, some, merge))
        except ProviderError as error:
            if not told:
                raise
            return told + _rejected(people[start:], error)
        by_id = {result.subscriber_id: result for result in results}
        told += [(each, by_id.get(start + n)) for n, each in enumerate(some)]
    return told


def _said(caller: Caller, claimed: ClaimedBatch) -> list[DeliveryResult]:
    try:
        return caller.send(claimed)
    except OutcomeUnknown as error:
        reason, state = clean_line(error.message), DeliveryState.UNCERTAIN
        return [
            DeliveryResult(each.subscriber_id, state, reason=reason)
            for each in claimed.deliveries
        ]


def _rejected(
    addresses: Sequence[str], error: ProviderError
) -> list[tuple[str, DeliveryResult | None]]:
    reason = clean_line(error.message)
    return [
        (address, DeliveryResult(number, DeliveryState.REJECTED, reason=reason))
        for number, address in enumerate(addresses)
    ]


def _marked(trial: Trial) -> FrozenEmail:
    frozen = FrozenEmail.freeze(trial.composed.email, trial.publication)
    first, *rest = frozen.subject.literals
    mark = f"[test {trial.moment:%H:%M:%S}] {first}"
    return replace(frozen, subject=MergeText((mark, *rest), frozen.subject.slots))


def _campaign(trial: Trial, frozen: FrozenEmail) -> Campaign:
    return Campaign(
        id=0,
        uid=uuid.uuid4().hex,
        issue=trial.composed.issue.slug,
        segment="test",
        part=1,
        provider="",
        email_hash=frozen.hash(),
        state=CampaignState.SENDING,
        planned_at=trial.moment,
        ended_at=None,
    )


def _claimed(
    trial: Trial, first: int, some: Sequence[str], merge: Mapping[str, str]
) -> ClaimedBatch:
    return ClaimedBatch(
        campaign_id=0,
        number=1,
        key=str(uuid.uuid4()),
        attempt=1,
        owner="test",
        first_sent_at=trial.moment,
        deliveries=[
            DueDelivery(first + number, address, merge.get(address, NOBODY), 0)
            for number, address in enumerate(some)
        ],
    )
