"""Amazon SES: what is its own, checked by botocore, which Amazon wrote."""

import json
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import botocore.session  # type: ignore[import-untyped]
import pytest
import time_machine
from botocore.config import Config  # type: ignore[import-untyped]

from newsletter.errors import (
    ConfigError,
    ProviderRefused,
    ProviderStopped,
    ProviderUnavailable,
)
from newsletter.model.frozen import InlineImage
from newsletter.providers.registry import open_provider
from newsletter.providers.ses import Ses
from tests.providers.anymail_oracle import our_call
from tests.providers.batches import MOMENT, a_batch, an_email
from tests.providers.case_ses import CASE, entries, envelope, sign, told
from tests.providers.contract import a_publication
from tests.providers.recorder import Recorded, Recorder, json_reply

IMAGE = InlineImage(
    content_id="chair.png",
    filename="a chair.png",
    media_type="image/png",
    data="iVBORw0KGgo=",
)
EMAILS = {
    "usual": an_email(),
    "bare": an_email(from_name="", reply_to="", unsubscribe_mailto=""),
    "images": an_email(inline_images=(IMAGE,)),
    "unicode": an_email(from_name="Zoë, 日本語 " + "ü" * 90),
}


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with Recorder() as recorder:
        yield recorder


@pytest.fixture
def ses(recorder: Recorder) -> Iterator[Ses]:
    recorder.answer(CASE.serves)
    provider = CASE.open(recorder.url)
    assert isinstance(provider, Ses)
    yield provider
    provider.close()


@pytest.fixture(scope="module")
def amazon() -> Any:
    """Amazon's own client, with our keys."""
    session = botocore.session.Session()
    session.set_credentials(
        CASE.environ["AWS_ACCESS_KEY_ID"],
        CASE.environ["AWS_SECRET_ACCESS_KEY"],
        CASE.environ["AWS_SESSION_TOKEN"],
    )

    def client(url: str) -> Any:
        config = Config(retries={"total_max_attempts": 1})
        return session.create_client(
            "sesv2", region_name="eu-west-1", endpoint_url=url, config=config
        )

    return client


def as_arguments(call: Recorded) -> dict[str, Any]:
    """The body of a call as botocore wants it: binary data not yet in base64."""
    import base64

    body: dict[str, Any] = call.json()
    for image in body["DefaultContent"]["Template"].get("Attachments", []):
        image["RawContent"] = base64.b64decode(image["RawContent"])
    return body


@pytest.mark.parametrize("name", EMAILS)
def test_amazons_client_finds_no_fault_and_makes_the_same_call(
    recorder: Recorder, amazon: Any, name: str
) -> None:
    with time_machine.travel(MOMENT, tick=False):
        ours = our_call(CASE, a_batch(3, email=EMAILS[name]))
        recorder.answer(entries("SUCCESS", "SUCCESS", "SUCCESS"))
        # It checks everything against the model before it sends.
        answer = amazon(recorder.url).send_bulk_email(**as_arguments(ours))
    (theirs,) = recorder.requests

    assert len(answer["BulkEmailEntryResults"]) == 3
    assert (ours.method, ours.path) == (theirs.method, theirs.path)
    assert ours.json() == theirs.json()
    for header in ("x-amz-date", "x-amz-security-token", "content-type"):
        assert ours.headers[header] == theirs.headers[header]


def test_amazons_client_signs_as_we_do(recorder: Recorder, amazon: Any) -> None:
    with time_machine.travel(MOMENT, tick=False):
        recorder.answer(CASE.check_reply)
        ses = CASE.open(recorder.url)
        ses.check()
        amazon(recorder.url).get_account()
        ses.close()
    ours, theirs = (call.headers["authorization"] for call in recorder.requests)

    # Ours also covers the content type, so the signatures differ.
    assert ours.split(",")[0] == theirs.split(",")[0]
    assert "Credential=AKIAVERYSECRET/20261120/eu-west-1/ses/aws4_request" in ours
    assert "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token" in ours


