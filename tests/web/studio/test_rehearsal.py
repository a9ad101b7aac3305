"""The rehearsal and the test send: the numbers of a dry run, and nothing written."""

import email
import email.policy
import html
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from newsletter.config.publication import load_publication
from newsletter.model.subscriber import SubscriberStatus, SuppressionReason
from newsletter.store import schema, subscribers, suppressions
from newsletter.store.engine import Store
from tests.cli.conftest import Newsletter
from tests.providers.recorder import Recorder, Reply
from tests.sending.conftest import people
from tests.web.asgi import Answer
from tests.web.studio.conftest import ISSUE, Studio

SLUG = "pull-up-the-second-chair"
VIEW = f"/issues/{ISSUE}"


@pytest.fixture
def store(at_desk: Studio) -> Iterator[Store]:
    """Nine subscribers, one of whom is suppressed."""
    publication = load_publication(at_desk.root)
    with Store.open(publication.store_path or publication.store) as opened:
        with opened.write() as connection:
            subscribers.upsert(connection, people(9))
            key = people(9)[0].address_key
            suppressions.add(connection, key, SuppressionReason.COMPLAINT)
        yield opened


def result_of(at_desk: Studio, typed: str) -> Answer:
    """What is shown after a test, as a browser follows it there."""
    answer = at_desk.post(f"{VIEW}/test", {"addresses": typed})
    assert answer.status == 303
    return at_desk.get(answer.headers["location"])


def rows(store: Store) -> dict[str, int]:
    """How many rows every table has."""
    with store.read() as connection:
        return {
            name: connection.execute(
                select(func.count()).select_from(table)
            ).scalar_one()
            for name, table in schema.metadata.tables.items()
        }


def test_the_numbers_are_those_of_a_dry_newsletter(
    at_desk: Studio, store: Store, newsletter: Newsletter
) -> None:
    told = newsletter("--now", "2026-11-20T09:30:00+00:00", "send", SLUG, "--dry-run")
    shown = at_desk.get(f"{VIEW}/rehearsal").text

    assert "<strong>8</strong> would get it" in shown
    assert "1 left out" in shown
    for line in told.out.splitlines():
        assert f"<li>{line.strip()}</li>" in shown


@pytest.mark.parametrize(
    ("asked", "option"),
    [
        ("at=in+2h", ("--at", "in 2h")),
        ("per_hour=4", ("--per-hour", "4")),
        ("spread=3h", ("--spread", "3h")),
    ],
)
def test_when_and_how_fast_is_told_as_there(
    at_desk: Studio,
    store: Store,
    newsletter: Newsletter,
    asked: str,
    option: tuple[str, str],
) -> None:
    now = ("--now", "2026-11-20T09:30:00+00:00")
    told = newsletter(*now, "send", SLUG, "--dry-run", *option)
    shown = at_desk.get(f"{VIEW}/rehearsal?{asked}").text

    assert told.code == 0
    for line in told.out.splitlines():
        assert f"<li>{line.strip()}</li>" in shown


def test_why_somebody_is_suppressed_is_told_here_and_beside_their_message(
    at_desk: Studio, store: Store
) -> None:
    bounced = people(9)[1]
    why = "550 <b>no such user</b>"
    with store.write() as connection:
        suppressions.add(connection, bounced.address_key, SuppressionReason.BOUNCE, why)
        reader = subscribers.by_address_key(connection, bounced.address_key)
        assert reader
        subscribers.set_status(connection, reader.id + 1, SubscriberStatus.UNSUBSCRIBED)
    told = ": bounce (550 &lt;b&gt;no such user&lt;/b&gt;)"

    shown = at_desk.get(f"{VIEW}/rehearsal").text
    listed = shown.partition("<details>")[2].partition("</details>")[0]
    assert f'?as=subscriber-{reader.id}">{bounced.address}</a>: suppressed' in listed
    assert told in listed
    assert ": complaint" in listed
    for path in (f"{VIEW}/beside?as=subscriber-{reader.id}", f"{VIEW}?find=reader"):
        assert told in at_desk.get(path).text
    beside = at_desk.get(f"{VIEW}/beside?as=subscriber-{reader.id}").text
    assert "would not get it" in beside
    left = at_desk.get(f"{VIEW}/beside?as=subscriber-{reader.id + 1}").text
    assert "<p>unsubscribed</p>" in left
    assert "would not get it" in left
    mailed = at_desk.get(f"{VIEW}/beside?as=subscriber-{reader.id + 2}").text
    assert "subscribed since" in mailed
    assert "would not get it" not in mailed


