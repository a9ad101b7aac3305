"""Services that fill in variables: what django-anymail would send for the same batch.

Each test names every difference there is; one more or less fails it.
"""

import json
import sys
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import botocore.session  # type: ignore[import-untyped]
import pytest

from newsletter.model.message import Batch
from tests.providers import case_mailgun, case_sendgrid, case_ses
from tests.providers.anymail_oracle import (
    ABSENT,
    _configure,
    anymail_call,
    differences,
    our_call,
)
from tests.providers.batches import CAMPAIGN, a_batch
from tests.providers.recorder import Recorded, Recorder

LEAVE = "List-Unsubscribe"


@pytest.fixture
def batch() -> Batch:
    return a_batch(2)


def test_mailgun(batch: Batch) -> None:
    case = case_mailgun.CASE
    call = our_call(case, batch)
    ours = case_mailgun.parts(call)
    known = json.loads(ours.pop("recipient-variables")[0])
    theirs_call = anymail_call(
        case,
        batch,
        merge_data=known,
        subject=ours["subject"][0],
        text=ours["text"][0],
        html=ours["html"][0],
        path="/v3/",
        api_key="key-very-secret",
        sender_domain="letter.example.com",
    )
    theirs = theirs_call.form()
    their_variables = json.loads(theirs.pop("recipient-variables")[0])

    assert call.path == theirs_call.path
    assert call.headers["authorization"] == theirs_call.headers["authorization"]
    found = differences(ours, theirs)
    # One field with commas, where Anymail repeats it; Mailgun describes both.
    one, two = (each.address for each in batch.recipients)
    assert found.pop("to.0") == (f"{one},{two}", one)
    assert found.pop("to.1") == (ABSENT, two)
    # A tag to find a batch by, no tracking, and no ids that the reader sees.
    for name in ("o:tag.1", "o:tracking.0", "o:suppress-headers.0"):
        assert found.pop(name)[1] == ABSENT
    # Only what differs goes through a variable; Anymail sends the whole.
    assert found.pop(f"h:{LEAVE}.0")[1] == f"%recipient.h:{LEAVE}%"
    assert found.pop("v:delivery.0")[1] == "%recipient.v:delivery%"
    # The same field in another spelling, which makes no difference in a header.
    assert found.pop("h:Feedback-ID.0")[0] == found.pop("h:Feedback-Id.0")[1]
    assert found == {}
    for recipient in batch.recipients:
        more = {
            f"h:{LEAVE}": batch.headers(recipient)[LEAVE],
            "v:delivery": recipient.delivery_id,
        }
        assert their_variables[recipient.address] == known[recipient.address] | more


@pytest.mark.filterwarnings("ignore:django-anymail has dropped official support")
def test_sendgrid(batch: Batch) -> None:
    case = case_sendgrid.CASE
    call = our_call(case, batch)
    ours = call.json()
    texts = {part["type"]: part["value"] for part in ours["content"]}
    theirs_call = anymail_call(
        case,
        batch,
        merge_data={
            each["to"][0]["email"]: each["substitutions"]
            for each in ours["personalizations"]
        },
        subject=ours["subject"],
        text=texts["text/plain"],
        html=texts["text/html"],
        path="/v3/",
        api_key="SG.a-very-secret.key",
        generate_message_id=False,
    )

    assert call.path == theirs_call.path
    assert call.headers["authorization"] == theirs_call.headers["authorization"]
    found = differences(ours, theirs_call.json())
    # Anymail leaves it to the account whether links are changed and readers watched.
    for name in [name for name in found if name.startswith("tracking_settings.")]:
        assert found.pop(name) == (False, ABSENT)
    # A list of one address, where we give the address.
    assert found.pop("reply_to.email") == ("answers@letter.example.com", ABSENT)
    assert found.pop("reply_to_list.0.email")[0] == ABSENT
    for n, recipient in enumerate(batch.recipients):
        # In events it stands among SendGrid's own names.
        name = f"personalizations.{n}.custom_args"
        assert found.pop(f"{name}.newsletter_delivery")[0] == recipient.delivery_id
        assert found.pop(f"{name}.delivery")[1] == recipient.delivery_id
    assert found == {}