def test_amazons_client_would_notice_a_mistake(recorder: Recorder, amazon: Any) -> None:
    arguments = as_arguments(our_call(CASE, a_batch(1)))
    arguments["BulkEmailEntries"][0]["ReplacementTag"] = []

    with pytest.raises(Exception, match="ReplacementTag"):
        amazon(recorder.url).send_bulk_email(**arguments)


def test_every_reader_has_every_variable() -> None:
    body = our_call(CASE, a_batch(3)).json()

    for entry in body["BulkEmailEntries"]:
        data = entry["ReplacementEmailContent"]["ReplacementTemplate"]
        assert set(json.loads(data["ReplacementTemplateData"])) == {"u", "h1", "t1"}


def test_a_sender_that_is_not_ascii_goes_in_encoded_words() -> None:
    sender = our_call(CASE, a_batch(1, email=EMAILS["unicode"])).json()[
        "FromEmailAddress"
    ]

    name, address = parseaddr(sender)
    assert sender.isascii()
    assert sender.isprintable()
    assert all(len(word) <= 75 for word in name.split())
    assert str(make_header(decode_header(name))) == EMAILS["unicode"].from_name
    assert address == "mo@letter.example.com"


def test_tags_have_no_character_that_amazon_refuses() -> None:
    body = our_call(CASE, a_batch(2)).json()

    tags = [*body["DefaultEmailTags"], *body["BulkEmailEntries"][0]["ReplacementTags"]]
    for tag in tags:
        assert len(tag["Value"]) <= 256
        assert set(tag["Value"]) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_")


def test_without_a_configuration_set_none_is_named() -> None:
    with Recorder() as recorder:
        recorder.answer(CASE.serves)
        provider = CASE.open(recorder.url, without="configuration_set")
        provider.send(a_batch(1))
        provider.close()

    assert "ConfigurationSetName" not in recorder.requests[0].json()


def test_a_header_that_is_too_long_is_told_before_anything_leaves(
    ses: Ses, recorder: Recorder
) -> None:
    email = an_email(base_url="https://letter.example.com/" + "x" * 900)

    with pytest.raises(ProviderStopped, match="995 characters"):
        ses.send(a_batch(1, email=email))

    assert not recorder.requests


@pytest.mark.parametrize("name", ["__type", "x-amzn-errortype"])
def test_the_name_of_an_error_is_found_where_it_stands(
    ses: Ses, recorder: Recorder, name: str
) -> None:
    kind = "TooManyRequestsException"
    inside = {"Message": "slow down", **({name: kind} if name == "__type" else {})}
    headers = {} if name == "__type" else {name: kind}
    recorder.answer(json_reply(inside, 400, **headers))

    with pytest.raises(ProviderUnavailable, match="TooManyRequestsException slow down"):
        ses.send(a_batch(1))


def test_it_has_no_records_to_search(ses: Ses, recorder: Recorder) -> None:
    with pytest.raises(ProviderRefused):
        ses.find(a_batch(2))

    assert not recorder.requests
    assert ses.capabilities.search is None


def account(**changed: object) -> Any:
    quota = {"Max24HourSend": 200.0, "SentLast24Hours": 150.0, "MaxSendRate": 1.0}
    return {"SendingEnabled": True, "SendQuota": {**quota, **changed}}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (account(), "50 more in 24 hours, 1 a second; it is still in the sandbox"),
        (
            account(Max24HourSend=-1.0) | {"ProductionAccessEnabled": True},
            "any number in 24 hours, 1 a second",
        ),
    ],
)
def test_the_check_tells_what_is_left(
    ses: Ses, recorder: Recorder, answer: Any, words: str
) -> None:
    recorder.answer(json_reply(answer))

    said = ses.check()

    assert said.removeprefix("SES takes ").startswith(words)
    assert ("sandbox" in said) == ("sandbox" in words)
    assert recorder.requests[0].path == "/v2/email/account"


@pytest.mark.parametrize(
    "answer",
    [
        account() | {"SendingEnabled": False},
        account(SentLast24Hours=200.0),
        account(Max24HourSend="none"),
        account(Max24HourSend=10**400),
        {},
        [],
    ],
)
def test_the_check_refuses_an_account_that_may_not_send(
    ses: Ses, recorder: Recorder, answer: Any
) -> None:
    recorder.answer(json_reply(answer))

    with pytest.raises(ProviderStopped):
        ses.check()


