"""Whose fault a bounce is, by the status code in it."""

import pytest

from newsletter.model.event import Bounce
from newsletter.providers.bounces import bounce_class


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "550 5.1.1 The email account that you tried to reach does not exist",
            Bounce.HARD,
        ),
        ("5.1.2", Bounce.HARD),
        ("smtp; 550 5.2.1 mailbox disabled", Bounce.HARD),
        ("556 5.1.10 null MX", Bounce.HARD),
        ("552 5.2.2 over quota", Bounce.SOFT),
        ("451 4.7.1 try later", Bounce.SOFT),
        ("550 5.7.26 unauthenticated", Bounce.POLICY),
        ("550-5.7.1 blocked", Bounce.POLICY),
        ("553 5.1.8 sender's domain", Bounce.POLICY),
        ("552 5.3.4 too big", Bounce.POLICY),
        ("554 5.6.0 media", Bounce.POLICY),
        ("5.0.0", Bounce.UNKNOWN),
        ("554 5.4.4 no route", Bounce.UNKNOWN),
        ("550 no such user", Bounce.UNKNOWN),
        ("blocked by 192.5.1.1 for now", Bounce.UNKNOWN),
        ("2.1.5 delivered", Bounce.UNKNOWN),
        ("", Bounce.UNKNOWN),
    ],
)
def test_the_status_code_tells(text: str, expected: Bounce) -> None:
    assert bounce_class(text) is expected


def test_where_the_code_does_not_tell_the_service_is_believed() -> None:
    assert bounce_class("550 no such user", Bounce.HARD) is Bounce.HARD
    assert bounce_class("5.4.4", Bounce.SOFT) is Bounce.SOFT
    assert bounce_class("5.7.1", Bounce.HARD) is Bounce.POLICY
