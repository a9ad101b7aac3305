"""Webhooks: closed without a secret, believed with a proof, never an answer of 5xx."""

import base64
import json
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook as Standard

from newsletter.errors import CampaignPaused
from newsletter.model.campaign import DeliveryResult, DeliveryState
from newsletter.model.event import Event, Webhook
from newsletter.model.message import Batch, delivery_id
from newsletter.model.subscriber import SuppressionReason
from newsletter.providers.sns import Topic
from newsletter.sending.compose import compose
from newsletter.sending.order import Order
from newsletter.sending.plan import plan
from newsletter.sending.rehearsal.simulated import made_up_keys
from newsletter.sending.run import run
from newsletter.sending.why import explain
from newsletter.store import sns_subscriptions, subscribers
from newsletter.store.schema import notices
from newsletter.web.webhooks import MAX_BYTES
from tests.providers.case_ses import CERTIFICATE, TOPIC, certificate, envelope, sign
from tests.providers.test_sns import CONFIRMATION
from tests.sending.conftest import ISSUE, at_once, people
from tests.sending.simulators import Simulator
from tests.web.asgi import Answer
from tests.web.conftest import World

SECRET = "whsec_" + base64.b64encode(b"a secret of the tests").decode()
WHO = base64.b64encode(b"postmark:secret").decode()


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESEND_API_KEY", "re_123")
    monkeypatch.setenv("RESEND_WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("POSTMARK_SERVER_TOKEN", "token")
    monkeypatch.setenv("POSTMARK_WEBHOOK_PASSWORD", "postmark:secret")


class Postmark(Simulator):
    """Takes everything, under Postmark's name."""

    name: ClassVar[str] = "postmark"


@pytest.fixture
def uid(world: World) -> str:
    """A campaign that went to all nine readers."""
    service = world.service
    publication = service.publication
    order = Order(composed=compose(publication, ISSUE), publication=publication)
    signer = service.keyring.current
    campaign = plan(service.store, order, Postmark(), signer)
    assert run(service.store, campaign, Postmark(), signer, at_once())
    return campaign.uid


def bounce(uid: str, number: int = 1, **values: Any) -> dict[str, Any]:
    return {
        "RecordType": "Bounce",
        "Type": "HardBounce",
        "TypeCode": 1,
        "ID": 4711,
        "MessageID": "id",
        "Email": f"reader{number}@example.com",
        "Details": "smtp;550 5.1.1 no such user <img src=x onerror=alert(1)>",
        "BouncedAt": datetime.now(UTC).isoformat(),
        "Metadata": {"delivery": delivery_id(uid, number)},
        **values,
    }


def tell(world: World, data: Any, **headers: str) -> Answer:
    given = {"authorization": f"Basic {WHO}"} | headers
    return world.client.post_json("/webhooks/postmark", data, headers=given)


def state(world: World, number: int = 1) -> DeliveryState:
    found = explain(world.service.store, f"reader{number}@example.com")
    return found.deliveries[0].state


def test_a_bounce_reaches_the_ledger_once(world: World, uid: str) -> None:
    data = bounce(uid)

    first, again = tell(world, data), tell(world, data)

    assert (first.status, first.json()) == (200, {"new": 1})
    assert again.json() == {"repeated": 1}
    assert state(world) is DeliveryState.BOUNCED
    assert world.suppressed("reader1@example.com") is SuppressionReason.BOUNCE
    assert world.suppressed("reader2@example.com") is None


@pytest.mark.parametrize(("refusals", "paused"), [(10, True), (9, False)])
def test_ten_refusals_of_the_sender_pause_a_short_list(
    world: World, monkeypatch: pytest.MonkeyPatch, refusals: int, paused: bool
) -> None:
    monkeypatch.setattr("newsletter.sending.run.WATCH_SECONDS", 0)
    service = world.service
    with service.store.write() as connection:
        subscribers.upsert(connection, people(150))

    class Blocked(Postmark):
        """Its mailboxes refuse who sends, as the webhook tells after each call."""

        told = 0

        def accept(self, batch: Batch, step: str) -> list[DeliveryResult]:
            if self.told < refusals:
                self.told += 1
                one = batch.recipients[0]
                blocked = {"Type": "Blocked", "ID": one.subscriber_id}
                data = bounce(campaign.uid, one.subscriber_id, **blocked)
                answer = tell(world, data | {"Email": one.address})
                assert answer.json() == {"new": 1}
            return super().accept(batch, step)

    publication = service.publication
    order = Order(composed=compose(publication, ISSUE), publication=publication)
    signer = service.keyring.current
    provider = Blocked()
    campaign = plan(service.store, order, provider, signer)

    stop = pytest.raises(CampaignPaused, match=r"10 of \d+ were refused")
    with stop if paused else nullcontext():
        run(service.store, campaign, provider, signer, at_once(1))

    assert (len(provider.mailboxes) < 150) is paused
    assert world.suppressed("reader1@example.com") is None


@pytest.mark.parametrize(
    "authorization", ["", "Basic", "Basic " + WHO[:-2], "Bearer x", "Basic é"]
)
def test_without_the_proof_nothing_is_believed(
    world: World, uid: str, authorization: str
) -> None:
    answer = tell(world, bounce(uid), authorization=authorization)

    assert answer.status == 403
    assert world.suppressed("reader1@example.com") is None


def test_without_a_secret_the_door_is_closed(
    world: World, uid: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("POSTMARK_WEBHOOK_PASSWORD")
    empty = base64.b64encode(b":").decode()

    for authorization in ("", "Basic ", f"Basic {empty}"):
        assert tell(world, bounce(uid), authorization=authorization).status == 403
    assert world.suppressed("reader1@example.com") is None


@pytest.mark.parametrize("name", ["nobody", "outbox", "smtp", "mailgun", "x" * 500])
def test_a_provider_without_keys_or_events_is_not_there(
    world: World, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in made_up_keys("mailgun"):
        monkeypatch.delenv(key, raising=False)

    assert world.client.post_json(f"/webhooks/{name}", {}).status == 404


def test_getting_a_webhook_is_not_allowed(world: World) -> None:
    answer = world.client.get("/webhooks/postmark")

    assert (answer.status, answer.headers["allow"]) == (405, "POST")


def svix(
    body: bytes, at: datetime | None = None, secret: str = SECRET
) -> dict[str, str]:
    at = at or datetime.now(UTC)
    signature = Standard(secret).sign("msg_1", at, body.decode())
    return {
        "svix-id": "msg_1",
        "svix-timestamp": str(int(at.timestamp())),
        "svix-signature": signature,
    }


RESEND = b'{"type":"email.delivered","data":{"to":["a@example.com"],"email_id":"1"}}'


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (RESEND, 200),
        (RESEND.replace(b"a@", b"b@"), 403),
        (RESEND + b" ", 403),
    ],
)
def test_the_signature_covers_the_very_bytes(
    world: World, body: bytes, status: int
) -> None:
    headers = svix(RESEND)

    answer = world.client.ask("POST", "/webhooks/resend", body=body, headers=headers)

    assert answer.status == status


def test_what_is_not_signed_by_the_provider_is_refused(world: World) -> None:
    for headers in ({}, svix(RESEND, secret="whsec_" + "A" * 24)):
        answer = world.client.ask(
            "POST", "/webhooks/resend", body=RESEND, headers=headers
        )

        assert answer.status == 403


@pytest.mark.parametrize("minutes", [-6, 6])
def test_what_was_signed_long_ago_is_refused(world: World, minutes: int) -> None:
    at = datetime.now(UTC) + timedelta(minutes=minutes)

    answer = world.client.ask(
        "POST", "/webhooks/resend", body=RESEND, headers=svix(RESEND, at)
    )

    assert answer.status == 403


def test_a_body_that_never_ends_is_not_read(world: World) -> None:
    long = world.client.ask("POST", "/webhooks/postmark", body=b"x" * (MAX_BYTES + 1))
    endless = [b"x" * 65536] * (MAX_BYTES // 65536 + 2)

    assert long.status == 413
    assert world.client.ask("POST", "/webhooks/postmark", chunks=endless).status == 413


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    body=st.binary(max_size=300) | st.from_regex(rb"[\[{].*", fullmatch=True),
    name=st.sampled_from(["postmark", "resend"]),
)
def test_any_bytes_are_answered_calmly(world: World, name: str, body: bytes) -> None:
    for headers in ({}, {"authorization": f"Basic {WHO}"}):
        answer = world.client.ask(
            "POST", f"/webhooks/{name}", body=body, headers=headers
        )

        assert answer.status < 500


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    changes=st.dictionaries(
        st.sampled_from([*bounce("x"), "MessageStream"]), JSON, max_size=4
    )
)
def test_any_json_with_the_secret_is_answered_calmly(
    world: World, changes: dict[str, Any]
) -> None:
    assert tell(world, bounce("x") | changes).status in (200, 403)