@pytest.mark.parametrize(
    ("region", "target"),
    [
        ("eu-west-1", "https://email.eu-west-1.amazonaws.com"),
        ("us-gov-west-1", "https://email.us-gov-west-1.amazonaws.com"),
        ("cn-north-1", "https://email.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_it_calls_the_region_of_the_settings(region: str, target: str) -> None:
    publication = a_publication({"ses": {"region": region}})
    provider = open_provider("ses", publication, CASE.environ)

    assert provider.target == target
    provider.close()


@pytest.mark.parametrize("region", ["", "Ireland", "eu-west-1.evil.example/"])
def test_a_region_that_is_none_is_told(region: str) -> None:
    with pytest.raises(ConfigError, match="not an AWS region"):
        open_provider("ses", a_publication({"ses": {"region": region}}), CASE.environ)


def test_a_key_without_its_secret_is_told() -> None:
    with pytest.raises(ConfigError, match="AWS_SECRET_ACCESS_KEY"):
        open_provider(
            "ses",
            a_publication({"ses": {"region": "eu-west-1"}}),
            {"AWS_ACCESS_KEY_ID": "x"},
        )


@pytest.fixture
def no_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine on which AWS's own ways find nothing, and where a file may be put."""
    for name in CASE.environ:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    return tmp_path / "credentials"


def test_without_a_key_amazons_own_ways_are_tried(
    no_machine: Path, recorder: Recorder
) -> None:
    key = "aws_access_key_id = AKIAFROMFILE\naws_secret_access_key = a-secret\n"
    no_machine.write_text(f"[default]\n{key}", encoding="utf-8")
    recorder.answer(CASE.check_reply)
    publication = a_publication(
        {"ses": {"region": "eu-west-1", "api_url": recorder.url}}
    )
    provider = open_provider("ses", publication, {})

    assert provider.check()
    assert "Credential=AKIAFROMFILE/" in recorder.requests[0].headers["authorization"]
    provider.close()


def test_when_those_find_none_the_variable_is_told(no_machine: Path) -> None:
    assert not no_machine.exists()
    with pytest.raises(ConfigError, match="AWS_ACCESS_KEY_ID is not set"):
        open_provider("ses", a_publication({"ses": {"region": "eu-west-1"}}), {})


def test_an_event_about_several_has_one_for_each(ses: Ses) -> None:
    who = [{"emailAddress": f"reader{n}@example.com"} for n in (1, 2)]
    body = told("Complaint", "complaint", complainedRecipients=who)

    events = ses.events(sign(envelope(json.dumps(body))))

    assert [event.address for event in events] == [
        "reader1@example.com",
        "reader2@example.com",
    ]
    number = "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324"
    assert [event.id for event in events] == [number, f"{number}-1"]


def test_without_our_tag_an_event_belongs_to_no_delivery(ses: Ses) -> None:
    body = told("Delivery", "delivery")
    del body["mail"]["tags"]

    (event,) = ses.events(sign(envelope(json.dumps(body))))

    assert event.delivery_id == ""
    assert event.provider_message_id == "0102018c-7a4e"


def test_words_that_are_no_event_are_ignored(ses: Ses) -> None:
    words = "Successfully validated SNS topic for Amazon SES event publishing."

    assert ses.events(sign(envelope(words))) == []


def test_a_long_message_keeps_its_signature(ses: Ses) -> None:
    body = told("Send", "send", padding="x" * 5000)

    assert len(ses.events(sign(envelope(json.dumps(body))))) == 1


def test_a_missing_package_is_told_with_what_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import sys

    monkeypatch.delitem(sys.modules, "newsletter.providers.ses")
    monkeypatch.setitem(sys.modules, "botocore", None)
    monkeypatch.setitem(sys.modules, "botocore.auth", None)

    with pytest.raises(ConfigError, match="botocore") as caught:
        open_provider("ses", a_publication({"ses": {"region": "eu-west-1"}}), {})

    assert "friday-letter[ses]" in caught.value.hint