@pytest.fixture
def boto3(monkeypatch: pytest.MonkeyPatch) -> None:
    """Anymail wants boto3, of which it uses only what botocore does."""

    class Session(botocore.session.Session):  # type: ignore[misc]
        client = botocore.session.Session.create_client

    stand_in = SimpleNamespace(session=SimpleNamespace(Session=Session))
    monkeypatch.setitem(sys.modules, "boto3", stand_in)
    for name, value in case_ses.CASE.environ.items():
        monkeypatch.setenv(name, value)


def anymail_ses_call(batch: Batch, known: Mapping[str, Any]) -> Recorded:
    """Anymail's call: it can fill in only what SES has stored as a template."""
    from django.core.mail import (  # type: ignore[import-untyped]
        EmailMessage,
        get_connection,
    )

    _configure()
    email = batch.email
    with Recorder() as recorder:
        recorder.answer(case_ses.CASE.serves)
        message: Any = EmailMessage(
            from_email=f'"{email.from_name}" <{email.from_address}>',
            to=[each.address for each in batch.recipients],
            reply_to=[email.reply_to],
            headers=email.list_headers(batch.campaign),
            connection=get_connection(
                "anymail.backends.amazon_ses.EmailBackend",
                client_params={
                    "endpoint_url": recorder.url,
                    "region_name": "eu-west-1",
                },
                configuration_set_name="letters",
                message_tag_name="campaign",
            ),
        )
        message.template_id = "letter"
        message.tags = [batch.campaign]
        message.merge_data = known
        message.merge_headers = {
            each.address: {LEAVE: batch.headers(each)[LEAVE]}
            for each in batch.recipients
        }
        message.send()
        return recorder.requests[0]


@pytest.mark.usefixtures("boto3")
def test_ses(batch: Batch) -> None:
    call = our_call(case_ses.CASE, batch)
    ours = call.json()
    known = readable(ours)
    theirs_call = anymail_ses_call(batch, known)
    theirs = theirs_call.json()

    assert readable(theirs) == known
    assert call.path == theirs_call.path
    found = differences(ours, theirs)
    # Our texts are in the call itself.
    template = "DefaultContent.Template"
    assert found.pop(f"{template}.TemplateName") == (ABSENT, "letter")
    for name in ("Subject", "Text", "Html"):
        assert found.pop(f"{template}.TemplateContent.{name}")[1] == ABSENT
    assert found.pop(f"{template}.TemplateData") == ("{}", ABSENT)
    listed = batch.email.list_headers(CAMPAIGN)
    for n, header in enumerate(listed):
        # What is the same for all stands there once, and not with each reader.
        assert found.pop(f"{template}.Headers.{n}.Name") == (header, ABSENT)
        pair = found.pop(f"{template}.Headers.{n}.Value")
        assert pair == (listed[header], ABSENT)
    for n, recipient in enumerate(batch.recipients):
        entry = f"BulkEmailEntries.{n}"
        for name, value in listed.items():
            assert found.pop(f"{entry}.ReplacementHeaders.{name}") == (ABSENT, value)
        # Anymail shows its tags to the reader, and knows none for one reader.
        tag = found.pop(f"{entry}.ReplacementHeaders.X-Tag")
        assert tag == (ABSENT, CAMPAIGN)
        ours_only = found.pop(f"{entry}.ReplacementTags.0.Value")
        assert ours_only == (recipient.delivery_id, ABSENT)
        assert found.pop(f"{entry}.ReplacementTags.0.Name") == ("delivery", ABSENT)
    assert found == {}


def readable(body: Any) -> dict[str, Any]:
    """Open what could be written in more ways than one; the variables by address.

    That is JSON within JSON, and header fields in any order.
    """
    known = {}
    for entry in body["BulkEmailEntries"]:
        template = entry["ReplacementEmailContent"]["ReplacementTemplate"]
        data = json.loads(template["ReplacementTemplateData"])
        template["ReplacementTemplateData"] = data
        headers = entry["ReplacementHeaders"]
        entry["ReplacementHeaders"] = {each["Name"]: each["Value"] for each in headers}
        known[entry["Destination"]["ToAddresses"][0]] = data
    return known
