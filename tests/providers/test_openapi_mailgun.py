"""Our calls and what we read of the answers, against Mailgun's own API description.

Images are left out: the reader takes bytes for no string, which the description says
they are.
"""

from typing import Any

import pytest
import time_machine
import yaml
from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError

from tests.conftest import CONTRACTS
from tests.providers.batches import MOMENT, a_batch
from tests.providers.case_mailgun import CASE, told
from tests.providers.recorder import Recorded, Recorder, Reply, json_reply
from tests.providers.test_openapi_resend import Answered, Call

pytestmark = pytest.mark.contract


@pytest.fixture(scope="module")
def document() -> Any:
    text = (CONTRACTS / "mailgun.yaml").read_text(encoding="utf-8")
    return yaml.load(text, yaml.CSafeLoader)


@pytest.fixture(scope="module")
def api(document: Any) -> OpenAPI:
    # That the description itself is sound takes long to find out, and is not our part.
    return OpenAPI.from_dict(document, config=Config(spec_validator_cls=None))


def serves(request: Recorded) -> Reply:
    if not request.path.endswith("/events"):
        return CASE.serves(request)
    accepted: Any = told("accepted")["event-data"]
    return json_reply({"items": [accepted] * 2, "paging": {"next": NEXT}})


NEXT = "https://api.mailgun.net/v3/letter.example.com/nowhere"


def calls() -> list[Recorded]:
    """Everything that we ask of Mailgun."""
    with Recorder() as recorder, time_machine.travel(MOMENT, tick=False):
        recorder.answer(serves)
        mailgun = CASE.open(recorder.url)
        mailgun.send(a_batch(3))
        mailgun.check()
        assert len(mailgun.find(a_batch(1))) == 1
        mailgun.close()
        return recorder.requests


def as_call(recorded: Recorded) -> Call:
    call = Call(recorded)
    call.host_url = "https://api.mailgun.net"
    return call


def test_every_call_is_one_that_mailgun_describes(api: OpenAPI) -> None:
    made = calls()

    for call in made:
        api.validate_request(as_call(call))
    assert [(call.method, call.path) for call in made] == [
        ("POST", "/v3/letter.example.com/messages"),
        ("GET", "/v4/domains/letter.example.com"),
        ("GET", "/v3/letter.example.com/events"),
    ]


def test_the_form_is_read_as_it_was_meant(api: OpenAPI) -> None:
    body: Any = api.unmarshal_request(as_call(calls()[0])).body

    assert body["to"] == ["reader1@example.com,reader2@example.com,reader3@example.com"]
    assert len(body["o:tag"]) == 2
    assert body["o:tracking"] == "no"
    assert "Zoë 3" in body["recipient-variables"]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b'name="subject"', b'name="topic"'),
        (b'name="o:tracking"\r\n\r\nno', b'name="o:tracking"\r\n\r\nnever'),
    ],
)
def test_the_description_would_notice_a_mistake(
    api: OpenAPI, right: bytes, wrong: bytes
) -> None:
    call = as_call(calls()[0])
    assert right in call.body
    call.body = call.body.replace(right, wrong)

    with pytest.raises(OpenAPIError, match="body"):
        api.validate_request(call)


def test_the_answers_we_read_are_described(api: OpenAPI) -> None:
    for call in calls():
        api.validate_response(as_call(call), Answered(serves(call)))


def test_the_notifications_we_read_are_described(document: Any) -> None:
    schemas = document["components"]["schemas"]
    known = set(schemas["EventType"]["enum"])
    events = [item.body["event-data"] for item in CASE.told if item.body["event-data"]]
    ours = {event["event"] for event in events}

    assert ours <= known
    # None of the others is about a message of ours.
    assert known - ours == {
        "email_validation",
        "list_member_uploaded",
        "list_member_upload_error",
        "list_uploaded",
    }
    severities = {event["severity"] for event in events if "severity" in event}
    assert severities == set(schemas["EventSeverityType"]["enum"])
