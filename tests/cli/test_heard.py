"""What the author hears of mistakes in a welcome, and of links to be followed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from newsletter.events.apply import apply
from newsletter.model.event import Event, EventKind
from newsletter.store import sns_subscriptions
from newsletter.store.engine import Store
from tests.cli.conftest import Newsletter

TOPIC = "arn:aws:sns:eu-west-1:123456789012:letter"
LINK = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=1"


def test_mistakes_in_the_welcome_are_told_with_their_place(
    newsletter: Newsletter, publication: Path
) -> None:
    text = "---\ntitle: you are in\n---\nhello {{ nobody }}\n"
    (publication / "welcome.md").write_text(text, "utf-8")

    checked = newsletter("check", "welcome.md")

    assert checked.code == 4
    assert "welcome.md:4:7: error" in checked.err
    assert "checked 1 issue: 1 error" in checked.out


def test_the_doctor_shows_the_link_that_sns_waits_for_until_events_come(
    newsletter: Newsletter, publication: Path
) -> None:
    database = publication / ".newsletter" / "newsletter.db"
    with Store.open(database) as store, store.write() as connection:
        sns_subscriptions.add(connection, TOPIC, LINK)

    waiting = newsletter("doctor", "--offline")

    assert waiting.code == 0
    (line,) = (each for each in waiting.out.splitlines() if TOPIC in each)
    assert line.startswith("warning      webhooks ")
    assert LINK in "".join(waiting.out.split("\n"))

    now = datetime.now(UTC) + timedelta(seconds=1)
    event = Event(kind=EventKind.DELIVERED, id="e", at=now, address="a@example.com")
    with Store.open(database) as store:
        apply(store, "postmark", [event], now)
    assert TOPIC in newsletter("doctor", "--offline").out
    with Store.open(database) as store:
        apply(store, "ses", [event], now)
    assert TOPIC not in newsletter("doctor", "--offline").out