def test_what_it_costs_and_takes_is_told(at_desk: Studio, store: Store) -> None:
    settings = at_desk.root / "newsletter.yaml"
    more = "providers:\n  outbox: {per_second: 0.01, price_per_thousand: 2.5}\n"
    settings.write_text(settings.read_text() + more)
    with store.write() as connection:
        subscribers.upsert(connection, people(2000))

    shown = at_desk.get(f"{VIEW}/rehearsal").text
    assert "it takes at least " in shown
    assert "at outbox&#39;s price that is 5.00" in shown


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("segment=nobody", "there is no segment `nobody`"),
        ("provider=nowhere", "there is no provider `nowhere`"),
        ("provider=resend", "RESEND_API_KEY"),
        ("at=someday", "`someday` is not a time to send at"),
        ("spread=long", "`long` is no span of time"),
        ("per_hour=3&spread=3h", "say two things"),
        ("per_hour=-5", "most in an hour: `-5` is no number"),
        ("per_hour=0", "`0` is no number"),
        ("per_hour=1000000001", "is no number"),
        ("per_hour=" + "9" * 5000, "is no number"),
        ("per_hour=%D9%A3", "is no number"),
    ],
)
def test_what_stands_in_the_way_is_told(
    at_desk: Studio, store: Store, asked: str, words: str
) -> None:
    answer = at_desk.get(f"{VIEW}/rehearsal?{asked}")

    assert answer.status == 200
    assert "it would not be sent" in answer.text
    assert words in answer.text
    assert "would get it" not in answer.text


def test_the_command_that_says_the_same_is_whole(
    at_desk: Studio, store: Store, newsletter: Newsletter
) -> None:
    """It is what a shell understands."""
    asked = "segment=all&provider=outbox&at=in+2h&per_hour=4&new_only=on"
    shown = at_desk.get(f"{VIEW}/rehearsal?{asked}").text
    command = re.findall(r"<code>(newsletter send .*?)</code>", shown)
    words = shlex.split(html.unescape(command[0]))

    assert words[:3] == ["newsletter", "send", SLUG]
    options = "--segment all --provider outbox --at 'in 2h' --per-hour 4 --new-only"
    assert words[3:] == ["--dry-run", *shlex.split(options)]
    told = newsletter("--now", "2026-11-20T09:30:00+00:00", *words[1:])
    for line in told.out.splitlines():
        assert f"<li>{line.strip()}</li>" in shown


def test_a_draft_is_counted_all_the_same(at_desk: Studio, store: Store) -> None:
    path = at_desk.issue
    path.write_text(path.read_text().replace("title:", "status: draft\ntitle:", 1))
    shown = at_desk.get(f"{VIEW}/rehearsal").text

    assert "is `draft`" in shown
    assert "<strong>8</strong> would get it" in shown


def test_what_was_sent_is_told_and_would_go_to_new_ones_only(
    at_desk: Studio, store: Store, newsletter: Newsletter
) -> None:
    now = ("--now", "2026-11-20T09:30:00+00:00")
    assert newsletter(*now, "send", SLUG, "--yes").code == 0

    assert "was sent to `all`" in at_desk.get(f"{VIEW}/rehearsal").text
    again = at_desk.get(f"{VIEW}/rehearsal?new_only=on").text
    assert "nobody joined since it was sent" in again
    beside = at_desk.get(f"{VIEW}/beside").text
    assert "accepted: 8" in beside
    assert "skipped" in beside


def test_an_approval_that_is_missing_is_told(at_desk: Studio, store: Store) -> None:
    settings = at_desk.root / "newsletter.yaml"
    settings.write_text(settings.read_text() + "require_approval: true\n")
    assert "was not approved" in at_desk.get(f"{VIEW}/rehearsal").text


def test_without_a_database_none_is_made(at_desk: Studio) -> None:
    shown = at_desk.get(f"{VIEW}/rehearsal").text

    assert "there are no subscribers yet" in shown
    assert not (at_desk.root / ".newsletter/newsletter.db").exists()


