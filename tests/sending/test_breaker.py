"""The breaker: when too much goes wrong, and that it says what."""

from collections import Counter

import pytest

from newsletter.sending.breaker import FAILURES, REFUSED, UNKNOWN, Breaker, in_all


@pytest.mark.parametrize(
    ("sent", "rejected", "events", "word"),
    [
        (1000, 0, {"complained": 3}, "3 of 1,000 readers complained (0.3%)"),
        (1000, 0, {"complained": 2}, ""),
        (199, 0, {"complained": 100}, ""),
        (
            1000,
            0,
            {"bounced hard": 50},
            "50 of 1,000 addresses do not exist",
        ),
        (950, 50, {}, "do not exist"),
        (1000, 0, {"bounced hard": 49}, ""),
        (1000, 0, {"bounced policy": 10}, "because of the sender"),
        (1000, 0, {"bounced policy": 9}, ""),
        (150, 0, {"bounced policy": 10}, "10 of 150 were refused because"),
        (150, 0, {"bounced policy": 9}, ""),
        (100_000, 0, {"bounced policy": 10}, ""),
        (1000, 0, {"bounced soft": 900}, ""),
    ],
)
def test_shares_of_what_was_told(
    sent: int, rejected: int, events: dict[str, int], word: str
) -> None:
    found = in_all(Counter(events), sent, rejected)

    assert (word in found) if word else found == ""


@pytest.mark.parametrize(
    ("breaker", "word"),
    [
        (Breaker(), ""),
        (Breaker(failures=FAILURES), "40 calls failed one after another"),
        (Breaker(failures=FAILURES - 1, unknown=UNKNOWN - 1, refused=REFUSED - 1), ""),
        (Breaker(unknown=UNKNOWN), "none of them may be repeated"),
        (Breaker(refused=REFUSED), "refused 20 recipients"),
    ],
)
def test_failures_in_a_row(breaker: Breaker, word: str) -> None:
    found = breaker.in_a_row()

    assert (word in found) if word else found == ""


def test_an_accepted_message_ends_a_row() -> None:
    breaker = Breaker(failures=5, unknown=2, refused=3)

    breaker.accepted()

    assert breaker == Breaker()
