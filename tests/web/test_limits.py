"""Token buckets, and who is believed about who asks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.web.client import UNKNOWN, Proxies, network
from newsletter.web.limits import Buckets


class Clock:
    """Time as the test has it."""

    def __init__(self) -> None:
        """Begin at some moment."""
        self.now = 1000.0

    def __call__(self) -> float:
        """The seconds that have passed."""
        return self.now


def test_a_bucket_gives_a_burst_and_then_fills_slowly() -> None:
    clock = Clock()
    buckets = Buckets(3, 10.0, clock)

    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 10.0]
    assert buckets.take("b") == 0

    clock.now += 10
    assert [buckets.take("a") for _ in range(2)] == [0, 10.0]
    clock.now += 1000
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 10.0]


@given(st.lists(st.floats(0, 30), min_size=1, max_size=60))
def test_never_more_than_the_burst_and_what_has_come_in(pauses: list[float]) -> None:
    clock = Clock()
    buckets = Buckets(5, 7.0, clock)
    start, taken = clock.now, 0

    for pause in pauses:
        clock.now += pause
        taken += not buckets.take("a")

        assert taken <= 5 + (clock.now - start) / 7.0 + 1e-6


def test_only_so_many_buckets_are_kept() -> None:
    buckets = Buckets(1, 60.0, Clock(), most_keys=2)

    assert [buckets.take(key) for key in "abc"] == [0] * 3
    assert buckets.take("c")
    assert buckets.take("a") == 0


HERE = Proxies(["127.0.0.1", "::1", "10.0.0.0/8"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.5", [], "203.0.113.5"),
        ("203.0.113.5", ["198.51.100.1"], "203.0.113.5"),
        ("127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["6.6.6.6, 198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["6.6.6.6", "198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["198.51.100.1, 10.1.2.3"], "198.51.100.1"),
        ("127.0.0.1", ["6.6.6.6, nonsense"], "127.0.0.1"),
        ("127.0.0.1", ["6.6.6.6, 10.0.0.1, nonsense, 10.0.0.2"], "10.0.0.2"),
        ("127.0.0.1", [""], "127.0.0.1"),
        ("127.0.0.1", ["10.0.0.1"], "10.0.0.1"),
        ("::1", ["[2001:db8::1]"], "2001:db8::1"),
        ("::ffff:127.0.0.1", ["::ffff:198.51.100.1"], "198.51.100.1"),
        ("", ["6.6.6.6, 198.51.100.1"], "198.51.100.1"),
        ("", ["nonsense"], UNKNOWN),
        ("", [], UNKNOWN),
        ("nonsense", ["6.6.6.6"], UNKNOWN),
        ("127.0.0.1", [",".join(["10.0.0.1"] * 1000)], "10.0.0.1"),
    ],
)
def test_a_client_is_who_the_last_trusted_proxy_says(
    peer: str, forwarded: list[str], expected: str
) -> None:
    assert HERE.client(peer, forwarded) == expected


@given(st.text(), st.lists(st.text()))
def test_nobody_outside_makes_up_who_they_are(peer: str, forwarded: list[str]) -> None:
    assert HERE.client("203.0.113.5", forwarded) == "203.0.113.5"
    HERE.client(peer, forwarded)


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("nonsense", "nonsense"),
    ],
)
def test_a_household_is_one_network(client: str, expected: str) -> None:
    assert network(client) == expected
