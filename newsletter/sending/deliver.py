"""Sends an issue: plans its campaign, or takes one up, and sends what is left."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace

from newsletter.config.secret import load_secret
from newsletter.model.publication import Publication
from newsletter.model.token import Signer
from newsletter.providers.protocol import Provider
from newsletter.providers.registry import open_provider
from newsletter.sending.controls import Controls
from newsletter.sending.lock import sender_lock
from newsletter.sending.plan import Order, plan, refuse_unready
from newsletter.sending.report import CampaignReport, report
from newsletter.sending.run import run
from newsletter.store import campaigns
from newsletter.store.engine import Store


@dataclass(frozen=True, slots=True)
class Sent:
    """A campaign as it stands after a run; `finished` when nothing is left to do."""

    report: CampaignReport
    finished: bool


def send_issue(
    store: Store, order: Order, provider_name: str, controls: Controls
) -> Sent:
    """Plan the order's campaign and send it.

    Raises as `plan` and `run` do.
    """
    publication = order.publication
    refuse_unready(order)
    signer = Signer(load_secret(publication.root))
    with (
        _alone(publication) as alone,
        _provider(provider_name, publication) as provider,
    ):
        campaign = plan(store, order, provider, signer)
        controls = replace(controls, alone=alone)
        finished = run(store, campaign, provider, signer, controls)
    return Sent(report(store, campaign.id), finished)


def resume(
    store: Store, publication: Publication, issue: str, controls: Controls
) -> list[Sent]:
    """Go on with every campaign that is not finished, or with those of one issue."""
    sent = []
    signer = Signer(load_secret(publication.root))
    with _alone(publication) as alone:
        controls = replace(controls, alone=alone)
        for campaign in [item.campaign for item in left(store, issue)]:
            with _provider(campaign.provider, publication) as provider:
                finished = run(store, campaign, provider, signer, controls)
            sent.append(Sent(report(store, campaign.id), finished))
            if controls.should_stop():
                break
    return sent


def left(store: Store, issue: str = "") -> list[CampaignReport]:
    """The campaigns that are not finished, of one issue (its slug) or of all."""
    with store.read() as connection:
        found = campaigns.unfinished(connection)
    return [report(store, item.id) for item in found if issue in ("", item.issue)]


@contextmanager
def _alone(publication: Publication) -> Iterator[bool]:
    """Hold the sender lock where there is one; tells whether there is."""
    path = publication.store_path
    lock: AbstractContextManager[None] = sender_lock(path) if path else nullcontext()
    with lock:
        yield path is not None


@contextmanager
def _provider(name: str, publication: Publication) -> Iterator[Provider]:
    provider = open_provider(name, publication)
    try:
        yield provider
    finally:
        provider.close()
