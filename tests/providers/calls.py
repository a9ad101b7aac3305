"""The smallest calls of each service, made by hand, for tests of the simulator."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

from newsletter.providers.simulator.process import Simulator

Headers = dict[str, str]

TIMEOUT = 20.0


@dataclass(frozen=True)
class Said:
    """What was answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def resend(to: Sequence[str], key: str) -> tuple[str, Headers, str]:
    body = json.dumps([{"to": [each], "html": '"to":["x"]'} for each in to])
    headers = {"Authorization": "Bearer x"}
    return "/emails/batch", headers | ({"Idempotency-Key": key} if key else {}), body


def postmark(to: Sequence[str], key: str) -> tuple[str, Headers, str]:
    body = json.dumps([{"To": each, "HtmlBody": '"To":"x"'} for each in to])
    return "/email/batch", {"X-Postmark-Server-Token": "x"}, body


def mailgun(to: Sequence[str], key: str) -> tuple[str, Headers, str]:
    variables = json.dumps({each: {"a": "{"} for each in to})
    fields = [*(("to", each) for each in to), ("recipient-variables", variables)]
    headers = {
        "Authorization": "Basic x",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    return "/v3/letter.example.com/messages", headers, urlencode(fields)


def mailgun_multipart(to: Sequence[str], key: str) -> tuple[str, Headers, str]:
    variables = json.dumps({each: {} for each in to})
    parts = [("html", "<p>"), ("to", ",".join(to)), ("recipient-variables", variables)]
    body = "".join(
        f'--cut\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in parts
    )
    headers = {
        "Authorization": "Basic x",
        "Content-Type": "multipart/form-data; boundary=cut",
    }
    return "/v3/letter.example.com/messages", headers, f"{body}--cut--\r\n"


def ses(to: Sequence[str], key: str) -> tuple[str, Headers, str]:
    entries = [{"Destination": {"ToAddresses": [each]}} for each in to]
    body = json.dumps({"BulkEmailEntries": entries})
    return "/v2/email/outbound-bulk-emails", {"Authorization": "AWS4 x"}, body


def sendgrid(to: Sequence[str], key: str) -> tuple[str, Headers, str]:
    people = [{"to": [{"email": each}], "custom_args": {"a": "b"}} for each in to]
    body = json.dumps({"personalizations": people})
    return "/v3/mail/send", {"Authorization": "Bearer x"}, body


def brevo(to: Sequence[str], key: str) -> tuple[str, Headers, str]:
    versions = [{"to": [{"name": "Zoë", "email": each}]} for each in to]
    known = {"idempotencyKey": key} if key else {}
    body = json.dumps({"headers": known, "messageVersions": versions})
    return "/v3/smtp/email", {"api-key": "x"}, body


CALLS: Mapping[str, Callable[[Sequence[str], str], tuple[str, Headers, str]]] = {
    "resend": resend,
    "postmark": postmark,
    "mailgun": mailgun,
    "ses": ses,
    "sendgrid": sendgrid,
    "brevo": brevo,
}

WHOLE = {"resend", "mailgun", "sendgrid", "brevo"}
"""Those that refuse the whole call for one address, unless they are asked not to."""


def say(
    simulator: Simulator,
    path: str,
    headers: Headers,
    body: str,
    *,
    method: str = "POST",
) -> Said:
    """One call over a connection of its own."""
    connection = HTTPConnection(urlsplit(simulator.url).netloc, timeout=TIMEOUT)
    try:
        connection.request(method, path, body.encode(), headers)
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return Said(answer.status, headers, answer.read())
    finally:
        connection.close()


def send(simulator: Simulator, dialect: str, to: Sequence[str], key: str = "") -> Said:
    """Send to these people as `dialect` does."""
    return say(simulator, *CALLS[dialect](to, key))
