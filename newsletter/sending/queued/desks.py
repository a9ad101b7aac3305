"""The desks of a worker: set up, given up, and what a desk that stops comes to."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from newsletter.config.secret import load_secret
from newsletter.errors import CampaignError, NewsletterError, StoreError
from newsletter.model.campaign import Campaign, CampaignState
from newsletter.model.frozen import FrozenEmail
from newsletter.model.token import Signer
from newsletter.providers.protocol import Provider
from newsletter.providers.registry import open_provider
from newsletter.sending import copies, logged
from newsletter.sending.calling import Caller
from newsletter.sending.deliver import Sender, Sent
from newsletter.sending.judging import Judge
from newsletter.sending.pace import Limits, portion
from newsletter.sending.queued.desk import Desk
from newsletter.sending.queued.pace import SharedPace
from newsletter.sending.queued.troubles import EVERY, Troubles
from newsletter.sending.run import refuse_another_target
from newsletter.sending.status import status_of
from newsletter.store import baseline, campaigns, lifecycle, workers

ASIDE_SECONDS = 300.0
"""How long a worker leaves a campaign to the others that get through."""

RECENT_SECONDS = 120.0
"""Who got through so lately can, for all we know."""

_SENDING = CampaignState.SENDING


class NotHere(Exception):
    """This worker cannot send the campaign; others may."""


class Desks:
    """One desk for each campaign under way, set up when it is first needed."""

    def __init__(
        self,
        sender: Sender,
        tell: Callable[[Sent], None],
        troubles: Troubles,
        worker: str,
    ) -> None:
        """Set up desks as `sender` would send, for a worker of that name.

        What ends is told; what this worker alone cannot do is one of its troubles.
        """
        self._sender = sender
        self._store = sender.store
        self._tell = tell
        self._troubles = troubles
        self._worker = worker
        self._desks: dict[int, Desk] = {}
        self._aside: dict[int, tuple[float, NewsletterError]] = {}
        self._providers: dict[str, Provider] = {}
        self._lock = threading.Lock()

    def confirm(self, *, adopt: bool = False) -> None:
        """Raise NotHere in a copy of the database, from which nobody sends anything,
        unless it is to be the original from now on."""
        try:
            told = copies.confirm(self._store, adopt=adopt)
        except CampaignError as error:
            self._troubles.meet(EVERY, error)
            raise NotHere from error
        self._troubles.over(EVERY)
        if told:
            self._troubles.mention(told)

    def of(self, campaign_id: int) -> Desk | None:
        """The desk of a campaign; None when it is not to be sent.

        Raises NotHere when this worker cannot send it.
        """
        with self._lock:
            if desk := self._desks.get(campaign_id):
                return desk
            self.confirm()
            try:
                desk = self._set_up(campaign_id)
            except StoreError:
                raise
            except NewsletterError as error:
                self._troubles.meet(campaign_id, error)
                raise NotHere from error
            if desk:
                self._desks[campaign_id] = desk
                logged.taken_up(desk.campaign)
            return desk

    def fresh(self, campaign_id: int) -> Desk | None:
        """As `of`, for the campaign as it is now: it may have been resumed since."""
        with self._store.read() as connection:
            version = lifecycle.version(connection, campaign_id)
        desk = self._desks.get(campaign_id)
        if desk and desk.version != version:
            self.drop(desk)
        return self.of(campaign_id)

    def holds(self, desk: Desk) -> bool:
        """Whether a desk is still the one of its campaign."""
        return self._desks.get(desk.campaign.id) is desk

    def drop(self, desk: Desk) -> bool:
        """Give this desk up; False when it was already."""
        with self._lock:
            if not self.holds(desk):
                return False
            del self._desks[desk.campaign.id]
            return True

    def clear(self, campaign_id: int) -> None:
        """Give the desk of a campaign up that is not sent any more."""
        with self._lock:
            self._desks.pop(campaign_id, None)
            self._aside.pop(campaign_id, None)
        self._troubles.over(campaign_id)

    def refresh(self, campaign_id: int) -> None:
        """Give a desk up if its campaign is not sent any more."""
        with self._store.read() as connection:
            campaign = campaigns.get(connection, campaign_id)
        if campaign is None or campaign.state is not _SENDING:
            self.clear(campaign_id)

    def well(self, desk: Desk) -> None:
        """A call got through."""
        self._troubles.over(desk.campaign.id)

    def stop(self, desk: Desk) -> None:
        """What a desk has met: let its campaign stand still, and tell why.

        When others get through it is this worker that cannot, and that stands aside. A
        desk that was given up says nothing any more: since then its campaign was
        paused, and a person may have resumed it.
        """
        error = desk.judge.stopped
        if error is None or not self.drop(desk):
            return
        campaign_id = desk.campaign.id
        if desk.judge.may_be_here and self._others_get_through(desk):
            self._aside[campaign_id] = (time.monotonic() + ASIDE_SECONDS, error)
            logged.aside(desk.campaign, ASIDE_SECONDS)
            self._troubles.meet(campaign_id, error)
        else:
            self.pause(campaign_id, error)

    def pause(self, campaign_id: int, error: NewsletterError) -> None:
        """Let a campaign stand still, and tell why."""
        self.clear(campaign_id)
        store, to = self._store, CampaignState.PAUSED
        with store.write() as connection:
            paused = lifecycle.move(
                connection, campaign_id, to, among=[_SENDING], reason=error.message
            )
        if paused:
            self._tell(Sent(status_of(store, campaign_id), finished=False))

    def over(self, campaign_id: int) -> None:
        """A campaign has ended: tell what became of it."""
        self.clear(campaign_id)
        self._tell(Sent(status_of(self._store, campaign_id), finished=True))

    def close(self) -> None:
        """Let go of the providers; nobody calls any more."""
        for provider in self._providers.values():
            with suppress(NewsletterError):
                provider.close()

    def _others_get_through(self, desk: Desk) -> bool:
        seconds = max(RECENT_SECONDS, desk.judge.failing_seconds())
        with self._store.read() as connection:
            return workers.others_can(connection, self._worker) or workers.others_sent(
                connection, desk.campaign.id, self._worker, seconds
            )

    def _set_up(self, campaign_id: int) -> Desk | None:
        with self._store.read() as connection:
            campaign = campaigns.get(connection, campaign_id)
            if campaign is None or campaign.state is not _SENDING:
                return None
            until, error = self._aside.get(campaign_id, (0.0, None))
            if error and time.monotonic() < until:
                raise error
            return self._desk(connection, campaign)

    def _desk(self, connection: Any, campaign: Campaign) -> Desk:
        sender = self._sender
        email = FrozenEmail.from_json(campaigns.email(connection, campaign.id))
        provider = self._provider(campaign.provider)
        refuse_another_target(email, provider)
        able = provider.capabilities
        controls = sender.limited(campaign.provider)
        limits = Limits(
            per_second=controls.per_second or able.calls_per_second,
            per_hour=campaign.per_hour,
            spread_seconds=campaign.spread_seconds,
            batch_size=portion(able.batch_size, campaign.per_hour),
        )
        signer = Signer(load_secret(sender.publication.root, make=False))
        return Desk(
            campaign=campaign,
            version=lifecycle.version(connection, campaign.id) or 0,
            capabilities=able,
            caller=Caller(campaign, email, provider, signer, controls.at),
            judge=Judge(able, controls.clock),
            pace=SharedPace(sender.store, campaign, limits),
            hands=threading.BoundedSemaphore(controls.at_once or able.at_once),
            before=baseline.get(connection, campaign.id),
        )

    def _provider(self, name: str) -> Provider:
        """The provider of that name, which all its campaigns share."""
        if name not in self._providers:
            self._providers[name] = open_provider(name, self._sender.publication)
        return self._providers[name]
