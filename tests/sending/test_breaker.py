"""The breaker: when too much goes wrong, and that it says what."""

from collections import Counter

import pytest

from newsletter.sending.breaker import FAILURES, REFUSED, UNKNOWN, Breaker


@pytest.mark.parametrize(
    ("breaker", "events", "word"),
    [
        (Breaker(sent=1000), {"complained": 3}, "3 of 1,000 readers complained (0.3%)"),
        (Breaker(sent=1000), {"complained": 2}, ""),
        (Breaker(sent=199), {"complained": 100}, ""),
        (
            Breaker(sent=1000),
            {"bounced hard": 50},
            "50 of 1,000 addresses do not exist",
        ),
        (Breaker(sent=950, rejected=50), {}, "do not exist"),
        (Breaker(sent=1000), {"bounced hard": 49}, ""),
        (Breaker(sent=1000), {"bounced policy": 10}, "because of the sender"),
        (Breaker(sent=1000), {"bounced policy": 9}, ""),
        (Breaker(sent=150), {"bounced policy": 10}, "10 of 150 were refused because"),
        (Breaker(sent=150), {"bounced policy": 9}, ""),
        (Breaker(sent=100_000), {"bounced policy": 10}, ""),
        (Breaker(sent=1000), {"bounced soft": 900}, ""),
    ],
)
def test_shares_of_what_was_told(
    breaker: Breaker, events: dict[str, int], word: str
) -> None:
    found = breaker.in_all(Counter(events))

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


def test_an_accepted_message_ends_a_row_and_a_refused_one_does_not() -> None:
    breaker = Breaker(failures=5, unknown=2, refused=3)

    breaker.answered(accepted=0, rejected=4)
    assert (breaker.failures, breaker.rejected) == (5, 4)
    breaker.answered(accepted=1, rejected=0)
    assert (breaker.failures, breaker.unknown, breaker.refused) == (0, 0, 0)
    assert breaker.sent == 1
