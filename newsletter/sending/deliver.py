"""Sends issues: plans a campaign, or takes one up, and sends what is left."""

from collections.abc import Iterator
from contextlib import (
    AbstractContextManager,
    contextmanager,
    nullcontext,
    suppress,
)
from dataclasses import dataclass, replace

from newsletter.config.secret import load_secret
from newsletter.errors import ConfigError, NewsletterError, StoreError
from newsletter.model.campaign import Campaign, CampaignState
from newsletter.model.publication import Publication
from newsletter.model.token import Signer
from newsletter.providers.protocol import Provider
from newsletter.providers.registry import open_provider
from newsletter.sending import copies, instance, logged
from newsletter.sending.controls import Controls
from newsletter.sending.engine import engine_of
from newsletter.sending.lock import sender_lock
from newsletter.sending.order import Order, refuse_unready
from newsletter.sending.plan import fill, plan, rule_of
from newsletter.sending.recovery import recover_cancelled
from newsletter.sending.run import run, sender_name
from newsletter.sending.signing import secret_to_plan_with
from newsletter.sending.status import CampaignStatus, status_of
from newsletter.store import batches, campaigns, lifecycle, planning
from newsletter.store.engine import Store

_TOO_LATE = "its time passed {hours:.0f} hours ago, and it was not begun by then"
_STOOD_STILL = "it was left in the middle {hours:.0f} hours ago"


