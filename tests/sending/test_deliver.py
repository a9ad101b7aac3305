"""Schedules, copies of the database, approvals and tests: what comes before a send."""

import json
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from newsletter.errors import (
    AlreadySent,
    CampaignError,
    NewsletterError,
    ProviderStopped,
)
from newsletter.model.campaign import (
    CampaignState,
    DeliveryResult,
    DeliveryState,
    NewCampaign,
)
from newsletter.model.message import Batch
from newsletter.model.publication import Publication
from newsletter.model.subscriber import SubscriberStatus
from newsletter.providers.outbox import Outbox
from newsletter.sending.controls import Controls
from newsletter.sending.deliver import Sender, left
from newsletter.sending.order import Order
from newsletter.sending.plan import fill
from newsletter.sending.steer import cancel, of_issue, pause
from newsletter.sending.trial import Trial, send_trial
from newsletter.store import batches, campaigns, lifecycle, subscribers
from newsletter.store.engine import Store
from tests.sending.conftest import ISSUE, people

SOON = timedelta(seconds=-1)
ISSUE_FILE = "issues/2026-11-20-pull-up-the-second-chair.md"
LONG_AGO = timedelta(hours=-7)


def at(order: Order, distance: timedelta) -> Order:
    """The same, at a time seen from now."""
    return replace(order, at=datetime.now(UTC) + distance)


def files(home: Publication) -> int:
    return len(list((home.root / ".newsletter/outbox").glob("new/*")))


def state(sender: Sender) -> CampaignState:
    return of_issue(sender.store, ISSUE).state


def test_a_scheduled_issue_waits_for_its_time(sender: Sender, letter: Order) -> None:
    found = sender.schedule(at(letter, timedelta(hours=1)), "outbox")

    assert found.campaign.state is CampaignState.SCHEDULED
    assert sender.due() == []
    assert sender.resume() == []
    assert files(sender.publication) == 0


def test_it_is_sent_when_it_is_due_to_those_who_subscribe_by_then(
    sender: Sender, letter: Order
) -> None:
    sender.schedule(at(letter, SOON), "outbox")
    with sender.store.write() as connection:
        subscribers.upsert(connection, people(3, first=11))

    [sent] = sender.due()

    assert sent.finished
    assert sent.report.count(DeliveryState.ACCEPTED) == 13
    assert files(sender.publication) == 13
    assert sender.due() == []


def test_its_text_is_the_one_that_was_scheduled(sender: Sender, letter: Order) -> None:
    found = sender.schedule(at(letter, SOON), "outbox")
    issue = sender.publication.root / letter.composed.issue.file
    issue.write_text(issue.read_text().replace("chair", "stool"))

    [sent] = sender.due()

    assert sent.report.campaign.email_hash == found.campaign.email_hash


def test_what_missed_its_time_is_left_to_a_person(
    sender: Sender, letter: Order
) -> None:
    sender.schedule(at(letter, LONG_AGO), "outbox")

    [told] = sender.due()
    assert not told.finished

    campaign = of_issue(sender.store, ISSUE)
    assert campaign.state is CampaignState.PAUSED
    assert "7 hours ago" in campaign.reason
    assert sender.due() == []
    assert files(sender.publication) == 0
    [sent] = sender.resume()
    assert sent.report.complete
    assert files(sender.publication) == 10


def test_a_scheduled_issue_can_be_taken_back_and_scheduled_again(
    sender: Sender, letter: Order
) -> None:
    sender.schedule(at(letter, timedelta(hours=1)), "outbox")
    with pytest.raises(AlreadySent, match="is scheduled for"):
        sender.send(letter, "outbox")

    cancel(sender.store, of_issue(sender.store, ISSUE))
    sender.schedule(at(letter, SOON), "outbox")

    assert sender.due()[0].report.complete


def test_a_scheduled_issue_that_was_paused_waits_again_when_resumed(
    sender: Sender, letter: Order
) -> None:
    sender.schedule(at(letter, timedelta(hours=1)), "outbox")
    pause(sender.store, of_issue(sender.store, ISSUE))

    assert sender.resume() == []

    assert state(sender) is CampaignState.SCHEDULED