class Ses:
    """What of SES matters here: a topic that has to be proved."""

    name = "ses"

    def __init__(self) -> None:
        """Fetch our own certificate."""
        self.topic = Topic(TOPIC)
        self.topic.certificate = certificate

    def events(self, webhook: Webhook) -> list[Event]:
        """None, once the topic has proved itself."""
        self.topic.message(webhook)
        return []

    def close(self) -> None:
        """Close the topic."""
        self.topic.close()


@pytest.mark.parametrize(
    ("forged", "status"),
    [({}, 200), ({"TopicArn": TOPIC + "x"}, 403), ({"Signature": "AAAA"}, 403)],
)
def test_a_subscription_is_noted_for_a_person_and_never_followed(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    forged: dict[str, str],
    status: int,
) -> None:
    """The test's network is closed: a call to the link would be an error."""
    ses = Ses()
    monkeypatch.setattr(world.service.senders, "get", lambda name: ses)
    link = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=1"
    asked = envelope("x", at=datetime.now(UTC), Token="1", SubscribeURL=link)
    signed = sign(asked | {"Type": "SubscriptionConfirmation"}, CONFIRMATION)

    answer = world.client.post_json("/webhooks/ses", json.loads(signed.body) | forged)

    assert answer.status == status
    with world.service.store.read() as connection:
        found = sns_subscriptions.asked(connection)
    known = [(TOPIC, link)] if status == 200 else []
    assert [(each.topic, each.url) for each in found] == known
    ses.close()