@dataclass(frozen=True, slots=True)
class Sent:
    """A campaign as it stands after a run; `finished` when nothing is left to do."""

    report: CampaignStatus
    finished: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Everything that sending needs; one at a time holds the sender lock.

    With `adopt` a database that looks like a copy is the original from now on.
    """

    store: Store
    publication: Publication
    controls: Controls
    adopt: bool = False

    def send(self, order: Order, provider_name: str) -> Sent:
        """Plan the order's campaign and send it; raises as `plan` and `run` do."""
        refuse_unready(order)
        with self._alone() as alone, self._provider(provider_name) as provider:
            campaign = plan(self.store, order, provider, self._planner())
            return self._run(campaign, provider, alone=alone)

    def schedule(self, order: Order, provider_name: str) -> CampaignStatus:
        """Write the order down, to be sent at its time by `due`; sends nothing."""
        refuse_unready(order)
        self._confirm()
        with self._provider(provider_name) as provider:
            campaign = plan(self.store, order, provider, self._planner())
        return status_of(self.store, campaign.id)

    def resume(self, issue: str = "") -> list[Sent]:
        """Go on with every campaign that was begun, or with those of one issue.

        One that cannot go on does not keep the others from it: it is paused, unless
        others can send it, and the first such error is raised in the end.
        """
        begun = (CampaignState.SENDING, CampaignState.PAUSED, CampaignState.CANCELLED)
        if not self._found(issue, begun):
            return []
        with self._alone() as alone:
            return self._take_up(issue, begun, alone=alone)

    def due(self) -> list[Sent]:
        """Send what is scheduled and due, and what a process that died was sending.

        What is too late, or was left in the middle too long ago, is paused instead, for
        a person to decide, and what nobody is left to get is over; these are told too.
        A campaign that was paused stays paused.
        Raises as `resume` does.
        """
        if not self.waiting() and not self._found("", (CampaignState.SENDING,)):
            return []
        with self._alone() as alone:
            told = self.begin() + self.pause_forgotten()
            return told + self._take_up("", (CampaignState.SENDING,), alone=alone)

    def begin(self) -> list[Sent]:
        """Begin what is scheduled and due, and send nothing of it.

        Tells of what was too late and is paused, and of what nobody is left to get.
        Raises ConfigError for what cannot be begun here, but by others.
        """
        told: list[Sent] = []
        for campaign in self.waiting():
            try:
                told += self.start(campaign)
            except ConfigError as error:
                if not self._paused(campaign, error):
                    raise
                told += self._not_begun(campaign)
        return told

    def waiting(self) -> list[Campaign]:
        """What is scheduled, and due by now."""
        with self.store.read() as connection:
            return [c for c, wait in lifecycle.scheduled(connection) if wait <= 0]

    def start(self, campaign: Campaign) -> list[Sent]:
        """Begin one that is due, unless it is too late; tells as `begin` does.

        Raises ConfigError when its provider cannot be opened here.
        """
        if not self._too_late(campaign):
            with self._provider(campaign.provider) as provider:
                fill(self.store, campaign, provider)
            logged.begun(campaign)
        return self._not_begun(campaign)

    def pause_forgotten(self) -> list[Sent]:
        """Pause what was left in the middle too long ago; tells of it."""
        forgotten = filter(self._stood_still, self._found("", (CampaignState.SENDING,)))
        return [sent for campaign in forgotten for sent in self._not_begun(campaign)]

    def _not_begun(self, campaign: Campaign) -> list[Sent]:
        """What is to be told of one that was due, unless it is being sent."""
        found = status_of(self.store, campaign.id)
        if found.campaign.state is CampaignState.CANCELLED:
            return [Sent(found, finished=True)]
        paused = found.campaign.state is CampaignState.PAUSED
        return [Sent(found, finished=False)] if paused else []

    def _found(self, issue: str, states: tuple[CampaignState, ...]) -> list[Campaign]:
        with self.store.read() as connection:
            found = campaigns.unfinished(connection)
        return [c for c in found if c.state in states and issue in ("", c.issue)]

    def _take_up(
        self, issue: str, states: tuple[CampaignState, ...], *, alone: bool
    ) -> list[Sent]:
        sent: list[Sent] = []
        failed: list[NewsletterError] = []
        for listed in self._found(issue, states):
            # Somebody may have paused it while the one before was sent.
            campaign = self._as_it_is(listed)
            if campaign.state not in states:
                continue
            try:
                sent += self._go_on(campaign, alone=alone)
            except StoreError:
                raise
            except NewsletterError as error:
                self._paused(campaign, error)
                failed.append(error)
            if self.controls.should_stop():
                break
        if failed:
            raise failed[0]
        return sent

    def _as_it_is(self, campaign: Campaign) -> Campaign:
        with self.store.read() as connection:
            return campaigns.get(connection, campaign.id) or campaign

    def _go_on(self, campaign: Campaign, *, alone: bool) -> list[Sent]:
        if campaign.state is CampaignState.CANCELLED:
            recover_cancelled(self.store, campaign, everything=alone)
            return [Sent(status_of(self.store, campaign.id), finished=True)]
        with self._provider(campaign.provider) as provider:
            if self._is_begun(campaign, provider):
                begun = self._as_it_is(campaign)
                return [self._run(begun, provider, alone=alone)]
        return self._not_begun(campaign)

    def _paused(self, campaign: Campaign, error: NewsletterError) -> bool:
        """Write down why a campaign cannot go on; False while others can, for all we
        know: it may be this machine alone, as one without the provider's key."""
        among = (CampaignState.SENDING, CampaignState.SCHEDULED)
        engine = engine_of(self.store)
        with self.store.write() as connection:
            if engine.others_can(connection, campaign.id, sender_name()):
                return False
            to = CampaignState.PAUSED
            lifecycle.move(
                connection, campaign.id, to, among=among, reason=error.message
            )
            return True

    def _is_begun(self, campaign: Campaign, provider: Provider) -> bool:
        """Whether anybody is to get it by now.

        A scheduled campaign that was paused, or has missed its time, has nobody yet: a
        person has resumed it, so it waits for its time again, or begins now.
        """
        with self.store.write() as connection:
            if batches.so_far(connection, campaign.id).planned:
                return True
            among = [CampaignState.PAUSED]
            to = CampaignState.SCHEDULED
            lifecycle.move(connection, campaign.id, to, among=among)
        if campaign.id not in {each.id for each in self.waiting()}:
            return False
        return fill(self.store, campaign, provider)

    def _too_late(self, campaign: Campaign) -> bool:
        with self.store.write() as connection:
            seconds = lifecycle.late(connection, campaign.id)
            if seconds is None:
                return False
            return lifecycle.move(
                connection,
                campaign.id,
                CampaignState.PAUSED,
                among=[CampaignState.SCHEDULED],
                reason=_TOO_LATE.format(hours=seconds / 3600),
            )

    def _stood_still(self, campaign: Campaign) -> bool:
        """Whether nobody has gone on with it for longer than a letter may be late."""
        with self.store.write() as connection:
            idle = batches.so_far(connection, campaign.id).idle
            if idle is None or idle <= self.publication.grace_hours * 3600:
                return False
            return lifecycle.move(
                connection,
                campaign.id,
                CampaignState.PAUSED,
                among=[CampaignState.SENDING],
                reason=_STOOD_STILL.format(hours=idle / 3600),
            )

    def _run(self, campaign: Campaign, provider: Provider, *, alone: bool) -> Sent:
        controls = replace(self.limited(campaign.provider), alone=alone)
        path = self.publication.store_path
        steps = instance.Counted(path) if path else None
        run(self.store, campaign, provider, self.signer(), controls, steps)
        found = status_of(self.store, campaign.id)
        over = (CampaignState.DONE, CampaignState.CANCELLED)
        return Sent(found, found.campaign.state in over)

    def adopted(self) -> "Sender":
        """The same, no longer taking a copy for the original."""
        return replace(self, adopt=False)

    def limited(self, provider: str) -> Controls:
        """The controls, with the limits of newsletter.yaml for a provider."""
        limits = self.publication.providers.of(provider)
        return replace(
            self.controls,
            per_second=self.controls.per_second or limits.per_second,
            at_once=self.controls.at_once or limits.at_once,
        )

    def signer(self) -> Signer:
        """Signs the links of what was planned; where others plan, no secret is made."""
        root, store = self.publication.root, self.store
        return Signer(load_secret(root, make=not store.is_shared))

    def _planner(self) -> Signer:
        """Signs the links of what is planned now."""
        return Signer(secret_to_plan_with(self.store, self.publication.root))

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Hold the sender lock where there is one; tells whether there is."""
        path = self.publication.store_path
        free: AbstractContextManager[None] = nullcontext()
        with sender_lock(path) if path else free:
            if path is None:
                self._confirm()
                yield False
                return
            instance.confirm(self.store, path, adopt=self.adopt)
            try:
                yield True
            finally:
                # A backup made during the run knows less than this.
                with suppress(StoreError):
                    instance.count(self.store, path)

    def _confirm(self) -> None:
        """Raise CampaignError in a copy of a database on a server."""
        if told := copies.confirm(self.store, adopt=self.adopt):
            self.controls.mention(told)

    @contextmanager
    def _provider(self, name: str) -> Iterator[Provider]:
        provider = open_provider(name, self.publication)
        try:
            yield provider
        finally:
            provider.close()


def left(store: Store, issue: str = "") -> list[CampaignStatus]:
    """The campaigns that are not over, of one issue (its slug) or of all."""
    with store.read() as connection:
        found = campaigns.unfinished(connection)
    return [status_of(store, item.id) for item in found if issue in ("", item.issue)]


def waiting(store: Store, found: CampaignStatus) -> int:
    """How many a resume would send to; of a schedule that nobody was chosen for yet,
    as many as are subscribed now."""
    if found.totals.recipients:
        return found.left
    with store.read() as connection:
        issue, rule = found.campaign.issue, rule_of(found.campaign)
        return planning.forecast(connection, issue, rule).get("", 0)