def test_when_nobody_is_left_a_scheduled_issue_is_over(
    sender: Sender, letter: Order
) -> None:
    sender.schedule(at(letter, SOON), "outbox")
    with sender.store.write() as connection:
        for number in range(1, 11):
            subscribers.set_status(connection, number, SubscriberStatus.UNSUBSCRIBED)

    [told] = sender.due()

    assert told.finished
    assert told.report.campaign.reason.startswith("Nobody is left")
    assert state(sender) is CampaignState.CANCELLED
    assert left(sender.store) == []


def test_a_campaign_cut_short_is_taken_up_by_the_worker_too(
    sender: Sender, letter: Order
) -> None:
    stopped = replace(sender, controls=Controls(should_stop=lambda: True))
    assert not stopped.send(letter, "outbox").finished

    [sent] = sender.due()

    assert sent.finished
    assert files(sender.publication) == 10


def test_two_workers_begin_a_campaign_once(sender: Sender, letter: Order) -> None:
    sender.schedule(at(letter, SOON), "outbox")
    with sender.store.read() as connection:
        [(campaign, _)] = lifecycle.scheduled(connection)
    provider = Outbox(sender.publication.root / "box")
    assert fill(sender.store, campaign, provider)
    assert not fill(sender.store, campaign, provider)


def copied(sender: Sender, folder: Path) -> Iterator[Sender]:
    """The same publication after its database was copied elsewhere."""
    folder.mkdir()
    for path in Path(sender.store.url.removeprefix("sqlite:///")).parent.glob("store*"):
        shutil.copy(path, folder / path.name)
    url = f"sqlite:///{folder / 'store.db'}"
    home = sender.publication.model_copy(update={"store": url})
    with Store.open(url) as store:
        yield replace(sender, store=store, publication=home)


def test_a_copy_of_the_database_does_not_send(
    sender: Sender, letter: Order, tmp_path: Path
) -> None:
    stopped = replace(sender, controls=Controls(should_stop=lambda: True))
    stopped.send(letter, "outbox")
    for copy in copied(sender, tmp_path / "elsewhere"):
        with pytest.raises(CampaignError, match="copy of the database") as caught:
            copy.resume()
        assert "--adopt" in caught.value.hint
        assert files(sender.publication) == 0

        [sent] = replace(copy, adopt=True).resume()
        assert sent.finished
        assert copy.resume() == []


def test_a_restored_database_does_not_send(
    sender: Sender, letter: Order, tmp_path: Path
) -> None:
    database = Path(sender.store.url.removeprefix("sqlite:///"))
    stopped = replace(sender, controls=Controls(should_stop=lambda: True))
    stopped.send(letter, "outbox")
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("VACUUM INTO ?", (str(tmp_path / "backup"),))
    sender.resume()
    assert files(sender.publication) == 10
    sender.store.close()
    database.write_bytes((tmp_path / "backup").read_bytes())

    with (
        Store.open(database) as old,
        pytest.raises(CampaignError, match="older than the last send"),
    ):
        replace(sender, store=old).resume()


@pytest.mark.parametrize(
    ("note", "word"),
    [
        (None, "not in this place"),
        ("{", "not in this place"),
        ("[]", "not in this place"),
        (json.dumps({"uid": "another", "generation": 1}), "another database"),
    ],
)
def test_a_note_that_is_lost_or_strange_is_a_doubt(
    sender: Sender, letter: Order, tmp_path: Path, note: str | None, word: str
) -> None:
    stopped = replace(sender, controls=Controls(should_stop=lambda: True))
    stopped.send(letter, "outbox")
    path = tmp_path / "store.db.instance"
    path.unlink()
    if note is not None:
        path.write_text(note)

    with pytest.raises(CampaignError, match=word):
        sender.resume()


