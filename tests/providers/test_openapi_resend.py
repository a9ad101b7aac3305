"""Our calls and what we read of the answers, against Resend's own API description."""

from typing import Any

import pytest
import yaml
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from requests.structures import CaseInsensitiveDict

from tests.conftest import CONTRACTS
from tests.providers.batches import a_batch
from tests.providers.case_resend import CASE
from tests.providers.recorder import Recorded, Recorder, Reply

pytestmark = pytest.mark.contract


class Call:
    """A recorded call in the form that openapi-core reads."""

    def __init__(self, call: Recorded) -> None:
        self.host_url = "https://api.resend.com"
        self.path = call.path
        self.method = call.method.lower()
        self.body = call.body
        self.content_type = call.headers.get("content-type", "")
        self.parameters = RequestParameters(
            query=dict(call.query), header=CaseInsensitiveDict(call.headers)
        )


class Answered:
    """An answer in the form that openapi-core reads."""

    def __init__(self, reply: Reply) -> None:
        self.status_code = reply.status
        self.headers = dict(reply.headers)
        self.content_type = "application/json"
        self.data = reply.body


@pytest.fixture(scope="module")
def document() -> Any:
    text = (CONTRACTS / "resend.yaml").read_text(encoding="utf-8")
    return yaml.load(text, yaml.CSafeLoader)


@pytest.fixture(scope="module")
def api(document: Any) -> OpenAPI:
    # That the description itself is sound takes long to find out, and is not our part.
    return OpenAPI.from_dict(document, config=Config(spec_validator_cls=None))


def calls() -> list[Recorded]:
    """Everything that we ask of Resend."""
    with Recorder() as recorder:
        recorder.answer(CASE.serves)
        resend = CASE.open(recorder.url)
        resend.send(a_batch(3))
        resend.check()
        resend.close()
        return recorder.requests


def test_every_call_is_one_that_resend_describes(api: OpenAPI) -> None:
    made = calls()

    for call in made:
        api.validate_request(Call(call))
    assert [(call.method, call.path) for call in made] == [
        ("POST", "/emails/batch"),
        ("GET", "/domains"),
    ]


def test_the_description_would_notice_a_mistake(api: OpenAPI) -> None:
    (call, _) = calls()
    wrong = Call(call)
    wrong.body = call.body.replace(b'"subject"', b'"topic"')

    with pytest.raises(OpenAPIError, match="body"):
        api.validate_request(wrong)


def test_the_answers_we_read_are_described(api: OpenAPI) -> None:
    for call in calls():
        api.validate_response(Call(call), Answered(CASE.serves(call)))


def test_the_notifications_we_read_are_described(document: Any) -> None:
    known = {
        name
        for name, path in document["webhooks"].items()
        if "post" in path and name.startswith("email.")
    }
    ours = {item.body["type"] for item in CASE.told} - {"contact.created"}

    assert ours <= known
    assert known - ours == {"email.received"}