def test_nothing_is_written_down(at_desk: Studio, store: Store) -> None:
    before = rows(store)
    at_desk.get(f"{VIEW}/rehearsal?at=in+2h")
    answer = result_of(at_desk, "mo@example.com")

    assert answer.status == 200
    assert rows(store) == before


def test_a_test_goes_out_marked_and_its_result_is_shown(
    at_desk: Studio, store: Store
) -> None:
    reader = people(9)[3]
    typed = f"mo@example.com, {reader.address}"
    answer = result_of(at_desk, typed)

    assert "<strong>mo@example.com</strong>: accepted by outbox" in answer.text
    mails = outbox(at_desk.root)
    assert {str(mail["To"]) for mail in mails} == {"mo@example.com", reader.address}
    for mail in mails:
        assert str(mail["Subject"]).startswith("[test 09:30:00] ")
        assert "References" not in mail


def test_who_loads_the_result_again_sends_nothing(at_desk: Studio) -> None:
    """Also whoever goes back and forth: the answer to the form is no page."""
    answer = at_desk.post(f"{VIEW}/test", {"addresses": "mo@example.com"})
    assert answer.status == 303
    result = answer.headers["location"]
    assert result.startswith(f"{VIEW}/test?sent=")
    for _ in range(2):
        assert "accepted by outbox" in at_desk.get(result).text
    assert len(outbox(at_desk.root)) == 1

    other = result.replace(ISSUE, "2026-11-13-fourteen-bullets")
    for elsewhere in (other, f"{VIEW}/test?sent=unknown"):
        shown = at_desk.get(elsewhere)
        assert shown.status == 200
        assert "mo@example.com" not in shown.text
    for _ in range(8):
        at_desk.post(f"{VIEW}/test", {"addresses": "mo@example.com"})
    assert "mo@example.com" not in at_desk.get(result).text


def outbox(root: Path) -> list[email.message.EmailMessage]:
    """What is in the outbox."""
    files = (root / ".newsletter/outbox/new").glob("*.eml")
    policy = email.policy.default
    return [
        email.message_from_bytes(file.read_bytes(), policy=policy) for file in files
    ]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "no address was given"),
        ("nobody", "is not an address"),
        ("a@example.com " * 21, "too many for a test"),
        ("a@example.com\r\nBcc: b@example.com", "is not an address"),
    ],
)
def test_what_is_no_address_sends_nothing(
    at_desk: Studio, typed: str, words: str
) -> None:
    answer = at_desk.post(f"{VIEW}/test", {"addresses": typed})

    assert answer.status == 422
    assert words in answer.text
    assert "nothing was sent" in answer.text
    assert outbox(at_desk.root) == []


def test_a_provider_without_its_key_is_told(at_desk: Studio) -> None:
    settings = at_desk.root / "newsletter.yaml"
    settings.write_text(
        settings.read_text().replace("provider: outbox", "provider: resend")
    )
    answer = at_desk.post(f"{VIEW}/test", {"addresses": "mo@example.com"})

    assert answer.status == 422
    assert "RESEND_API_KEY" in answer.text


def test_of_a_provider_that_breaks_off_nobody_knows(
    at_desk: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = at_desk.root / "newsletter.yaml"
    text = settings.read_text().replace("provider: outbox", "provider: resend")
    monkeypatch.setenv("RESEND_API_KEY", "re_x")
    with Recorder() as recorder:
        recorder.answer(Reply(fault="reset"))
        settings.write_text(
            f"{text}providers: {{resend: {{api_url: {recorder.url}}}}}\n"
        )
        answer = result_of(at_desk, "mo@example.com, ana@example.com")

    assert answer.status == 200
    assert "nothing was sent" not in answer.text
    for address in ("mo@example.com", "ana@example.com"):
        assert f"<strong>{address}</strong>: uncertain, nobody knows" in answer.text
    assert "broke off" in answer.text


def test_a_test_needs_a_form(at_desk: Studio) -> None:
    answer = at_desk.client.post_json(
        f"{VIEW}/test",
        json.dumps({"addresses": "mo@example.com"}),
        headers={"host": "127.0.0.1:8025", "x-studio-token": at_desk.desk.token},
    )
    assert answer.status == 415
