"""The whole examination: everything is looked at, or said not to be."""

from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

from newsletter.model.publication import Publication
from newsletter.providers.dns import Dns
from newsletter.sending.doctor.examine import How, examine
from newsletter.sending.doctor.finding import Finding
from tests.providers.contract import a_publication
from tests.providers.dkim_keys import DOMAIN, RSA, SELECTOR, write_key
from tests.providers.recorder import Recorder, Reply
from tests.rig.smtp import Relay, relay
from tests.sending.doctor.conftest import Knows, told
from tests.sending.doctor.test_domain import GOOD

EVERYTHING = [
    "configuration", "postal address", "base_url", "secret", "store", "key",
    "provider", "mx", "spf", "dkim", "dmarc", "archive", "one-click", "clock",
]  # fmt: skip
NOBODY = Dns("127.0.0.1", 9, seconds=0.1)


def at(root: Path, **settings: object) -> Publication:
    changes = {"root": root, "postal_address": "1 Street"}
    return a_publication(settings).model_copy(update=changes)


def look(publication: Publication, dns: Dns = NOBODY, **how: object) -> list[Finding]:
    given = How(**({"environ": {}} | how))  # type: ignore[arg-type]
    return list(examine(publication, dns, given))


def test_the_outbox_needs_no_network(tmp_path: Path) -> None:
    found = look(at(tmp_path))

    assert [each.check for each in found] == EVERYTHING
    assert {each.verdict for each in found} == {"ok", "not checked"}


def test_offline_nothing_outside_is_asked(tmp_path: Path) -> None:
    publication = at(tmp_path, smtp={"host": "relay.example"})

    found = look(publication, provider="smtp", offline=True)

    assert [each.check for each in found] == EVERYTHING
    unknown = [each for each in found if each.verdict == "not checked"]
    assert [each.check for each in unknown] == EVERYTHING[6:]


def test_without_a_network_it_is_said_what_was_not_checked(tmp_path: Path) -> None:
    publication = at(tmp_path, smtp={"host": "127.0.0.1", "port": 9})
    publication = publication.model_copy(update={"base_url": "http://127.0.0.1:9"})

    found = look(publication, provider="smtp")

    assert [each.check for each in found] == EVERYTHING
    assert {e.verdict for e in found if e.check in EVERYTHING[6:]} == {"not checked"}


def test_a_relay_that_we_sign_for(tmp_path: Path, knows: Knows) -> None:
    write_key(tmp_path / "dkim.pem", RSA)
    with relay(Relay()) as running:
        settings = {
            "host": "127.0.0.1",
            "port": running.port,
            "security": "none",
            "dkim": {"selector": SELECTOR, "key_file": "dkim.pem"},
        }
        publication = at(tmp_path, smtp=settings).model_copy(
            update={"base_url": "http://127.0.0.1:9"}
        )
        found = look(publication, knows(GOOD), provider="smtp")

    assert told(found)[5:12] == [
        "key ok",
        "provider ok",
        "mx ok",
        "spf ok",
        "dkim ok",
        "alignment ok",
        "dmarc ok",
    ]
    assert DOMAIN in found[7].message


@pytest.mark.parametrize(
    ("provider", "settings", "what"),
    [
        ("postmark", {}, "is not set"),
        ("smtp", {}, "no relay is named"),
        (
            "smtp",
            {"host": "relay.example", "dkim": {"selector": "x", "key_file": "x.pem"}},
            "cannot be read",
        ),
    ],
)
def test_a_missing_key_is_a_problem(
    tmp_path: Path, provider: str, settings: dict[str, object], what: str
) -> None:
    publication = at(tmp_path, **{provider: settings})

    found = look(publication, provider=provider, offline=True)

    problems = [each for each in found if each.verdict == "problem"]
    assert told(problems) == ["key problem"]
    assert what in problems[0].message
    assert problems[0].hint


def test_a_key_that_is_none_leaves_the_rest_to_be_checked(
    tmp_path: Path, knows: Knows
) -> None:
    dkim = {"selector": SELECTOR, "key_file": "missing.pem"}
    publication = at(tmp_path, smtp={"host": "relay.example", "dkim": dkim})
    with Recorder() as recorder:
        recorder.answer(Reply(headers={"Date": format_datetime(datetime.now(UTC))}))
        publication = publication.model_copy(update={"base_url": recorder.url})

        found = look(publication, knows(GOOD), provider="smtp")

    assert told(found)[5:] == [
        "key problem",
        "mx ok",
        "spf ok",
        "dkim not checked",
        "dmarc ok",
        "archive ok",
        "one-click ok",
        "clock ok",
    ]


def test_a_provider_that_signs_itself(tmp_path: Path, knows: Knows) -> None:
    publication = at(tmp_path, resend={"api_url": "http://127.0.0.1:9"})
    publication = publication.model_copy(update={"base_url": "http://127.0.0.1:9"})

    found = look(
        publication, knows(GOOD), provider="resend", environ={"RESEND_API_KEY": "re_x"}
    )

    assert told(found)[5:11] == [
        "key ok",
        "provider not checked",
        "mx ok",
        "spf ok",
        "dkim warning",
        "dmarc ok",
    ]


def test_an_unknown_provider_is_told(tmp_path: Path) -> None:
    found = look(at(tmp_path), provider="smpt", offline=True)

    assert "key problem" in told(found)
