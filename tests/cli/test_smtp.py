"""A whole send by SMTP, from the command line to the relay's inbox."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Newsletter
from tests.providers.dkim_keys import RSA, write_key
from tests.rig.smtp import Relay, always, at, relay

ISSUE = "pull-up-the-second-chair"

SETTINGS = """
providers:
  smtp:
    host: 127.0.0.1
    port: {port}
    security: none
    dkim:
      selector: friday
      key_file: dkim.pem
"""


@pytest.fixture
def by_smtp(
    newsletter: Newsletter, publication: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[int], None]:
    """Make the publication send by the relay at a port, to its sample subscribers."""
    monkeypatch.setattr("newsletter.sending.verdict.LATER_SECONDS", 0.0)

    def prepare(port: int) -> None:
        write_key(publication / "dkim.pem", RSA)
        path = publication / "newsletter.yaml"
        text = path.read_text().replace("provider: outbox", "provider: smtp")
        path.write_text(text + SETTINGS.format(port=port))
        newsletter("subscribers", "import", "subscribers.csv")

    return prepare


def test_everybody_gets_one_signed_message(
    newsletter: Newsletter, by_smtp: Callable[[int], None]
) -> None:
    with relay(Relay()) as running:
        by_smtp(running.port)
        ended = newsletter("send", ISSUE, "--yes")

    assert ended.code == 0, ended.err
    assert len(running.addresses) == len(set(running.addresses)) == 25
    assert all(b"DKIM-Signature: " in one.data for one in running.messages)


def test_who_is_in_doubt_is_named_and_nobody_is_mailed_twice(
    newsletter: Newsletter, by_smtp: Callable[[int], None]
) -> None:
    with relay(Relay(content=at(3, "drop"))) as running:
        by_smtp(running.port)
        first = newsletter("send", ISSUE, "--yes")
        newsletter("resume", "--yes")
        listed = newsletter("status", ISSUE, "--list", "uncertain")

    assert first.code != 0
    assert listed.out.startswith(running.addresses[3])
    assert len(listed.out.splitlines()) == 1
    assert len(running.addresses) == len(set(running.addresses))


def test_our_fault_stops_the_send_and_it_goes_on_when_it_is_mended(
    newsletter: Newsletter, by_smtp: Callable[[int], None]
) -> None:
    answers = Relay(rcpt=always("554 5.7.1 Relay access denied"))
    with relay(answers) as running:
        by_smtp(running.port)
        refused = newsletter("send", ISSUE, "--yes")
        answers.rcpt = lambda _number, _about: None
        ended = newsletter("resume", "--yes")

    assert refused.code == 5
    assert "554 5.7.1 Relay access denied" in refused.err
    assert ended.code == 0, ended.err
    assert len(set(running.addresses)) == len(running.addresses) == 25
