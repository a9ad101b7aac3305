"""What replies of real servers mean, and how they are shown."""

import pytest

from newsletter.providers.smtp_replies import Meaning, Phase, Reply, meaning


def a_reply(text: str) -> Reply:
    """A reply as a server writes it, without the line ends."""
    lines = text.split("\n")
    return Reply(int(lines[0][:3]), tuple(line[4:] for line in lines))


@pytest.mark.parametrize(
    ("text", "phase", "expected"),
    [
        ("250 2.0.0 Ok: queued as 4XyZ1234", Phase.CONTENT, Meaning.ACCEPTED),
        ("550 5.1.1 <a@b.test>: Recipient address rejected: User unknown",
         Phase.RCPT, Meaning.RECIPIENT),
        ("550-5.1.1 The email account that you tried to reach does not exist.\n"
         "550 5.1.1 Please try double-checking", Phase.RCPT, Meaning.RECIPIENT),
        ("552 5.2.2 Mailbox full", Phase.RCPT, Meaning.RECIPIENT),
        ("550 5.4.1 Recipient address rejected: Access denied.",
         Phase.RCPT, Meaning.RECIPIENT),
        ("550 No such user here", Phase.RCPT, Meaning.RECIPIENT),
        ("553 sorry, that is not allowed", Phase.RCPT, Meaning.RECIPIENT),
        ("550 5.1.1 unknown", Phase.CONTENT, Meaning.RECIPIENT),
        ("554 5.7.1 <a@b.test>: Relay access denied", Phase.RCPT, Meaning.OURS),
        ("550 5.7.26 This mail has been blocked because the sender is "
         "unauthenticated.", Phase.CONTENT, Meaning.OURS),
        ("550 5.7.515 Access denied, sending domain does not meet the required "
         "authentication level.", Phase.CONTENT, Meaning.OURS),
        ("550 5.1.8 Sender address rejected: Domain not found",
         Phase.RCPT, Meaning.OURS),
        ("530 5.7.0 Authentication required", Phase.MAIL, Meaning.OURS),
        ("530 Authentication required", Phase.RCPT, Meaning.OURS),
        ("503 bad sequence of commands", Phase.RCPT, Meaning.OURS),
        ("550 not your domain", Phase.MAIL, Meaning.OURS),
        ("554 no valid recipients", Phase.DATA, Meaning.OURS),
        ("554 5.6.0 Message content rejected", Phase.CONTENT, Meaning.OURS),
        ("554 Message rejected as spam", Phase.CONTENT, Meaning.OURS),
        ("552 5.3.4 Message size exceeds fixed limit", Phase.MAIL, Meaning.OURS),
        ("450 4.2.0 <a@b.test>: Greylisted", Phase.RCPT, Meaning.LATER),
        ("451 4.7.1 Please try again later", Phase.RCPT, Meaning.LATER),
        ("451 4.3.0 queue file write error", Phase.CONTENT, Meaning.LATER),
        ("452 4.5.3 Too many recipients", Phase.RCPT, Meaning.BUSY),
        ("452 4.3.1 Insufficient system storage", Phase.DATA, Meaning.BUSY),
        ("451 4.3.0 Temporary lookup failure", Phase.MAIL, Meaning.BUSY),
        ("454 Throttling failure: Maximum sending rate exceeded.",
         Phase.CONTENT, Meaning.BUSY),
    ],
)  # fmt: skip
def test_a_refusal_is_blamed_on_whom_it_is_about(
    text: str, phase: Phase, expected: Meaning
) -> None:
    assert meaning(a_reply(text), phase) is expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("250 2.0.0 Ok: queued as 4XyZ1234abc", "4XyZ1234abc"),
        ("250 OK id=1tB2cD-0004Xy-Zz", "1tB2cD-0004Xy-Zz"),
        ("250 Ok 0102018f6a1b2c3d-4e5f-000000", "0102018f6a1b2c3d-4e5f-000000"),
        ("250 2.0.0 OK 1732180000 a1b2c3-gsmtp", "1732180000"),
        ("250 Message accepted for delivery", ""),
        ("250 Ok", ""),
        ("250 ", ""),
    ],
)
def test_the_servers_name_for_a_message(text: str, name: str) -> None:
    assert a_reply(text).queue_id == name


def test_a_reply_is_shown_on_one_printable_line() -> None:
    shown = str(Reply(550, ("5.1.1 \x1b[31mred\r", "x" * 500)))

    assert shown.startswith("550 5.1.1  [31mred")
    assert shown.isprintable()
    assert len(shown) == 300