def test_a_certificate_that_cannot_be_fetched_is_worth_another_try(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from newsletter.errors import ProviderUnavailable

    def broken(url: str) -> bytes:
        assert url == CERTIFICATE
        raise ProviderUnavailable("no answer")

    ses = Ses()
    ses.topic.certificate = broken
    monkeypatch.setattr(world.service.senders, "get", lambda name: ses)
    signed = sign(envelope("x", at=datetime.now(UTC)))

    assert (
        world.client.post_json("/webhooks/ses", json.loads(signed.body)).status == 503
    )
    ses.close()


def test_the_bounce_of_a_confirmation_suppresses_too(world: World) -> None:
    world.service.provider = Postmark()
    world.service.notices._provider = Postmark()
    world.join("nia@example.com")
    person = world.known("nia@example.com")
    assert person
    with world.service.store.read() as connection:
        uid = connection.execute(notices.select()).one().uid
    data = bounce(uid, person.id, Email="nia@example.com")

    assert tell(world, data).json() == {"new": 1}

    assert world.suppressed("nia@example.com") is SuppressionReason.BOUNCE
    with world.service.store.read() as connection:
        row = connection.execute(notices.select()).one()
    assert row.state == DeliveryState.BOUNCED


def test_who_complains_of_a_confirmation_is_suppressed_and_why_says_so(
    world: World,
) -> None:
    world.service.provider = Postmark()
    world.service.notices._provider = Postmark()
    world.join("nia@example.com")
    person = world.known("nia@example.com")
    assert person
    with world.service.store.read() as connection:
        (notice,) = connection.execute(notices.select()).all()
    spam = {"RecordType": "SpamComplaint", "Type": "SpamComplaint", "Details": ""}
    data = bounce(notice.uid, person.id, Email="nia@example.com", **spam)

    assert tell(world, data).json() == {"new": 1}

    lines = "\n".join(explain(world.service.store, "nia@example.com").lines())
    assert "complaint (told of a mail that asked to confirm, or welcomed)" in lines
    assert "confirmation mail of 2" in lines
    assert "UTC: delivered" in lines


def test_names_of_strangers_are_not_remembered(world: World) -> None:
    before = set(world.service.senders._known)

    for number in range(3):
        assert world.client.post_json(f"/webhooks/n{number}", {}).status == 404

    assert set(world.service.senders._known) == before