def test_a_test_goes_to_the_author_alone_and_counts_for_nobody(
    sender: Sender, letter: Order, tmp_path: Path
) -> None:
    box = Outbox(tmp_path / "box")
    trial = Trial(
        composed=letter.composed,
        publication=letter.publication,
        moment=datetime(2026, 11, 20, 9, 5, 7, tzinfo=UTC),
    )
    merge = {"ana@example.com": '{"name": "Ana", "attributes": {}}'}

    people = ["ana@example.com", "bo@example.com", "ana@example.com"]
    told = send_trial(trial, box, people, merge)
    again = send_trial(trial, box, ["ana@example.com"], merge)

    assert [address for address, _ in told] == people[:2]
    assert all(r and r.state is DeliveryState.ACCEPTED for _, r in (*told, *again))
    messages = [path.read_text() for path in (tmp_path / "box/new").iterdir()]
    assert len(messages) == 3
    assert all("Subject: [test 09:05:07] " in text for text in messages)
    assert all("List-Unsubscribe: <https://" in text for text in messages)
    ids = {line for t in messages for line in t.split("\n") if "Message-ID" in line}
    assert len(ids) == 3
    assert left(sender.store) == []
    with pytest.raises(CampaignError, match="was not sent yet"):
        of_issue(sender.store, ISSUE)


class Stopping(Outbox):
    """Takes one message a call, and after `calls` of them none."""

    capabilities = replace(Outbox.capabilities, batch_size=1)
    calls = 1

    def send(self, batch: Batch) -> Sequence[DeliveryResult]:
        if not self.calls:
            raise ProviderStopped("the key was refused")
        self.calls -= 1
        return super().send(batch)


def test_what_went_out_of_a_test_is_told_though_the_rest_was_refused(
    letter: Order, tmp_path: Path
) -> None:
    box = Stopping(tmp_path / "box")
    trial = Trial(
        composed=letter.composed,
        publication=letter.publication,
        moment=datetime(2026, 11, 20, 9, 5, 7, tzinfo=UTC),
    )
    addresses = ["ana@example.com", "bo@example.com", "zoe@example.com"]

    told = send_trial(trial, box, addresses, {})
    assert [address for address, _ in told] == addresses
    assert [(r.state, r.reason) for _, r in told if r] == [
        (DeliveryState.ACCEPTED, ""),
        (DeliveryState.REJECTED, "the key was refused"),
        (DeliveryState.REJECTED, "the key was refused"),
    ]
    with pytest.raises(ProviderStopped):
        send_trial(trial, box, addresses, {})


def test_clocks_set_back_do_not_send_early_or_twice(
    sender: Sender, letter: Order
) -> None:
    sender.schedule(at(letter, SOON), "outbox")
    with time_machine.travel(datetime.now(UTC) - timedelta(days=2)):
        sender.due()
        sender.due()

    assert files(sender.publication) == 10


def test_a_cancelled_campaign_whose_process_died_is_settled_by_a_resume(
    sender: Sender, letter: Order
) -> None:
    stopped = replace(sender, controls=Controls(should_stop=lambda: True))
    stopped.send(letter, "outbox")
    campaign = of_issue(sender.store, ISSUE)
    with sender.store.write() as connection:
        assert batches.claim(connection, campaign.id, "the dead", 60)
    cancel(sender.store, campaign)
    assert left(sender.store)

    [sent] = sender.resume()

    assert sent.report.count(DeliveryState.UNCERTAIN) == 10
    assert sent.report.campaign.state is CampaignState.CANCELLED
    assert left(sender.store) == []


def test_a_campaign_that_cannot_go_on_does_not_keep_others_from_it(
    sender: Sender, letter: Order, home: Publication
) -> None:
    stopped = replace(sender, controls=Controls(should_stop=lambda: True))
    stopped.send(letter, "outbox")
    with sender.store.write() as connection:
        first = of_issue(sender.store, ISSUE)
        email = campaigns.email(connection, first.id)
        other = campaigns.create(
            connection,
            NewCampaign(
                uid="0" * 32,
                issue="another",
                segment="all",
                part=1,
                provider="gone",
                email=email,
                email_hash="",
            ),
        )
    assert other.id > first.id

    with pytest.raises(NewsletterError, match="no provider `gone`"):
        sender.resume()

    assert state(sender) is CampaignState.DONE
    assert of_issue(sender.store, "another").state is CampaignState.PAUSED
    assert "gone" in of_issue(sender.store, "another").reason
    assert sender.due() == []
