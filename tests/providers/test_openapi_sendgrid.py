"""Our calls, and the notifications we read, against SendGrid's own API description."""

import json
from typing import Any

import pytest
from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError

from newsletter.model.frozen import InlineImage
from tests.conftest import CONTRACTS
from tests.providers.anymail_oracle import our_call
from tests.providers.batches import a_batch, an_email
from tests.providers.case_sendgrid import CASE
from tests.providers.recorder import Recorded
from tests.providers.test_openapi_resend import Answered, Call

pytestmark = pytest.mark.contract

IMAGE = InlineImage(
    content_id="chair.png",
    filename="a chair.png",
    media_type="image/png",
    data="iVBORw0KGgo=",
)


def description(name: str) -> Any:
    return json.loads((CONTRACTS / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def api() -> OpenAPI:
    document = description("sendgrid_mail_v3.json")
    # That the description itself is sound takes long to find out, and is not our part.
    return OpenAPI.from_dict(document, config=Config(spec_validator_cls=None))


def as_call(recorded: Recorded) -> Call:
    call = Call(recorded)
    call.host_url = "https://api.sendgrid.com"
    return call


@pytest.mark.parametrize(
    "email",
    [
        an_email(),
        an_email(inline_images=(IMAGE,)),
        an_email(from_name="", reply_to=""),
    ],
    ids=["usual", "images", "bare"],
)
def test_a_call_is_one_that_sendgrid_describes(api: OpenAPI, email: Any) -> None:
    call = our_call(CASE, a_batch(3, email=email))

    api.validate_request(as_call(call))
    assert (call.method, call.path) == ("POST", "/v3/mail/send")


def test_a_whole_batch_is_one_that_sendgrid_describes(api: OpenAPI) -> None:
    api.validate_request(as_call(our_call(CASE, a_batch(1000))))


def test_the_description_would_notice_a_batch_that_is_too_large(api: OpenAPI) -> None:
    with pytest.raises(OpenAPIError, match="body"):
        api.validate_request(as_call(our_call(CASE, a_batch(1001))))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b'"email":"mo@letter.example.com"', b'"address":"mo@letter.example.com"'),
        (b'"enable":false', b'"enable":"no"'),
    ],
)
def test_the_description_would_notice_a_mistake(
    api: OpenAPI, right: bytes, wrong: bytes
) -> None:
    call = as_call(our_call(CASE, a_batch(1)))
    assert right in call.body
    call.body = call.body.replace(right, wrong)

    with pytest.raises(OpenAPIError, match="body"):
        api.validate_request(call)


def test_the_answer_we_read_is_described(api: OpenAPI) -> None:
    call = our_call(CASE, a_batch(1))

    api.validate_response(as_call(call), Answered(CASE.accepted(call)))


def test_every_notification_there_is_has_a_meaning() -> None:
    settings = description("sendgrid_webhooks_v3.json")["components"]["schemas"]
    switches = settings["EventWebhookRequest"]["properties"]
    kinds = {name for name, each in switches.items() if each["type"] == "boolean"}
    told = {event["event"] for item in CASE.told for event in item.body}

    assert told == kinds - {"enabled", "spam_report"} | {"spamreport"}
